package proxy

import (
	"encoding/json"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

// twoTenants runs acme.example and globex.example before upstreams that
// say their names.
func twoTenants(t *testing.T, change func(*config.Node)) *node {
	t.Helper()
	a := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nacme"))
	g := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nglobex"))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", a.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", g.addr(), tenant.ModeMonitoring))
	if change != nil {
		change(cfg)
	}
	return startNode(t, cfg)
}

func TestTenantByHost(t *testing.T) {
	n := twoTenants(t, nil)
	f := func(raw string, status int, body string) {
		t.Helper()
		a := n.ask(t, raw)
		if a.StatusCode != status || body != "" && a.body != body {
			t.Errorf("%q: %d %q, want %d %q", raw, a.StatusCode, a.body, status, body)
		}
		if status >= 400 && !a.Close {
			t.Errorf("%q: %d without Connection: close", raw, status)
		}
	}
	f(get("acme.example", "/"), 200, "acme")
	f(get("globex.example", "/"), 200, "globex")
	f(get("GLOBEX.example:8080", "/"), 200, "globex")
	f(get("globex.example.", "/"), 200, "globex")
	f(get("nobody.example", "/"), 421, "")
	f(get("127.0.0.1", "/"), 421, "")
	f("GET http://globex.example/ HTTP/1.1\r\nHost: acme.example\r\n\r\n", 400, "")
	// An untrusted peer's header chooses nothing.
	f(get("acme.example", "/", "X-Tenant-ID: "+globexID.String()), 200, "acme")
	if r := n.metrics.refused[UnknownHost].Load(); r != 2 {
		t.Errorf("%d unknown hosts counted, want 2", r)
	}
	if r := n.Tenants()[0].Counters.Requests.Load(); r != 2 {
		t.Errorf("acme has %d requests, want 2", r)
	}
}

func TestTenantByHeader(t *testing.T) {
	n := twoTenants(t, trustLoopback)
	f := func(status int, body string, lines ...string) {
		t.Helper()
		if a := n.ask(t, get("any.example", "/", lines...)); a.StatusCode != status || body != "" && a.body != body {
			t.Errorf("%q: %d %q, want %d %q", lines, a.StatusCode, a.body, status, body)
		}
	}
	f(200, "globex", "X-Tenant-ID: "+globexID.String())
	f(200, "acme", "x-tenant-id: "+strings.ToUpper(acmeID.String()))
	f(421, "", "X-Tenant-ID: 33333333-0000-0000-0000-000000000000")
	f(400, "", "X-Tenant-ID: globex")
	f(400, "", "X-Tenant-ID: "+globexID.String(), "X-Tenant-ID: "+acmeID.String())
	f(421, "")
}

func TestDefaultTenant(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) { cfg.Listeners[0].DefaultTenant = &globexID })
	if a := n.ask(t, get("nobody.example", "/")); a.body != "globex" {
		t.Errorf("got %d %q", a.StatusCode, a.body)
	}
}

func TestModes(t *testing.T) {
	n := twoTenants(t, nil)
	blocked := n.ask(t, get("acme.example", attack))
	if blocked.StatusCode != 403 || blocked.Header.Get("X-Incident-ID") == "" {
		t.Fatalf("acme answered %d %v", blocked.StatusCode, blocked.Header)
	}
	if a := n.ask(t, get("globex.example", attack)); a.body != "globex" {
		t.Fatalf("globex answered %d %q", a.StatusCode, a.body)
	}
	hits := n.hits.all()
	if len(hits) != 2 {
		t.Fatalf("%d hits, want 2", len(hits))
	}
	a, g := hits[0], hits[1]
	if a.Tenant != acmeID || !a.Blocked || a.Status != 403 || a.BlockReason != "attack" || a.Incident != blocked.Header.Get("X-Incident-ID") {
		t.Errorf("acme's hit: %+v", a)
	}
	if g.Tenant != globexID || g.Blocked || g.Status != 200 || g.ResponseSize != 6 || g.Mode != "monitoring" {
		t.Errorf("globex's hit: %+v", g)
	}
	if a.ID == g.ID || a.Class != "sqli" || a.Path != "/" || a.Client != "127.0.0.1" {
		t.Errorf("acme's hit: %+v", a)
	}
	if marked := string(a.Request[a.Mark.From:a.Mark.To]); !strings.Contains(marked, "UNION") {
		t.Errorf("marked %q in %q", marked, a.Request)
	}
	if ev := string(a.Evidence.Text[a.Evidence.Start:a.Evidence.End]); ev == "" || !strings.Contains(string(a.Evidence.Text), "UNION") {
		t.Errorf("evidence %q of %q", ev, a.Evidence.Text)
	}
}

