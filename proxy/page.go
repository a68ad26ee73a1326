package proxy

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"weir/tenant"
)

//go:embed page.html
var pageHTML string

// pages renders what the node itself says to clients: one template compiled
// once, everything variable escaped by its place, no asset from elsewhere.
type pages struct{ html *template.Template }

func newPages() *pages {
	return &pages{template.Must(template.New("page").Parse(pageHTML))}
}

// pageText is what a page says.
type pageText struct{ title, text string }

var (
	blockedText = pageText{"Request blocked", "This request looked like an attack on the site and was not passed on."}
	deniedText  = pageText{"Access denied", "Requests from your network address are not accepted by this site."}
)

// refusalText by status: what a client may know about a refusal.
var refusalText = map[int]pageText{
	400: {"Bad request", "The request could not be understood."},
	405: {"Method not allowed", "This method is not served here."},
	408: {"Request timeout", "The request did not arrive in time."},
	413: {"Content too large", "The request is larger than this site accepts."},
	417: {"Expectation failed", "The expectation of the request cannot be met."},
	426: {"Upgrade required", "Only version 13 of WebSocket is served here."},
	421: {"Misdirected request", "No site with this name is served here. Check the address."},
	431: {"Request header too large", "The header of the request is larger than this site accepts."},
	501: {"Not implemented", "This method is not known here."},
	502: {"Bad gateway", "The site behind this address did not answer correctly. Try again later."},
	503: {"Service unavailable", "The site is not available now. Try again later."},
	504: {"Gateway timeout", "The site behind this address did not answer in time. Try again later."},
	505: {"HTTP version not supported", "This version of HTTP is not served here."},
}

// pageData is what the template and the other forms show.
type pageData struct {
	Status    int
	Title     string
	Text      string
	Brand     string
	Support   *support
	Incident  string
	RequestID string
	Time      string
}

// support is how to reach the people behind a brand.
type support struct {
	Href  template.URL
	Label string
}

// newSupport makes a link of a mail address or an http URL; anything else
// gives nil, so that no other scheme can get into a page.
func newSupport(s, incident string) *support {
	if a, err := mail.ParseAddress(s); err == nil && a.Address == s {
		q := ""
		if incident != "" {
			q = "?subject=" + url.PathEscape("Incident "+incident)
		}
		return &support{template.URL("mailto:" + url.PathEscape(s) + q), s}
	}
	if u, err := url.Parse(s); err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" {
		return &support{template.URL(u.String()), s}
	}
	return nil
}

// block answers a request that was stopped.
func (s *Server) block(x *exchange) {
	t := x.place.Tenant
	text := blockedText
	reason, _ := x.blocks()
	switch reason {
	case reasonDenied:
		text = deniedText
		t.Counters.Denied.Add(1)
	case reasonFailed:
		text = refusalText[fasthttp.StatusServiceUnavailable]
		t.Counters.FailClosed.Add(1)
	default:
		t.Counters.Blocked.Add(1)
	}
	if x.incident != "" {
		x.ctx.Response.Header.Set("X-Incident-ID", x.incident)
	}
	if kind, ok := pageReasons[reason]; !ok || !s.tenantPage(x, kind, blockStatus(reason)) {
		s.page(x, blockStatus(reason), text)
	}
	if !x.body.whole {
		x.ctx.SetConnectionClose()
	}
}

// blockStatus is the status of the answer to a request that was stopped.
func blockStatus(reason string) int {
	if reason == reasonFailed {
		return fasthttp.StatusServiceUnavailable
	}
	return fasthttp.StatusForbidden
}

// page answers with a page of the node's own in the form that the client
// likes best. Once the tenant is known its brand is on it.
func (s *Server) page(x *exchange, status int, text pageText) {
	d := pageData{Status: status, Title: text.title, Text: text.text, Incident: x.incident,
		Time: x.start.UTC().Format(time.RFC3339)}
	if t := x.place.Tenant; t != nil {
		d.brand(t.Brand)
	}
	if len(x.requestID) > 0 {
		d.RequestID = string(x.requestID)
		x.ctx.Response.Header.Set("X-Request-ID", d.RequestID)
	}
	if x.grpc() {
		s.grpcPage(x, status, text.text)
		return
	}
	h := &x.ctx.Response.Header
	h.SetStatusCode(status)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	body, contentType := s.pages.render(&d, preferred(x.head.value(fieldAccept)))
	h.SetContentType(contentType)
	x.ctx.Response.SetBody(body)
}

func (d *pageData) brand(b tenant.Brand) {
	d.Brand = b.Name
	if b.Support != "" {
		d.Support = newSupport(b.Support, d.Incident)
	}
}

// form is a representation of a page.
type form uint8

const (
	formHTML form = iota
	formJSON
	formText
)

// preferred chooses by the Accept header: what is named first in the order
// HTML, JSON, text; HTML for clients that name none of them.
func preferred(accept []byte) form {
	switch {
	case bytes.Contains(accept, []byte("html")):
		return formHTML
	case bytes.Contains(accept, []byte("json")):
		return formJSON
	case bytes.Contains(accept, []byte("text/plain")):
		return formText
	}
	return formHTML
}

// render writes the page. A template that fails gives the text form.
func (p *pages) render(d *pageData, f form) (body []byte, contentType string) {
	switch f {
	case formHTML:
		var b bytes.Buffer
		if err := p.html.Execute(&b, d); err == nil {
			return b.Bytes(), "text/html; charset=utf-8"
		}
	case formJSON:
		if b, err := json.Marshal(d.problem()); err == nil {
			return b, "application/problem+json"
		}
	}
	return d.text(), "text/plain; charset=utf-8"
}

// problem is the RFC 9457 form.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Incident  string `json:"incident,omitempty"`
	RequestID string `json:"request_id,omitempty"`
	Brand     string `json:"brand,omitempty"`
	Support   string `json:"support,omitempty"`
}

func (d *pageData) problem() problem {
	p := problem{Type: "about:blank", Title: d.Title, Status: d.Status, Detail: d.Text,
		Incident: d.Incident, RequestID: d.RequestID, Brand: d.Brand}
	if d.Support != nil {
		p.Support = d.Support.Label
	}
	return p
}

func (d *pageData) text() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", d.Title, d.Text)
	if d.Brand != "" {
		fmt.Fprintf(&b, "Site: %s\n", d.Brand)
	}
	if d.Incident != "" {
		fmt.Fprintf(&b, "Incident: %s\n", d.Incident)
	}
	if d.RequestID != "" {
		fmt.Fprintf(&b, "Request: %s\n", d.RequestID)
	}
	if d.Support != nil {
		fmt.Fprintf(&b, "Support: %s\n", d.Support.Label)
	}
	return []byte(b.String())
}
