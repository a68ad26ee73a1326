package proxy

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"weir/tenant"
)

func TestBlockPage(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].Brand = tenant.Brand{Name: `A<b>&"c`, Support: "https://help.example/?a=1&b=\"<x>"}
	n := startNode(t, cfg)
	f := func(accept, contentType string) string {
		t.Helper()
		a := n.ask(t, get("acme.example", attack, "Accept: "+accept, `User-Agent: "><script>alert(1)</script>`))
		if a.StatusCode != 403 || a.Header.Get("Content-Type") != contentType || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %v", accept, a.StatusCode, a.Header)
		}
		id := a.Header.Get("X-Incident-ID")
		if !regexp.MustCompile(`^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$`).MatchString(id) || !strings.Contains(a.body, id) {
			t.Errorf("%s: incident %q is not on the page", accept, id)
		}
		if rid := a.Header.Get("X-Request-ID"); rid == "" || !strings.Contains(a.body, rid) {
			t.Errorf("%s: request ID %q is not on the page", accept, rid)
		}
		if len(a.body) > 8<<10 || strings.Contains(a.body, "sqli") {
			t.Errorf("%s: %d bytes, or it tells the rule", accept, len(a.body))
		}
		return a.body
	}
	page := f("text/html,application/xhtml+xml,*/*;q=0.8", "text/html; charset=utf-8")
	if !strings.Contains(page, "A&lt;b&gt;&amp;") || strings.Contains(page, "<b>") || strings.Contains(page, "<x>") || strings.Contains(page, "<script") {
		t.Errorf("not escaped:\n%s", page)
	}
	var p problem
	if err := json.Unmarshal([]byte(f("application/json", "application/problem+json")), &p); err != nil || p.Status != 403 || p.Incident == "" || p.Brand != `A<b>&"c` {
		t.Errorf("%+v, %v", p, err)
	}
	f("application/vnd.api+json", "application/problem+json")
	f("application/json, text/plain, */*", "application/problem+json")
	f("text/plain", "text/plain; charset=utf-8")
	f("*/*", "text/html; charset=utf-8")
	f("", "text/html; charset=utf-8")
}

func TestSupport(t *testing.T) {
	f := func(in, href string) {
		t.Helper()
		got := ""
		if s := newSupport(in, "ABCD-EFGH-JKLM"); s != nil {
			got = string(s.Href)
		}
		if got != href {
			t.Errorf("%q gives %q, want %q", in, got, href)
		}
	}
	f("help@acme.example", "mailto:help@acme.example?subject=Incident%20ABCD-EFGH-JKLM")
	f("https://help.example/x?y", "https://help.example/x?y")
	f("javascript:alert(1)", "")
	f("data:text/html,x", "")
	f("a@b?subject=x&bcc=c@d", "")
	f("", "")
}

func TestUUID(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		id := string(appendUUIDv7(nil, epoch))
		if !regexp.MustCompile(`^0184a39d-6b00-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(id) || seen[id] {
			t.Fatalf("bad or repeated: %s", id)
		}
		seen[id] = true
	}
}
