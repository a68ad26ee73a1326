package console

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestHitShowsThePayloadMarkedAndHarmless(t *testing.T) {
	h := page(t, "ann-s", "/t/"+acmeID+"/hits/n1.1.1", 200)
	for _, want := range []string{
		"GET /search?q=%3Cscript%3E&#39;<mark>&lt;script&gt;alert(1)&lt;/script&gt;</mark> HTTP/1.1\nHost:",
		"<span class=\"esc\">\\x00</span><span class=\"esc\">\\xff</span><span class=\"esc\">\\x1b</span>[31m<span class=\"esc\">\\u{202e}</span>",
		"q=<mark>&lt;script&gt;", "INC1", "a script element opens in text", "xss/script", "95 of 100",
		"<li><span>member</span> <code>user</code></li>", "from the general mode set in the cloud",
		"2026-01-02 03:04:05", "Blocked for an attack", "403", "198.51.100.7",
	} {
		if !strings.Contains(h, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"<script", "<img src=x", "\x00", "\xff", "\x1b", "\u202e"} {
		if strings.Contains(h, never) {
			t.Errorf("the page holds %q", never)
		}
	}
}

func TestSignIn(t *testing.T) {
	h := New(newFake(), Options{})
	form := func(email, password, next string) url.Values {
		return url.Values{"email": {email}, "password": {password}, "next": {next}}
	}
	// the brand and the support address stand on the page before anybody signs in
	for _, want := range []string{"Sécurité &amp; Fils", `href="mailto:help@partner.example"`} {
		if !strings.Contains(page(t, "", "/sign-in", 200), want) {
			t.Errorf("the sign-in page lacks %q", want)
		}
	}
	// right: the API's cookie goes to the browser
	r := visitor(t, h, "", "POST", "/sign-in", form("ann@acme.example", "right", ""))
	c := r.Cookies()
	if r.StatusCode != 303 || r.Header.Get("Location") != "/" || len(c) != 1 || c[0].Value != "ann-s" || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	// wrong: no cookie, the address kept, the password not
	r = visitor(t, h, "", "POST", "/sign-in", form("ann@acme.example", "wr0ng", ""))
	body := text(t, r)
	if r.StatusCode != 401 || len(r.Cookies()) != 0 || !strings.Contains(body, "is wrong") || !strings.Contains(body, "ann@acme.example") || strings.Contains(body, "wr0ng") {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	// too often
	r = visitor(t, h, "", "POST", "/sign-in", form("busy@acme.example", "x", ""))
	if body := text(t, r); r.StatusCode != 429 || r.Header.Get("Retry-After") != "30" || !strings.Contains(body, "in 30 seconds") {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	// from another site
	r = visitor(t, h, "", "POST", "/sign-in", form("ann@acme.example", "right", ""), "Sec-Fetch-Site", "cross-site")
	if r.StatusCode != 403 || len(r.Cookies()) != 0 {
		t.Errorf("a form of another site: %d", r.StatusCode)
	}
	// signing out ends the session and drops the cookie
	r = visitor(t, h, "ann-s", "POST", "/sign-out", url.Values{})
	if c := r.Cookies(); r.StatusCode != 303 || len(c) != 1 || c[0].MaxAge >= 0 {
		t.Errorf("sign-out: %d %v", r.StatusCode, r.Header)
	}
}

func TestWhereSigningInLeads(t *testing.T) {
	f := func(next, want string) {
		t.Helper()
		if got := localPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
	f("", "/")
	f("/tenants", "/tenants")
	f("/t/"+acmeID+"/attacks?class=xss", "/t/"+acmeID+"/attacks?class=xss")
	f("//evil.example", "/")
	f("/t/\\evil.example", "/")
	f("/t/\t/evil.example", "/")
	f("https://evil.example/t/", "/")
	f("/sign-out", "/")

	r := visitor(t, New(newFake(), Options{}), "", "GET", "/t/"+acmeID+"/attacks?class=xss", nil)
	if got := r.Header.Get("Location"); r.StatusCode != 303 || got != "/sign-in?next="+url.QueryEscape("/t/"+acmeID+"/attacks?class=xss") {
		t.Errorf("%d %q", r.StatusCode, got)
	}
}

// Only a global user has a switch; for the others it does not exist.
func TestTenantSwitch(t *testing.T) {
	h := New(newFake(), Options{})
	f := func(session, want string) {
		t.Helper()
		if got := visitor(t, h, session, "GET", "/", nil).Header.Get("Location"); got != want {
			t.Errorf("%q starts at %q, want %q", session, got, want)
		}
	}
	f("root-s", "/tenants")
	f("ann-s", "/t/"+acmeID+"/attacks")
	f("", "/sign-in")

	own := page(t, "ann-s", "/t/"+acmeID+"/attacks", 200)
	if strings.Contains(own, `href="/tenants"`) || strings.Contains(own, "as a global user") || strings.Contains(own, "globex") {
		t.Error("a tenant's user is shown a switch")
	}
	page(t, "ann-s", "/tenants", 404)
	root := page(t, "root-s", "/tenants", 200)
	if !strings.Contains(root, "acme") || !strings.Contains(root, "globex") {
		t.Error("the list lacks a tenant")
	}
	if !strings.Contains(page(t, "root-s", "/t/"+acmeID+"/attacks", 200), "as a global user of Partner") {
		t.Error("no banner over another's tenant")
	}
}

// What is foreign, absent or malformed is the same page, byte for byte.
func TestForeignIsAbsent(t *testing.T) {
	want := page(t, "ann-s", "/nothing", 404)
	for _, target := range []string{
		"/t/" + globexID + "/attacks", "/t/" + absentID + "/attacks", "/t/" + technicalID + "/policy",
		"/t/nonsense/attacks", "/t/%2e%2e/attacks", "/tenants", "/t/" + globexID + "/attacks/a1",
		"/t/" + globexID + "/hits/n1.1.1", "/t/" + acmeID + "/hits/other", "/t/" + acmeID + "/attacks/other",
		"/t/" + acmeID + "/hits/%2e%2e", "/t/" + globexID + "/nodes", "/t/" + globexID + "/incident?id=INC1",
	} {
		if got := page(t, "ann-s", target, 404); got != want {
			t.Errorf("%s differs from a page that never was", target)
		}
	}
	r := visitor(t, New(newFake(), Options{}), "ann-s", "POST", "/t/"+globexID+"/policy/mode", url.Values{"mode": {"off"}})
	if r.StatusCode != 404 || text(t, r) != want {
		t.Errorf("a change of another's tenant: %d", r.StatusCode)
	}
}

func TestIncidentLookup(t *testing.T) {
	h := New(newFake(), Options{})
	r := visitor(t, h, "ann-s", "GET", "/t/"+acmeID+"/incident?id=+INC1+", nil)
	if r.StatusCode != 303 || r.Header.Get("Location") != "/t/"+acmeID+"/hits/n1.1.1" {
		t.Errorf("%d %v", r.StatusCode, r.Header)
	}
	if b := page(t, "ann-s", "/t/"+acmeID+"/incident?id=INC2", 200); !strings.Contains(b, "n1.1.2") || !strings.Contains(b, "n1.1.3") {
		t.Error("a request with two findings does not show both")
	}
	if b := page(t, "ann-s", "/t/"+acmeID+"/incident?id=%3Cb%3E", 200); !strings.Contains(b, "No hit of this tenant has that ID") || strings.Contains(b, "<b>") {
		t.Error("an unknown ID")
	}
}

// A form makes one call of the API, and shows the API's refusal.
func TestPolicyForms(t *testing.T) {
	api := newFake()
	h := New(api, Options{})
	base := "/t/" + acmeID + "/policy"
	f := func(path string, form url.Values, status int, want string) {
		t.Helper()
		api.sent = nil
		r := visitor(t, h, "ann-s", "POST", base+path, form, "Sec-Fetch-Site", "same-origin")
		if r.StatusCode != status {
			t.Errorf("%s: status %d, want %d", path, r.StatusCode, status)
		}
		if got := strings.Join(api.sent, "; "); got != want {
			t.Errorf("%s sent %s, want %s", path, got, want)
		}
	}
	below := "/api/v1/tenants/" + acmeID
	f("/mode", url.Values{"mode": {"block"}}, 303, `PUT `+below+`/mode {"mode":"block"}`)
	f("/lists", url.Values{"list": {"deny"}, "prefix": {"192.0.2.1"}, "reason": {"x"}, "ttl": {"3600"}, "applications": {"21, x"}}, 303,
		`POST `+below+`/lists/deny {"applications":[21,"x"],"prefix":"192.0.2.1","reason":"x","ttl_seconds":3600}`)
	f("/lists/deny/d1/remove", url.Values{}, 303, `DELETE `+below+`/lists/deny/d1 null`)
	f("/rules", url.Values{"class": {"any"}, "path": {"/x*"}}, 303,
		`POST `+below+`/rules {"class":"any","comment":"","host":"","method":"","path":"/x*","point":"","type":"virtual_patch"}`)
	f("/rules/r1/remove", url.Values{}, 303, `DELETE `+below+`/rules/r1 null`)
	f("/lists", url.Values{"list": {"gray"}, "prefix": {"nonsense"}, "reason": {"kept <here>"}}, 400,
		`POST `+below+`/lists/gray {"prefix":"nonsense","reason":"kept \u003chere\u003e"}`)
	f("/lists/deny/%2e%2e/remove", url.Values{}, 404, "")

	b := text(t, visitor(t, h, "ann-s", "POST", base+"/lists", url.Values{"list": {"gray"}, "prefix": {"nonsense"}, "reason": {"kept <here>"}}))
	if !strings.Contains(b, "want an address or a network") || !strings.Contains(b, `value="kept &lt;here&gt;"`) {
		t.Error("the refusal or what was typed is lost")
	}
	if r := visitor(t, h, "ann-s", "POST", base+"/mode", url.Values{"mode": {"off"}}, "Origin", "https://evil.example"); r.StatusCode != 403 {
		t.Errorf("a form of another site: %d", r.StatusCode)
	}
	if r := visitor(t, h, "vic-s", "POST", base+"/mode", url.Values{"mode": {"off"}}); r.StatusCode != 403 {
		t.Errorf("a viewer's change: %d", r.StatusCode)
	}
	if b := page(t, "vic-s", base, 200); strings.Contains(b, `action="`+base) {
		t.Error("a viewer is offered a form")
	}
	if b := page(t, "ann-s", base+"?done=mode", 200); !strings.Contains(b, "The general mode was changed") {
		t.Error("no word about the change")
	}
	if b := page(t, "ann-s", base+"?done=anything", 200); strings.Contains(b, "anything") {
		t.Error("the URL makes the page speak")
	}
}

func TestAttacksFilterAndPaging(t *testing.T) {
	api := newFake()
	h := New(api, Options{})
	b := text(t, visitor(t, h, "ann-s", "GET", "/t/"+acmeID+"/attacks?class=xss&host=a.example&status=blocked", nil))
	for _, want := range []string{"51", "Cross-site scripting", "Partly blocked", "1\u2009234\u2009567", "2026-01-02 02:46:40",
		`<option value="xss" selected>`, `/attacks?class=xss&amp;cursor=c2&amp;host=a.example&amp;status=blocked"`} {
		if !strings.Contains(b, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	found := false
	for _, r := range api.seen {
		q := r.URL.Query()
		found = found || strings.HasSuffix(r.URL.Path, "/attacks") && q.Get("class") == "xss" && q.Get("host") == "a.example" && q.Get("status") == "blocked" && q.Get("limit") == "50"
		if r.Host != "console.example" || r.RemoteAddr != "192.0.2.1:1234" {
			t.Errorf("the API is told %q from %q", r.Host, r.RemoteAddr)
		}
	}
	if !found {
		t.Error("the filter did not reach the API")
	}
	if b := page(t, "ann-s", "/t/"+acmeID+"/attacks?cursor=c2", 200); strings.Contains(b, `rel="next"`) || !strings.Contains(b, `rel="first"`) {
		t.Error("the last page")
	}
}

func TestNodes(t *testing.T) {
	b := page(t, "ann-s", "/t/"+acmeID+"/nodes", 200)
	for _, want := range []string{"edge-1", "2026-01-02 03:04:05", "Refused version 7", "rule r1: unknown class", "version 6 stays in force", "12\u2009345", "Silent", absentID} {
		if !strings.Contains(b, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
