package proxy

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"weir/detect"
	"weir/tenant"
	"weir/tenant/wire"
)

// exchange is the state of one request while it is served: pooled, used by
// one goroutine, never kept beyond the handler.
type exchange struct {
	ctx    *fasthttp.RequestCtx
	conn   *clientConn
	stream *stream // of HTTP/2; nil: the connection is the request's alone
	snap   *snapshot
	start  time.Time

	head    head
	body    body
	window  window // over the rest of a long body
	req     detect.Request
	scratch *detect.Scratch // from the first inspection to the end
	verdict *detect.Verdict // nil: not inspected

	place     tenant.Place
	path      []byte // of the target, as routing sees it
	peer      netip.Addr
	client    netip.Addr
	upgrade   bool   // becomes a tunnel when the upstream agrees
	trusted   bool   // the peer's word is believed
	scheme    string // http or https, as the client used it
	requestID []byte
	incident  string            // of a request with hits
	denied    *tenant.ListEntry // on the denylist; whether that stops the request: blocks
	rate      []byte            // key of a rate limit
	failed    bool              // the detector did, and the tenant fails closed
	gray      *tenant.ListEntry // on the graylist, looked up for attacks in safe_blocking only
	partial   bool
	inspected time.Duration

	hits []*wire.Hit // await the response's status

	reply  reply
	out    []byte // the request as sent upstream
	line   bytesReader
	answer time.Time // when the response's head had arrived
	lists  [2][][]byte
}

// begin prepares an exchange for the request in ctx.
func (s *Server) begin(ctx *fasthttp.RequestCtx) *exchange {
	x := s.exchanges.Get().(*exchange)
	x.ctx = ctx
	switch c := ctx.Conn().(type) {
	case *clientConn:
		x.conn = c
	case *stream:
		x.conn, x.stream = c.clientConn, c
	}
	x.snap = s.snapshot.Load()
	x.start = time.Now()
	x.peer = x.conn.peer
	x.requestID = x.requestID[:0]
	return x
}

// end gives everything back; the response may still be streaming, but
// nothing of it lives in x.
func (s *Server) end(x *exchange) {
	if x.stream == nil && (x.body.whole || x.body.sent) {
		x.conn.line.next() // else what is left of the body comes before the next line
	}
	s.scratches.put(x)
	x.window.close()
	if s.draining.Load() {
		x.ctx.SetConnectionClose()
	}
	x.body.close()
	if x.stream == nil {
		x.conn.unlimit()
	}
	clear(x.hits)
	x.ctx, x.conn, x.stream, x.snap, x.verdict, x.denied, x.gray = nil, nil, nil, nil, nil, nil, nil
	x.place, x.req = tenant.Place{}, detect.Request{}
	x.hits, x.incident = x.hits[:0], ""
	x.reply.early = false
	x.upgrade, x.partial, x.trusted, x.failed, x.inspected, x.answer = false, false, false, false, 0, time.Time{}
	if cap(x.out) > keepBody {
		x.out = nil
	}
	s.exchanges.Put(x)
}

// scratches keeps the detector's working memory: it is large, and requests
// that wait for a body have no use for it yet.
type scratches struct{ sync.Pool }

func (p *scratches) get() *detect.Scratch {
	if sc, ok := p.Get().(*detect.Scratch); ok {
		return sc
	}
	return &detect.Scratch{}
}

func (p *scratches) put(x *exchange) {
	if x.scratch != nil {
		p.Put(x.scratch)
		x.scratch = nil
	}
}

// appendUUIDv7 appends a UUID of version 7 (RFC 9562 5.7): time in
// milliseconds, then random bits.
func appendUUIDv7(dst []byte, now time.Time) []byte {
	ms := uint64(now.UnixMilli())
	a, b := rand.Uint64(), rand.Uint64()
	hi := ms<<16 | 0x7000 | a&0x0fff
	lo := 1<<63 | b>>2
	dst = appendHex(dst, hi>>32, 8)
	dst = append(dst, '-')
	dst = appendHex(dst, hi>>16, 4)
	dst = append(dst, '-')
	dst = appendHex(dst, hi, 4)
	dst = append(dst, '-')
	dst = appendHex(dst, lo>>48, 4)
	dst = append(dst, '-')
	return appendHex(dst, lo, 12)
}

// appendHex appends the low n hex digits of v.
func appendHex(dst []byte, v uint64, n int) []byte {
	for i := n - 1; i >= 0; i-- {
		dst = append(dst, "0123456789abcdef"[v>>(4*i)&15])
	}
	return dst
}
