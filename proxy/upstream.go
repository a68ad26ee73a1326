package proxy

import (
	"context"
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

// Bounds of an upstream's pool, beside tenant.Pool. Connections are kept by (tenant, upstream):
// what one tenant's upstream left on a connection can reach nobody else's
// clients.
const (
	maxUpIdle   = 128             // kept open unused
	upIdleLimit = 4 * time.Second // kept open unused; common servers close after 5
)

var (
	errNoUpConn = errors.New("all connections to the upstream are busy")
	errUnusable = errors.New("the upstream cannot be used as configured")
)

// upstream is one upstream of one tenant with its warm connections. It is
// safe for concurrent use and survives reloads.
type upstream struct {
	tenant.Upstream
	tls      *tls.Config // nil: plain
	h2       *h2Client   // nil: HTTP/1.1 only
	addr     *addresses
	health   health
	clock    *clock
	slots    chan struct{}
	wait     time.Duration // for a slot
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
	pool := u.Pool.OrDefault()
	up := &upstream{Upstream: u, clock: c, slots: make(chan struct{}, pool.Connections), wait: pool.Wait,
		health: health{rules: u.Health.OrDefault()}}
	var err error
	if up.addr, err = newAddresses(&u); err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "http":
	case "h2c":
		up.h2 = newH2Client(up)
	case "https":
		if up.tls, err = upstreamTLS(u); err != nil {
			return nil, err
		}
		up.h2 = newH2Client(up)
	default:
		return nil, fmt.Errorf("cannot use upstream %s://%s: its scheme is none of http, https, h2c", u.Scheme, u.Address)
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
	if u.addr == nil {
		return nil, errUnusable
	}
	if err := u.takeSlot(); err != nil {
		return nil, err
	}
	for c := u.pop(); c != nil; c = u.pop() {
		if u.clock.time().Sub(c.since) < upIdleLimit && c.alive() {
			c.reused = true
			return c, nil
		}
		c.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), connect)
	defer cancel()
	c, err := u.dial(ctx)
	if err != nil {
		u.freeSlot()
		return nil, errDial{err}
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
	t := time.NewTimer(u.wait)
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

// tend starts what is due: the look-up of a name, a health check. It waits
// for neither.
func (u *upstream) tend(ctx context.Context, wg *sync.WaitGroup, log *nodeLog) {
	if u.addr == nil {
		return
	}
	u.sweep()
	if now := u.clock.time(); u.addr.due(now) {
		wg.Go(func() {
			if err := u.addr.again(ctx); err != nil && ctx.Err() == nil {
				log.upstreamName(u.Address, err)
			}
		})
	}
	if u.health.due(u.clock.now.Load()) {
		wg.Go(func() {
			err := u.check(ctx)
			if ctx.Err() == nil {
				u.checked(err, log)
			}
			u.health.done(u.clock.now.Load())
		})
	}
}

// checked takes in the result of a health check.
func (u *upstream) checked(err error, log *nodeLog) {
	if err == nil {
		if u.health.passed() {
			log.upstreamUp(u.Address)
		}
		return
	}
	if u.health.failed(u.clock.now.Load()) {
		log.upstreamDown(u.Address, err)
	}
}

// sweep closes connections that were idle too long, or whose address the
// name no longer has.
func (u *upstream) sweep() {
	old := u.clock.time().Add(-upIdleLimit)
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.idle) == 0 {
		return
	}
	kept := u.idle[:0]
	for _, c := range u.idle {
		if c.since.Before(old) || !u.addr.has(c.address) {
			c.Close()
			continue
		}
		kept = append(kept, c)
	}
	clear(u.idle[len(kept):])
	u.idle = kept
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
	if u.h2 != nil {
		u.h2.close()
	}
}
