package tenant

import (
	"errors"
	"fmt"
)

// Build makes the table of specs. Counters and scopes carry over from prev
// by tenant ID, policies and compiled routes where they did not change; prev
// may be nil. A tenant without an overlay is active and keeps its own mode.
//
// A spec that cannot be used, or that claims an ID, or a host and path, of a
// spec before it, becomes a broken tenant, and an error names it; a broken
// tenant holds those of its hosts that nobody else claims, so that they can
// be answered. An overlay that does not compile is left out, and an error
// names it: the tenant keeps the overlay that it has in prev. The table is
// always usable.
func Build(specs []Spec, prev *Table, overlays map[ID]Overlay) (*Table, []error) {
	if prev == nil {
		prev = &Table{}
	}
	b := builder{prev: prev, t: &Table{
		Tenants:  make([]*Tenant, 0, len(specs)),
		byID:     make(map[ID]int32, len(specs)),
		scopes:   prev.scopes,
		policies: prev.policies,
	}}
	if b.t.policies == nil {
		b.t.policies = newPolicies()
	}
	n := 0
	for i := range specs {
		b.addTenant(&specs[i], overlays)
		for _, s := range specs[i].Sites {
			n += len(s.Hosts)
		}
	}
	b.t.hosts = newHosts(n)
	b.claimHosts()
	return b.t, b.errs
}

type builder struct {
	t, prev *Table
	errs    []error
}

func (b *builder) addTenant(spec *Spec, overlays map[ID]Overlay) {
	t := &Tenant{Spec: *spec, ownBrand: spec.Brand}
	index := int32(len(b.t.Tenants))
	b.t.Tenants = append(b.t.Tenants, t)
	if first, ok := b.t.byID[t.ID]; ok {
		b.fail(t, fmt.Errorf("ID %s belongs to tenant %q", t.ID, b.t.Tenants[first].Name))
	} else if t.ID != (ID{}) {
		b.t.byID[t.ID] = index
	}
	var old *Tenant
	if b.t.ByID(t.ID) == t {
		old = b.prev.ByID(t.ID)
	}
	b.carry(t, old)
	b.apply(t, old, overlays)
	b.addSites(t, old, index)
}

// carry gives t what outlives a reload.
func (b *builder) carry(t, old *Tenant) {
	if old != nil {
		t.Scope, t.Counters, t.rates = old.Scope, old.Counters, old.rates
		return
	}
	b.t.scopes++
	t.Scope, t.Counters = b.t.scopes, &Counters{}
}

func (b *builder) apply(t, old *Tenant, overlays map[ID]Overlay) {
	o, ok := overlays[t.ID]
	if !ok || b.t.ByID(t.ID) != t {
		o = Overlay{Mode: ModeDefault}
	}
	err := t.setOverlay(o, b.t.policies)
	if err == nil {
		return
	}
	b.errs = append(b.errs, fmt.Errorf("tenant %q: cannot apply version %d of its policy: %w", t.Name, o.Version, err))
	o = Overlay{Mode: ModeDefault}
	if old != nil {
		o = old.overlay
	}
	if err := t.setOverlay(o, b.t.policies); err != nil {
		b.fail(t, err)
		t.Policy = &Policy{}
	}
}

func (b *builder) addSites(t, old *Tenant, index int32) {
	for i := range t.Spec.Sites {
		s := &Site{SiteSpec: t.Spec.Sites[i], Tenant: t, Index: len(b.t.Sites)}
		if old != nil && i < len(old.sites) && old.sites[i].routes.same(s.Routes) {
			s.routes = old.sites[i].routes
		} else if r, err := compileRoutes(s.Routes); err != nil {
			b.fail(t, err)
		} else {
			s.routes = r
		}
		if s.routes == nil {
			s.Routes = nil
		}
		s.setModes()
		t.sites = append(t.sites, s)
		b.t.Sites = append(b.t.Sites, s)
		b.t.owners = append(b.t.owners, index)
	}
	if len(t.sites) == 0 {
		b.fail(t, errors.New("no site"))
	}
}

// claimHosts enters the good tenants first, in order, then the broken ones
// where there is room.
func (b *builder) claimHosts() {
	var broken []*Site
	for _, t := range b.t.Tenants {
		if t.Broken == nil {
			if err := b.checkClaims(t); err != nil {
				b.fail(t, err)
			}
		}
		if t.Broken != nil {
			broken = append(broken, t.sites...)
			continue
		}
		for _, s := range t.sites {
			b.enter(s)
		}
	}
	for _, s := range broken {
		b.enter(s)
	}
}

func (b *builder) checkClaims(t *Tenant) error {
	own := map[[2]string]bool{}
	for _, s := range t.sites {
		for _, h := range s.Hosts {
			p, err := CanonicalPattern(h)
			if err != nil {
				return fmt.Errorf("host %q: %w", h, err)
			}
			if i := b.t.hosts.claim(p, s.Path); i != noSite {
				return fmt.Errorf("host %q with path %q belongs to tenant %q", h, s.Path, b.t.Sites[i].Tenant.Name)
			}
			if len(t.sites) == 1 && len(s.Hosts) == 1 {
				continue // Fast path: nothing to collide with.
			}
			if own[[2]string{p, s.Path}] {
				return fmt.Errorf("host %q with path %q stands twice", h, s.Path)
			}
			own[[2]string{p, s.Path}] = true
		}
	}
	return nil
}

func (b *builder) enter(s *Site) {
	others := func(i int32) bool { return b.t.Sites[i].Tenant != s.Tenant }
	for _, h := range s.Hosts {
		p, err := CanonicalPattern(h)
		if err == nil && b.t.hosts.claim(p, s.Path) == noSite {
			b.t.hosts.add(p, s.Path, int32(s.Index), others)
		}
	}
}

func (b *builder) fail(t *Tenant, err error) {
	if t.Broken == nil {
		t.Broken = err
		b.errs = append(b.errs, fmt.Errorf("tenant %q: %w", t.Name, err))
	}
}
