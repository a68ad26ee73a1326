package proxy

import (
	"bufio"
	"bytes"

	"github.com/valyala/fasthttp"

	"weir/detect"
	"weir/tenant"
)

// RawReader reads requests from memory exactly as a listener reads them from
// a connection: the same reader, the same gate, the same view. Tools use it
// so that they judge what the node would judge. It is used by one goroutine.
type RawReader struct {
	limits tenant.Limits
	src    bytes.Reader
	br     *bufio.Reader
	req    fasthttp.Request
	uri    fasthttp.URI
	x      exchange
}

// NewRawReader makes a reader for heads of at most maxHeaderBytes.
func NewRawReader(maxHeaderBytes int, limits tenant.Limits) *RawReader {
	r := &RawReader{limits: limits}
	r.br = bufio.NewReaderSize(&r.src, maxHeaderBytes)
	r.req.Header.SetNoDefaultContentType(true)
	return r
}

// Read reads the request at the start of raw; bytes after it are not looked
// at. The result is valid until the next Read and as long as raw is
// unchanged; it is nil when the node would refuse the request.
func (r *RawReader) Read(raw []byte) (*detect.Request, Refusal) {
	var line firstLine
	if line.watch(raw); line.state == lineBare {
		return nil, BadLine
	}
	r.x.body.close()
	r.x.partial = false
	r.req.Reset()
	r.src.Reset(raw)
	r.br.Reset(&r.src)
	h := &r.req.Header
	if err := h.Read(r.br); err != nil {
		return nil, readerRefusal(err)
	}
	if err := r.uri.Parse(h.Host(), h.RequestURI()); err != nil {
		return nil, BadRequest
	}
	if err := r.req.ContinueReadBodyStream(r.br, 1, false); err != nil {
		return nil, BadRequest
	}
	if refusal := r.x.head.parse(h.Method(), h.RequestURI(), h.Protocol(), h.RawHeaders()); refusal != Accepted {
		return nil, refusal
	}
	r.x.body.open(r.req.BodyStream(), &r.x.head, nil, &r.limits, 0)
	if r.x.body.max > 0 && r.x.body.length > r.x.body.max {
		return nil, BodyTooLarge
	}
	if refusal := r.x.fillBody(&r.limits); refusal != Accepted {
		return nil, refusal
	}
	r.x.path = tenant.AppendPath(r.x.path[:0], r.x.head.target)
	r.x.viewHead()
	return r.x.view(r.limits.InspectBodyBytes), Accepted
}

// Host returns the canonical host of the request read last.
func (r *RawReader) Host() []byte { return r.x.head.site }

// Header returns the name of header i of the request read last, as received.
func (r *RawReader) Header(i int) []byte { return r.x.head.headers[i].Name }
