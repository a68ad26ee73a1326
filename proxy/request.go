package proxy

import (
	"net/netip"
	"strconv"
	"sync"
)

// copyBuffer is the size of the pieces in which streams are copied.
const copyBuffer = 32 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copyBuffer]byte) }}

// appendRequest writes the head of the upstream's request into x.out: the
// target byte for byte as inspected, the client's fields in their order and
// spelling, the node's own last so that nothing can take their place.
func (x *exchange) appendRequest() {
	b := append(x.out[:0], x.head.method...)
	b = append(b, ' ')
	b = append(b, x.head.target...)
	b = append(b, " HTTP/1.1\r\nHost: "...)
	b = append(b, x.upstreamHost()...)
	b = append(b, "\r\n"...)
	for i := range x.head.headers {
		if f := x.head.fields[i]; f < fieldHost && !x.owns(f) {
			b = appendField(b, x.head.headers[i].Name, x.head.headers[i].Value)
		}
	}
	b = x.appendForwarded(b)
	b = append(b, "X-Request-ID: "...)
	b = append(b, x.requestID...)
	b = append(b, "\r\nX-Tenant-ID: "...)
	b, _ = x.place.Tenant.ID.AppendText(b)
	b = append(b, "\r\n"...)
	b = x.appendFraming(b)
	if x.upgrade {
		b = append(b, "Connection: Upgrade\r\nUpgrade: websocket\r\n"...)
	}
	x.out = append(b, "\r\n"...)
}

func (x *exchange) upstreamHost() []byte {
	if x.place.Site.UpstreamHost != "" {
		return []byte(x.place.Site.UpstreamHost)
	}
	return x.head.host
}

// owns reports whether the client's copy of f is dropped: always when the
// node writes it itself, and when the peer is not believed, every field that
// says who the client is.
func (x *exchange) owns(f field) bool {
	switch f {
	case fieldRequestID, fieldForwardedFor, fieldForwardedProto, fieldTenantID:
		return true
	}
	return f.isIdentity() && (!x.trusted || f == fieldForwardedHost)
}

func appendField(b, name, value []byte) []byte {
	b = append(b, name...)
	b = append(b, ": "...)
	b = append(b, value...)
	return append(b, "\r\n"...)
}

// appendForwarded writes X-Forwarded-For, -Proto and -Host: what a trusted
// peer said, continued, else what the node itself saw.
func (x *exchange) appendForwarded(b []byte) []byte {
	b = append(b, "X-Forwarded-For: "...)
	if x.trusted {
		for i, f := range x.head.fields {
			if f == fieldForwardedFor {
				b = append(b, x.head.headers[i].Value...)
				b = append(b, ", "...)
			}
		}
	}
	b = appendAddr(b, x.peer)
	b = append(b, "\r\nX-Forwarded-Proto: "...)
	b = append(b, x.scheme...)
	b = append(b, "\r\nX-Forwarded-Host: "...)
	host := x.head.host
	if x.trusted {
		if said := x.head.value(fieldForwardedHost); len(said) > 0 {
			host = said
		}
	}
	b = append(b, host...)
	return append(b, "\r\n"...)
}

func appendAddr(b []byte, a netip.Addr) []byte {
	if !a.IsValid() {
		return append(b, "unknown"...)
	}
	return a.AppendTo(b)
}

// appendFraming says where the body ends. A method that usually has a body
// says so when it has none.
func (x *exchange) appendFraming(b []byte) []byte {
	switch {
	case x.body.whole && (len(x.body.buf) > 0 || x.head.length >= 0 || x.head.chunked || wantsBody(x.head.method)):
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, int64(len(x.body.buf)), 10)
	case x.body.whole:
		return b
	case x.body.length < 0:
		b = append(b, "Transfer-Encoding: chunked"...)
	default:
		b = append(b, "Content-Length: "...)
		b = strconv.AppendInt(b, x.body.length, 10)
	}
	return append(b, "\r\n"...)
}

func wantsBody(method []byte) bool {
	switch string(method) {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}
