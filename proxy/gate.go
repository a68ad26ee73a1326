package proxy

import (
	"bytes"
	"slices"

	"weir/detect"
	"weir/tenant"
)

// The gate is one strict pass over the header section as received, before
// the tenant is chosen. Its guarantee: what it accepts has one meaning to
// every HTTP/1.1 server. The reader below it (fasthttp) has checked field
// values for control bytes and framing for contradictions of its own; the
// gate refuses what that reader tolerates. It allocates nothing once its
// slices have grown.

// maxHeaders bounds the field lines of a request.
const maxHeaders = 100

// head is the header section of a request: views into the raw bytes, valid
// as long as those.
type head struct {
	method  []byte
	target  []byte // origin form, or "*"
	http10  bool
	headers []detect.Header // every line in order of arrival
	fields  []field         // what headers[i] means; fieldHopByHop also when Connection lists it
	host    []byte          // the Host field as received
	hostBuf []byte          // memory of site
	site    []byte          // the canonical host, without port
	length  int64           // Content-Length; -1: none
	chunked bool
	hops    bool // Connection says more than keep-alive
	upgrade bool // asks for another protocol
	expect  bool // waits for 100 Continue
}

// parse reads the head. method, target, version and raw stand in the
// request; raw is the header section with the empty line that ends it.
func (h *head) parse(method, target, version, raw []byte) Refusal {
	h.reset(method, target)
	if r := h.parseVersion(version); r != Accepted {
		return r
	}
	if r := checkMethod(method); r != Accepted {
		return r
	}
	if r := h.parseLines(raw); r != Accepted {
		return r
	}
	if r := h.checkFraming(); r != Accepted {
		return r
	}
	if r := h.parseHost(); r != Accepted {
		return r
	}
	return h.parseTarget()
}

func (h *head) reset(method, target []byte) {
	*h = head{method: method, target: target, length: -1,
		headers: h.headers[:0], fields: h.fields[:0], hostBuf: h.hostBuf[:0]}
}

func (h *head) parseVersion(v []byte) Refusal {
	switch string(v) {
	case "HTTP/1.1":
	case "HTTP/1.0":
		h.http10 = true
	default:
		return BadVersion
	}
	return Accepted
}

// parseLines fills headers and fields.
func (h *head) parseLines(raw []byte) Refusal {
	for len(raw) > 0 {
		if raw[0] == '\r' {
			if len(raw) == 2 && raw[1] == '\n' {
				return Accepted
			}
			return BadLine
		}
		if len(h.headers) == maxHeaders {
			return TooManyHeaders
		}
		i := 0
		for i < len(raw) && foldName[raw[i]] != 0 {
			i++
		}
		if i == 0 || i == len(raw) || raw[i] != ':' {
			return badName(raw, i)
		}
		rest := raw[i+1:]
		end := bytes.IndexByte(rest, '\n')
		if end <= 0 || rest[end-1] != '\r' {
			return BadLine
		}
		value := rest[:end-1]
		if len(value) > 0 && value[0] == ' ' { // Fast path: one space, as everybody sends
			value = value[1:]
		}
		if len(value) > 0 && (value[0] <= ' ' || value[len(value)-1] <= ' ') {
			value = trimOWS(value)
		}
		n, f := len(h.headers), fieldOf(raw[:i])
		if n == cap(h.headers) || n == cap(h.fields) {
			h.grow()
		}
		// Fast path: written in place, where append would copy.
		h.headers, h.fields = h.headers[:n+1], h.fields[:n+1]
		h.headers[n].Name, h.headers[n].Value, h.fields[n] = raw[:i], value, f
		if f >= fieldHost {
			if r := h.noteField(f, raw[:i], value); r != Accepted {
				return r
			}
		}
		raw = rest[end+1:]
	}
	if len(h.headers) == 0 {
		return Accepted // HTTP/1.0 without any field
	}
	return BadLine
}

