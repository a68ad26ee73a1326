package proxy

import (
	"strings"
	"testing"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

func blockPage(t *testing.T, p tenant.BlockPage, html, json, redirect string) *tenant.BlockPage {
	t.Helper()
	for _, c := range []struct {
		source string
		set    func(string) error
	}{{html, p.SetHTML}, {json, p.SetJSON}, {redirect, p.SetRedirect}} {
		if c.source == "" {
			continue
		}
		if err := c.set(c.source); err != nil {
			t.Fatal(err)
		}
	}
	return &p
}

// A tenant's own pages: by reason, in the form that the client likes, with
// the incident in them; another tenant keeps the node's.
func TestTenantPages(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		cfg.Tenants[1].Mode = tenant.ModeBlock
		cfg.Tenants[1].Pages = []*tenant.BlockPage{
			blockPage(t, tenant.BlockPage{Status: 406}, "<p>own page, {{.Incident}}, {{.Client}}</p>", `{"own": {{.Incident}}}`, ""),
			blockPage(t, tenant.BlockPage{For: []tenant.PageReason{tenant.PageDenied}}, "", "", "https://globex.example/denied?i={{.Incident}}"),
			blockPage(t, tenant.BlockPage{For: []tenant.PageReason{tenant.PageRateLimit}}, "slow down", "", ""),
		}
	})
	accept := func(host, form string) string {
		return strings.Replace(get(host, attack), "\r\n\r\n", "\r\nAccept: "+form+"\r\n\r\n", 1)
	}
	f := func(raw string, status int, contentType, body string) {
		t.Helper()
		a := n.ask(t, raw)
		incident := a.Header.Get("X-Incident-ID")
		if want := strings.ReplaceAll(body, "ID", incident); a.StatusCode != status || !strings.HasPrefix(a.Header.Get("Content-Type"), contentType) || !strings.Contains(a.body, want) || incident == "" {
			t.Errorf("%q: %d %s %q, want %d %s %q", raw, a.StatusCode, a.Header.Get("Content-Type"), a.body, status, contentType, want)
		}
	}
	f(accept("globex.example", "text/html"), 406, "text/html", "<p>own page, ID, 127.0.0.1</p>")
	f(accept("globex.example", "application/json"), 406, "application/json", `{"own": "ID"}`)
	f(accept("acme.example", "text/html"), 403, "text/html", "Request blocked")
	limit := wire.Rule{ID: "l", Type: wire.RateLimit, Path: "/slow", Rate: &wire.Rate{Key: "remote_addr", Rate: 1, Unit: "minute", Status: 429}}
	if err := n.Apply(wire.Bundle{Tenant: globexID, Version: 1, Mode: tenant.ModeDefault, Rules: []wire.Rule{limit}}); err != nil {
		t.Fatal(err)
	}
	n.ask(t, get("globex.example", "/slow"))
	if a := n.ask(t, get("globex.example", "/slow")); a.StatusCode != 429 || a.body != "slow down" || a.Header.Get("Retry-After") == "" {
		t.Errorf("rate limit: %d %q", a.StatusCode, a.body)
	}
	putLists(t, n, 2, entry("d", tenant.ListDeny, "127.0.0.0/8"))
	a := n.ask(t, get("globex.example", "/"))
	if want := "https://globex.example/denied?i=" + a.Header.Get("X-Incident-ID"); a.StatusCode != 302 || a.Header.Get("Location") != want {
		t.Errorf("denied: %d to %q, want %q", a.StatusCode, a.Header.Get("Location"), want)
	}
}

// A gRPC call that is blocked learns it in gRPC's own way.
func TestGRPCPage(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].Pages = []*tenant.BlockPage{blockPage(t, tenant.BlockPage{}, "own page", "", "")}
	overTLS(t, cfg)
	n := startNode(t, cfg)
	c := n.h2Client(t, "acme.example")
	a := ask2(t, c, "POST", "https://acme.example/shop.Items/Find"+attack[1:], strings.NewReader("\x00\x00\x00\x00\x00"), "Content-Type: application/grpc", "TE: trailers")
	if a.StatusCode != 200 || a.Header.Get("Grpc-Status") != "7" || !strings.Contains(a.Header.Get("Grpc-Message"), a.Header.Get("X-Incident-ID")) || a.body != "" {
		t.Errorf("%d %v %q", a.StatusCode, a.Header, a.body)
	}
	if up.count() != 0 {
		t.Error("the call reached the upstream")
	}
}
