package proxy

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

func TestParseBypass(t *testing.T) {
	f := func(text string, all bool, tenants, rules int, problem string) {
		t.Helper()
		p, err := parseBypass([]byte(text))
		if p.all != all || len(p.tenants) != tenants || len(p.rules) != rules {
			t.Errorf("%q: %+v", text, p)
		}
		if got := ""; err != nil || problem != "" {
			if err != nil {
				got = err.Error()
			}
			if problem == "" || !strings.Contains(got, problem) {
				t.Errorf("%q: error %q, want %q in it", text, got, problem)
			}
		}
	}
	f("", true, 0, 0, "")
	f(" \n", true, 0, 0, "")
	f("tenant "+acmeID.String()+"\nrule sqli/union # noisy today\n\n# done\n", false, 1, 1, "")
	// a line that cannot be understood switches nothing off
	f("tenant acme\nrule xss/tag\n", false, 0, 1, "line 1")
	f("everything\n", false, 0, 0, "line 1")
	f("rule a b\n", false, 0, 0, "line 1")
	f("site "+acmeID.String(), false, 0, 0, "line 1")
}

// The kill switch for one tenant, for one rule and for all, and off again.
func TestBypass(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) { cfg.Tenants[1].Mode = tenant.ModeBlock })
	file := filepath.Join(n.cfg.State, "bypass")
	f := func(text string, acme, globex int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		n.checkBypass()
		for host, want := range map[string]int{"acme.example": acme, "globex.example": globex} {
			if a := n.ask(t, get(host, attack)); a.StatusCode != want {
				t.Errorf("%q: %s got %d, want %d", text, host, a.StatusCode, want)
			}
		}
	}
	f("tenant "+globexID.String(), 403, 200)
	f("tenant "+globexID.String()+"\n"+strings.Repeat("# \n", 10), 403, 200)
	f("rule xss/tag", 403, 403)
	before := n.metrics.stripped.Load()
	f("rule sqli/union", 200, 200)
	if got := n.metrics.stripped.Load() - before; got != 2 {
		t.Errorf("%d matches are counted, want 2", got)
	}
	f("", 200, 200)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	n.checkBypass()
	if a := n.ask(t, get("acme.example", attack)); a.StatusCode != 403 {
		t.Errorf("off again: %d", a.StatusCode)
	}
}

// Each tenant chooses what becomes of a request that could not be judged.
func TestFailClosed(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		cfg.Tenants[0].Fail = tenant.Fail{Panic: tenant.FailClosed, Overlimit: tenant.FailClosed}
		cfg.Tenants[1].Mode = tenant.ModeBlock
	})
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	f := func(host string, want int) {
		t.Helper()
		if a := n.ask(t, post(host, "/", "application/json", deep)); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, a.StatusCode, want)
		}
	}
	f("acme.example", 503)
	f("globex.example", 200)
	for _, h := range n.hits.all() {
		if h.Class != "overlimit" || h.Blocked != (h.Tenant == acmeID) || h.Blocked && (h.BlockReason != "failure" || h.Status != 503) {
			t.Errorf("hit %+v", h)
		}
	}
	for _, tn := range n.Tenants() {
		tn.Policy = &tenant.Policy{} // the detector will fail
	}
	f("acme.example", 503)
	f("globex.example", 200)
	acme, globex := n.Tenants()[0].Counters, n.Tenants()[1].Counters
	if acme.FailClosed.Load() != 2 || acme.FailOpen.Load() != 0 || globex.FailClosed.Load() != 0 || globex.FailOpen.Load() != 1 {
		t.Errorf("counted %d %d, %d %d", acme.FailClosed.Load(), acme.FailOpen.Load(), globex.FailClosed.Load(), globex.FailOpen.Load())
	}
}

// A tenant that fails closed without its policy is not served until the
// cloud has given it one.
func TestMissingPolicy(t *testing.T) {
	n := twoTenants(t, func(cfg *config.Node) {
		cfg.Cloud = &config.Cloud{}
		cfg.Tenants[0].Fail.MissingPolicy = tenant.FailClosed
	})
	f := func(host string, want int) {
		t.Helper()
		if a := n.ask(t, get(host, "/")); a.StatusCode != want {
			t.Errorf("%s: %d, want %d", host, a.StatusCode, want)
		}
	}
	f("acme.example", 503)
	f("globex.example", 200)
	if r := n.metrics.refused[PolicyMissing].Load(); r != 1 {
		t.Errorf("%d refusals are counted, want 1", r)
	}
	if err := n.Apply(wire.Bundle{Tenant: acmeID, Version: 1, Mode: tenant.ModeDefault}); err != nil {
		t.Fatal(err)
	}
	f("acme.example", 200)
}
