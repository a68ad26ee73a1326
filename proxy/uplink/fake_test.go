package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

func TestMain(m *testing.M) {
	if isChild() {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

var (
	acme = tenant.ID{0: 1, 15: 1}
	bolt = tenant.ID{0: 2, 15: 2}
)

// fakeCloud commits hits by ID and answers polls. answer, when it is set,
// may take a call over: it returns true when it has answered.
type fakeCloud struct {
	*httptest.Server

	mu      sync.Mutex
	rows    map[string]tenant.ID
	again   int // hits that were there already
	batches int
	refuse  map[tenant.ID]wire.TenantState
	answer  func(w http.ResponseWriter, r *http.Request) bool
	commit  func(w http.ResponseWriter) // after the commit, before the answer
	bad     func(*wire.Hit) int         // status for the whole batch, or 0

	polls   []wire.Sync
	bundles map[tenant.ID]wire.Bundle
	states  map[tenant.ID]wire.TenantState
	news    chan struct{} // closed and replaced at each change
}

func newCloud(t testing.TB) *fakeCloud {
	t.Helper()
	c := &fakeCloud{
		rows: map[string]tenant.ID{}, refuse: map[tenant.ID]wire.TenantState{}, bundles: map[tenant.ID]wire.Bundle{},
		states: map[tenant.ID]wire.TenantState{acme: wire.StateActive, bolt: wire.StateActive}, news: make(chan struct{}),
	}
	c.Server = httptest.NewServer(c)
	t.Cleanup(c.Close)
	return c
}

// set changes the cloud and wakes its polls.
func (c *fakeCloud) set(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.news)
	c.news = make(chan struct{})
}

func (c *fakeCloud) get(read func() int) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return read()
}

func (c *fakeCloud) count() int { return c.get(func() int { return len(c.rows) }) }

func (c *fakeCloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	answer := c.answer
	c.mu.Unlock()
	if answer != nil && answer(w, r) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("X-Weir-Wire") != "1" {
		http.Error(w, "no such token", http.StatusUnauthorized)
		return
	}
	if r.URL.Path == "/base"+wire.PathSync {
		c.sync(w, r)
		return
	}
	c.ingest(w, r)
}

func (c *fakeCloud) ingest(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	ack, status := wire.Ack{Refused: map[tenant.ID]wire.Refusal{}}, 0
	var all []*wire.Hit
	_, invalid, err := wire.ReadBatch(r.Body, func(h *wire.Hit) error {
		if c.bad != nil {
			status = max(status, c.bad(h))
		}
		all = append(all, h)
		return nil
	})
	ack.Invalid = invalid
	if err != nil || r.URL.Path != "/base"+wire.PathHits {
		http.Error(w, "bad batch", http.StatusBadRequest)
		return
	}
	if status != 0 {
		http.Error(w, "no", status)
		return
	}
	c.batches++
	for _, h := range all {
		state, refused := c.refuse[h.Tenant]
		switch _, known := c.rows[h.ID]; {
		case refused:
			ack.Refused[h.Tenant] = wire.Refusal{Hits: ack.Refused[h.Tenant].Hits + 1, State: state}
		case known:
			c.again++
			ack.Duplicates++
		default:
			c.rows[h.ID] = h.Tenant
			ack.Accepted++
		}
	}
	if c.commit != nil {
		c.commit(w)
	}
	json.NewEncoder(w).Encode(ack)
}

// sync holds a poll until something differs from what the node says.
func (c *fakeCloud) sync(w http.ResponseWriter, r *http.Request) {
	var s wire.Sync
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.polls = append(c.polls, s)
	c.mu.Unlock()
	over := time.NewTimer(time.Duration(s.WaitMS) * time.Millisecond)
	defer over.Stop()
	for {
		c.mu.Lock()
		a, differs := c.differs(s)
		news := c.news
		c.mu.Unlock()
		if differs {
			json.NewEncoder(w).Encode(a)
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		case <-over.C:
			json.NewEncoder(w).Encode(a)
			return
		}
	}
}

func (c *fakeCloud) differs(s wire.Sync) (a wire.SyncAnswer, differs bool) {
	a.Tenants = map[tenant.ID]wire.TenantState{}
	for id, t := range s.Tenants {
		a.Tenants[id] = c.states[id]
		differs = differs || string(c.states[id]) != t.State
		if b, ok := c.bundles[id]; ok && b.Version != t.Version {
			a.Bundles = append(a.Bundles, b)
			differs = true
		}
	}
	return a, differs
}

// options are for a node of acme and bolt on this cloud.
func (c *fakeCloud) options(state string) Options {
	return Options{
		State: state, Cloud: &config.Cloud{URL: c.URL + "/base", TokenFile: "token"},
		ReadToken: func(string) (string, error) { return "secret", nil },
		Tenants: func() map[tenant.ID]tenant.Mode {
			return map[tenant.ID]tenant.Mode{acme: tenant.ModeBlock, bolt: tenant.ModeMonitoring}
		},
		Version: "test", Hostname: "here",
	}
}

func mustOpen(t testing.TB, o Options) *Uplink {
	t.Helper()
	u, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if u.push != nil { // tests do not wait for back-offs
		u.push.wait = backoff{least: time.Millisecond, most: 5 * time.Millisecond}
		u.pull.wait = u.push.wait
		u.push.linger = 0
	}
	t.Cleanup(func() { mustClose(t, u) })
	return u
}

func mustClose(t testing.TB, u *Uplink) {
	t.Helper()
	if err := u.Close(context.Background()); err != nil && !errors.Is(err, errBroken) {
		t.Error(err)
	}
}

// start runs u until it is closed.
func start(t testing.TB, o Options) *Uplink {
	t.Helper()
	u := mustOpen(t, o)
	go u.Run(context.Background())
	return u
}

// until waits for a condition.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		<-tick.C
	}
}

func newHit(id string, of tenant.ID) *wire.Hit {
	return &wire.Hit{
		ID: id, Tenant: of, Time: 1_700_000_000_000, Class: "sqli", Point: "[query id]", Method: "GET", Scheme: "https",
		Host: "acme.example", Path: "/search", Client: "192.0.2.7", Mode: "block", Blocked: true, Status: 403,
		Request:  []byte("GET /search?id=1%27+or+1=1 HTTP/1.1\r\nHost: acme.example\r\nUser-Agent: test\r\n\r\n"),
		Evidence: wire.Evidence{Text: []byte("1' or 1=1"), Start: 1, End: 9},
	}
}

func mustOffer(t testing.TB, u *Uplink, of tenant.ID, n int) (ids []string) {
	t.Helper()
	for range n {
		id := u.IDs().Next()
		if !u.Offer(newHit(id, of)) {
			t.Fatal("hit lost")
		}
		ids = append(ids, id)
	}
	return ids
}
