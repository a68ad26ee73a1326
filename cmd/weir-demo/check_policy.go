package main

import (
	"fmt"
	"net/http"
	"net/url"
)

// checkPolicy changes the policy of Acme in the cloud and waits until the
// node does what it says.
func (c *checker) checkPolicy() {
	p, u := c.place("acme"), c.users["acme"]
	attack := func(want int) try { return try{Host: p.Host(), Target: "/changed?q=" + sqlPayload, Want: want} }
	c.check("set to monitoring in the cloud, the node lets an attack pass", func() error {
		return c.change(u, http.MethodPut, p.path("mode"), map[string]string{"mode": "monitoring"}, nil, attack(200))
	})
	c.check("the other tenants' modes did not change", func() error {
		_, err := c.node.expect(c.ctx, try{Host: c.place("shop-prod").Host(), Target: "/other?q=" + sqlPayload, Want: 403})
		return err
	})
	c.check("left to the node again, the attack is blocked", func() error {
		return c.change(u, http.MethodPut, p.path("mode"), map[string]string{"mode": "default"}, nil, attack(403))
	})
	c.check("a deny entry made in the cloud refuses its client, and no other", func() error { return c.denyEntry(p, u) })
	c.check("a virtual patch made in the cloud blocks its path, and no other", func() error { return c.virtualPatch(p, u) })
	c.check("the cloud shows the version that the node applied", func() error {
		return c.until(func() error { return c.applied(p, u) })
	})
}

// path is an API path below the tenant.
func (p *place) path(rest string) string { return "/tenants/" + p.ID + "/" + rest }

// change makes a change in the cloud and waits until t is answered as wanted.
func (c *checker) change(u *api, method, path string, in, out any, t try) error {
	if err := u.call(c.ctx, method, path, in, out); err != nil {
		return err
	}
	return c.until(func() error {
		_, err := c.node.expect(c.ctx, t)
		return err
	})
}

// made is an entry or a rule with the ID that the cloud gave it.
type made struct{ ID string }

func (c *checker) denyEntry(p *place, u *api) error {
	from := func(client string, want int) try {
		return try{Host: p.Host(), Target: "/denied", Header: [][2]string{{"X-Forwarded-For", client}}, Want: want}
	}
	in := map[string]any{"prefix": "192.0.2.0/28", "reason": "check", "ttl_seconds": 600}
	var m made
	if err := c.change(u, http.MethodPost, p.path("lists/deny"), in, &m, from("192.0.2.7", 403)); err != nil {
		return err
	}
	if _, err := c.node.expect(c.ctx, from("192.0.2.77", 200)); err != nil {
		return err
	}
	if _, err := c.node.expect(c.ctx, try{Host: c.place("globex").Host(), Target: "/denied", Header: from("192.0.2.7", 0).Header, Want: 200}); err != nil {
		return fmt.Errorf("another tenant: %w", err)
	}
	return c.change(u, http.MethodDelete, p.path("lists/deny/"+url.PathEscape(m.ID)), nil, nil, from("192.0.2.7", 200))
}

func (c *checker) virtualPatch(p *place, u *api) error {
	at := func(path string, want int) try { return try{Host: p.Host(), Target: path, Want: want} }
	in := map[string]string{"type": "virtual_patch", "comment": "check", "path": "/legacy/**", "class": "any"}
	var m made
	if err := c.change(u, http.MethodPost, p.path("rules"), in, &m, at("/legacy/export", 403)); err != nil {
		return err
	}
	if _, err := c.node.expect(c.ctx, at("/about", 200)); err != nil {
		return err
	}
	return c.change(u, http.MethodDelete, p.path("rules/"+url.PathEscape(m.ID)), nil, nil, at("/legacy/export", 200))
}

// applied compares the policy's version with the one in force on the node.
func (c *checker) applied(p *place, u *api) error {
	var policy struct{ Version int64 }
	var out struct {
		Nodes []struct {
			Tenant struct {
				Applied int64
				Error   string
			}
		}
	}
	if err := u.call(c.ctx, http.MethodGet, p.path("policy"), nil, &policy); err != nil {
		return err
	}
	if err := u.call(c.ctx, http.MethodGet, p.path("nodes"), nil, &out); err != nil {
		return err
	}
	if len(out.Nodes) != 1 {
		return fmt.Errorf("%d nodes, want 1", len(out.Nodes))
	}
	if n := out.Nodes[0].Tenant; n.Applied != policy.Version || n.Error != "" {
		return fmt.Errorf("version %d of %d is in force, error %q", n.Applied, policy.Version, n.Error)
	}
	return nil
}
