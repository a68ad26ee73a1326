package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// patience is how long a check waits for what must come true, pollEvery how
// often it looks.
const (
	patience  = 8 * time.Second
	pollEvery = 25 * time.Millisecond
)

// errFailed says that a check failed; the lines before it say which.
var errFailed = errors.New("not all checks passed")

// checker runs the checks of -check one after the other.
type checker struct {
	*demo
	ctx            context.Context
	out            io.Writer
	node           *client
	global         *api                       // the global administrator
	users          map[string]*api            // by tenant name
	sent           map[string]map[string]bool // paths of the attacks sent, by tenant name
	incident       string                     // of a block page of Acme's
	passed, failed int
}

// check runs one check and prints its line.
func (c *checker) check(name string, f func() error) {
	begun := time.Now()
	if err := f(); err != nil {
		c.failed++
		fmt.Fprintf(c.out, "FAIL %s: %v\n", name, err)
		return
	}
	c.passed++
	fmt.Fprintf(c.out, "ok   %s (%d ms)\n", name, time.Since(begun).Milliseconds())
}

// until calls f until it succeeds, and returns its last error when patience
// or the time of all checks ends.
func (c *checker) until(f func() error) error {
	ctx, cancel := context.WithTimeout(c.ctx, patience)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up waiting: %w", err)
		case <-tick.C:
		}
	}
}

// runChecks runs all checks against a demo that is ready.
func runChecks(ctx context.Context, d *demo, out io.Writer) error {
	c := &checker{demo: d, ctx: ctx, out: out, node: newClient(d.nodeAddress), users: map[string]*api{}, sent: map[string]map[string]bool{}}
	defer c.node.http.CloseIdleConnections()
	c.check("every user signs in", c.signInAll)
	if c.failed == 0 {
		c.checkLines()
		c.checkRouting()
		c.checkIsolation()
		c.checkConsole()
		c.checkPolicy()
	}
	fmt.Fprintf(out, "%d passed, %d failed\n", c.passed, c.failed)
	if c.failed > 0 {
		return errFailed
	}
	return nil
}

func (c *checker) signInAll() (err error) {
	if c.global, err = signIn(c.ctx, c.apiURL, adminEmail, c.password); err != nil {
		return err
	}
	for _, p := range c.places {
		if c.users[p.Name], err = signIn(c.ctx, c.apiURL, p.Email, c.password); err != nil {
			return err
		}
	}
	return nil
}

// note remembers that an attack was sent to a path of a tenant.
func (c *checker) note(p *place, path string) {
	if c.sent[p.Name] == nil {
		c.sent[p.Name] = map[string]bool{}
	}
	c.sent[p.Name][path] = true
}

// place returns a sample tenant by name.
func (d *demo) place(name string) *place {
	for _, p := range d.places {
		if p.Name == name {
			return p
		}
	}
	panic("BUG: no sample tenant " + name)
}
