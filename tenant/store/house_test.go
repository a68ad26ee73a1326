package store

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

func TestMain(m *testing.M) {
	if childDir() != "" {
		runChild() // never returns
	}
	goleak.VerifyTestMain(m)
}

const password = "a long enough password"

var cheap = account.Params{MemoryKiB: 64, Passes: 1, Threads: 1}

// house is a store with an account and a tenant, under a clock of its own.
type house struct {
	*Store
	t     testing.TB
	dir   string
	now   time.Time
	first First
	op    *Principal
	one   *Tenant
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), now: time.UnixMilli(1_800_000_000_000)}
	h.open(Options{MaxOpenFiles: 2})
	var err error
	if h.first, err = h.Init(t.Context(), "Partner", wire.Brand{Name: "Shield"}, "root@partner.example", password); err != nil {
		t.Fatal(err)
	}
	if h.op, err = h.Operator(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.one = h.newTenant("one")
	return h
}

func (h *house) open(o Options) {
	h.t.Helper()
	o.Now = func() time.Time { return h.now }
	if o.Passwords == nil {
		o.Passwords = account.NewPasswords(cheap)
	}
	st, err := Open(h.t.Context(), "sqlite://"+h.dir, o)
	if err != nil {
		h.t.Fatal(err)
	}
	h.Store = st
	h.t.Cleanup(func() { st.Close() })
}

func (h *house) newTenant(name string) *Tenant {
	h.t.Helper()
	t, err := h.CreateTenant(h.t.Context(), h.op, nil, name)
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

// hit makes the n-th hit of a tenant, minutes after the start of the clock.
func hit(id tenant.ID, n int, minutes float64) *wire.Hit {
	return &wire.Hit{ID: fmt.Sprintf("node-1-%06d", n), Incident: fmt.Sprintf("inc-%06d", n), RequestID: fmt.Sprintf("req-%06d", n), Tenant: id,
		Time: 1_800_000_000_000 + int64(minutes*60_000), Class: "sqli", Rule: "sqli", Point: "[query id]", Host: "shop.example", Path: "/item",
		Client: "192.0.2.1", Request: []byte("GET /item?id=1 HTTP/1.1\r\n\r\n"), Blocked: true}
}

func (h *house) add(t *Tenant, hits ...*wire.Hit) Added {
	h.t.Helper()
	a, err := t.AddHits(h.t.Context(), hits)
	if err != nil {
		h.t.Fatal(err)
	}
	return a
}

func (h *house) attacks(t *Tenant) []Attack {
	h.t.Helper()
	return h.attacksOn(t, "")
}

func (h *house) attacksOn(t *Tenant, host string) []Attack {
	h.t.Helper()
	p, err := t.Attacks(h.t.Context(), AttackQuery{Host: host, Limit: 1000})
	if err != nil {
		h.t.Fatal(err)
	}
	return p.Items
}
