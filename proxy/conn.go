package proxy

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/pires/go-proxyproto"
)

// errOverhead says that a client sends far more framing than content: chunk
// extensions have no bound of their own in the reader.
var errOverhead = errors.New("too many bytes of framing")

// overhead is how many bytes of framing a body may have for free, beside one
// byte for each byte of content. It also covers what the reader buffers ahead.
const overhead = 160 << 10

// clientConn is a client's connection. It belongs to the goroutine that
// serves it; with HTTP/2, to those that read and write frames. It counts what
// arrives and gives each write a deadline, which fasthttp can only give to a
// response as a whole.
type clientConn struct {
	net.Conn
	listener *listener
	proxied  *proxyproto.Conn // below Conn; nil: the peer is whom we see
	peer     netip.Addr       // who speaks to us, or whom a trusted peer speaks for
	sni      string           // server name of the handshake in lower case, "" for none
	proto    string           // "h2", else ""
	first    []byte           // read to learn the protocol, not yet given to the reader
	failed   error            // of the handshake
	frames   *frameWatch      // of HTTP/2
	requests atomic.Int64     // of HTTP/2
	head     gather
	line     firstLine
	received int64
	limit    int64 // reads fail once received passes it; 0: none
	writes   pace
	lastWait time.Time // deadline in force, so that a quick answer sets none
}

func newClientConn(c net.Conn, l *listener) *clientConn {
	return &clientConn{Conn: c, listener: l, peer: addrOf(c.RemoteAddr())}
}

// addrOf returns the IP address of a peer. Who connects to a unix socket is a
// process of this machine.
func addrOf(a net.Addr) netip.Addr {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.AddrPort().Addr().Unmap().WithZone("")
	case *net.UnixAddr:
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	return netip.Addr{}
}

// Read implements net.Conn.
func (c *clientConn) Read(b []byte) (n int, err error) {
	if c.limit > 0 {
		if c.received >= c.limit {
			return 0, errOverhead
		}
		b = b[:min(int64(len(b)), c.limit-c.received)]
	}
	switch {
	case c.failed != nil:
		return 0, c.failed
	case c.proto == "" && c.head.pending():
		return c.head.read(b, c.listener.server.snapshot.Load().cfg.Limits.MaxHeaderBytes, &c.line, c.fill)
	}
	n, err = c.fill(b)
	c.line.watch(b[:n])
	return n, err
}

// fill reads what has arrived.
func (c *clientConn) fill(b []byte) (n int, err error) {
	if len(c.first) > 0 {
		n = copy(b, c.first)
		c.first = c.first[n:]
	} else {
		n, err = c.Conn.Read(b)
	}
	c.received += int64(n)
	if c.frames != nil && !c.frames.follow(b[:n], c.listener.clock.time()) {
		return 0, c.flooded()
	}
	return n, err
}

// Write implements net.Conn: all of b, at the minimum rate.
func (c *clientConn) Write(b []byte) (n int, err error) {
	now := c.listener.clock.time()
	if len(b) <= paceStep && c.writes.wait == 0 {
		// Fast path: one deadline serves the answers of several seconds.
		if c.lastWait.Sub(now) < paceWindow {
			c.lastWait = now.Add(2 * paceWindow)
			if err = c.Conn.SetWriteDeadline(c.lastWait); err != nil {
				return 0, err
			}
		}
		n, err = c.Conn.Write(b)
		if n == 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
			return n, err
		}
	}
	c.lastWait = time.Time{}
	m, err := c.writes.write(c.Conn, b[n:])
	return n + m, err
}

// Close implements net.Conn; it may be called again.
func (c *clientConn) Close() error {
	c.listener.server.conns.remove(c)
	return c.Conn.Close()
}

// SetDeadline implements net.Conn. Write deadlines are the connection's own.
func (c *clientConn) SetDeadline(t time.Time) error { return c.Conn.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn: a no-op, see Write.
func (c *clientConn) SetWriteDeadline(time.Time) error { return nil }

// count returns the bytes received.
func (c *clientConn) count() int64 { return c.received }

// unlimit ends the bound of allow: heads have a bound of their own.
func (c *clientConn) unlimit() { c.limit = 0 }

// allow bounds what may arrive while the next bytes of content are read, at
// most next, when content bytes have been since the count stood at start.
func (c *clientConn) allow(start, content, next int64) {
	c.limit = start + 2*content + next + overhead
}
