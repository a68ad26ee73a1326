package proxy

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/http2"

	"weir/detect"
)

// HTTP/2 to upstreams: h2c by prior knowledge for all requests, TLS only for
// gRPC, whose trailers carry the outcome. x/net/http2 frames and validates;
// it sends a request again only when the upstream said that it was not
// processed (REFUSED_STREAM, GOAWAY).

// h2Ping is the silence after which a connection is asked whether it lives.
const h2Ping = 15 * time.Second

// errNoH2 says that an upstream does not speak HTTP/2 over TLS.
var errNoH2 = errors.New("upstream does not speak HTTP/2")

// h2Client is an upstream's HTTP/2 side; safe for concurrent use.
type h2Client struct {
	up        *upstream
	transport *http2.Transport
}

func newH2Client(u *upstream) *h2Client {
	c := &h2Client{up: u}
	c.transport = &http2.Transport{
		AllowHTTP:                  true,
		DisableCompression:         true,
		DialTLSContext:             c.dial,
		MaxHeaderListSize:          maxReplyHead,
		ReadIdleTimeout:            h2Ping,
		PingTimeout:                h2Ping,
		WriteByteTimeout:           paceWindow,
		IdleConnTimeout:            upIdleLimit,
		StrictMaxConcurrentStreams: false,
	}
	return c
}

// dial connects, with TLS when the upstream has it.
func (c *h2Client) dial(ctx context.Context, _, _ string, _ *tls.Config) (net.Conn, error) {
	conn, _, err := c.up.addr.dial(ctx)
	if err != nil {
		return nil, errDial{err}
	}
	if c.up.tls == nil {
		return conn, nil
	}
	tc := c.up.tls.Clone()
	tc.NextProtos = []string{"h2"}
	t := tls.Client(conn, tc)
	if err := t.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, errDial{err}
	}
	if t.ConnectionState().NegotiatedProtocol != "h2" {
		conn.Close()
		return nil, errDial{errNoH2}
	}
	return t, nil
}

// errDial is a failure before anything was sent.
type errDial struct{ error }

func (e errDial) Unwrap() error { return e.error }

func (c *h2Client) close() { c.transport.CloseIdleConnections() }

// check is a health check.
func (c *h2Client) check(ctx context.Context, path string) error {
	req := (&http.Request{Method: http.MethodGet, URL: c.url(c.up.Address, path), Host: c.up.Address,
		Header: http.Header{"User-Agent": {"weir-health"}}}).WithContext(ctx)
	resp, err := c.transport.RoundTrip(req)
	if err != nil {
		return err
	}
	resp.Body.Close()
	return checkStatus(resp.StatusCode)
}

// url makes a URL that the transport turns back into target, byte for byte.
func (c *h2Client) url(host, target string) *url.URL {
	u := &url.URL{Scheme: "http", Host: c.up.Address, Opaque: "//" + host + target}
	if c.up.tls != nil {
		u.Scheme = "https"
	}
	return u
}

// usesH2 reports whether the request goes over HTTP/2.
func (x *exchange) usesH2(up *upstream) bool {
	return up.h2 != nil && (up.tls == nil || x.isGRPC())
}

var grpcType = []byte("application/grpc")

// isGRPC goes by the content type, as gRPC itself does.
func (x *exchange) isGRPC() bool {
	v := x.head.value(fieldContentType)
	return len(v) >= len(grpcType) && bytes.EqualFold(v[:len(grpcType)], grpcType)
}

// forwardH2 is forward over HTTP/2.
func (s *Server) forwardH2(x *exchange, up *upstream) error {
	if err := up.takeSlot(); err != nil {
		return err
	}
	t := &x.place.Site.Timeouts
	ctx, cancel := context.WithCancelCause(context.Background())
	body := &h2Body{x: x, closed: make(chan struct{}),
		late: time.AfterFunc(t.Connect+t.FirstByte, func() { cancel(context.DeadlineExceeded) })}
	resp, err := up.h2.transport.RoundTrip(x.h2Request(up, body).WithContext(ctx))
	if err != nil {
		body.late.Stop()
		cancel(nil)
		body.detach()
		up.freeSlot()
		switch {
		case body.err != nil:
			return errClient{body.err}
		case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
			return context.DeadlineExceeded
		}
		return err
	}
	x.answer = time.Now()
	// The exchange owns the request's body: nobody may read it once the
	// handler has returned.
	body.await()
	body.late.Stop()
	b := &h2Reply{up: up, resp: resp, cancel: cancel, max: x.place.Site.Limits.MaxResponseBytes, out: &x.place.Tenant.Counters.BytesOut}
	if err := x.reply.fromH2(resp, x.ctx.IsHead()); err != nil {
		b.Close()
		return err
	}
	return s.respondH2(x, b)
}

// h2Request makes the transport's request of what the gate read, the node's
// own fields last. An absent User-Agent stays absent.
func (x *exchange) h2Request(up *upstream, body *h2Body) *http.Request {
	host := string(x.upstreamHost())
	h := http.Header{"User-Agent": {""}}
	for i, f := range x.head.fields {
		e := &x.head.headers[i]
		switch name := http.CanonicalHeaderKey(string(e.Name)); {
		case name == "User-Agent":
			h[name] = []string{string(e.Value)}
		case foldIs(e.Name, "te") && hasToken(e.Value, "trailers"):
			h["Te"] = []string{"trailers"}
		case f < fieldHost && !x.owns(f):
			h[name] = append(h[name], string(e.Value))
		}
	}
	lines := x.appendForwarded(nil)
	for len(lines) > 0 {
		var line []byte
		line, lines = cutLine(lines)
		name, value, _ := bytes.Cut(line, []byte(": "))
		h[string(name)] = []string{string(value)}
	}
	h["X-Request-Id"] = []string{string(x.requestID)}
	h["X-Tenant-Id"] = []string{x.place.Tenant.ID.String()}
	req := &http.Request{Method: string(x.head.method), URL: up.h2.url(host, string(x.head.target)), Host: host, Header: h}
	switch {
	case x.body.whole && len(x.body.buf) > 0:
		req.ContentLength = int64(len(x.body.buf))
		req.Body = body
	case !x.body.whole:
		req.ContentLength = x.body.length
		req.Body = body
	default:
		body.finish()
	}
	return req
}

