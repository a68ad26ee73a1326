package uplink

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"weir/tenant"
	"weir/tenant/wire"
)

// applied is a proxy that remembers bundles.
type applied struct {
	mu      sync.Mutex
	bundles map[tenant.ID]wire.Bundle
	states  map[tenant.ID]wire.TenantState
	calls   int
	refuse  func(wire.Bundle) error
}

func (a *applied) on(o *Options) {
	a.bundles, a.states = map[tenant.ID]wire.Bundle{}, map[tenant.ID]wire.TenantState{}
	o.Apply = func(b wire.Bundle) error {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.calls++
		if a.refuse != nil {
			if err := a.refuse(b); err != nil {
				return err
			}
		}
		a.bundles[b.Tenant] = b
		return nil
	}
	o.OnState = func(id tenant.ID, s wire.TenantState) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.states[id] = s
	}
}

func (a *applied) version(id tenant.ID) int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.bundles[id].Version
}

func (a *applied) state(id tenant.ID) wire.TenantState {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.states[id]
}

// last is what the node said of a tenant in its latest poll.
func (c *fakeCloud) last(id tenant.ID) wire.SyncTenant {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.polls) == 0 {
		return wire.SyncTenant{}
	}
	return c.polls[len(c.polls)-1].Tenants[id]
}

func TestPull(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	var a applied
	a.on(&o)
	u := start(t, o)
	until(t, "states", func() bool { return a.state(acme) == wire.StateActive && c.last(acme).State == "active" })
	if l := c.last(acme); l.Version != 0 || l.Applied != 0 || l.Mode != "block" || c.last(bolt).Mode != "monitoring" {
		t.Errorf("node says %+v", l)
	}
	c.set(func() { c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 7, Mode: tenant.ModeMonitoring} })
	until(t, "applied and reported", func() bool { return a.version(acme) == 7 && c.last(acme).Applied == 7 })
	c.set(func() { c.states[bolt] = wire.StateDeactivated })
	until(t, "deactivated", func() bool { return a.state(bolt) == wire.StateDeactivated })
	if s := u.Status(); s.Tenants[acme].Applied != 7 || s.Tenants[bolt].State != wire.StateDeactivated {
		t.Errorf("%+v", s.Tenants)
	}
	if n := c.polls[0].Node; n.ID != u.Node() || n.Hostname != "here" || n.Version != "test" {
		t.Errorf("node is %+v", n)
	}
}

// A bundle that cannot be applied is reported with the error, once; the old
// one stays, on disk too; the next one is applied.
func TestPullRefusedBundle(t *testing.T) {
	f := func(fail func() error, want string) {
		t.Helper()
		c := newCloud(t)
		state := t.TempDir()
		o := c.options(state)
		a := applied{refuse: func(b wire.Bundle) error {
			if b.Version == 2 {
				return fail()
			}
			return nil
		}}
		a.on(&o)
		c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 1}
		u := start(t, o)
		until(t, "first applied", func() bool { return c.last(acme).Applied == 1 })
		c.set(func() { c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 2} })
		until(t, "second refused", func() bool { return c.last(acme).Version == 2 })
		if l := c.last(acme); l.Applied != 1 || !strings.Contains(l.Error, want) {
			t.Errorf("node says %+v", l)
		}
		if b, err := u.pull.bundles.read(acme); err != nil || b.Version != 1 {
			t.Errorf("on disk is %d, %v", b.Version, err)
		}
		c.set(func() { c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 3} })
		until(t, "third applied", func() bool { return c.last(acme).Applied == 3 })
		if l := c.last(acme); l.Error != "" || a.calls != 3 {
			t.Errorf("node says %+v after %d calls", l, a.calls)
		}
	}
	f(func() error { return errors.New("rule 3: bad path") }, "rule 3: bad path")
	f(func() error { panic("index out of range") }, "index out of range")
}

// What the cloud says of tenants that this node does not serve, and bundles
// without a version, are ignored.
func TestPullIgnoresForeign(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	var a applied
	a.on(&o)
	u := mustOpen(t, o)
	served := u.o.Tenants()
	foreign := nth(1)
	news := u.pull.take(served, &wire.SyncAnswer{
		Tenants: map[tenant.ID]wire.TenantState{foreign: wire.StateActive, acme: "frozen"},
		Bundles: []wire.Bundle{{Tenant: foreign, Version: 1}, {Tenant: acme}, {Tenant: acme, Version: -1}},
	})
	if news || a.calls != 0 || len(u.Status().Tenants) != 0 {
		t.Errorf("news %v, %d calls, %+v", news, a.calls, u.Status().Tenants)
	}
}