func TestModeOffAndBypass(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) { cfg.Tenants[0].Mode = tenant.ModeOff })
	if a := n.ask(t, get("acme.example", attack)); a.body != "acme" {
		t.Errorf("off: got %d", a.StatusCode)
	}
	os.WriteFile(filepath.Join(n.cfg.State, "bypass"), nil, 0o600)
	n.checkBypass()
	if a := n.ask(t, get("globex.example", attack)); a.body != "globex" {
		t.Errorf("bypass: got %d", a.StatusCode)
	}
	if hits := n.hits.all(); len(hits) != 0 {
		t.Errorf("%d hits", len(hits))
	}
	for _, tn := range n.Tenants() {
		if tn.Counters.Uninspected.Load() != 1 || tn.Counters.Requests.Load() != 0 {
			t.Errorf("%s: %+v", tn.Name, tenantStatus(tn))
		}
	}
}

func TestBundle(t *testing.T) {
	n := twoTenants(t, nil)
	b := wire.Bundle{Tenant: globexID, Version: 3, Mode: tenant.ModeDefault,
		Rules: []wire.Rule{{ID: "r1", Type: "virtual_patch", Path: "/old/**", Point: "[query refresh]", Class: "any"}}}
	if err := n.Apply(b); err != nil {
		t.Fatal(err)
	}
	// A virtual patch stops in monitoring mode too.
	if a := n.ask(t, get("globex.example", "/old/x?refresh=1")); a.StatusCode != 403 {
		t.Errorf("patched request got %d", a.StatusCode)
	}
	if a := n.ask(t, get("globex.example", "/new?refresh=1")); a.StatusCode != 200 {
		t.Errorf("other path got %d", a.StatusCode)
	}
	// A bundle that cannot be applied changes nothing and says why.
	bad := b
	bad.Version, bad.Mode = 4, tenant.ModeBlock
	bad.Rules = []wire.Rule{{ID: "r2", Type: "magic", Class: "any"}}
	if err := n.Apply(bad); err == nil || !strings.Contains(err.Error(), "r2") {
		t.Errorf("bad bundle: %v", err)
	}
	if a := n.ask(t, get("globex.example", attack)); a.StatusCode != 200 {
		t.Errorf("after a bad bundle an attack got %d", a.StatusCode)
	}
	b.Version, b.Mode = 5, tenant.ModeBlock
	if err := n.Apply(b); err != nil {
		t.Fatal(err)
	}
	if a := n.ask(t, get("globex.example", attack)); a.StatusCode != 403 {
		t.Errorf("general mode block: %d", a.StatusCode)
	}
	h := n.hits.all()
	if last := h[len(h)-1]; last.ModeSource != "cloud" || last.CloudMode != "block" {
		t.Errorf("mode came from %q, cloud %q", last.ModeSource, last.CloudMode)
	}
}

func TestDenylist(t *testing.T) {
	n := twoTenants(t, nil)
	b := wire.Bundle{Tenant: globexID, Version: 1, Mode: tenant.ModeDefault}
	if err := json.Unmarshal([]byte(`[{"id":"d1","list":"deny","prefix":"127.0.0.0/8"}]`), &b.Lists); err != nil {
		t.Fatal(err)
	}
	if err := n.Apply(b); err != nil {
		t.Fatal(err)
	}
	if a := n.ask(t, get("globex.example", "/")); a.StatusCode != 403 || a.Header.Get("X-Incident-ID") == "" {
		t.Errorf("denied client got %d", a.StatusCode)
	}
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("the other tenant got %d", a.StatusCode)
	}
	if h := n.hits.all(); len(h) != 1 || h[0].Class != "blocked_source" || h[0].Rule != "d1" || h[0].BlockReason != "denylist" {
		t.Errorf("hits: %+v", h)
	}
}

