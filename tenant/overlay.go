package tenant

import (
	"cmp"
	"fmt"
	"slices"
)

// With returns a table in which tenant id has overlay o. t is unchanged and
// shares everything else with the new table: counters, scopes, the other
// tenants. The error says why o does not compile, or that there is no such
// tenant.
func (t *Table) With(id ID, o Overlay) (*Table, error) {
	i, ok := t.byID[id]
	if !ok {
		return nil, fmt.Errorf("no tenant %s", id)
	}
	changed := *t.Tenants[i]
	if err := changed.setOverlay(o, t.policies); err != nil {
		return nil, err
	}
	next := *t
	next.Tenants, next.Sites = slices.Clone(t.Tenants), slices.Clone(t.Sites)
	next.Tenants[i] = &changed
	changed.sites = make([]*Site, len(t.Tenants[i].sites))
	for j, s := range t.Tenants[i].sites {
		c := *s
		c.Tenant = &changed
		c.setModes()
		changed.sites[j], next.Sites[s.Index] = &c, &c
	}
	return &next, nil
}

// setOverlay puts o in force; on error t is unchanged. The modes of the
// sites are not set.
func (t *Tenant) setOverlay(o Overlay, ps *policies) error {
	p, err := ps.get(t.Sensitivity, slices.Concat(t.Lists, o.Lists), &o)
	if err != nil {
		return err
	}
	rates, err := compileRates(slices.Concat(t.Spec.Rates, o.Rates), t.rates)
	if err != nil {
		return err
	}
	own := t.ownBrand
	t.Policy, t.rates, t.State, t.Version, t.overlay = p, rates, o.State, o.Version, o
	t.Brand = Brand{Name: cmp.Or(own.Name, o.Brand.Name), Support: cmp.Or(own.Support, o.Brand.Support)}
	return nil
}

// setModes resolves what the site and each of its routes do: mode and
// override are inherited independently, route before site before tenant.
func (s *Site) setModes() {
	mode, from, override := s.Tenant.Mode, FromTenant, s.Tenant.Override
	if s.Mode != nil {
		mode, from = *s.Mode, FromSite
	}
	if s.Override != nil {
		override = *s.Override
	}
	s.modes = make([]Effective, len(s.Routes)+1)
	s.modes[len(s.Routes)] = s.Tenant.effective(mode, from, override)
	for i := range s.Routes {
		r, m, f, o := &s.Routes[i], mode, from, override
		if r.Mode != nil {
			m, f = *r.Mode, FromRoute
		}
		if r.Override != nil {
			o = *r.Override
		}
		s.modes[i] = s.Tenant.effective(m, f, o)
	}
}

func (t *Tenant) effective(local Mode, from ModeSource, o Override) Effective {
	e := Resolve(local, from, o, t.overlay.Mode)
	if t.State == StateDeactivated {
		e.Final, e.Source = ModeOff, FromState
	}
	return e
}
