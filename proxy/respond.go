package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"sync"
	"time"

	"github.com/valyala/fasthttp"
)

const (
	// replyBuffer is the largest body that is read whole before the client
	// hears anything: a failure in it can still become a 502.
	replyBuffer = 64 << 10
	// firstChunk is how long a body of unknown length may keep the head
	// waiting for its first byte.
	firstChunk = 50 * time.Millisecond
)

// respond answers with the upstream's response: a small body at once, others
// as they arrive. It owns b. An error means that the client heard nothing.
func (s *Server) respond(x *exchange, b *replyBody) error {
	resp := &x.ctx.Response
	s.copyHead(x)
	switch {
	case b.done:
		b.Close()
		resp.SkipBody = x.reply.bodyless
		if x.reply.bodyless {
			x.announceLength()
		}
		return nil
	case b.fixed && x.reply.length <= replyBuffer:
		return x.respondWhole(b)
	case x.reply.chunked && !x.isEventStream():
		if err := b.check(firstChunk); err != nil {
			b.Close()
			return err
		}
	}
	if x.head.http10 && !b.fixed {
		x.respondHTTP10(b)
		return nil
	}
	resp.ImmediateHeaderFlush = !b.fixed
	size := -1
	if b.fixed {
		size = int(x.reply.length)
	}
	resp.SetBodyStream(b, size)
	return nil
}

// announceLength repeats the length that a body would have had.
func (x *exchange) announceLength() {
	h := &x.ctx.Response.Header
	h.Del(fasthttp.HeaderContentLength)
	if x.reply.length >= 0 {
		h.SetContentLength(int(x.reply.length))
	}
}

// check looks at the first chunk line, if it comes within d: a body that is
// broken from the start becomes a 502.
func (b *replyBody) check(d time.Duration) error {
	if !b.await(d) || b.done {
		return nil
	}
	if err := b.nextChunk(); err != nil {
		b.err = err
		return err
	}
	return nil
}

// respondWhole reads a small body into the response.
func (x *exchange) respondWhole(b *replyBody) error {
	defer b.Close()
	buf := x.ctx.Response.SwapBody(nil)[:0]
	n := int(x.reply.length)
	for len(buf) < n {
		if cap(buf) == len(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		m, err := b.Read(buf[len(buf):min(cap(buf), n)])
		buf = buf[:len(buf)+m]
		if err != nil && (err != io.EOF || len(buf) < n) {
			return err
		}
	}
	x.ctx.Response.SwapBody(buf)
	return nil
}

var eventStream = []byte("text/event-stream")

func (x *exchange) isEventStream() bool {
	for i, f := range x.reply.fields {
		if f == fieldContentType {
			v := x.reply.headers[i].Value
			return len(v) >= len(eventStream) && bytes.EqualFold(v[:len(eventStream)], eventStream)
		}
	}
	return false
}

// heads are readers through which copyHead gives fasthttp a status line.
var heads = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 1<<10) }}

// copyHead copies status and fields: hop-by-hop ones removed, the node's own
// replaced.
func (s *Server) copyHead(x *exchange) {
	h := &x.ctx.Response.Header
	s.setStatus(x, h)
	h.DisableNormalizing()
	for i, f := range x.reply.fields {
		e := &x.reply.headers[i]
		if f < fieldHost && f != fieldRequestID && !isOwnReply(e.Name) {
			h.AddBytesKV(e.Name, e.Value)
		}
	}
	h.AddBytesV("X-Request-ID", x.requestID)
}

// isOwnReply names fields that the node alone sets, or that setStatus took.
func isOwnReply(name []byte) bool {
	return foldIs(name, "x-incident-id") || foldIs(name, "date")
}

// setStatus sets status, reason and date. fasthttp's setters know no Date
// but its own, its parser does: so they go in as a head.
func (s *Server) setStatus(x *exchange, h *fasthttp.ResponseHeader) {
	date := *s.clock.date.Load()
	for i := range x.reply.headers {
		if foldIs(x.reply.headers[i].Name, "date") && len(x.reply.headers[i].Value) < 64 {
			date = x.reply.headers[i].Value
		}
	}
	b := append(x.out[:0], "HTTP/1.1 "...)
	b = appendStatus(b, x.reply.status)
	b = append(b, ' ')
	b = append(b, x.reply.reason[:min(len(x.reply.reason), 128)]...)
	if x.reply.status != fasthttp.StatusNoContent && x.reply.status != fasthttp.StatusNotModified {
		b = append(b, "\r\nContent-Length: 0"...)
	}
	b = append(b, "\r\nDate: "...)
	b = append(b, date...)
	b = append(b, "\r\n\r\n"...)
	x.out = b
	x.line.b = b
	br := heads.Get().(*bufio.Reader)
	br.Reset(&x.line)
	if err := h.Read(br); err != nil {
		panic("BUG: cannot read own head: " + err.Error())
	}
	heads.Put(br)
}

func appendStatus(b []byte, status int) []byte {
	return append(b, byte('0'+status/100), byte('0'+status/10%10), byte('0'+status%10))
}

// bytesReader reads a slice once.
type bytesReader struct{ b []byte }

// Read implements io.Reader.
func (r *bytesReader) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.b)
	r.b = r.b[n:]
	return n, nil
}

// respondHTTP10 streams a body of unknown length to a client that knows no
// chunks: until the connection closes. fasthttp frames such bodies in chunks
// whatever the client speaks, so the connection is taken from it.
func (x *exchange) respondHTTP10(b io.ReadCloser) {
	h := &x.ctx.Response.Header
	h.SetContentLength(-2)
	h.SetConnectionClose()
	t := &tunnel10{head: append([]byte(nil), h.Header()...), body: b, conn: x.conn}
	x.ctx.HijackSetNoResponse(true)
	x.ctx.Hijack(t.serve)
}

type tunnel10 struct {
	head []byte
	body io.ReadCloser
	conn *clientConn
}

// serve writes the response; the connection is closed when it returns.
func (t *tunnel10) serve(net.Conn) {
	defer t.body.Close()
	if _, err := t.conn.Write(t.head); err != nil {
		return
	}
	io.Copy(t.conn, t.body)
}
