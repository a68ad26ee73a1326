package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// checkLines sends the curl lines and looks at the two block pages.
func (c *checker) checkLines() {
	for _, t := range tries() {
		c.check("try: "+t.Why, func() error {
			r, err := c.node.expect(c.ctx, t)
			if err != nil {
				return err
			}
			if strings.Contains(t.Target, "%") {
				c.note(c.place(strings.TrimSuffix(t.Host, ".localhost")), "/search")
			}
			switch {
			case r.Status == 403 && len(t.Header) > 0:
				return c.lookAtProblem(r)
			case r.Status == 403:
				return c.lookAtBlockPage(r)
			}
			return nil
		})
	}
}

// lookAtBlockPage wants the brand, the support address and an incident ID.
func (c *checker) lookAtBlockPage(r reply) error {
	for _, want := range []string{brand.Name, brand.Support} {
		if !strings.Contains(r.Body, want) {
			return fmt.Errorf("the block page lacks %q", want)
		}
	}
	return nil
}

// lookAtProblem wants the same as JSON, and keeps the incident ID.
func (c *checker) lookAtProblem(r reply) error {
	var p struct{ Incident, Support string }
	if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
		return fmt.Errorf("the block page for programs is no JSON: %w", err)
	}
	if p.Incident == "" {
		return errors.New("the block page for programs has no incident ID")
	}
	c.incident = p.Incident
	return nil
}

// checkRouting asks the node whether it is ready, and each app who it is and
// what the node told it.
func (c *checker) checkRouting() {
	c.check("the node says that it is ready, with every tenant", func() error {
		_, err := getPage(c.ctx, apiClient, "http://"+c.admin+"/readyz", http.StatusOK)
		return err
	})
	for _, p := range c.places {
		c.check("requests for "+p.Host()+" reach its app with its tenant's ID", func() error {
			r, err := c.node.expect(c.ctx, try{Host: p.Host(), Target: "/echo", Want: 200})
			if err != nil {
				return err
			}
			var e struct{ App, Tenant, RequestID string }
			if err := json.Unmarshal([]byte(r.Body), &e); err != nil {
				return err
			}
			if e.App != p.Name || e.Tenant != p.ID {
				return fmt.Errorf("the app %q was told the tenant %q", e.App, e.Tenant)
			}
			return nil
		})
	}
}
