package console

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"go.uber.org/zap"
)

// problem is an API error (RFC 9457).
type problem struct {
	Status     int
	Title      string
	Detail     string
	RetryAfter string // seconds, of a 429
	Errors     []struct {
		Message  string
		Location string
	}
}

func newProblem(a *answer) *problem {
	p := &problem{}
	if json.Unmarshal(a.body.Bytes(), p) != nil {
		p = &problem{}
	}
	p.Status, p.RetryAfter = a.status, a.header.Get("Retry-After")
	return p
}

func (p *problem) Error() string {
	return fmt.Sprintf("API answered %d: %s", p.Status, strings.Join(p.messages(), "; "))
}

// messages returns what a form shows: each field's error, or the detail.
func (p *problem) messages() []string {
	var m []string
	if p.Detail != "" && len(p.Errors) == 0 {
		m = append(m, p.Detail)
	}
	for _, e := range p.Errors {
		field := strings.TrimPrefix(strings.TrimPrefix(e.Location, "body."), "query.")
		if field == "" || field == "body" {
			m = append(m, e.Message)
			continue
		}
		m = append(m, field+": "+e.Message)
	}
	if len(m) == 0 {
		m = append(m, http.StatusText(p.Status))
	}
	return m
}

// errAbsent makes the page of a thing that does not exist.
var errAbsent = &problem{Status: http.StatusNotFound}

// formError reports whether the visitor can mend err in the form he sent.
func formError(err error) (*problem, bool) {
	var p *problem
	if !errors.As(err, &p) {
		return nil, false
	}
	switch p.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity:
		return p, true
	}
	return nil, false
}

// fail answers a page that could not be made: the one place that turns an
// error into a status.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	var p *problem
	if !errors.As(err, &p) {
		p = &problem{Status: http.StatusInternalServerError}
	}
	switch p.Status {
	case http.StatusUnauthorized:
		http.Redirect(w, r, signInURL(r), http.StatusSeeOther)
	case http.StatusNotFound:
		c.notFound(w, r)
	case http.StatusForbidden:
		c.message(w, r, p.Status, "Not allowed", "Your role does not allow this. An administrator of the tenant can do it, or give you the role.")
	case http.StatusTooManyRequests:
		c.message(w, r, p.Status, "Too many requests", "Please wait a moment and try again.")
	default:
		c.log.Error("cannot make a page", zap.String("method", r.Method), zap.String("path", r.URL.Path), zap.Error(err))
		c.message(w, r, http.StatusInternalServerError, "Something went wrong", "The page could not be made. The failure was logged; please try again.")
	}
}

// notFound is the answer for everything that is absent or not the visitor's:
// it knows nothing of the request, so that it cannot tell the two apart.
func (c *console) notFound(w http.ResponseWriter, r *http.Request) {
	c.message(w, r, http.StatusNotFound, "Not found", "There is nothing here, or nothing that you may see.")
}

// message shows a page with one sentence.
func (c *console) message(w http.ResponseWriter, r *http.Request, status int, title, text string) {
	c.render(w, status, "message", struct {
		shell
		Text string
	}{shell{Title: title, Brand: c.brand(r)}, text})
}

// signInURL is the sign-in page that leads back to a page that was read.
func signInURL(r *http.Request) string {
	if r.Method != http.MethodGet || r.URL.Path == "/" {
		return "/sign-in"
	}
	return "/sign-in?next=" + url.QueryEscape(r.URL.RequestURI())
}
