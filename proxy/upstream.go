package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"weir/tenant"
)

// Bounds of an upstream's pool. Connections are kept by (tenant, upstream):
// what one tenant's upstream left on a connection can reach nobody else's
// clients.
const (
	maxUpConns  = 1024                   // open at once
	waitUpConn  = 100 * time.Millisecond // for one of them to become free
	maxUpIdle   = 128                    // kept open unused
	upIdleLimit = 4 * time.Second        // kept open unused; common servers close after 5
)

// errNoUpConn says that all connections to the upstream are busy.
var errNoUpConn = errors.New("all connections to the upstream are busy")

// upstream is one upstream of one tenant with its warm connections. It is
// safe for concurrent use and survives reloads.
type upstream struct {
	tenant.Upstream
	tls      *tls.Config // nil: plain
	clock    *clock
	slots    chan struct{}
	mu       sync.Mutex
	idle     []*upConn // last in, first out
	closed   bool
	active   atomic.Int64
	requests atomic.Uint64
	errors   atomic.Uint64
}

// newUpstream makes a pool without connections. Errors are the
// configuration's.
func newUpstream(u tenant.Upstream, c *clock) (*upstream, error) {
	up := &upstream{Upstream: u, clock: c, slots: make(chan struct{}, maxUpConns)}
	switch u.Scheme {
	case "http":
	case "https":
		tc, err := upstreamTLS(u)
		if err != nil {
			return nil, err
		}
		up.tls = tc
	default:
		return nil, fmt.Errorf("cannot use upstream %s://%s: only http and https upstreams are supported yet", u.Scheme, u.Address)
	}
	return up, nil
}

func upstreamTLS(u tenant.Upstream) (*tls.Config, error) {
	tc := &tls.Config{ServerName: u.ServerName, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	if tc.ServerName == "" {
		host, _, err := net.SplitHostPort(u.Address)
		if err != nil {
			return nil, fmt.Errorf("cannot use upstream %s: %w", u.Address, err)
		}
		tc.ServerName = host
	}
	if u.CAFile == "" {
		return tc, nil
	}
	pem, err := os.ReadFile(u.CAFile)
	if err != nil {
		return nil, fmt.Errorf("cannot read ca of upstream %s: %w", u.Address, err)
	}
	tc.RootCAs = x509.NewCertPool()
	if !tc.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("cannot use ca of upstream %s: %s holds no certificate", u.Address, u.CAFile)
	}
	return tc, nil
}

// get returns a connection that is fit for a request: a warm one that is
// quiet and open, or a new one.
func (u *upstream) get(connect time.Duration) (*upConn, error) {
	if err := u.takeSlot(); err != nil {
		return nil, err
	}
	for c := u.pop(); c != nil; c = u.pop() {
		if u.clock.time().Sub(c.since) < upIdleLimit && c.alive() {
			return c, nil
		}
		c.Close()
	}
	c, err := dial(u.Address, u.tls, connect)
	if err != nil {
		u.freeSlot()
		return nil, err
	}
	return c, nil
}

func (u *upstream) takeSlot() error {
	select {
	case u.slots <- struct{}{}:
		u.active.Add(1)
		return nil
	default:
	}
	t := time.NewTimer(waitUpConn)
	defer t.Stop()
	select {
	case u.slots <- struct{}{}:
		u.active.Add(1)
		return nil
	case <-t.C:
		return errNoUpConn
	}
}

func (u *upstream) freeSlot() {
	u.active.Add(-1)
	<-u.slots
}

func (u *upstream) pop() *upConn {
	u.mu.Lock()
	defer u.mu.Unlock()
	n := len(u.idle)
	if n == 0 {
		return nil
	}
	c := u.idle[n-1]
	u.idle[n-1] = nil
	u.idle = u.idle[:n-1]
	return c
}

// put takes a connection back: to keep it when its last exchange ended
// exactly where the message did, else to close it.
func (u *upstream) put(c *upConn, keep bool) {
	u.freeSlot()
	if keep && c.br.Buffered() == 0 && u.tryKeep(c) {
		return
	}
	c.Close()
}

func (u *upstream) tryKeep(c *upConn) bool {
	if err := c.SetDeadline(time.Time{}); err != nil {
		return false
	}
	c.since = u.clock.time()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed || len(u.idle) >= maxUpIdle {
		return false
	}
	u.idle = append(u.idle, c)
	return true
}

// sweep closes connections that were idle too long.
func (u *upstream) sweep() {
	old := u.clock.time().Add(-upIdleLimit)
	u.mu.Lock()
	n := 0
	for n < len(u.idle) && u.idle[n].since.Before(old) {
		u.idle[n].Close()
		n++
	}
	u.idle = append(u.idle[:0], u.idle[n:]...)
	u.mu.Unlock()
}

// close closes the idle connections; those in use are closed when given
// back.
func (u *upstream) close() {
	u.mu.Lock()
	u.closed = true
	for _, c := range u.idle {
		c.Close()
	}
	u.idle = nil
	u.mu.Unlock()
}
