package proxy

import (
	"errors"

	"github.com/valyala/fasthttp"

	"weir/config"
	"weir/tenant"
)

// handle is the walk of a request. Each step either answers and ends it or
// leaves it to the next.
func (s *Server) handle(ctx *fasthttp.RequestCtx) {
	x := s.begin(ctx)
	defer s.end(x)
	defer s.survive(x)
	if s.tryHealth(x) {
		return
	}
	if r := x.parseHead(); r != Accepted {
		s.refuse(x, r)
		return
	}
	if r := s.identify(x); r != Accepted {
		s.refuse(x, r)
		return
	}
	if r := s.checkUpgrade(x); r != Accepted {
		s.refuse(x, r)
		return
	}
	inspected := s.inspects(x)
	if inspected && (s.tryDeny(x) || s.tryLimit(x)) {
		return
	}
	if r := s.readBody(x, inspected); r != Accepted {
		s.refuse(x, r)
		return
	}
	if inspected {
		s.inspect(x)
		s.report(x)
	}
	if _, ok := x.blocks(); ok {
		s.block(x)
		return
	}
	s.forward(x)
	s.complete(x)
}

// parseHead runs the gate over the request as it was received.
func (x *exchange) parseHead() Refusal {
	h := &x.ctx.Request.Header
	if x.stream != nil {
		return x.stream.parseHead(&x.head)
	}
	if x.conn.line.state == lineBare {
		return BadLine
	}
	return x.head.parse(h.Method(), h.RequestURI(), h.Protocol(), h.RawHeaders())
}

// tryHealth answers the listener's health path, before host and tenant and
// whatever they are.
func (s *Server) tryHealth(x *exchange) bool {
	path := x.conn.listener.Health
	if path == "" || string(x.ctx.Request.Header.RequestURI()) != path {
		return false
	}
	if !x.ctx.IsGet() && !x.ctx.IsHead() {
		return false
	}
	status, text := fasthttp.StatusOK, "ok\n"
	if !s.ready.Load() {
		status, text = fasthttp.StatusServiceUnavailable, "draining\n"
	}
	x.ctx.Response.Header.SetContentType("text/plain; charset=utf-8")
	x.ctx.Response.Header.Set("Cache-Control", "no-store")
	x.ctx.Response.SetStatusCode(status)
	x.ctx.Response.SetBodyString(text)
	return true
}

// tryDeny answers clients that the tenant's denylist names, unless the node
// inspects first: then blocks decides.
func (s *Server) tryDeny(x *exchange) bool {
	t := x.place.Tenant
	x.denied = t.Policy.Listed(tenant.ListDeny, x.client, x.place.Application, s.clock.seconds())
	if x.denied == nil || x.snap.cfg.DenyPhase == config.DenyAfterInspection {
		return false
	}
	s.report(x)
	s.block(x)
	return true
}

// refuse answers a request that cannot be served.
func (s *Server) refuse(x *exchange, r Refusal) {
	s.metrics.refused[r].Add(1)
	if r == UpgradeVersion {
		x.ctx.Response.Header.Set("Upgrade", "websocket")
		x.ctx.Response.Header.Set("Sec-WebSocket-Version", websocketVersion)
	}
	s.page(x, r.Status(), refusalText[r.Status()])
	x.ctx.SetConnectionClose()
}

// survive turns a panic into one failed request.
func (s *Server) survive(x *exchange) {
	p := recover()
	if p == nil {
		return
	}
	s.metrics.panics.Add(1)
	s.log.panicked("request", x.tenantName(), p)
	x.ctx.Response.Reset()
	s.page(x, fasthttp.StatusBadGateway, refusalText[fasthttp.StatusBadGateway])
	x.ctx.SetConnectionClose()
}

// tenantName names the tenant as far as it is known.
func (x *exchange) tenantName() string {
	if x.place.Tenant == nil {
		return ""
	}
	return x.place.Tenant.Name
}

// unreadable answers what the reader could not read: no handler ran, so
// nothing is known but the error.
func (s *Server) unreadable(ctx *fasthttp.RequestCtx, err error) {
	r := readerRefusal(err)
	s.metrics.refused[r].Add(1)
	ctx.Response.Reset()
	ctx.Response.SetStatusCode(r.Status())
	ctx.Response.Header.SetContentType("text/plain; charset=utf-8")
	ctx.Response.SetBodyString(fasthttp.StatusMessage(r.Status()) + "\n")
	ctx.SetConnectionClose()
}

// readerRefusal classifies an error of fasthttp's reader.
func readerRefusal(err error) Refusal {
	var small *fasthttp.ErrSmallBuffer
	switch {
	case errors.As(err, &small):
		return HeadTooLarge
	case isTimeout(err):
		return TooSlow
	}
	return BadRequest
}

// expect decides on "Expect: 100-continue" before the client is told to send
// the body: by what the head says alone.
func (s *Server) expect(ctx *fasthttp.RequestCtx) int {
	x := s.begin(ctx)
	defer s.end(x)
	r := x.parseHead()
	if r == Accepted {
		r = s.identify(x)
	}
	if r == Accepted && x.place.Site.Limits.MaxBodyBytes > 0 && x.head.length > x.place.Site.Limits.MaxBodyBytes {
		r = BodyTooLarge
	}
	if r == Accepted {
		return fasthttp.StatusContinue
	}
	s.metrics.refused[r].Add(1)
	return r.Status()
}
