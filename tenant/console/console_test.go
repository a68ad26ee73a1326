package console

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// visitor sends one request to the console, as session unless it is "".
func visitor(t *testing.T, h http.Handler, session, method, target string, form url.Values, header ...string) *http.Response {
	t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequest(method, "http://console.example"+target, body)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if session != "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: session})
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func page(t *testing.T, session, target string, status int) string {
	t.Helper()
	r := visitor(t, New(newFake(), Options{}), session, "GET", target, nil)
	if r.StatusCode != status {
		t.Fatalf("GET %s as %q: status %d, want %d", target, session, r.StatusCode, status)
	}
	return text(t, r)
}

// everyPage is every page there is, with a session that may see it.
var everyPage = []struct {
	session, target string
	status          int
}{
	{"", "/sign-in", 200},
	{"", "/sign-in?next=/t/" + acmeID + "/attacks", 200},
	{"root-s", "/tenants", 200},
	{"root-s", "/t/" + acmeID + "/attacks", 200},
	{"root-s", "/t/" + globexID + "/policy", 200},
	{"ann-s", "/t/" + acmeID + "/attacks?class=xss&host=a%22b&period=24h", 200},
	{"ann-s", "/t/" + acmeID + "/attacks?class=nonsense", 400},
	{"ann-s", "/t/" + acmeID + "/attacks/a1", 200},
	{"ann-s", "/t/" + acmeID + "/hits/n1.1.1", 200},
	{"ann-s", "/t/" + acmeID + "/incident", 200},
	{"ann-s", "/t/" + acmeID + "/incident?id=INC2", 200},
	{"ann-s", "/t/" + acmeID + "/incident?id=none", 200},
	{"ann-s", "/t/" + acmeID + "/policy?prefix=%22%3E%3Cscript%3E", 200},
	{"vic-s", "/t/" + acmeID + "/policy", 200},
	{"ann-s", "/t/" + acmeID + "/nodes", 200},
	{"ann-s", "/nothing", 404},
}

// No page may need what the policy forbids: the browser would drop it.
func TestNoPageBreaksTheContentPolicy(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<(script|style|iframe|object|embed|base)[\s>]|\s(on[a-z]+|style)\s*=\s*["'a-z]|javascript:`)
	reference := regexp.MustCompile(`(?:href|src|action)="([^"]*)"`)
	for _, p := range everyPage {
		h := page(t, p.session, p.target, p.status)
		if m := inline.FindString(inTags(h)); m != "" {
			t.Errorf("%s holds %q", p.target, m)
		}
		for _, m := range reference.FindAllStringSubmatch(h, -1) {
			if !strings.HasPrefix(m[1], "/") && !strings.HasPrefix(m[1], "#") && m[1] != "mailto:help@partner.example" || strings.HasPrefix(m[1], "//") {
				t.Errorf("%s refers to %q", p.target, m[1])
			}
		}
	}
}

// inTags returns the tags of a page with their attributes: only what is in a
// tag can be a script, because text is escaped.
func inTags(h string) string {
	return strings.Join(regexp.MustCompile(`<[^>]*>`).FindAllString(h, -1), "\n")
}

func TestHeaders(t *testing.T) {
	r := visitor(t, New(newFake(), Options{}), "ann-s", "GET", "/t/"+acmeID+"/attacks", nil)
	f := func(name, want string) {
		t.Helper()
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	f("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	f("X-Content-Type-Options", "nosniff")
	f("Referrer-Policy", "same-origin")
	f("Cache-Control", "no-store")
	f("Content-Type", "text/html; charset=utf-8")
}

// Every link and form of every page leads to a page that exists for the same
// visitor.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`(?:href|src)="(/[^"]*)"`)
	h := New(newFake(), Options{})
	seen := map[string]bool{}
	for _, p := range everyPage {
		body := text(t, visitor(t, h, p.session, "GET", p.target, nil))
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			target, _, _ := strings.Cut(strings.ReplaceAll(m[1], "&amp;", "&"), "#")
			if seen[p.session+target] {
				continue
			}
			seen[p.session+target] = true
			if r := visitor(t, h, p.session, "GET", target, nil); r.StatusCode >= 400 {
				t.Errorf("%s links to %s, which answers %d", p.target, target, r.StatusCode)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("found %d links only", len(seen))
	}
}

// Labels name each control, each page has one h1 and a language.
func TestAccessibleBasics(t *testing.T) {
	control := regexp.MustCompile(`<(?:input|select)[^>]*>`)
	id := regexp.MustCompile(` id="([^"]*)"`)
	for _, p := range everyPage {
		h := page(t, p.session, p.target, p.status)
		for _, m := range control.FindAllString(h, -1) {
			if strings.Contains(m, `type="hidden"`) {
				continue
			}
			i := id.FindStringSubmatch(m)
			if i == nil || !strings.Contains(h, `<label for="`+i[1]+`"`) && !strings.Contains(h, `<label class="hidden" for="`+i[1]+`"`) {
				t.Errorf("%s: no label for %s", p.target, m)
			}
		}
		for _, m := range id.FindAllStringSubmatch(h, -1) {
			if strings.Count(h, m[0]) != 1 {
				t.Errorf("%s: id %q is there twice", p.target, m[1])
			}
		}
		if strings.Count(h, "<h1") != 1 || !strings.Contains(h, `<html lang="en">`) || !strings.Contains(h, `href="#main"`) {
			t.Errorf("%s: not one h1, no language or no skip link", p.target)
		}
		if strings.Count(h, "<table") != strings.Count(h, "<caption") {
			t.Errorf("%s: a table without a caption", p.target)
		}
	}
}

func TestAssetsAreKeptForEver(t *testing.T) {
	h := New(newFake(), Options{})
	css := regexp.MustCompile(`href="(/assets/weir\.[0-9a-f]{16}\.css)"`).FindStringSubmatch(page(t, "", "/sign-in", 200))
	if css == nil {
		t.Fatal("the page has no hashed style sheet")
	}
	r := visitor(t, h, "", "GET", css[1], nil)
	if r.StatusCode != 200 || r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || r.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if r := visitor(t, h, "", "GET", "/assets/weir.css", nil); r.StatusCode != 404 {
		t.Errorf("a name without its hash: %d", r.StatusCode)
	}
}
