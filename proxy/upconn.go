package proxy

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"syscall"
	"time"
)

// sock is a TCP connection that can be asked whether anything has arrived,
// below TLS if there is TLS.
type sock struct {
	*net.TCPConn
	raw     syscall.RawConn
	probing bool

	// Operands and results of tryRead, which is bound once so that a probe
	// allocates nothing.
	bound func(fd uintptr) bool
	dst   []byte
	n     int
	err   error
}

func newSock(c *net.TCPConn) (*sock, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	s := &sock{TCPConn: c, raw: raw}
	s.bound = s.tryRead
	return s, nil
}

// errNothing is what a probing read returns when nothing has arrived. TLS
// takes it for a time-out, which leaves its state intact.
type errNothing struct{}

func (errNothing) Error() string   { return "nothing has arrived" }
func (errNothing) Timeout() bool   { return true }
func (errNothing) Temporary() bool { return true }

// Read implements net.Conn; while probing it does not wait.
func (s *sock) Read(b []byte) (int, error) {
	if !s.probing {
		return s.TCPConn.Read(b)
	}
	s.dst = b
	if err := s.raw.Read(s.bound); err != nil {
		return 0, err
	}
	s.dst = nil
	switch {
	case s.err == syscall.EAGAIN || s.err == syscall.EINTR:
		return 0, errNothing{}
	case s.err != nil:
		return 0, s.err
	case s.n == 0:
		return 0, net.ErrClosed
	}
	return s.n, nil
}

func (s *sock) tryRead(fd uintptr) bool {
	s.n, s.err = syscall.Read(int(fd), s.dst)
	return true
}

// upConn is a connection to an upstream, used by one request at a time.
type upConn struct {
	net.Conn // the socket, or TLS over it
	sock     *sock
	br       *bufio.Reader
	address  string    // of the other end
	since    time.Time // when it became idle
	reused   bool      // it served a request before
	probe    [1]byte
}

// upReader is the size of the buffer that reads from upstreams, in bytes.
const upReader = 8 << 10

// dial connects before ctx ends, TLS handshake included.
func (u *upstream) dial(ctx context.Context) (*upConn, error) {
	c, address, err := u.addr.dial(ctx)
	if err != nil {
		return nil, err
	}
	k, err := newSock(c)
	if err != nil {
		c.Close()
		return nil, err
	}
	conn := &upConn{Conn: k, sock: k, address: address}
	if u.tls != nil {
		t := tls.Client(k, u.tls)
		if err := t.HandshakeContext(ctx); err != nil {
			c.Close()
			return nil, err
		}
		conn.Conn = t
	}
	conn.br = bufio.NewReaderSize(conn.Conn, upReader)
	return conn, nil
}

// alive reports whether an idle connection may carry another request: it is
// open and the upstream has said nothing unasked. Any byte that nobody asked
// for would be taken for the next client's response.
func (u *upConn) alive() bool {
	if u.br.Buffered() > 0 {
		return false
	}
	u.sock.probing = true
	n, err := u.Conn.Read(u.probe[:])
	u.sock.probing = false
	return n == 0 && isTimeout(err)
}