// hasToken reports whether a list holds the token lower, in any case.
func hasToken(list []byte, lower string) bool {
	for len(list) > 0 {
		var item []byte
		item, list, _ = bytes.Cut(list, comma)
		if foldIs(trimOWS(item), lower) {
			return true
		}
	}
	return false
}

// h2Body is the request's body as the transport reads it, in a goroutine of
// its own: what is buffered, then the rest as it arrives.
type h2Body struct {
	x      *exchange
	mu     sync.Mutex // held while the exchange is read
	gone   bool
	at     int // in the buffer
	err    error
	late   *time.Timer
	once   sync.Once
	closed chan struct{} // the transport has all of it, or wants no more
}

// Read implements io.Reader.
func (b *h2Body) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return 0, net.ErrClosed
	}
	b.late.Reset(b.x.place.Site.Timeouts.FirstByte + paceWindow)
	body := &b.x.body
	if b.at < len(body.buf) {
		n := copy(p, body.buf[b.at:])
		b.at += n
		return n, nil
	}
	if body.whole || body.sent {
		b.finish()
		return 0, io.EOF
	}
	n, err := b.x.readRest(p)
	switch {
	case err == io.EOF:
		body.sent = true
		b.finish()
	case err != nil:
		b.err = err
		b.finish()
	}
	return n, err
}

// Close implements io.Closer.
func (b *h2Body) Close() error {
	b.finish()
	return nil
}

func (b *h2Body) finish() { b.once.Do(func() { close(b.closed) }) }

// await waits until the transport has read all that it wants.
func (b *h2Body) await() {
	<-b.closed
	b.detach()
}

// detach makes later reads fail.
func (b *h2Body) detach() {
	b.mu.Lock()
	b.gone = true
	b.mu.Unlock()
}

// fromH2 takes in the head of a response.
func (r *reply) fromH2(resp *http.Response, isHEAD bool) error {
	*r = reply{status: resp.StatusCode, length: resp.ContentLength, headers: r.headers[:0], fields: r.fields[:0], buf: r.buf[:0]}
	if r.status < 200 || r.status > 599 {
		return fmt.Errorf("%w: bad status", errReply)
	}
	r.bodyless = isHEAD || r.status == 204 || r.status == 304
	var err error
	r.headers, r.fields, err = appendH2Fields(r.headers, r.fields, resp.Header)
	return err
}

// appendH2Fields appends the fields of h.
func appendH2Fields(headers []detect.Header, fields []field, h http.Header) ([]detect.Header, []field, error) {
	for name, values := range h {
		f := fieldOf([]byte(name))
		for _, v := range values {
			if len(headers) == maxReplyHeaders || !isValue([]byte(v)) {
				return nil, nil, fmt.Errorf("%w: fields", errReply)
			}
			headers = append(headers, detect.Header{Name: []byte(name), Value: []byte(v)})
			fields = append(fields, f)
		}
	}
	return headers, fields, nil
}

// h2Reply is the body of a response over HTTP/2.
type h2Reply struct {
	up     *upstream
	resp   *http.Response
	cancel context.CancelCauseFunc
	read   int64
	max    int64 // 0: none
	out    *atomic.Uint64
	closed bool
}

// Read implements io.Reader.
func (b *h2Reply) Read(p []byte) (int, error) {
	n, err := b.resp.Body.Read(p)
	b.read += int64(n)
	if b.max > 0 && b.read > b.max {
		return 0, fmt.Errorf("%w: larger than %d bytes", errBody, b.max)
	}
	return n, err
}

// Close implements io.Closer: it ends the stream and frees its slot.
func (b *h2Reply) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	b.cancel(nil)
	b.resp.Body.Close()
	b.up.freeSlot()
	b.out.Add(uint64(b.read))
	return nil
}

// trailers returns the fields after the body, once Read has returned io.EOF:
// those that may cross the node. Clients of HTTP/1.1 do not get them.
func (b *h2Reply) trailers() (out []detect.Header) {
	headers, fields, err := appendH2Fields(nil, nil, b.resp.Trailer)
	if err != nil {
		return nil
	}
	for i, f := range fields {
		if f == fieldOther && !isOwnReply(headers[i].Name) {
			out = append(out, headers[i])
		}
	}
	return out
}

// respondH2 is respond for HTTP/2. It owns b.
func (s *Server) respondH2(x *exchange, b *h2Reply) error {
	resp := &x.ctx.Response
	s.copyHead(x)
	switch {
	case x.reply.bodyless || x.reply.length == 0:
		b.Close()
		resp.SkipBody = x.reply.bodyless
		if x.reply.bodyless {
			x.announceLength()
		}
	case x.head.http10 && x.reply.length < 0:
		x.respondHTTP10(b)
	default:
		resp.ImmediateHeaderFlush = x.reply.length < 0
		resp.SetBodyStream(b, int(x.reply.length))
	}
	return nil
}
