package proxy

import (
	"bytes"
	"crypto/tls"
	"net"
	"strings"
)

// preface is what HTTP/2 begins with (RFC 9113 3.4). No HTTP/1 server takes
// it for a request.
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Handshake learns whom the connection comes from and what it speaks: the
// PROXY protocol first, then TLS, then, where HTTP/2 is taken without TLS,
// its preface. The reader calls it in the connection's own goroutine, under a
// deadline, before it reads; after an error nothing can be read.
func (c *clientConn) Handshake() error {
	err := c.handshake()
	if err != nil {
		c.listener.server.metrics.handshakes.Add(1)
		c.failed = net.ErrClosed // nobody is owed an answer
	} else if c.proto == "h2" {
		c.frames = &frameWatch{}
	}
	return err
}

func (c *clientConn) handshake() error {
	if c.proxied != nil {
		if _, err := c.proxied.Read(nil); err != nil {
			return err
		}
		if a := addrOf(c.proxied.RemoteAddr()); a.IsValid() {
			c.peer = a
		}
	}
	if t, ok := c.Conn.(*tls.Conn); ok {
		if err := t.Handshake(); err != nil {
			return err
		}
		state := t.ConnectionState()
		c.sni = strings.ToLower(state.ServerName)
		if state.NegotiatedProtocol == "h2" {
			c.proto = "h2"
		}
		return nil
	}
	if c.listener.h2c {
		return c.sniff()
	}
	return nil
}

// sniff reads as far as the beginning is that of the preface.
func (c *clientConn) sniff() error {
	buf := make([]byte, 0, len(preface))
	for len(buf) < len(preface) && bytes.HasPrefix([]byte(preface), buf) {
		n, err := c.Conn.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil && n == 0 {
			if len(buf) > 0 {
				break // the reader meets the error again
			}
			return err
		}
	}
	c.first = buf
	if string(buf) == preface {
		c.proto = "h2"
	}
	return nil
}

// ConnectionState tells the reader which protocol was agreed on; without TLS
// that is all it tells.
func (c *clientConn) ConnectionState() tls.ConnectionState {
	if t, ok := c.Conn.(*tls.Conn); ok {
		return t.ConnectionState()
	}
	return tls.ConnectionState{NegotiatedProtocol: c.proto}
}
