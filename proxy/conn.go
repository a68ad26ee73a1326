package proxy

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"time"
)

// errOverhead says that a client sends far more framing than content: chunk
// extensions have no bound of their own in the reader.
var errOverhead = errors.New("too many bytes of framing")

// overhead is how many bytes of framing a body may have for free, beside one
// byte for each byte of content. It also covers what the reader buffers ahead.
const overhead = 160 << 10

// clientConn is a client's connection. It belongs to the goroutine that
// serves it. It counts what arrives and gives each write a deadline, which
// fasthttp can only give to a response as a whole.
type clientConn struct {
	net.Conn
	listener *listener
	peer     netip.Addr
	sni      string // server name of the handshake; see serverName
	sniKnown bool
	received int64
	limit    int64 // reads fail once received passes it; 0: none
	writes   pace
	lastWait time.Time // deadline in force, so that a quick answer sets none
}

func newClientConn(c net.Conn, l *listener) *clientConn {
	cc := &clientConn{Conn: c, listener: l}
	if a, err := netip.ParseAddrPort(c.RemoteAddr().String()); err == nil {
		cc.peer = a.Addr().Unmap().WithZone("")
	}
	return cc
}

// Read implements net.Conn.
func (c *clientConn) Read(b []byte) (int, error) {
	if c.limit > 0 {
		if c.received >= c.limit {
			return 0, errOverhead
		}
		b = b[:min(int64(len(b)), c.limit-c.received)]
	}
	n, err := c.Conn.Read(b)
	c.received += int64(n)
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

// SetDeadline implements net.Conn. Write deadlines are the connection's own.
func (c *clientConn) SetDeadline(t time.Time) error { return c.Conn.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn: a no-op, see Write.
func (c *clientConn) SetWriteDeadline(time.Time) error { return nil }

// serverName returns the name that the client gave in the TLS handshake, ""
// without one. The handshake is over when a request has been read.
func (c *clientConn) serverName() string {
	if t, ok := c.Conn.(*tls.Conn); ok && !c.sniKnown {
		c.sni, c.sniKnown = t.ConnectionState().ServerName, true
	}
	return c.sni
}

// unlimit ends the bound of allow: heads have a bound of their own.
func (c *clientConn) unlimit() { c.limit = 0 }

// allow bounds what may arrive while the next bytes of content are read, at
// most next, when content bytes have been since the count stood at start.
func (c *clientConn) allow(start, content, next int64) {
	c.limit = start + 2*content + next + overhead
}
