package proxy

import (
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/valyala/fasthttp"
)

// forward sends the request to the tenant's upstream, once, and answers with
// what comes back. The request is written anew from what the gate read: never
// from fasthttp's request, which remembers less and rewrites more.
func (s *Server) forward(x *exchange) {
	if r := s.openWindow(x); r != Accepted {
		s.refuse(x, r)
		return
	}
	var tried [maxAttempts]*upstream
	b := x.snap.sites[x.place.Site.Index]
	now := s.clock.now.Load()
	up := b.pick(x.client, now, nil)
	err := s.attempt(x, up)
	for n := 0; n+1 < maxAttempts && isUnsent(err); n++ {
		if !errors.Is(err, errStale) { // that was the connection's fault, not the upstream's
			s.settle(up, err)
			tried[n] = up
			other := b.pick(x.client, now, tried[:n+1])
			if other == nil {
				break
			}
			up = other
		}
		err = s.attempt(x, up)
	}
	s.settle(up, err)
	x.place.Tenant.Counters.BytesIn.Add(uint64(x.body.read))
	if err != nil {
		s.fail(x, up, err)
	}
}

// maxAttempts bounds how often a request is tried while nothing of it was
// sent.
const maxAttempts = 3

// errStale says that a pooled connection took not one byte.
var errStale = errors.New("pooled connection was closed by the upstream")

// isUnsent reports whether err means for certain that the upstream has seen
// nothing of the request.
func isUnsent(err error) bool {
	var d errDial
	return errors.Is(err, errStale) || errors.Is(err, errNoUpConn) || errors.As(err, &d)
}

// attempt sends the request to up and answers with what comes back.
func (s *Server) attempt(x *exchange, up *upstream) error {
	up.requests.Add(1)
	if x.usesH2(up) {
		return s.forwardH2(x, up)
	}
	conn, err := up.get(x.place.Site.Timeouts.Connect)
	if err != nil {
		return err
	}
	x.appendRequest()
	return s.exchangeOver(x, up, conn)
}

// settle takes the outcome of an attempt into the upstream's health: not
// what the client or the pool caused.
func (s *Server) settle(up *upstream, err error) {
	var client errClient
	switch {
	case err == nil:
		up.health.served()
	case errors.As(err, &client), errors.Is(err, errStopped), errors.Is(err, errNoUpConn), errors.Is(err, errUnusable):
	case up.health.failed(s.clock.now.Load()):
		s.log.upstreamDown(up.Address, err)
	}
}

// errClient is an error of the client's side while its body was forwarded.
type errClient struct{ error }

func (e errClient) Unwrap() error { return e.error }

// exchangeOver uses conn for one request and gives it back, or to the
// response's body.
func (s *Server) exchangeOver(x *exchange, up *upstream, conn *upConn) error {
	handed := false
	defer func() { // a panic must not cost the pool a slot
		if !handed {
			up.put(conn, false)
		}
	}()
	t := &x.place.Site.Timeouts
	if err := conn.SetDeadline(time.Now().Add(t.FirstByte)); err != nil {
		return err
	}
	if err := x.send(conn); err != nil {
		var client errClient
		if errors.As(err, &client) || errors.Is(err, errStale) || errors.Is(err, errStopped) {
			return err
		}
		// The upstream may have answered early and closed: its answer counts.
		x.reply.early = true
	}
	if err := conn.SetReadDeadline(time.Now().Add(t.FirstByte)); err != nil {
		return err
	}
	x.reply.switches = x.upgrade
	if err := x.reply.read(conn.br, x.ctx.IsHead()); err != nil {
		return err
	}
	if x.reply.status == fasthttp.StatusSwitchingProtocols {
		err := s.openTunnel(x, up, conn)
		handed = err == nil
		return err
	}
	if x.upgrade || x.reply.early || !x.body.whole && x.body.src != nil && !x.body.sent {
		x.reply.close = true
	}
	x.answer = time.Now()
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	b := newReplyBody(up, conn, &x.reply, t.MinRate, x.place.Site.Limits.MaxResponseBytes, &x.place.Tenant.Counters.BytesOut)
	handed = true
	return s.respond(x, b)
}

// send writes the request: the head, what is buffered of the body, and the
// rest as it arrives.
func (x *exchange) send(conn *upConn) error {
	small := x.body.whole && len(x.body.buf) <= keepBody
	if small {
		x.out = append(x.out, x.body.buf...)
	}
	if n, err := conn.Write(x.out); err != nil {
		if n == 0 && conn.reused && !isTimeout(err) {
			return errStale
		}
		return err
	}
	switch {
	case small:
		return nil
	case x.body.whole:
		return x.sendPaced(conn, x.body.buf)
	}
	if err := x.sendPart(conn, x.body.buf); err != nil {
		return err
	}
	return x.sendRest(conn)
}

// sendRest passes the rest of a body on as it arrives.
func (x *exchange) sendRest(conn *upConn) error {
	buf := copyBuffers.Get().(*[copyBuffer]byte)
	defer copyBuffers.Put(buf)
	for {
		n, err := x.readRest(buf[:])
		if n > 0 {
			if werr := x.sendPart(conn, buf[:n]); werr != nil {
				return werr
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return errClient{err}
		}
	}
	x.body.sent = true
	if x.body.length >= 0 {
		return nil
	}
	return x.sendPaced(conn, lastChunk)
}

// sendPart writes content, as a chunk when the length is unknown.
func (x *exchange) sendPart(conn *upConn, b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if x.body.length >= 0 {
		return x.sendPaced(conn, b)
	}
	x.out = strconv.AppendInt(x.out[:0], int64(len(b)), 16)
	x.out = append(x.out, "\r\n"...)
	if err := x.sendPaced(conn, x.out); err != nil {
		return err
	}
	if err := x.sendPaced(conn, b); err != nil {
		return err
	}
	return x.sendPaced(conn, lastChunk[3:])
}

// lastChunk ends a chunked body.
var lastChunk = []byte("0\r\n\r\n")

// sendPaced writes to an upstream that must take bytes at the minimum rate,
// under a deadline of its own: the client may have been slow before.
func (x *exchange) sendPaced(conn *upConn, b []byte) error {
	var p pace
	p.reset(x.place.Site.Timeouts.MinRate)
	_, err := p.write(conn.Conn, b)
	return err
}

// fail answers for an upstream that did not, or for a client that broke its
// own body off.
func (s *Server) fail(x *exchange, up *upstream, err error) {
	var client errClient
	if errors.Is(err, errStopped) {
		s.block(x)
		return
	}
	if errors.As(err, &client) {
		s.refuse(x, bodyRefusal(client.error))
		return
	}
	x.place.Tenant.Counters.Upstream.Add(1)
	up.errors.Add(1)
	status := fasthttp.StatusBadGateway
	switch {
	case errors.Is(err, errNoUpConn):
		status = fasthttp.StatusServiceUnavailable
		x.ctx.Response.Header.Set("Retry-After", "1")
	case isTimeout(err), errors.Is(err, errTooSlow):
		status = fasthttp.StatusGatewayTimeout
	}
	s.log.upstream(x.place.Tenant.Name, up.Address, status, err)
	s.page(x, status, refusalText[status])
	if !x.body.whole {
		x.ctx.SetConnectionClose()
	}
}
