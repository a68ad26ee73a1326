package proxy

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"weir/tenant"
)

// tunnel carries the frames of a WebSocket between a client and an upstream,
// each way in a goroutine of its own. It lives until one side closes, both
// are silent for too long, its tenant goes or the node does.
type tunnel struct {
	s        *Server
	conn     *clientConn
	up       *upConn
	tenant   tenant.ID
	host     []byte // where it was opened, to ask later whether it may stay
	path     []byte
	counters *tenant.Counters
	idle     time.Duration // 0: none
	rate     int64
	head     []byte       // the answer to the handshake
	moved    atomic.Int64 // when bytes passed last, Unix nanoseconds
	left     atomic.Int64 // when leave was called; 0: it was not
}

// closeTunnel is how long a peer that was told to go may take to do so.
const closeTunnel = 5 * time.Second

func newTunnel(s *Server, x *exchange, conn *upConn) *tunnel {
	t := &x.place.Site.Timeouts
	return &tunnel{s: s, conn: x.conn, up: conn, tenant: x.place.Tenant.ID,
		host: append([]byte(nil), x.head.site...), path: append([]byte(nil), x.path...),
		counters: x.place.Tenant.Counters, idle: t.TunnelIdle, rate: t.MinRate}
}

// serve runs the tunnel. c gives what the client sent already, then the
// connection, which is closed when serve returns.
func (t *tunnel) serve(c net.Conn) {
	defer t.s.tunnels.remove(t)
	defer t.survive()
	defer t.up.Close()
	if _, err := t.conn.Write(t.head); err != nil {
		return
	}
	t.moved.Store(time.Now().UnixNano())
	var wg sync.WaitGroup
	wg.Go(func() {
		t.fromClient(c)
		t.up.Close()
	})
	t.fromUpstream()
	t.conn.Conn.Close()
	wg.Wait()
}

// survive turns a panic into the end of one tunnel.
func (t *tunnel) survive() {
	if p := recover(); p != nil {
		t.s.metrics.panics.Add(1)
		t.s.log.panicked("tunnel", t.tenant.String(), p)
	}
}

// fromClient copies what the client sends.
func (t *tunnel) fromClient(c net.Conn) {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	var p pace
	p.reset(t.rate)
	for {
		n, err := t.read(c, c, buf[:])
		t.counters.TunnelIn.Add(uint64(n))
		if n > 0 {
			if _, werr := p.write(t.up.Conn, buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// goingAway is a Close frame with status 1001 (RFC 6455 7.4.1), as servers
// send it.
var goingAway = []byte{0x88, 2, 1001 >> 8, 1001 & 0xff}

// fromUpstream copies what the upstream sends. Once the tunnel is to go, the
// client is told so between two frames; its answer reaches the upstream, and
// what that still sends is dropped.
func (t *tunnel) fromUpstream() {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	var frames frameWalk
	told := false
	for {
		n, err := t.read(t.up, t.up.br, buf[:])
		b := buf[:n]
		leaving := t.isLeaving()
		if leaving {
			b = b[:frames.walk(b, true)]
		} else {
			frames.walk(b, false)
		}
		if !told && len(b) > 0 {
			t.counters.TunnelOut.Add(uint64(len(b)))
			if _, werr := t.conn.Write(b); werr != nil {
				return
			}
		}
		if leaving && !told && frames.between() {
			told = true
			if _, werr := t.conn.Write(goingAway); werr != nil {
				return
			}
		}
		if err != nil && !errors.Is(err, errLeave) {
			return
		}
	}
}

// errLeave says that a wait ended because the tunnel is to go.
var errLeave = errors.New("tunnel is to go")

// read waits for bytes of one side, as long as either side is alive.
func (t *tunnel) read(c waiter, r io.Reader, b []byte) (int, error) {
	for {
		leaving, until := t.isLeaving(), t.deadline()
		if err := c.SetReadDeadline(until); err != nil {
			return 0, err
		}
		if !leaving && t.isLeaving() {
			return 0, errLeave // leave may have set its deadline before ours
		}
		n, err := r.Read(b)
		if n > 0 {
			t.moved.Store(time.Now().UnixNano())
		}
		switch {
		case n > 0 || !errors.Is(err, os.ErrDeadlineExceeded):
			return n, err
		case !leaving && t.isLeaving():
			return 0, errLeave
		case leaving || !t.deadline().After(time.Now()):
			return 0, err
		}
	}
}

// deadline is when the tunnel ends if nothing more passes.
func (t *tunnel) deadline() time.Time {
	switch left := t.left.Load(); {
	case left != 0:
		return time.Unix(0, left).Add(closeTunnel)
	case t.idle > 0:
		return time.Unix(0, t.moved.Load()).Add(t.idle)
	}
	return time.Time{}
}

// leave tells both sides to go. It may be called more than once.
func (t *tunnel) leave() {
	if t.left.CompareAndSwap(0, time.Now().UnixNano()) {
		t.up.SetReadDeadline(time.Unix(1, 0)) // wakes fromUpstream
	}
}

func (t *tunnel) isLeaving() bool { return t.left.Load() != 0 }

// stays reports whether the tunnel may live on under a new configuration.
func (t *tunnel) stays(next *snapshot) bool {
	p, ok := next.table.Default(t.tenant, t.host, t.path)
	return ok && p.Site != nil && p.Tenant.Broken == nil && !p.Tenant.Rejects() && p.Site.WebSocket
}
