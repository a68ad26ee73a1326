package proxy

import (
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"sync/atomic"
	"time"

	"weir/tenant"
)

// health is what is known of an upstream: from the requests that it served
// and, with a path, from checks of its own. It is safe for concurrent use.
type health struct {
	rules  tenant.Health
	fails  atomic.Int32 // in a row
	passes atomic.Int32 // of checks, in a row
	// until is when a down upstream may be tried again, in Unix nanoseconds;
	// 0: it is up.
	until    atomic.Int64
	next     atomic.Int64 // when the next check is due
	checking atomic.Bool
}

// untilPassed stands in until where only checks bring an upstream back.
const untilPassed = math.MaxInt64

func (h *health) up() bool { return h.until.Load() == 0 }

// tryProbe reports whether the caller is the one request that may try an
// upstream which was left alone long enough.
func (h *health) tryProbe(now int64) bool {
	until := h.until.Load()
	return until != 0 && until != untilPassed && now >= until &&
		h.until.CompareAndSwap(until, now+int64(h.rules.Down))
}

// failed counts a request or check that got no answer; it reports whether
// the upstream went down for it.
func (h *health) failed(now int64) bool {
	h.passes.Store(0)
	if h.fails.Add(1) < int32(h.rules.Fails) {
		return false
	}
	until := now + int64(h.rules.Down)
	if h.rules.Path != "" {
		until = untilPassed
	}
	return h.until.Swap(until) == 0
}

// served counts a request that got an answer. Where checks decide, it takes
// more than one answer to bring an upstream back.
func (h *health) served() {
	if h.fails.Load() != 0 {
		h.fails.Store(0)
	}
	if until := h.until.Load(); until != 0 && until != untilPassed {
		h.until.Store(0)
	}
}

// passed counts a good check; it reports whether the upstream came back.
func (h *health) passed() bool {
	if h.until.Load() == 0 {
		h.fails.Store(0)
		return false
	}
	if h.passes.Add(1) < int32(h.rules.Passes) {
		return false
	}
	h.fails.Store(0)
	h.passes.Store(0)
	return h.until.Swap(0) != 0
}

// due reports whether a check should begin now; the caller ends it with
// done.
func (h *health) due(now int64) bool {
	return h.rules.Path != "" && now >= h.next.Load() && h.checking.CompareAndSwap(false, true)
}

func (h *health) done(now int64) {
	h.next.Store(now + int64(h.rules.Interval))
	h.checking.Store(false)
}

// check asks the upstream for its path, on a connection of its own.
func (u *upstream) check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, u.health.rules.Timeout)
	defer cancel()
	if u.h2 != nil && u.tls == nil {
		return u.h2.check(ctx, u.health.rules.Path)
	}
	c, err := u.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.sock.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	host, port, err := net.SplitHostPort(u.Address)
	if err != nil {
		return err
	}
	if port != "80" && port != "443" {
		host = u.Address
	}
	if _, err := io.WriteString(c, "GET "+u.health.rules.Path+" HTTP/1.1\r\nHost: "+host+
		"\r\nUser-Agent: weir-health\r\nConnection: close\r\n\r\n"); err != nil {
		return err
	}
	var r reply
	if err := r.read(c.br, false); err != nil {
		return err
	}
	return checkStatus(r.status)
}

// checkStatus is what a check takes for good.
func checkStatus(status int) error {
	if status >= 400 {
		return fmt.Errorf("health check got status %d", status)
	}
	return nil
}
