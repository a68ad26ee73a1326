package main

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"

	"weir/tenant/wire"
)

// attacksEach is how many attacks every tenant gets.
const attacksEach = 3

// checkIsolation attacks each tenant on paths of its own, and then looks
// through the eyes of each tenant's user.
func (c *checker) checkIsolation() {
	c.check("each tenant is attacked on paths of its own", c.attackAll)
	for _, p := range c.places {
		c.check(p.Email+" sees exactly the hits of "+p.Name, func() error {
			return c.until(func() error { return c.seesItsOwn(p) })
		})
	}
	for i, p := range c.places {
		other := c.places[(i+1)%len(c.places)]
		c.check(p.Email+" gets for "+other.Name+" what a missing tenant gets", func() error { return c.seesNot(p, other) })
	}
	c.check("the global user sees every tenant, a tenant's user his own", c.tenantLists)
	c.check("the incident ID of the block page finds the hit", c.findIncident)
}

func (c *checker) attackAll() error {
	for _, p := range c.places {
		want := http.StatusForbidden
		if p.Mode != "block" {
			want = http.StatusOK
		}
		for i := range attacksEach {
			path := fmt.Sprintf("/%s/%d", p.Name, i)
			if _, err := c.node.expect(c.ctx, try{Host: p.Host(), Target: path + "?q=" + sqlPayload, Want: want}); err != nil {
				return err
			}
			c.note(p, path)
		}
	}
	return nil
}

// seesItsOwn compares the paths of all hits that p's user sees with the
// attacks sent to p.
func (c *checker) seesItsOwn(p *place) error {
	hits, err := c.users[p.Name].hits(c.ctx, p.ID, "")
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, h := range hits {
		if h.Tenant.String() != p.ID || h.Host != p.Host() {
			return fmt.Errorf("hit %s is of tenant %s and host %s", h.ID, h.Tenant, h.Host)
		}
		seen[h.Path] = true
	}
	if !maps.Equal(seen, c.sent[p.Name]) {
		return fmt.Errorf("hits on %v, attacks on %v", sorted(seen), sorted(c.sent[p.Name]))
	}
	return nil
}

func sorted(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }

// seesNot asks for everything of other as p's user: each answer is that for
// a tenant that does not exist, byte for byte.
func (c *checker) seesNot(p, other *place) error {
	const absent = "99999999-9999-9999-9999-999999999999"
	u := c.users[p.Name]
	hits, err := c.users[other.Name].hits(c.ctx, other.ID, "")
	if err != nil {
		return err
	}
	if len(hits) == 0 {
		return fmt.Errorf("no hit of %s to ask for", other.Name)
	}
	for _, path := range []string{"", "/hits", "/hits/" + hits[0].ID, "/hits/" + hits[0].Incident, "/attacks", "/policy", "/nodes", "/users"} {
		foreign, missing := u.status(c.ctx, "/tenants/"+other.ID+path), u.status(c.ctx, "/tenants/"+absent+path)
		if foreign.Status != http.StatusNotFound || foreign != missing {
			return fmt.Errorf("%q: %d %s for the foreign, %d %s for the missing", path, foreign.Status, foreign.Body, missing.Status, missing.Body)
		}
	}
	return nil
}

func (c *checker) tenantLists() error {
	f := func(a *api, want int) error {
		var out struct{ Tenants []struct{ ID, Kind string } }
		if err := a.call(c.ctx, http.MethodGet, "/tenants", nil, &out); err != nil {
			return err
		}
		if len(out.Tenants) != want {
			return fmt.Errorf("%d tenants, want %d", len(out.Tenants), want)
		}
		return nil
	}
	if err := f(c.global, len(c.places)+1); err != nil { // the technical tenant too
		return err
	}
	return f(c.users["acme"], 1)
}

// findIncident looks the ID up as the tenant's user, and in vain as another.
func (c *checker) findIncident() error {
	if c.incident == "" {
		return errors.New("no block page was seen")
	}
	p := c.place("shop-prod")
	var h wire.Hit
	err := c.users[p.Name].call(c.ctx, http.MethodGet, "/tenants/"+p.ID+"/hits/"+c.incident, nil, &h)
	if err != nil {
		return err
	}
	if h.Incident != c.incident || h.Path != "/search" || !h.Blocked {
		return fmt.Errorf("found hit %s on %s", h.ID, h.Path)
	}
	if h.Mark.To <= h.Mark.From || h.Mark.To > len(h.Request) {
		return fmt.Errorf("the payload is not marked: %+v of %d bytes", h.Mark, len(h.Request))
	}
	acme := c.place("acme")
	if s := c.users["acme"].status(c.ctx, "/tenants/"+acme.ID+"/hits/"+c.incident); s.Status != http.StatusNotFound {
		return fmt.Errorf("another tenant's user gets %d for it", s.Status)
	}
	return nil
}