// lists puts globex's lists in force.
func putLists(t *testing.T, n *node, version int64, entries ...wire.Entry) {
	t.Helper()
	if err := n.Apply(wire.Bundle{Tenant: globexID, Version: version, Mode: tenant.ModeDefault, Lists: entries}); err != nil {
		t.Fatal(err)
	}
}

func entry(id string, l tenant.List, prefix string, applications ...int) wire.Entry {
	return wire.Entry{ID: id, List: l, Prefix: netip.MustParsePrefix(prefix), Applications: applications}
}

// A mode rule stands in for the general mode, and rules are conditioned on
// the path that the application sees, however the client wrote it.
func TestRules(t *testing.T) {
	n := twoTenants(t, nil)
	if err := n.Apply(wire.Bundle{Tenant: globexID, Version: 1, Mode: tenant.ModeDefault, Rules: []wire.Rule{
		{ID: "m1", Type: wire.SetMode, Path: "/shop/**", Mode: "block"},
		{ID: "p1", Type: wire.VirtualPatch, Path: "/old/**", Method: "POST", Class: "any"},
	}}); err != nil {
		t.Fatal(err)
	}
	f := func(raw string, want int) {
		t.Helper()
		if a := n.ask(t, raw); a.StatusCode != want {
			t.Errorf("%q: %d, want %d", raw, a.StatusCode, want)
		}
	}
	f(get("globex.example", attack), 200)
	f(get("globex.example", "/shop/x"+attack[1:]), 403)
	f(get("globex.example", "/%73hop/./x"+attack[1:]), 403)
	f(get("acme.example", "/shop/x"), 200)
	f(get("globex.example", "/old/a"), 200)
	f(post("globex.example", "/old/a", "text/plain", "x"), 403)
	f(post("globex.example", "/ol%64//a", "text/plain", "x"), 403)
	f(post("acme.example", "/old/a", "text/plain", "x"), 200)
	if h := n.hits.all()[1]; h.ModeSource != "rule" || h.ModeRule != "m1" || h.LocalMode != "monitoring" {
		t.Errorf("hit: %+v", h)
	}
	bad := wire.Bundle{Tenant: globexID, Version: 2, Rules: []wire.Rule{{ID: "x9", Type: wire.SetMode, Path: "/a", Mode: "loud"}}}
	if err := n.Apply(bad); err == nil || !strings.Contains(err.Error(), `"x9"`) {
		t.Errorf("a bad rule: %v", err)
	}
	f(get("globex.example", "/shop/x"+attack[1:]), 403)
}

// Rate limits count by tenant and key; what is beyond gets the rule's status
// and no hit.
func TestRateLimit(t *testing.T) {
	n := twoTenants(t, nil)
	limit := func(version int64, r wire.Rule) {
		t.Helper()
		r.ID, r.Type = "l1", wire.RateLimit
		if err := n.Apply(wire.Bundle{Tenant: globexID, Version: version, Mode: tenant.ModeDefault, Rules: []wire.Rule{r}}); err != nil {
			t.Fatal(err)
		}
	}
	f := func(raw string, want int) {
		t.Helper()
		a := n.ask(t, raw)
		if a.StatusCode != want || (want == 429) != (a.Header.Get("Retry-After") != "") {
			t.Errorf("%q: %d, want %d, Retry-After %q", raw, a.StatusCode, want, a.Header.Get("Retry-After"))
		}
	}
	keyed := func(host, header string) string {
		return strings.Replace(get(host, "/a?k=1"), "\r\n\r\n", "\r\n"+header+"\r\n\r\n", 1)
	}
	minute := wire.Rate{Rate: 1, Unit: "minute", Burst: 2, Delay: 2, Status: 429}
	for version, key := range []string{"remote_addr", "header X-Key", "cookie sid", "query k"} {
		r := minute
		r.Key = key
		limit(int64(version)+1, wire.Rule{Path: "/a", Rate: &r})
		raw := keyed("globex.example", "X-Key: v\r\nCookie: a=b; sid=1")
		f(raw, 200)
		f(raw, 200)
		f(raw, 429)
		f(get("globex.example", "/b"), 200)
		f(keyed("acme.example", "X-Key: v"), 200)
	}
	// without the key there is no limit
	r := minute
	r.Key = "header X-Other"
	limit(9, wire.Rule{Rate: &r})
	for range 4 {
		f(get("globex.example", "/"), 200)
	}
	if c := n.snapshot.Load().table.ByID(globexID).Counters.RateRefused.Load(); c != 4 || len(n.hits.all()) != 0 {
		t.Errorf("%d refusals are counted, %d hits", c, len(n.hits.all()))
	}
	bad := wire.Bundle{Tenant: globexID, Version: 10, Rules: []wire.Rule{{ID: "l2", Type: wire.RateLimit, Rate: &wire.Rate{Key: "body", Unit: "second", Rate: 1}}}}
	if err := n.Apply(bad); err == nil || !strings.Contains(err.Error(), `"l2"`) {
		t.Errorf("a bad rule: %v", err)
	}
}

