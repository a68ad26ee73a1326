package cloud

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"weir/tenant"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// Bounds of a sync.
const (
	maxWait        = 60 * time.Second
	maxSync        = 8 << 20 // bytes of the call
	maxSyncTenants = 20000
	maxNodeText    = 256 // bytes of a node's ID, host name and version
	maxNodeError   = 4096
)

// sync answers wire.PathSync: at once when the node's tenants differ from
// what it has, else as soon as one of them changes or its wait is over.
func (s *Server) sync(w http.ResponseWriter, r *http.Request, p *store.Principal) {
	call, err := readSync(w, r)
	if err != nil {
		writeProblem(w, http.StatusBadRequest, err.Error())
		return
	}
	ids := append(slices.Collect(maps.Keys(call.Tenants)), p.Home())
	// watching begins before the first look: no change falls in between
	changed, stop := s.store.Watch(ids)
	defer stop()
	wait := time.NewTimer(min(time.Duration(max(call.WaitMS, 0))*time.Millisecond, maxWait))
	defer wait.Stop()
	token, _ := bearer(r)
	for first := true; ; first = false {
		if !first {
			// the token may have been revoked meanwhile
			if p, err = s.store.NodeByToken(r.Context(), token); err != nil {
				s.refuse(w, r, err)
				return
			}
		}
		answer, news, err := s.look(r.Context(), p, call, first)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		if news {
			writeJSON(w, answer)
			return
		}
		select {
		case <-changed:
		case <-wait.C:
			writeJSON(w, answer)
			return
		case <-s.closing.Done():
			writeJSON(w, answer)
			return
		case <-r.Context().Done():
			return
		}
	}
}

func readSync(w http.ResponseWriter, r *http.Request) (*wire.Sync, error) {
	c := &wire.Sync{}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxSync)).Decode(c); err != nil {
		return nil, fmt.Errorf("cannot read sync: %w", err)
	}
	n := &c.Node
	switch {
	case n.ID == "":
		return nil, fmt.Errorf("cannot accept sync: the node has no ID")
	case len(n.ID) > maxNodeText || len(n.Hostname) > maxNodeText || len(n.Version) > maxNodeText:
		return nil, fmt.Errorf("cannot accept sync: ID, host name or version longer than %d bytes", maxNodeText)
	case len(c.Tenants) > maxSyncTenants:
		return nil, fmt.Errorf("cannot accept sync: more than %d tenants", maxSyncTenants)
	}
	for id, t := range c.Tenants {
		t.Error = t.Error[:min(len(t.Error), maxNodeError)]
		t.Mode = t.Mode[:min(len(t.Mode), maxNodeText)]
		t.State = t.State[:min(len(t.State), maxNodeText)]
		c.Tenants[id] = t
	}
	return c, nil
}

// look compares what the node has with what is; news says that they differ.
// record keeps what the node said.
func (s *Server) look(ctx context.Context, p *store.Principal, call *wire.Sync, record bool) (a *wire.SyncAnswer, news bool, err error) {
	list, err := s.store.Tenants(ctx, p)
	if err != nil {
		return nil, false, err
	}
	known := make(map[tenant.ID]store.Info, len(list))
	for _, i := range list {
		known[i.ID] = i
	}
	if record {
		if err := s.store.Heartbeat(ctx, p, call.Node, call.Tenants, known); err != nil {
			return nil, false, err
		}
	}
	a = &wire.SyncAnswer{Tenants: make(map[tenant.ID]wire.TenantState, len(call.Tenants))}
	for id, has := range call.Tenants {
		info, ok := known[id]
		state := stateOf(info, ok)
		a.Tenants[id] = state
		if string(state) != has.State {
			news = true
		}
		if state != wire.StateActive || info.Version == has.Version {
			continue
		}
		b, err := s.bundle(ctx, p, id)
		if err != nil {
			return nil, false, err
		}
		a.Bundles = append(a.Bundles, b)
		news = true
	}
	return a, news, nil
}

func (s *Server) bundle(ctx context.Context, p *store.Principal, id tenant.ID) (wire.Bundle, error) {
	t, err := s.store.Tenant(ctx, p, id)
	if err != nil {
		return wire.Bundle{}, err
	}
	return t.Bundle(ctx)
}

func stateOf(i store.Info, known bool) wire.TenantState {
	switch {
	case !known:
		return wire.StateUnknown
	case !i.Active:
		return wire.StateDeactivated
	}
	return wire.StateActive
}
