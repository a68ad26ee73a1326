package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

func TestInitOnce(t *testing.T) {
	h := newHouse(t)
	_, err := h.Init(t.Context(), "Other", wire.Brand{}, "other@partner.example", password)
	if !errors.Is(err, ErrInitialised) {
		t.Errorf("the second init: %v", err)
	}
	if a, err := h.Account(t.Context(), h.op); err != nil || a.Name != "Partner" || a.ID != h.first.Account {
		t.Errorf("account %+v, %v", a, err)
	}
	if _, _, _, err := h.SignIn(t.Context(), "other@partner.example", password); !errors.Is(err, ErrCredential) {
		t.Errorf("the second administrator signs in: %v", err)
	}
}

func TestOpenFailure(t *testing.T) {
	f := func(url string) {
		t.Helper()
		if s, err := Open(t.Context(), url, Options{}); err == nil {
			s.Close()
			t.Errorf("Open(%q) works", url)
		}
	}
	f("")
	f("sqlite://relative")
	f("mysql://host/db")
	f("sqlite:///dev/null/x")
	// a database of a newer program, or no database at all
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "accounts.db"), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	f("sqlite://" + dir)
}

// The files belong to the cloud alone.
func TestFilesArePrivate(t *testing.T) {
	h := newHouse(t)
	h.add(h.one, hit(h.one.ID, 1, 0))
	n := 0
	filepath.WalkDir(h.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			t.Fatal(err)
		}
		if i, err := d.Info(); err != nil || path != h.dir && i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, i.Mode())
		}
		n++
		return nil
	})
	if n < 5 {
		t.Errorf("%d files only", n)
	}
}

// Data outlive the process.
func TestReopen(t *testing.T) {
	h := newHouse(t)
	h.add(h.one, hit(h.one.ID, 1, 0))
	if err := h.one.SetMode(t.Context(), tenant.ModeBlock); err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.one.Hits(t.Context(), HitQuery{Limit: 1}); err == nil {
		t.Error("a closed store answers")
	}
	h.open(Options{})
	one, err := h.Tenant(t.Context(), h.op, h.one.ID)
	if err != nil {
		t.Fatal(err)
	}
	b, err := one.Bundle(t.Context())
	if err != nil || b.Mode != tenant.ModeBlock || b.Version != 2 {
		t.Errorf("bundle %+v, %v", b, err)
	}
	if a := h.add(one, hit(one.ID, 1, 0), hit(one.ID, 2, 0)); a.New != 1 || a.Known != 1 {
		t.Errorf("added %+v", a)
	}
}

func TestSessionTimeouts(t *testing.T) {
	h := newHouse(t)
	_, token, expires, err := h.SignIn(t.Context(), "root@partner.example", password)
	if err != nil {
		t.Fatal(err)
	}
	if want := h.now.Add(7 * 24 * time.Hour); !expires.Equal(want) {
		t.Errorf("expires %v, want %v", expires, want)
	}
	f := func(after time.Duration, ok bool) {
		t.Helper()
		h.now = h.now.Add(after)
		if _, err := h.UserBySession(t.Context(), token); (err == nil) != ok {
			t.Errorf("%v later: %v", after, err)
		}
	}
	// each request prolongs, until the absolute end
	for range 15 {
		f(11*time.Hour, true)
	}
	f(2*time.Hour+59*time.Minute, true)
	f(time.Minute, false)
	if _, token, _, err = h.SignIn(t.Context(), "root@partner.example", password); err != nil {
		t.Fatal(err)
	}
	f(11*time.Hour, true)
	f(12*time.Hour, false)
	f(-time.Hour, true)
}

// A password is hashed anew at sign-in when the costs have changed.
func TestRehash(t *testing.T) {
	h := newHouse(t)
	stored := func() (phc string) {
		t.Helper()
		if err := h.accounts.r.QueryRow(`SELECT password FROM users WHERE email = 'root@partner.example'`).Scan(&phc); err != nil {
			t.Fatal(err)
		}
		return phc
	}
	before := stored()
	h.opt.Passwords = account.NewPasswords(account.Params{MemoryKiB: 128, Passes: 1, Threads: 1})
	if _, _, _, err := h.SignIn(t.Context(), "root@partner.example", "a wrong long password"); !errors.Is(err, ErrCredential) || stored() != before {
		t.Errorf("a wrong password changed the hash: %v", err)
	}
	if _, _, _, err := h.SignIn(t.Context(), "root@partner.example", password); err != nil || !strings.Contains(stored(), "m=128,") {
		t.Errorf("hash %s, %v", stored(), err)
	}
	if _, _, _, err := h.SignIn(t.Context(), "root@partner.example", password); err != nil {
		t.Error(err)
	}
}