// A node that starts without its cloud has its last bundles and states; the
// cloud does not send them again.
func TestPullRestart(t *testing.T) {
	c := newCloud(t)
	state := t.TempDir()
	o := c.options(state)
	var a applied
	a.on(&o)
	c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 4, Brand: wire.Brand{Name: "Partner"}}
	c.states[bolt] = wire.StateDeactivated
	u := start(t, o)
	until(t, "applied", func() bool { return c.last(acme).Applied == 4 && c.last(bolt).State == "deactivated" })
	mustClose(t, u)
	info, err := os.Stat(filepath.Join(state, "bundles", acme.String()+".json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	u = mustOpen(t, o)
	if b := u.Bundles(); len(b) != 1 || b[acme].Version != 4 || b[acme].Brand.Name != "Partner" {
		t.Errorf("bundles are %+v", b)
	}
	if s := u.States(); s[bolt] != wire.StateDeactivated {
		t.Errorf("states are %+v", s)
	}
	a.calls = 0
	polls := c.get(func() int { return len(c.polls) })
	go u.Run(context.Background())
	until(t, "polls", func() bool { return c.get(func() int { return len(c.polls) }) > polls })
	if l := c.last(acme); l.Version != 4 || l.Applied != 4 || a.calls != 0 {
		t.Errorf("node says %+v after %d calls", l, a.calls)
	}
	u.Report(acme, 4, errors.New("no longer fits"))
	until(t, "report", func() bool { return c.last(acme).Error == "no longer fits" && c.last(acme).Applied == 0 })
}

func TestBundlesOnDiskDamaged(t *testing.T) {
	dir := t.TempDir()
	d := bundles{dir}
	if err := d.save(wire.Bundle{Tenant: acme, Version: 1}); err != nil {
		t.Fatal(err)
	}
	f := func(content string) {
		t.Helper()
		if err := os.WriteFile(d.name(bolt), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		all, err := d.load()
		if len(all) != 1 || all[acme].Version != 1 || err == nil {
			t.Errorf("loaded %v, %v", all, err)
		}
	}
	f("")
	f("{")
	f(`{"tenant":"` + acme.String() + `","version":3,"mode":"default"}`)
	f(`{"tenant":"` + bolt.String() + `","version":0,"mode":"default"}`)
}

// A reload shows at once: the poll under way is given up.
func TestPullChanged(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	var mu sync.Mutex
	served := map[tenant.ID]tenant.Mode{acme: tenant.ModeBlock}
	o.Tenants = func() map[tenant.ID]tenant.Mode {
		mu.Lock()
		defer mu.Unlock()
		return map[tenant.ID]tenant.Mode{acme: served[acme]}
	}
	u := start(t, o)
	until(t, "held poll", func() bool { return c.last(acme).State == "active" })
	mu.Lock()
	served[acme] = tenant.ModeOff
	mu.Unlock()
	u.Changed()
	until(t, "new mode", func() bool { return c.last(acme).Mode == "off" })
}

// A cloud that fails is asked again.
func TestPullMisbehavingCloud(t *testing.T) {
	f := func(answer func(w http.ResponseWriter)) {
		t.Helper()
		c := newCloud(t)
		c.bundles[acme] = wire.Bundle{Tenant: acme, Version: 1}
		var mu sync.Mutex
		calls := 0
		c.answer = func(w http.ResponseWriter, r *http.Request) bool {
			mu.Lock()
			defer mu.Unlock()
			if calls++; calls > 3 {
				return false
			}
			answer(w)
			return true
		}
		o := c.options(t.TempDir())
		var a applied
		a.on(&o)
		start(t, o)
		until(t, "applied in the end", func() bool { return a.version(acme) == 1 })
	}
	f(func(w http.ResponseWriter) { w.WriteHeader(500) })
	f(func(w http.ResponseWriter) { w.Write([]byte("]")) })
	f(func(w http.ResponseWriter) { w.Write([]byte(`{"bundles":[{"tenant":"no UUID"}]}`)) })
	f(func(http.ResponseWriter) { panic(http.ErrAbortHandler) })
}
