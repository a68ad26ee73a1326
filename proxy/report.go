package proxy

import (
	"bytes"
	"crypto/rand"

	"go.uber.org/zap"

	"weir/detect"
	"weir/tenant/wire"
)

// report makes a hit of each match, copied and masked here in the handler:
// what leaves it owns its memory and holds no secret. When the request is
// stopped the hits are offered at once, else complete does it.
func (s *Server) report(x *exchange) {
	n := 0
	if x.verdict != nil {
		n = len(x.verdict.Matches)
	}
	reason, blocked := x.blocks()
	denied := blocked && reason == reasonDenied
	if n == 0 && !denied {
		return
	}
	if x.incident == "" {
		x.incident = newIncident()
	}
	raw := maskedRequest(x)
	if denied {
		h := s.newHit(x, raw)
		h.Class, h.Rule, h.Why = "blocked_source", x.denied.ID, "the client's address is on the tenant's denylist"
		h.Score = 100
		x.hits = append(x.hits, h)
	}
	for i := range n {
		h := s.newHit(x, raw)
		raw.describe(h, &x.verdict.Matches[i])
		h.Partial = x.verdict.Partial
		x.hits = append(x.hits, h)
	}
	if blocked {
		s.offerBlocked(x, reason)
	}
}

// newHit fills in what the hits of a request share.
func (s *Server) newHit(x *exchange, raw *rawRequest) *wire.Hit {
	t := x.place.Tenant
	h := &wire.Hit{
		ID:       s.deps.NextID(),
		Incident: x.incident, RequestID: string(x.requestID),
		Tenant: t.ID, TenantName: t.Name, Node: s.deps.NodeID, Time: x.start.UnixMilli(),
		Application: x.place.Application,
		Method:      string(x.head.method), Scheme: x.scheme, Host: string(x.head.site),
		Path: string(raw.path()), Client: x.client.String(),
		Request: raw.b, RequestCut: raw.cut,
		Mode: x.place.Mode.Final.String(), LocalMode: x.place.Mode.Local.String(),
		CloudMode: x.place.Mode.Cloud.String(), ModeSource: x.place.Mode.Source.String(), ModeRule: x.place.Mode.Rule,
		ResponseSize: -1, InspectMicro: x.inspected.Microseconds(),
	}
	if x.peer != x.client {
		h.Peer = x.peer.String()
	}
	return h
}

// offerBlocked offers the hits of a stopped request before it is answered.
func (s *Server) offerBlocked(x *exchange, reason string) {
	for _, h := range x.hits {
		h.Blocked, h.BlockReason, h.Status = true, reason, blockStatus(reason)
		s.offer(x, h)
	}
	x.hits = x.hits[:0]
}

// complete adds what the upstream answered and offers the hits.
func (s *Server) complete(x *exchange) {
	for _, h := range x.hits {
		h.Status = x.ctx.Response.StatusCode()
		if !x.answer.IsZero() {
			h.UpstreamMS = x.answer.Sub(x.start).Milliseconds()
			h.ResponseSize = x.reply.length
		}
		s.offer(x, h)
	}
	x.hits = x.hits[:0]
}

func (s *Server) offer(x *exchange, h *wire.Hit) {
	x.place.Tenant.Counters.Hits.Add(1)
	if s.deps.Sink == nil {
		s.log.hit(h)
		return
	}
	s.deps.Sink.Offer(h)
}

// hit logs a hit where there is nothing else to take it.
func (l *nodeLog) hit(h *wire.Hit) {
	if l.allows() {
		l.Info("hit", zap.String("tenant", h.TenantName), zap.String("class", h.Class), zap.String("rule", h.Rule),
			zap.String("point", h.Point), zap.String("incident", h.Incident), zap.String("request_id", h.RequestID),
			zap.String("host", h.Host), zap.String("client", h.Client), zap.Bool("blocked", h.Blocked))
	}
}

// incidentAlphabet has no letters or digits that look alike: 31 characters,
// so an incident of twelve holds 59 bits.
const incidentAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// newIncident returns an ID like 7K3M-Q9TD-4X2H that people can read aloud.
// It is random, so that nobody can guess another's.
func newIncident() string {
	var r [12]byte
	rand.Read(r[:])
	b := make([]byte, 0, 14)
	for i, c := range r {
		if i == 4 || i == 8 {
			b = append(b, '-')
		}
		b = append(b, incidentAlphabet[int(c)%len(incidentAlphabet)])
	}
	return string(b)
}