// Many tenants at once, with fewer open files than tenants, lose nothing.
func TestManyTenants(t *testing.T) {
	h := newHouse(t)
	const tenants, rounds = 12, 5
	var wg sync.WaitGroup
	list := make([]*Tenant, tenants)
	for i := range list {
		list[i] = h.newTenant(fmt.Sprint("tenant ", i))
	}
	for i, tt := range list {
		wg.Go(func() {
			for n := range rounds {
				if _, err := tt.AddHits(t.Context(), []*wire.Hit{hit(tt.ID, 100*i+n, 0)}); err != nil {
					t.Error(err)
				}
				if _, err := list[(i+n)%tenants].Hits(t.Context(), HitQuery{Limit: 10}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for i, tt := range list {
		p, err := tt.Hits(t.Context(), HitQuery{Limit: 100})
		if err != nil || p.Total != rounds {
			t.Errorf("tenant %d has %d hits, %v", i, p.Total, err)
		}
		for _, x := range p.Items {
			if x.Tenant != tt.ID {
				t.Errorf("tenant %d has a hit of %v", i, x.Tenant)
			}
		}
	}
	h.hits.mu.Lock()
	defer h.hits.mu.Unlock()
	if n := len(h.hits.open); n > 2 {
		t.Errorf("%d files are open", n)
	}
}

// A shell beside the running cloud wakes the nodes that wait there.
func TestOtherProcessIsNoticed(t *testing.T) {
	h := newHouse(t)
	other, err := Open(t.Context(), "sqlite://"+h.dir, Options{Passwords: account.NewPasswords(cheap)})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	id := tenant.ID{0xaa}
	changed, stop := h.Watch([]tenant.ID{id})
	defer stop()
	if _, err := other.CreateTenant(t.Context(), h.op, &id, "from a shell"); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-t.Context().Done():
		t.Fatal("nobody woke")
	}
}

// A handle is made from who asks, and nobody widens it.
func TestTenantHandle(t *testing.T) {
	ctx := t.Context()
	h := newHouse(t)
	two := h.newTenant("two")
	_, secret, err := h.one.CreateNodeToken(ctx, "node")
	if err != nil {
		t.Fatal(err)
	}
	node, err := h.NodeByToken(ctx, secret)
	if err != nil {
		t.Fatal(err)
	}
	f := func(p *Principal, id tenant.ID, want error) {
		t.Helper()
		got, err := h.Tenant(ctx, p, id)
		if !errors.Is(err, want) || (err == nil) != (got != nil) {
			t.Errorf("Tenant(%v) = %v, %v, want %v", id, got, err, want)
		}
	}
	f(h.op, two.ID, nil)
	f(h.op, tenant.ID{1}, ErrNotFound)
	f(node, h.one.ID, nil)
	f(node, two.ID, ErrNotFound)
	f(node, h.first.Technical, ErrNotFound)
	f(&Principal{}, h.one.ID, ErrNotFound)
	f(&Principal{}, tenant.ID{}, ErrNotFound)
	if _, err := h.NodeByToken(ctx, account.NewNodeToken()); !errors.Is(err, ErrCredential) {
		t.Errorf("an unknown token: %v", err)
	}
	if list, err := h.Tenants(ctx, node); err != nil || len(list) != 1 {
		t.Errorf("the node sees %v, %v", list, err)
	}
}

// Every version of a policy is recorded, also when changes race.
func TestVersionsAreGapless(t *testing.T) {
	h := newHouse(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := h.one.AddRule(context.Background(), wire.Rule{Type: "virtual_patch", Class: "any", Path: fmt.Sprint("/", i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n, last int
	if err := h.accounts.r.QueryRow(`SELECT COUNT(*), MAX(version) FROM policy_changes WHERE tenant_id = ?`, h.one.ID.String()).Scan(&n, &last); err != nil || n != 9 || last != 9 {
		t.Errorf("%d versions, the last %d, %v", n, last, err)
	}
}
