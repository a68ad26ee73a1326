package console

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"weir/tenant/wire"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates by page, each with the frame around it.
type pages map[string]*template.Template

// shell is what the frame of every page shows.
type shell struct {
	Title   string
	Brand   wire.Brand
	Me      *me      // nil: nobody is signed in, or the page must not say
	Tenant  *summary // nil: the page is not about one tenant
	Section string   // of the navigation: attacks, policy, nodes
	Done    string   // what the last form did
	Alerts  []string // why it did not
}

// Base is the path below which a tenant's pages stand.
func (s shell) Base() string { return "/t/" + s.Tenant.ID }

// Foreign reports whether a global user looks at a tenant that is not his.
func (s shell) Foreign() bool { return s.Me.global() && s.Tenant.ID != s.Me.User.Tenant }

// Global reports whether the visitor may switch tenants.
func (s shell) Global() bool { return s.Me.global() }

// SupportURL is the support address as a link: mail or web.
func (s shell) SupportURL() string {
	if strings.Contains(s.Brand.Support, "://") {
		return s.Brand.Support
	}
	return "mailto:" + s.Brand.Support
}

func newPages(a assets) pages {
	funcs := template.FuncMap{
		"asset": func(name string) string { return a.urls[name] },
		"clock": clock, "iso": iso, "count": count, "millis": time.UnixMilli,
		"className": className, "modeName": modeName, "modeSource": modeSource,
		"statusName": statusName, "blockReason": blockReason,
	}
	frame := template.Must(template.New("frame").Funcs(funcs).ParseFS(pageFiles, "pages/frame.html"))
	entries, err := pageFiles.ReadDir("pages")
	if err != nil {
		panic("BUG: cannot read embedded pages: " + err.Error())
	}
	p := pages{}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), path.Ext(e.Name()))
		p[name] = template.Must(template.Must(frame.Clone()).ParseFS(pageFiles, "pages/"+e.Name()))
	}
	return p
}

// render sends a page. It is made in memory first: a template that fails
// half way leaves no half page.
func (c *console) render(w http.ResponseWriter, status int, page string, data any) {
	var b bytes.Buffer
	if err := c.pages[page].ExecuteTemplate(&b, "frame", data); err != nil {
		panic("BUG: cannot render the page " + page + ": " + err.Error())
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// clock prints a time for people, to the second, always in UTC.
func clock(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// iso prints a time for machines.
func iso(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// count groups thousands with a thin space.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u2009" + s[i:]
	}
	return s
}