// grow makes room for another line.
func (h *head) grow() {
	h.headers, h.fields = slices.Grow(h.headers, 16), slices.Grow(h.fields, 16)
}

// badName tells a folded line and an empty line that ends in a bare LF from
// a bad name.
func badName(raw []byte, i int) Refusal {
	if i == 0 && (raw[0] == ' ' || raw[0] == '\t' || raw[0] == '\n') {
		return BadLine
	}
	return BadName
}

func trimOWS(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	for len(b) > 0 && (b[len(b)-1] == ' ' || b[len(b)-1] == '\t') {
		b = b[:len(b)-1]
	}
	return b
}

// noteField takes in a field that frames the message or ends at the node.
func (h *head) noteField(f field, name, value []byte) Refusal {
	if f.isFraming() && bytes.IndexByte(name, '_') >= 0 {
		return BadFraming // Transfer_Encoding is Transfer-Encoding to some applications
	}
	switch f {
	case fieldHost:
		if h.host != nil || len(value) == 0 {
			return BadHost
		}
		h.host = value
	case fieldContentLength:
		n, ok := parseLength(value)
		if !ok || h.length >= 0 {
			return BadFraming
		}
		h.length = n
	case fieldTransferEncoding:
		if h.chunked || h.http10 || !foldIs(value, "chunked") {
			return BadFraming
		}
		h.chunked = true
	case fieldConnection:
		h.hops = h.hops || !foldIs(value, "keep-alive")
	case fieldUpgrade:
		h.upgrade = true
	case fieldTrailer:
		return TrailerRefused
	case fieldExpect:
		if !foldIs(value, "100-continue") {
			return BadExpect
		}
		h.expect = true
	}
	return Accepted
}

// maxLength bounds a declared length: beyond it is nonsense, and sums of
// lengths cannot overflow.
const maxLength = 1 << 50

// parseLength reads a Content-Length: digits only (RFC 9110 8.6).
func parseLength(b []byte) (n int64, ok bool) {
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	for _, c := range b {
		if c < '0' || c > '9' || n > maxLength/10 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, n <= maxLength
}

// checkFraming refuses TE with CL and marks the fields that Connection
// lists, which never cross a hop (RFC 9110 7.6.1).
func (h *head) checkFraming() Refusal {
	if h.chunked && h.length >= 0 {
		return BadFraming
	}
	if !h.hops {
		return Accepted
	}
	for i, f := range h.fields {
		if f == fieldConnection && !h.markListed(h.headers[i].Value) {
			return BadFraming
		}
	}
	return Accepted
}

// markListed marks the fields named in a Connection value. Naming one that
// an application depends on would be a way of deleting it: refused.
func (h *head) markListed(list []byte) bool {
	for len(list) > 0 {
		var name []byte
		name, list, _ = bytes.Cut(list, comma)
		name = trimOWS(name)
		if len(name) == 0 || foldIs(name, "close") || foldIs(name, "keep-alive") {
			continue
		}
		switch f := fieldOf(name); {
		case f.isFraming(), f == fieldCookie, f == fieldAuthorization, f == fieldContentType:
			return false
		case f >= fieldHopByHop:
			continue
		}
		for i := range h.headers {
			if sameFold(h.headers[i].Name, name) {
				h.fields[i] = fieldHopByHop
			}
		}
	}
	return true
}

var comma = []byte{','}

func sameFold(a, b []byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if foldName[a[i]] != foldName[b[i]] {
			return false
		}
	}
	return true
}

func (h *head) parseHost() Refusal {
	if h.host == nil {
		return BadHost
	}
	var err error
	if h.hostBuf, err = tenant.CanonicalHost(h.hostBuf[:0], h.host); err != nil {
		return BadHost
	}
	h.site = h.hostBuf
	return Accepted
}

// value returns the value of the first field f, nil when there is none.
func (h *head) value(f field) []byte {
	if i := slices.Index(h.fields, f); i >= 0 {
		return h.headers[i].Value
	}
	return nil
}
