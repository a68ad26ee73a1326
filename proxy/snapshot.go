package proxy

import (
	"errors"
	"fmt"
	"strings"

	"weir/config"
	"weir/tenant"
)

// snapshot is everything a request needs of the configuration: immutable,
// loaded once per request.
type snapshot struct {
	cfg          *config.Node
	table        *tenant.Table
	peers        *tenant.Peers
	header       string      // folded name of the tenant header; "" is off
	sites        []*balancer // by Site.Index
	pools        map[poolKey]*upstream
	certificates *certificates
}

// poolKey keeps warm connections apart: by tenant and upstream.
type poolKey struct {
	tenant   tenant.ID
	upstream tenant.Upstream
}

// compile makes a snapshot aside, carrying over what prev holds: counters,
// policies, warm connections. A tenant whose upstreams or certificates cannot
// be used is named in problems; see usable.
func compile(cfg *config.Node, prev *snapshot, overlays map[tenant.ID]tenant.Overlay, c *clock) (*snapshot, []error) {
	var prevTable *tenant.Table
	var prevCerts *certificates
	if prev != nil {
		prevTable, prevCerts = prev.table, prev.certificates
	}
	problems := usable(cfg, prevTable, c)
	table, errs := tenant.Build(cfg.Tenants, prevTable, overlays)
	problems = append(problems, errs...)
	s := &snapshot{cfg: cfg, table: table, peers: tenant.NewPeers(cfg.Identify.Trusted),
		header: foldedName(cfg.Identify.Header)}
	s.fillPools(prev, c)
	s.certificates, errs = loadCertificates(cfg, table, prevCerts)
	return s, append(problems, errs...)
}

// with returns s over another table of the same configuration.
func (s *snapshot) with(table *tenant.Table, c *clock) *snapshot {
	n := *s
	n.table = table
	n.fillPools(s, c)
	return &n
}

// usable looks for upstreams that cannot be used. Their tenant keeps what it
// has in prev, or is broken when that is nothing.
func usable(cfg *config.Node, prev *tenant.Table, c *clock) (problems []error) {
	for i := range cfg.Tenants {
		t := &cfg.Tenants[i]
		if t.Broken != nil {
			continue
		}
		err := checkUpstreams(t, c)
		if err == nil {
			continue
		}
		problems = append(problems, err)
		t.Broken = err
		if prev != nil {
			if old := prev.ByID(t.ID); old != nil && old.Broken == nil {
				*t = old.Spec
			}
		}
	}
	return problems
}

func checkUpstreams(t *tenant.Spec, c *clock) error {
	var errs []error
	for _, site := range t.Sites {
		for _, u := range site.Upstreams {
			if _, err := newUpstream(u, c); err != nil {
				errs = append(errs, fmt.Errorf("%s:%d: tenant %q: %w", t.File, site.Line, t.Name, err))
			}
		}
	}
	return errors.Join(errs...)
}

func foldedName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }

// fillPools gives each site its upstreams: those of prev where they are the
// same.
func (s *snapshot) fillPools(prev *snapshot, c *clock) {
	s.pools = make(map[poolKey]*upstream, len(s.table.Sites))
	s.sites = make([]*balancer, len(s.table.Sites))
	for i, site := range s.table.Sites {
		if site.Tenant.Broken != nil {
			continue
		}
		ups := make([]*upstream, 0, len(site.Upstreams))
		for _, u := range site.Upstreams {
			k := poolKey{site.Tenant.ID, u}
			if s.pools[k] == nil {
				s.pools[k] = prev.pool(k, c)
			}
			ups = append(ups, s.pools[k])
		}
		s.sites[i] = newBalancer(ups, site)
	}
}

// pool returns the warm pool of k, or a new one.
func (s *snapshot) pool(k poolKey, c *clock) *upstream {
	if s != nil {
		if up := s.pools[k]; up != nil {
			return up
		}
	}
	up, err := newUpstream(k.upstream, c)
	if err != nil {
		// usable tried this very upstream a moment ago: its CA file has
		// changed since. The pool refuses until the next reload.
		up = &upstream{Upstream: k.upstream, clock: c}
	}
	return up
}

// retire closes the pools that next no longer uses. Requests still on them
// end in peace.
func (s *snapshot) retire(next *snapshot) {
	for k, up := range s.pools {
		if next == nil || next.pools[k] != up {
			up.close()
		}
	}
}

// broken names the tenants that cannot be served.
func (s *snapshot) broken() (names []string) {
	for _, t := range s.table.Tenants {
		if t.Broken != nil {
			names = append(names, t.Name)
		}
	}
	return names
}