// rawRequest is a copy of a request for people to read: masked and cut.
type rawRequest struct {
	b       []byte
	cut     bool
	target  int   // offset of the target
	end     int   // of the target
	values  []int // offsets of the headers' values
	body    int   // offset of the body
	secrets []wire.Span
}

// maskedRequest copies the request and masks what is secret in it, by
// characters of the same number so that offsets hold.
func maskedRequest(x *exchange) *rawRequest {
	r := &rawRequest{values: make([]int, 0, len(x.head.headers))}
	b := make([]byte, 0, min(wire.MaxRequest, 1<<10+len(x.req.Body)))
	b = append(b, x.head.method...)
	b = append(b, ' ')
	r.target = len(b)
	b = append(b, x.head.target...)
	r.end = len(b)
	b = append(b, " HTTP/1.1\r\n"...)
	for i := range x.head.headers {
		h := &x.head.headers[i]
		b = append(b, h.Name...)
		b = append(b, ": "...)
		r.values = append(r.values, len(b))
		b = append(b, h.Value...)
		b = append(b, "\r\n"...)
	}
	b = append(b, "\r\n"...)
	r.body = len(b)
	b = append(b, x.req.Body...)
	r.b = b
	r.secrets = secretsOf(x, r)
	r.maskPoints(x)
	for _, s := range r.secrets {
		stars(b[s.From:s.To])
	}
	r.cut = len(b) > wire.MaxRequest || !x.body.whole
	r.b = bytes.Clone(b[:min(len(b), wire.MaxRequest)])
	return r
}

// maskPoints adds what stands at points with a secret's name, as where a
// password is a member of JSON inside base64.
func (r *rawRequest) maskPoints(x *exchange) {
	if x.verdict == nil {
		return
	}
	for i := range x.verdict.Matches {
		if m := &x.verdict.Matches[i]; secretPoint(&m.Point) {
			if s := r.place(m); s.To > s.From {
				r.secrets = append(r.secrets, s)
			}
		}
	}
}

// place is where the undecoded value of m stands in the copy.
func (r *rawRequest) place(m *detect.Match) wire.Span {
	base, end := r.target, r.end
	switch {
	case m.Part == detect.PartHeader && m.Header < len(r.values):
		base, end = r.values[m.Header], r.body
	case m.Part == detect.PartBody:
		base, end = r.body, len(r.b)
	}
	from, to := base+max(m.From, 0), base+max(m.To, 0)
	if to > end || from > to {
		return wire.Span{}
	}
	return wire.Span{From: from, To: to}
}

// describe writes one match into h. The evidence is masked as a whole when
// any of it stands in a secret.
func (r *rawRequest) describe(h *wire.Hit, m *detect.Match) {
	h.Class, h.Rule, h.Why, h.Score = m.Class.String(), m.Rule, m.Why, m.Score
	h.Point = m.Point.String()
	h.Evidence = evidence(m)
	mark := r.place(m)
	secret := secretPoint(&m.Point)
	for _, s := range r.secrets {
		secret = secret || mark.From < s.To && s.From < mark.To
	}
	switch {
	case secret:
		stars(h.Evidence.Text)
	case mark.To <= len(r.b):
		h.Mark = mark
	}
}

// evidence copies the value around the payload.
func evidence(m *detect.Match) wire.Evidence {
	start, end := min(max(m.Start, 0), len(m.Value)), min(max(m.End, 0), len(m.Value))
	start = min(start, end)
	end = min(end, start+wire.MaxEvidence)
	room := wire.MaxEvidence - (end - start)
	from := max(0, start-room/2)
	to := min(len(m.Value), from+wire.MaxEvidence)
	return wire.Evidence{Text: bytes.Clone(m.Value[from:to]), Start: start - from, End: end - from}
}

// path returns the target's path without its query, cut.
func (r *rawRequest) path() []byte {
	end := min(r.end, len(r.b))
	p := r.b[min(r.target, end):end]
	if i := bytes.IndexByte(p, '?'); i >= 0 {
		p = p[:i]
	}
	return p[:min(len(p), wire.MaxPath)]
}

func stars(b []byte) {
	for i := range b {
		b[i] = '*'
	}
}
