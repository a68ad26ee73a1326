package tenant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	html "html/template"
	"net/url"
	"slices"
	text "text/template"
)

// PageReason is why a client gets a page of the node's.
type PageReason uint8

// The reasons.
const (
	PageAttack    PageReason = iota // an attack was found, or a virtual patch matched
	PageDenied                      // the client's address is on the denylist
	PageRateLimit                   // a rate limit was crossed
	NumPageReasons
)

var pageReasonNames = [NumPageReasons]string{"attack", "denied", "rate_limit"}

// String returns the name that TOML uses.
func (r PageReason) String() string { return pageReasonNames[r] }

// UnmarshalText accepts the names of String.
func (r *PageReason) UnmarshalText(b []byte) error {
	i := slices.Index(pageReasonNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("unknown reason %q, want attack, denied or rate_limit", b)
	}
	*r = PageReason(i)
	return nil
}

// BlockPage is what a tenant or site shows in the place of the node's own
// page. It is immutable and for any goroutines.
type BlockPage struct {
	For      []PageReason // empty: all
	Status   int          // 0: the node's
	html     *html.Template
	json     *text.Template
	redirect *text.Template
}

// MaxPage bounds a template, in bytes.
const MaxPage = 1 << 20

// PageData are the variables of templates. In HTML they are escaped by their
// place, in JSON they are strings with their quotes, in a redirect they are
// escaped as parts of a URL.
type PageData struct {
	Incident, RequestID string
	Time                string // RFC 3339, UTC
	Client              string // address
	Host                string
	Brand, Support      string
	Status              int
}

// SetHTML compiles an HTML template. Errors name the line.
func (p *BlockPage) SetHTML(source string) (err error) {
	p.html, err = html.New("html").Option("missingkey=error").Parse(source)
	if err != nil {
		return err
	}
	return p.html.Execute(&bytes.Buffer{}, PageData{})
}

// SetJSON compiles a JSON template: with its variables it must be JSON.
func (p *BlockPage) SetJSON(source string) (err error) {
	if p.json, err = text.New("json").Parse(source); err != nil {
		return err
	}
	out, err := p.JSON(&PageData{Brand: "\"\n\\"})
	if err == nil && !json.Valid(out) {
		err = errors.New("is no JSON once its variables stand in it; they bring their quotes along")
	}
	return err
}

// SetRedirect compiles the address that clients are sent to instead.
func (p *BlockPage) SetRedirect(source string) (err error) {
	if p.redirect, err = text.New("redirect").Parse(source); err != nil {
		return err
	}
	to, err := p.Redirect(&PageData{Host: "example.com"})
	if err != nil {
		return err
	}
	if u, err := url.Parse(to); err != nil || u.Host != "" && u.Scheme != "https" && u.Scheme != "http" || u.Host == "" && (len(to) < 1 || to[0] != '/') {
		return fmt.Errorf("%q is neither a path nor an http address", source)
	}
	return nil
}

// Redirects reports whether the page is an address to go to.
func (p *BlockPage) Redirects() bool { return p.redirect != nil }

// HasHTML and HasJSON report which forms the page has.
func (p *BlockPage) HasHTML() bool { return p.html != nil }

// HasJSON reports whether the page has a JSON form.
func (p *BlockPage) HasJSON() bool { return p.json != nil }

// HTML renders the page.
func (p *BlockPage) HTML(d *PageData) ([]byte, error) {
	var b bytes.Buffer
	err := p.html.Execute(&b, d)
	return b.Bytes(), err
}

// JSON renders the JSON form.
func (p *BlockPage) JSON(d *PageData) ([]byte, error) {
	var b bytes.Buffer
	err := p.json.Execute(&b, d.each(func(s string) string {
		q, _ := json.Marshal(s) // of a string, which never fails
		return string(q)
	}))
	return b.Bytes(), err
}

// Redirect renders the address.
func (p *BlockPage) Redirect(d *PageData) (string, error) {
	var b bytes.Buffer
	err := p.redirect.Execute(&b, d.each(url.QueryEscape))
	return b.String(), err
}

// each is d with every string escaped by f.
func (d *PageData) each(f func(string) string) *PageData {
	return &PageData{Incident: f(d.Incident), RequestID: f(d.RequestID), Time: f(d.Time), Client: f(d.Client),
		Host: f(d.Host), Brand: f(d.Brand), Support: f(d.Support), Status: d.Status}
}

// Page returns the page of the site, else of its tenant, for a reason; nil
// when the node's own is shown. Of several the last counts.
func (s *Site) Page(r PageReason) *BlockPage {
	for _, pages := range [...][]*BlockPage{s.Pages, s.Tenant.Pages} {
		for _, p := range slices.Backward(pages) {
			if len(p.For) == 0 || slices.Contains(p.For, r) {
				return p
			}
		}
	}
	return nil
}