// Allow counts before deny and gray, for the applications that it names, and
// what is allowed is not even looked at.
func TestAllowlist(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		cfg.Tenants[1].Sites[0].Routes = []tenant.RouteSpec{{Path: "/seven", Application: 7}}
	})
	putLists(t, n, 1, entry("a", tenant.ListAllow, "127.0.0.1/32", 7), entry("d", tenant.ListDeny, "127.0.0.0/8"))
	f := func(target string, want int) {
		t.Helper()
		if a := n.ask(t, get("globex.example", target)); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, a.StatusCode, want)
		}
	}
	f("/seven"+attack[1:], 200)
	f("/", 403)
	if h := n.hits.all(); len(h) != 1 || h[0].Rule != "d" {
		t.Errorf("hits: %+v", h)
	}
	c := n.snapshot.Load().table.ByID(globexID).Counters
	if c.Allowed.Load() != 1 || c.Denied.Load() != 1 || c.Requests.Load() != 1 || c.Attacks.Load() != 0 {
		t.Errorf("allowed %d, denied %d, requests %d, attacks %d", c.Allowed.Load(), c.Denied.Load(), c.Requests.Load(), c.Attacks.Load())
	}
}

// In safe_blocking attacks of clients on the graylist are refused; in other
// modes the graylist means nothing, and a clean request of theirs passes.
func TestGraylist(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		safe, monitoring := tenant.ModeSafeBlocking, tenant.ModeMonitoring
		cfg.Tenants[1].Sites[0].Routes = []tenant.RouteSpec{{Path: "/safe", Mode: &safe}, {Path: "/watched", Mode: &monitoring}}
	})
	f := func(target string, want int) {
		t.Helper()
		if a := n.ask(t, get("globex.example", target)); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, a.StatusCode, want)
		}
	}
	f("/safe"+attack[1:], 200)
	putLists(t, n, 1, entry("g", tenant.ListGray, "127.0.0.1/32"))
	f("/safe"+attack[1:], 403)
	f("/safe", 200)
	f("/watched"+attack[1:], 200)
	putLists(t, n, 2, entry("g", tenant.ListGray, "127.0.0.1/32", 7))
	f("/safe"+attack[1:], 200)
	h := n.hits.all()
	if len(h) != 4 || h[1].BlockReason != "graylist" || !h[1].Blocked || h[0].Blocked || h[2].Blocked || h[3].Blocked {
		t.Errorf("hits: %+v", h)
	}
}

