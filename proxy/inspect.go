package proxy

import (
	"time"

	"weir/config"
	"weir/detect"
	"weir/tenant"
)

// inspects reports whether the request is looked at, and counts it.
func (s *Server) inspects(x *exchange) bool {
	c := x.place.Tenant.Counters
	if x.place.Mode.Final == tenant.ModeOff || s.bypass.Load().covers(x.place.Tenant) {
		c.Uninspected.Add(1)
		return false
	}
	if x.place.Tenant.Policy.Listed(tenant.ListAllow, x.client, x.place.Application, s.clock.seconds()) != nil {
		c.Allowed.Add(1)
		return false
	}
	c.Requests.Add(1)
	return true
}

// readBody opens the body and, when it is to be inspected, buffers as much
// of it as the tenant's limits say.
func (s *Server) readBody(x *exchange, inspected bool) Refusal {
	l := &x.place.Site.Limits
	x.body.open(x.ctx.RequestBodyStream(), &x.head, x.source(), l, x.place.Site.Timeouts.MinRate)
	t := x.place.Tenant
	x.body.budget = share{node: &s.buffered, nodeBound: x.snap.cfg.Limits.BufferBytes, tenant: &t.Counters.Buffered, tenantBound: t.BufferBytes}
	if x.body.max > 0 && x.body.length > x.body.max {
		return BodyTooLarge
	}
	if !inspected {
		return Accepted
	}
	return x.fillBody(l)
}

// fillBody buffers the body up to the inspection limit. A chunked body must
// show one byte more to be known as too long.
func (x *exchange) fillBody(l *tenant.Limits) Refusal {
	limit := l.InspectBodyBytes
	if x.body.length < 0 {
		limit++
	}
	if err := x.body.fill(limit); err != nil {
		return bodyRefusal(err)
	}
	if !x.body.whole && l.Beyond == tenant.BeyondReject {
		return BodyTooLarge
	}
	x.partial = !x.body.whole
	return Accepted
}

// viewHead makes the request that conditions and the detector look at, as
// far as the head goes.
func (x *exchange) viewHead() {
	x.req = detect.Request{Method: x.head.method, Target: x.head.target, Host: x.head.site,
		Path: x.path, Application: x.place.Application, Headers: x.head.headers}
}

// view adds the body's head to it.
func (x *exchange) view(limit int64) *detect.Request {
	body := x.body.buf
	if x.partial {
		body = body[:min(int64(len(body)), limit)]
	}
	x.req.Body, x.req.BodyPartial = body, x.partial
	return &x.req
}

// inspect judges the request. A panic of the detector is one request's and
// one tenant's: counted, and the tenant's choice whether the request goes on.
func (s *Server) inspect(x *exchange) {
	t := x.place.Tenant
	l := &x.place.Site.Limits
	if x.partial && l.Beyond == tenant.BeyondBypass {
		t.Counters.Partial.Add(1)
		return
	}
	x.view(l.InspectBodyBytes)
	s.judge(x)
	if x.verdict == nil {
		return
	}
	if x.verdict.Attack() {
		t.Counters.Attacks.Add(1)
		s.lookGray(x)
	}
	if x.verdict.Partial {
		t.Counters.Partial.Add(1)
	}
}

// lookGray finds out whether the client of an attack is on the graylist,
// where that decides.
func (s *Server) lookGray(x *exchange) {
	if x.place.Mode.Final == tenant.ModeSafeBlocking {
		x.gray = x.place.Tenant.Policy.Listed(tenant.ListGray, x.client, x.place.Application, s.clock.seconds())
	}
}

// judge runs the detector over the view.
func (s *Server) judge(x *exchange) {
	t := x.place.Tenant
	defer s.failed(x)
	start := time.Now()
	if x.scratch == nil {
		x.scratch = s.scratches.get()
	}
	x.verdict = t.Policy.Detect.Inspect(&x.req, t.Scope, x.scratch)
	took := time.Since(start)
	x.inspected += took
	s.metrics.inspection.Update(took.Seconds())
	if n := s.bypass.Load().strip(x.verdict); n > 0 {
		s.metrics.stripped.Add(uint64(n))
	}
}

// failed recovers from a panic in the detector.
func (s *Server) failed(x *exchange) {
	p := recover()
	if p == nil {
		return
	}
	x.verdict = nil
	x.scratch = nil // whatever state it is in
	if x.failed = x.closes(x.place.Tenant.Fail.Panic); !x.failed {
		x.place.Tenant.Counters.FailOpen.Add(1)
	}
	s.log.panicked("inspection", x.place.Tenant.Name, p)
}

// Why a request was stopped, as hits say it.
const (
	reasonAttack = "attack"
	reasonPatch  = "vpatch"
	reasonDenied = "denylist"
	reasonGray   = "graylist"
	reasonFailed = "failure"
)

// closes reports whether a request that could not be judged is refused: in
// fail mode f, where an attack of the same client would be.
func (x *exchange) closes(f tenant.FailMode) bool {
	return f == tenant.FailClosed && (x.place.Mode.Final == tenant.ModeBlock || x.gray != nil)
}

// blocks reports whether the verdict stops the request, and why.
func (x *exchange) blocks() (reason string, ok bool) {
	if x.denied != nil && (x.snap.cfg.DenyPhase == config.DenyFirst || x.place.Mode.Final >= tenant.ModeSafeBlocking) {
		return reasonDenied, true
	}
	if x.verdict == nil {
		return reasonFailed, x.failed
	}
	for i := range x.verdict.Matches {
		if blocked, why := x.stops(&x.verdict.Matches[i]); blocked {
			return why, true
		}
	}
	return "", false
}

// stops reports whether one match alone stops the request: a virtual patch
// in every mode but off, an attack in block mode, and in safe_blocking that
// of a client on the graylist. A bound crossed is an attack only for tenants
// that fail closed.
func (x *exchange) stops(m *detect.Match) (bool, string) {
	switch m.Class {
	case detect.VPatch:
		return true, reasonPatch
	case detect.Overlimit:
		return x.closes(x.place.Tenant.Fail.Overlimit), reasonFailed
	}
	if x.gray != nil {
		return true, reasonGray
	}
	return x.place.Mode.Final == tenant.ModeBlock, reasonAttack
}
