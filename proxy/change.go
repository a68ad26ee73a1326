package proxy

import (
	"fmt"
	"time"

	"go.uber.org/zap"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

// Reload puts cfg in force: compiled aside, swapped at once, with counters
// and warm connections carried over. Listeners, admin address and state
// folder stay those of the start. The error, if any, names tenants that
// cannot be used; the others are in force.
func (s *Server) Reload(cfg *config.Node) []error {
	s.mu.Lock()
	defer s.mu.Unlock()
	prev := s.snapshot.Load()
	next, problems := compile(cfg, prev, s.overlays, s.clock)
	s.swap(prev, next)
	for _, err := range problems {
		s.log.Error("tenant cannot be served as configured", zap.Error(err))
	}
	return problems
}

// ReloadFile reads the configuration from its file again, and looks for the
// kill switch at once. With a fatal problem nothing changes.
func (s *Server) ReloadFile() config.Problems {
	s.checkBypass()
	s.loading.Lock()
	defer s.loading.Unlock()
	cfg, problems := config.Load(s.file, s.snapshot.Load().cfg.Tenants)
	if cfg == nil || problems.Fatal() {
		s.metrics.reloadFailed(s.clock)
		return problems
	}
	for _, err := range s.Reload(cfg) {
		problems = append(problems, &config.Problem{File: s.file, Msg: err.Error()})
	}
	s.metrics.reloaded(time.Now(), len(problems) == 0)
	return problems
}

// Sources are the files that the configuration in force came from.
func (s *Server) Sources() []string { return s.snapshot.Load().cfg.Sources }

// Apply puts a tenant's bundle in force, whole or not at all: on an error the
// tenant's policy stays what it is.
func (s *Server) Apply(b wire.Bundle) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, err := overlay(&b)
	if err != nil {
		return err
	}
	o.State = s.overlays[b.Tenant].State
	return s.setOverlay(b.Tenant, o)
}

// SetState takes in what the cloud says about a tenant itself.
func (s *Server) SetState(id tenant.ID, state wire.TenantState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.overlays[id]
	if !ok {
		o.Mode = tenant.ModeDefault
	}
	switch state {
	case wire.StateActive:
		o.State = tenant.StateActive
	case wire.StateDeactivated:
		o.State = tenant.StateDeactivated
	case wire.StateUnknown:
		o.State = tenant.StateUnknown
	default:
		return fmt.Errorf("cannot set tenant %s: unknown state %q", id, state)
	}
	if ok && o.State == s.overlays[id].State {
		return nil
	}
	return s.setOverlay(id, o)
}

func (s *Server) setOverlay(id tenant.ID, o tenant.Overlay) error {
	prev := s.snapshot.Load()
	table, err := prev.table.With(id, o)
	if err != nil {
		return err
	}
	s.overlays[id] = o
	s.swap(prev, prev.with(table, s.clock))
	return nil
}

func (s *Server) swap(prev, next *snapshot) {
	s.snapshot.Store(next)
	s.tunnels.keep(next)
	prev.retire(next)
}

// overlay converts a bundle. Errors name the rule.
func overlay(b *wire.Bundle) (tenant.Overlay, error) {
	o := tenant.Overlay{Version: b.Version, Mode: b.Mode, Brand: tenant.Brand(b.Brand)}
	for i := range b.Rules {
		if err := b.Rules[i].AddTo(&o); err != nil {
			return o, fmt.Errorf("cannot apply rule %q: %w", b.Rules[i].ID, err)
		}
	}
	for _, e := range b.Lists {
		o.Lists = append(o.Lists, tenant.ListEntry(e))
	}
	return o, nil
}

// Tenants returns the tenants of the snapshot in force, for the uplink to
// ask the cloud about. The result is immutable.
func (s *Server) Tenants() []*tenant.Tenant { return s.snapshot.Load().table.Tenants }
