package proxy

import (
	"errors"
	"io"
	"sync/atomic"

	"weir/tenant"
)

// Steps by which a body's buffer grows: memory follows bytes received.
const (
	bodyStep = 1 << 10
	keepBody = 64 << 10 // larger buffers are given back after the request
)

// share is what a request may take of the memory for bodies: both its
// tenant's and the node's bound hold. The zero share has no bounds.
type share struct {
	node, tenant           *atomic.Int64 // bytes held now
	nodeBound, tenantBound int64         // 0: none
}

// take reserves n bytes, or none when a bound would be crossed.
func (s *share) take(n int64) bool {
	if s.node == nil {
		return true
	}
	if held := s.node.Add(n); s.nodeBound > 0 && held > s.nodeBound {
		s.node.Add(-n)
		return false
	}
	if held := s.tenant.Add(n); s.tenantBound > 0 && held > s.tenantBound {
		s.tenant.Add(-n)
		s.node.Add(-n)
		return false
	}
	return true
}

// give returns n bytes.
func (s *share) give(n int64) {
	if s.node != nil && n != 0 {
		s.node.Add(-n)
		s.tenant.Add(-n)
	}
}

// body is the message body of a request on its way through the node.
type body struct {
	src      io.Reader // nil: no body
	chunks   chunkGuard
	conn     source
	pace     pace
	start    int64  // conn.received when reading began
	read     int64  // content bytes taken from src
	length   int64  // declared; -1: chunked
	max      int64  // 0: none
	buf      []byte // head of the body, or all of it
	whole    bool   // buf is all of it
	sent     bool   // the rest was forwarded to its end
	budget   share
	reserved int64 // bytes taken of budget
}

// source is the connection that a body comes from, or its stream.
type source interface {
	waiter
	count() int64 // bytes received, framing included
	allow(start, content, next int64)
	unlimit()
}

// open prepares b for the body of a request whose head is h.
func (b *body) open(src io.Reader, h *head, conn source, l *tenant.Limits, rate int64) {
	b.src, b.conn, b.length, b.max = src, conn, h.length, l.MaxBodyBytes
	if h.chunked {
		b.length = -1
	} else if h.length <= 0 {
		b.src, b.length = nil, max(h.length, 0)
	}
	if b.src == nil {
		b.whole = true
		return
	}
	if ahead := aheadOf(src); b.length < 0 && ahead != nil {
		b.chunks = chunkGuard{src: src, ahead: ahead}
		b.src = &b.chunks
	}
	if conn != nil {
		b.pace.reset(rate)
		b.start = conn.count()
	}
}

// Read takes content from the client: the rest of a body whose head is
// buffered. Its errors are final.
func (b *body) Read(p []byte) (n int, err error) {
	if b.conn == nil {
		n, err = b.src.Read(p)
	} else {
		b.conn.allow(b.start, b.read, int64(len(p)))
		n, err = b.pace.read(b.conn, p, b.src.Read)
		b.conn.unlimit()
	}
	b.read += int64(n)
	if b.max > 0 && b.read > b.max {
		return n, errBodyTooLarge
	}
	if err == io.EOF && b.length >= 0 && b.read < b.length {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

var (
	errBodyTooLarge = errors.New("body is larger than max_body_bytes")
	errNoMemory     = errors.New("budget of buffered bytes is used up")
)

// fill buffers up to limit bytes. whole tells whether that was all.
func (b *body) fill(limit int64) error {
	if b.whole {
		return nil
	}
	if b.max > 0 && b.length > b.max {
		return errBodyTooLarge
	}
	for int64(len(b.buf)) < limit {
		if err := b.grow(limit); err != nil {
			return err
		}
		n, err := b.Read(b.buf[len(b.buf):min(int64(cap(b.buf)), limit)])
		b.buf = b.buf[:len(b.buf)+n]
		if err == io.EOF || err == nil && b.read == b.length {
			b.whole = true
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// grow makes room for more, doubling within the budget. A buffer kept from
// an earlier request counts from when it is used again.
func (b *body) grow(limit int64) error {
	size := int64(cap(b.buf))
	if len(b.buf) == cap(b.buf) {
		size = max(bodyStep, min(2*size, limit))
	}
	if size > b.reserved {
		if !b.budget.take(size - b.reserved) {
			return errNoMemory
		}
		b.reserved = size
	}
	if len(b.buf) < cap(b.buf) {
		return nil
	}
	buf := make([]byte, len(b.buf), size)
	copy(buf, b.buf)
	b.buf = buf
	return nil
}

// close gives the memory back and keeps a small buffer for the next request.
func (b *body) close() {
	b.budget.give(b.reserved)
	buf := b.buf[:0]
	if cap(buf) > keepBody {
		buf = nil
	}
	*b = body{buf: buf}
}

// refusal maps an error of reading the body.
func bodyRefusal(err error) Refusal {
	switch {
	case errors.Is(err, errBodyTooLarge):
		return BodyTooLarge
	case errors.Is(err, errNoMemory):
		return NoMemory
	case errors.Is(err, errTooSlow):
		return TooSlow
	}
	return BadBody
}
