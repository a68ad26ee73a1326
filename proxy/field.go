package proxy

// field is what a header name means to the node.
type field uint8

// The fields that the node looks at. From fieldHopByHop on, a field of the
// client is never forwarded.
const (
	fieldOther field = iota
	fieldContentType
	fieldAccept
	fieldAuthorization
	fieldCookie
	fieldRequestID      // X-Request-ID: forwarded when believed
	fieldForwardedFor   // X-Forwarded-For
	fieldForwardedProto // X-Forwarded-Proto
	fieldForwarded      // Forwarded (RFC 7239)
	fieldForwardedHost  // X-Forwarded-Host
	fieldForwardedOther // other ways of saying who and what the client is

	fieldHost
	fieldHopByHop // RFC 9110 7.6.1
	fieldContentLength
	fieldTransferEncoding
	fieldConnection
	fieldUpgrade
	fieldExpect
	fieldTrailer
	fieldTenantID // X-Tenant-ID: the node's own
)

// isFraming reports whether an application that reads the name must read
// exactly what the node reads.
func (f field) isFraming() bool {
	return f == fieldHost || f == fieldContentLength || f == fieldTransferEncoding ||
		f == fieldConnection || f == fieldTrailer || f == fieldExpect
}

// isIdentity reports whether the field says who the client is: such a field
// is believed from trusted peers only and removed from others.
func (f field) isIdentity() bool {
	return f >= fieldRequestID && f <= fieldForwardedOther || f == fieldTenantID
}

// foldName maps bytes of a field name (RFC 9110 5.6.2 token) to the form in
// which names are compared: lower case, and '_' as '-', because CGI and its
// heirs make both the same variable. 0: no byte of a name.
var foldName = makeFoldName()

func makeFoldName() (t [256]byte) {
	for _, c := range []byte("!#$%&'*+-.^`|~0123456789abcdefghijklmnopqrstuvwxyz") {
		t[c] = c
	}
	for c := byte('A'); c <= 'Z'; c++ {
		t[c] = c + 'a' - 'A'
	}
	t['_'] = '-'
	return t
}

// foldIs reports whether name folds to lower, which is folded already.
func foldIs(name []byte, lower string) bool {
	if len(name) != len(lower) {
		return false
	}
	for i := range lower {
		if foldName[name[i]] != lower[i] {
			return false
		}
	}
	return true
}

// fieldNames lists the known names; fieldIndex finds them by length and
// first byte.
var fieldNames = []struct {
	name string
	f    field
}{
	{"te", fieldHopByHop},
	{"host", fieldHost},
	{"accept", fieldAccept}, {"cookie", fieldCookie}, {"expect", fieldExpect},
	{"trailer", fieldTrailer}, {"upgrade", fieldUpgrade},
	{"forwarded", fieldForwarded}, {"x-real-ip", fieldForwardedOther},
	{"connection", fieldConnection}, {"keep-alive", fieldHopByHop},
	{"x-client-ip", fieldForwardedOther}, {"x-forwarded", fieldForwardedOther}, {"x-tenant-id", fieldTenantID},
	{"content-type", fieldContentType}, {"x-request-id", fieldRequestID},
	{"authorization", fieldAuthorization},
	{"content-length", fieldContentLength}, {"http2-settings", fieldHopByHop},
	{"true-client-ip", fieldForwardedOther},
	{"x-forwarded-for", fieldForwardedFor}, {"x-forwarded-ssl", fieldForwardedOther},
	{"cf-connecting-ip", fieldForwardedOther}, {"proxy-connection", fieldHopByHop},
	{"x-forwarded-host", fieldForwardedHost}, {"x-forwarded-port", fieldForwardedOther},
	{"proxy-authorization", fieldHopByHop}, {"x-forwarded-proto", fieldForwardedProto},
	{"transfer-encoding", fieldTransferEncoding},
	{"x-forwarded-server", fieldForwardedOther}, {"x-forwarded-scheme", fieldForwardedOther},
	{"x-forwarded-prefix", fieldForwardedOther}, {"x-cluster-client-ip", fieldForwardedOther},
	{"proxy-authenticate", fieldHopByHop},
	{"x-original-url", fieldForwardedOther}, {"x-rewrite-url", fieldForwardedOther},
	{"x-original-host", fieldForwardedOther}, {"x-host", fieldForwardedOther},
}

const longestField = len("x-cluster-client-ip")

// fieldEntry is a known name with the bytes that tell it from most others.
type fieldEntry struct {
	ends uint16 // first and last byte
	f    field
	name string
}

// fieldIndex holds, for each length, the entries of fieldNames.
var fieldIndex = makeFieldIndex()

func makeFieldIndex() (t [longestField + 1][]fieldEntry) {
	for _, e := range fieldNames {
		n := len(e.name)
		t[n] = append(t[n], fieldEntry{uint16(e.name[0])<<8 | uint16(e.name[n-1]), e.f, e.name})
	}
	return t
}

// fieldOf classifies name.
func fieldOf(name []byte) field {
	if len(name) == 0 || len(name) > longestField {
		return fieldOther
	}
	ends := uint16(foldName[name[0]])<<8 | uint16(foldName[name[len(name)-1]])
	for i := range fieldIndex[len(name)] {
		e := &fieldIndex[len(name)][i]
		if e.ends == ends && foldIs(name, e.name) {
			return e.f
		}
	}
	return fieldOther
}
