package proxy

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"

	"weir/detect"
)

// stream is one request of an HTTP/2 connection and its response. To the walk
// it looks like a connection of HTTP/1 with one request on it, written out by
// the rules of RFC 9113 8.3: so the gate, the detector and the upstream see
// what they would see of the same request in HTTP/1. Streams are pooled; one
// belongs to the goroutine of its request.
type stream struct {
	*clientConn // for its addresses; reads and writes are the stream's
	ctx         fasthttp.RequestCtx
	w           http.ResponseWriter
	r           *http.Request
	control     *http.ResponseController
	raw         []byte // the header section as HTTP/1 writes it
	names       []string
}

func newStream() any { return &stream{} }

// open prepares st for a request.
func (st *stream) open(c *clientConn, w http.ResponseWriter, r *http.Request) {
	st.clientConn, st.w, st.r, st.control = c, w, r, http.NewResponseController(w)
	st.ctx.Init2(st, nil, false)
	st.ctx.Response.Header.SetNoDefaultContentType(true)
	st.ctx.Request.Header.SetMethod(r.Method)
	st.ctx.Request.Header.SetRequestURI(r.RequestURI)
	st.ctx.Request.SetBodyStream(r.Body, -1)
	st.writeRaw()
}

// writeRaw writes the header section: Host first, the others in the order of
// their names, each field's values in their own order.
func (st *stream) writeRaw() {
	b := st.raw[:0]
	if st.r.Host != "" {
		b = appendLine(b, "Host", st.r.Host)
	}
	st.names = st.names[:0]
	for name := range st.r.Header {
		st.names = append(st.names, name)
	}
	slices.Sort(st.names)
	for _, name := range st.names {
		for _, value := range st.r.Header[name] {
			b = appendLine(b, name, value)
		}
	}
	st.raw = append(b, "\r\n"...)
}

func appendLine(b []byte, name, value string) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// parseHead runs the gate over the request.
func (st *stream) parseHead(h *head) Refusal {
	if len(st.r.Trailer) > 0 {
		return TrailerRefused
	}
	target := st.ctx.Request.Header.RequestURI()
	if st.listener.tls != nil && st.r.TLS == nil {
		return BadTarget // :scheme says http
	}
	if r := h.parse(st.ctx.Request.Header.Method(), target, []byte("HTTP/1.1"), st.raw); r != Accepted {
		return r
	}
	if target[0] != '/' && target[0] != '*' {
		return BadTarget // :path has no other forms
	}
	h.chunked = st.r.ContentLength < 0
	return Accepted
}

// source is where the body comes from.
func (x *exchange) source() source {
	if x.stream != nil {
		return x.stream
	}
	return x.conn
}

// SetReadDeadline implements net.Conn for the stream alone.
func (st *stream) SetReadDeadline(t time.Time) error { return st.control.SetReadDeadline(t) }

// What bounds framing on a connection of HTTP/1 is the frame reader's and
// frameWatch's here.
func (st *stream) count() int64               { return 0 }
func (st *stream) allow(start, read, n int64) {}
func (st *stream) unlimit()                   {}

// close gives the request's memory back.
func (st *stream) close() {
	st.ctx.Request.Reset()
	st.ctx.Response.Reset()
	if cap(st.raw) > keepBody {
		st.raw = nil
	}
	clear(st.names)
	st.clientConn, st.w, st.r, st.control = nil, nil, nil, nil
}

// answer writes the response. A body that is cut short resets the stream: to
// end it would pass off a part as the whole.
func (st *stream) answer() {
	resp := &st.ctx.Response
	body := resp.BodyStream()
	st.copyHead(resp, body != nil)
	st.w.WriteHeader(resp.StatusCode())
	switch {
	case resp.SkipBody || st.r.Method == http.MethodHead:
	case body == nil:
		if _, err := st.write(resp.Body()); err != nil {
			panic(http.ErrAbortHandler)
		}
	case st.copyBody(body, resp.Header.ContentLength() < 0) != nil:
		panic(http.ErrAbortHandler)
	default:
		st.addTrailers(body)
	}
}

// addTrailers passes on the fields after the body, when its upstream may send
// any.
func (st *stream) addTrailers(body io.Reader) {
	b, ok := body.(interface{ trailers() []detect.Header })
	if !ok {
		return
	}
	for _, f := range b.trailers() {
		st.w.Header().Add(http.TrailerPrefix+string(f.Name), string(f.Value))
	}
}

// copyHead copies the fields of the response, but for those that mean
// something only to a connection of HTTP/1 (RFC 9113 8.2.2).
func (st *stream) copyHead(resp *fasthttp.Response, streamed bool) {
	h := st.w.Header()
	for name, value := range resp.Header.All() {
		switch fieldOf(name) {
		case fieldConnection, fieldTransferEncoding, fieldHopByHop, fieldUpgrade, fieldTrailer:
			continue
		case fieldContentLength:
			if !resp.SkipBody && !streamed {
				continue
			}
		}
		h.Add(string(name), string(value))
	}
	if !streamed && !resp.SkipBody {
		h.Set("Content-Length", strconv.Itoa(len(resp.Body())))
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = nil // no guess
	}
	if st.isLast() {
		h.Set("Connection", "close") // GOAWAY
	}
}

// isLast reports whether the connection shall take no further request.
func (st *stream) isLast() bool {
	s := st.listener.server
	most := int64(s.snapshot.Load().cfg.Limits.MaxRequests)
	return s.draining.Load() || most > 0 && st.requests.Add(1) >= most
}

// copyBody copies a stream; what has no declared length goes out at once.
func (st *stream) copyBody(body io.Reader, flush bool) error {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	if flush {
		if err := st.control.Flush(); err != nil {
			return err
		}
	}
	for {
		n, err := body.Read(buf[:])
		if n > 0 {
			if _, werr := st.write(buf[:n]); werr != nil {
				return werr
			}
			if flush {
				if werr := st.flush(); werr != nil {
					return werr
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// slowest is the least speed at which a client may take a response, in bytes
// a second.
const slowest = 256

// write writes to the client, who must take b in time; a deadline that passes
// resets the stream. Between writes there is none: a live stream may be
// silent.
func (st *stream) write(b []byte) (int, error) {
	d := paceWindow + time.Duration(len(b)/slowest)*time.Second
	if err := st.control.SetWriteDeadline(time.Now().Add(d)); err != nil {
		return 0, err
	}
	n, err := st.w.Write(b)
	return n, errors.Join(err, st.control.SetWriteDeadline(time.Time{}))
}

func (st *stream) flush() error {
	if err := st.control.SetWriteDeadline(time.Now().Add(paceWindow)); err != nil {
		return err
	}
	return errors.Join(st.control.Flush(), st.control.SetWriteDeadline(time.Time{}))
}
