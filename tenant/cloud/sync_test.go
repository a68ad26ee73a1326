package cloud

import (
	"encoding/json"
	"testing"

	"weir/tenant"
	"weir/tenant/wire"
)

// poll syncs as a node does.
func (h *house) poll(token string, wait int, tenants map[tenant.ID]wire.SyncTenant) (a wire.SyncAnswer, status int) {
	h.t.Helper()
	r := h.do("POST", h.node+wire.PathSync, token, &wire.Sync{Node: wire.NodeInfo{ID: "node-1", Hostname: "edge", Version: "1", Dropped: 7}, Tenants: tenants, WaitMS: wait})
	if r.status == 200 {
		if err := json.Unmarshal(r.body, &a); err != nil {
			h.t.Errorf("cannot read answer: %v", err)
		}
	}
	return a, r.status
}

func (h *house) version(id tenant.ID) int64 { return h.handle(id).Version }

func TestSyncAnswersAtOnce(t *testing.T) {
	h := newHouse(t)
	wide, narrow := h.nodeToken(h.technical), h.nodeToken(h.one)
	unknown := tenant.ID{0xee}
	none := map[tenant.ID]wire.SyncTenant{h.one: {}, h.two: {}, unknown: {}}
	a, _ := h.poll(wide, 60000, none)
	if a.Tenants[h.one] != wire.StateActive || a.Tenants[h.two] != wire.StateActive || a.Tenants[unknown] != wire.StateUnknown || len(a.Bundles) != 2 {
		t.Errorf("the technical tenant's node got %+v", a)
	}
	if b := a.Bundles[0]; b.Version != 1 || b.Mode != tenant.ModeDefault || b.Brand.Name != "Shield" {
		t.Errorf("bundle %+v", b)
	}
	// a foreign tenant is an unknown one
	a, _ = h.poll(narrow, 60000, none)
	if a.Tenants[h.two] != wire.StateUnknown || a.Tenants[unknown] != wire.StateUnknown || len(a.Bundles) != 1 || a.Bundles[0].Tenant != h.one {
		t.Errorf("tenant one's node got %+v", a)
	}
	// nothing new: the answer comes when the wait is over
	same := map[tenant.ID]wire.SyncTenant{h.one: {Version: 1, Applied: 1, State: "active", Mode: "block"}}
	if a, _ = h.poll(narrow, 1, same); len(a.Bundles) != 0 || a.Tenants[h.one] != wire.StateActive {
		t.Errorf("without news the node got %+v", a)
	}
	// a restored cloud is behind its nodes: they differ, so they get its bundle
	ahead := map[tenant.ID]wire.SyncTenant{h.one: {Version: 9, Applied: 9, State: "active"}}
	if a, _ = h.poll(narrow, 60000, ahead); len(a.Bundles) != 1 {
		t.Errorf("a node ahead of the cloud got %+v", a)
	}
	if err := h.handle(h.one).SetActive(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if a, _ = h.poll(narrow, 60000, same); a.Tenants[h.one] != wire.StateDeactivated || len(a.Bundles) != 0 {
		t.Errorf("a deactivated tenant's node got %+v", a)
	}
}

// A waiting node hears of each kind of change at once: the wait of a minute
// would run into the test's time-out, so no clock is looked at.
func TestSyncWakes(t *testing.T) {
	h := newHouse(t)
	root := h.session("root@partner.example")
	wide := h.nodeToken(h.technical)
	f := func(change func(), check func(a wire.SyncAnswer, status int) bool) {
		t.Helper()
		has := map[tenant.ID]wire.SyncTenant{h.one: {Version: h.version(h.one), State: "active"}, h.two: {Version: h.version(h.two), State: "active"}}
		done := make(chan bool)
		go func() { done <- check(h.poll(wide, 60000, has)) }()
		h.untilWatched(h.one)
		change()
		if !<-done {
			t.Error("the node got something else")
		}
	}
	bundle := func(ok func(b wire.Bundle) bool) func(wire.SyncAnswer, int) bool {
		return func(a wire.SyncAnswer, _ int) bool {
			return len(a.Bundles) == 1 && a.Bundles[0].Tenant == h.one && ok(a.Bundles[0])
		}
	}
	f(func() { h.call("PUT", h.path(h.one, "/mode"), root, map[string]string{"mode": "block"}, 200, nil) },
		bundle(func(b wire.Bundle) bool { return b.Mode == tenant.ModeBlock && b.Version == 2 }))
	f(func() {
		h.call("POST", h.path(h.one, "/rules"), root, map[string]string{"type": "virtual_patch", "class": "any", "path": "/old*"}, 201, nil)
	}, bundle(func(b wire.Bundle) bool { return len(b.Rules) == 1 && b.Rules[0].Path == "/old*" && b.Version == 3 }))
	f(func() {
		h.call("POST", h.path(h.one, "/lists/gray"), root, map[string]string{"prefix": "192.0.2.0/24"}, 201, nil)
	}, bundle(func(b wire.Bundle) bool {
		return len(b.Lists) == 1 && b.Lists[0].List == tenant.ListGray && b.Lists[0].Prefix.String() == "192.0.2.0/24"
	}))
	// the brand is every tenant's
	f(func() {
		h.call("PUT", "/account", root, map[string]any{"name": "Partner", "brand": map[string]string{"name": "Other"}}, 200, nil)
	}, func(a wire.SyncAnswer, _ int) bool { return len(a.Bundles) == 2 && a.Bundles[0].Brand.Name == "Other" })
	f(func() {
		h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": false, "confirm_name": "one"}, 200, nil)
	}, func(a wire.SyncAnswer, _ int) bool { return a.Tenants[h.one] == wire.StateDeactivated })
	h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": true}, 200, nil)
	// a revoked token is worth nothing at once
	f(func() {
		list, err := h.handle(h.technical).NodeTokens(t.Context())
		if err != nil {
			t.Error(err)
			return
		}
		h.call("DELETE", h.path(h.technical, "/node-tokens/"+list[0].ID), root, nil, 204, nil)
	}, func(_ wire.SyncAnswer, status int) bool { return status == 401 })
}

// untilWatched returns when somebody waits for the tenant.
func (h *house) untilWatched(id tenant.ID) {
	for !h.st.Watched(id) {
		if h.t.Context().Err() != nil {
			return
		}
	}
}

func TestHeartbeat(t *testing.T) {
	h := newHouse(t)
	wide := h.nodeToken(h.technical)
	h.poll(wide, 1, map[tenant.ID]wire.SyncTenant{h.one: {Version: 1, Applied: 0, Error: "rule 1: no such point", Mode: "block", State: "active"}})
	type node struct {
		ID, Hostname, Version string
		Active                bool
		Dropped               int `json:"dropped_hits"`
		Tenant                struct {
			Version, Applied int
			Error, Mode      string
		}
	}
	f := func(id tenant.ID, want int) (n node) {
		t.Helper()
		var out struct{ Nodes []node }
		h.call("GET", h.path(id, "/nodes"), h.session("root@partner.example"), nil, 200, &out)
		if len(out.Nodes) != want {
			t.Fatalf("%d nodes, want %d", len(out.Nodes), want)
		}
		if want > 0 {
			n = out.Nodes[0]
		}
		return n
	}
	n := f(h.one, 1)
	if n.ID != "node-1" || n.Hostname != "edge" || !n.Active || n.Dropped != 7 || n.Tenant.Applied != 0 || n.Tenant.Version != 1 || n.Tenant.Error != "rule 1: no such point" || n.Tenant.Mode != "block" {
		t.Errorf("node %+v", n)
	}
	// the node does not hold tenant two; the technical tenant sees all nodes
	f(h.two, 0)
	f(h.technical, 1)
	// applied now, and tenant one replaced by two
	h.poll(wide, 1, map[tenant.ID]wire.SyncTenant{h.two: {Version: 1, Applied: 1, State: "active"}})
	f(h.one, 0)
	if n := f(h.two, 1); n.Tenant.Applied != 1 || n.Tenant.Error != "" {
		t.Errorf("node %+v", n)
	}
}

func TestSyncFailure(t *testing.T) {
	h := newHouse(t)
	token := h.nodeToken(h.one)
	f := func(token, body string, status int) {
		t.Helper()
		if r := h.do("POST", h.node+wire.PathSync, token, []byte(body)); r.status != status {
			t.Errorf("%s is answered %v, want %d", body, r, status)
		}
	}
	f("", `{"node":{"id":"n"}}`, 401)
	f(token, `{`, 400)
	f(token, `{"node":{}}`, 400)
	f(token, `{"node":{"id":"n"},"tenants":{"nonsense":{}}}`, 400)
	if r := h.do("GET", h.node+wire.PathSync, token, nil); r.status != 404 {
		t.Errorf("GET is answered %v", r)
	}
}
