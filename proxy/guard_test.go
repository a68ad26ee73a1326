package proxy

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/tenant"
)

// A panic of the detector costs one request its inspection and nothing else.
func TestInspectionPanics(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	sound := n.Tenants()[0].Policy
	n.Tenants()[0].Policy = &tenant.Policy{} // without a detector
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 200 {
		t.Errorf("got %d", a.StatusCode)
	}
	if c := n.Tenants()[0].Counters.FailOpen.Load(); c != 1 {
		t.Errorf("%d requests are counted as failed open, want 1", c)
	}
	n.Tenants()[0].Policy = sound
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 403 {
		t.Errorf("after it an attack got %d", a.StatusCode)
	}
}

// A client that does not finish its head is told so and cut off.
func TestSlowHead(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Timeouts.Header = 100 * time.Millisecond
	n := startNode(t, cfg)
	c := connect(t, n.addr)
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: acme")
	if a := c.read(t, false); a.StatusCode != 408 || !a.Close {
		t.Errorf("got %d", a.StatusCode)
	}
	if r := n.metrics.refused[TooSlow].Load(); r != 1 {
		t.Errorf("%d slow clients are counted, want 1", r)
	}
}

// Where tenants share a host by path, a path that servers read differently
// goes to none of them.
func TestSharedHost(t *testing.T) {
	a := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nacme"))
	g := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nglobex"))
	cfg := testConfig(t, testSpec(acmeID, "acme", "shop.example", a.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "shop.example", g.addr(), tenant.ModeBlock))
	cfg.Tenants[1].Sites[0].Path = "/globex"
	n := startNode(t, cfg)
	f := func(target string, status int, body string) {
		t.Helper()
		if a := n.ask(t, get("shop.example", target)); a.StatusCode != status || body != "" && a.body != body {
			t.Errorf("%s: %d %q", target, a.StatusCode, a.body)
		}
	}
	f("/", 200, "acme")
	f("/globex", 200, "globex")
	f("/globex/x", 200, "globex")
	f("/globexx", 200, "acme")
	f("/./globex", 200, "globex")
	f("/x/../globex", 403, "") // a climb, judged under the tenant where it leads
	f("/x/..%2fglobex", 400, "")
	f("/globex/..;/x", 400, "")
}

// Upstreams of a site take turns.
func TestTurns(t *testing.T) {
	one, two := fakeUpstream(t, says(okReply)), fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", one.addr(), tenant.ModeBlock))
	site := &cfg.Tenants[0].Sites[0]
	site.Upstreams = append(site.Upstreams, tenant.Upstream{Scheme: "http", Address: two.addr()})
	site.UpstreamHost = "inner.example"
	n := startNode(t, cfg)
	for range 10 {
		n.ask(t, get("acme.example", "/"))
	}
	if one.count() != 5 || two.count() != 5 {
		t.Errorf("%d and %d requests", one.count(), two.count())
	}
	if !strings.Contains(one.last(), "\r\nHost: inner.example\r\n") || !strings.Contains(one.last(), "X-Forwarded-Host: acme.example\r\n") {
		t.Errorf("upstream got %q", one.last())
	}
}

// Many requests on one connection, pipelined, keep their order and tenants.
func TestPipelining(t *testing.T) {
	n := twoTenants(t, nil)
	c := connect(t, n.addr)
	io.WriteString(c, strings.Repeat(get("acme.example", "/")+post("globex.example", "/", "text/plain", "abc"), 10))
	for i := range 20 {
		want := []string{"acme", "globex"}[i%2]
		resp, err := http.ReadResponse(c.br, nil)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := io.ReadAll(resp.Body); err != nil || string(b) != want {
			t.Fatalf("answer %d: %q, %v", i, b, err)
		}
	}
}