// A node that inspects first reports a denied client's attacks, and refuses
// the client where attacks are refused.
func TestDenyAfterInspection(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		block := tenant.ModeBlock
		cfg.DenyPhase = config.DenyAfterInspection
		cfg.Tenants[1].Sites[0].Routes = []tenant.RouteSpec{{Path: "/blocking", Mode: &block}}
	})
	putLists(t, n, 1, entry("d", tenant.ListDeny, "127.0.0.0/8"))
	f := func(target string, want, hits int) {
		t.Helper()
		before := len(n.hits.all())
		if a := n.ask(t, get("globex.example", target)); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", target, a.StatusCode, want)
		}
		if got := len(n.hits.all()) - before; got != hits {
			t.Errorf("%s: %d hits, want %d", target, got, hits)
		}
	}
	f("/", 200, 0)
	f(attack, 200, 1)
	f("/blocking", 403, 1)
	f("/blocking"+attack[1:], 403, 2)
}

func TestDeactivated(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) { cfg.Tenants[1].OnDeactivated = tenant.DeactivatedReject })
	for _, id := range []tenant.ID{acmeID, globexID} {
		if err := n.SetState(id, wire.StateDeactivated); err != nil {
			t.Fatal(err)
		}
	}
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 200 {
		t.Errorf("bypass: %d", a.StatusCode)
	}
	if a := n.ask(t, get("globex.example", "/")); a.StatusCode != 503 {
		t.Errorf("reject: %d", a.StatusCode)
	}
	if err := n.SetState(acmeID, wire.StateActive); err != nil {
		t.Fatal(err)
	}
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 403 {
		t.Errorf("active again: %d", a.StatusCode)
	}
}

func TestBrokenTenant(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) { cfg.Tenants[0].Sites[0].Upstreams[0].Scheme = "ftp" })
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 503 {
		t.Errorf("broken tenant: %d", a.StatusCode)
	}
	if a := n.ask(t, get("globex.example", "/")); a.StatusCode != 200 {
		t.Errorf("the other: %d", a.StatusCode)
	}
	status, body := n.adminGet(t, "/readyz")
	if status != 503 || !strings.Contains(body, `"acme"`) || strings.Contains(body, "globex") {
		t.Errorf("readyz: %d %s", status, body)
	}
}

func (n *node) adminGet(t *testing.T, path string) (int, string) {
	t.Helper()
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Get("http://" + n.AdminAddr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func TestAdmin(t *testing.T) {
	n := twoTenants(t, nil)
	n.ask(t, get("acme.example", attack))
	n.ask(t, get("nobody.example", "/"))
	f := func(path string, status int, wants ...string) {
		t.Helper()
		got, body := n.adminGet(t, path)
		if got != status {
			t.Errorf("%s: %d, want %d", path, got, status)
		}
		for _, w := range wants {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %s:\n%s", path, w, body)
			}
		}
	}
	f("/livez", 200, "ok")
	f("/readyz", 200, `"ready": true`)
	f("/status", 200, `"name": "acme"`, `"blocked": 1`, `"bypass": false`)
	f("/metrics", 200, `weir_blocked_total{tenant="acme",tenant_id="`+acmeID.String()+`"} 1`,
		`weir_refused_total{reason="unknown_host"} 1`, `weir_inspection_duration_seconds_bucket{le=`)
	f("/nothing", 404)
}

// The health path answers whatever else the request is.
func TestHealth(t *testing.T) {
	n := twoTenants(t, nil)
	for _, raw := range []string{get("nobody.example", "/healthz"), "GET /healthz HTTP/1.0\r\n\r\n", get("10.0.0.1:80", "/healthz")} {
		if a := n.ask(t, raw); a.StatusCode != 200 {
			t.Errorf("%q: %d", raw, a.StatusCode)
		}
	}
	n.ready.Store(false)
	if a := n.ask(t, get("nobody.example", "/healthz")); a.StatusCode != 503 {
		t.Errorf("draining: %d", a.StatusCode)
	}
	if a := n.ask(t, get("acme.example", "/healthz?x")); a.body != "acme" {
		t.Errorf("another target got %d %q", a.StatusCode, a.body)
	}
}

// A sink that takes nothing changes no answer.
func TestSinkFull(t *testing.T) {
	n := twoTenants(t, nil)
	n.hits.full = true
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 403 {
		t.Errorf("got %d", a.StatusCode)
	}
	if h := n.Tenants()[0].Counters.Hits.Load(); h != 1 {
		t.Errorf("%d hits are counted, want 1", h)
	}
}
