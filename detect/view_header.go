package detect

import "bytes"

// headerUse says what to do with a header's value.
type headerUse uint8

const (
	useValue   headerUse = iota // inspect as it is
	useSkip                     // no free text: the HTTP layer validates or rewrites it
	useUA                       // a user agent
	useURL                      // a URL
	useCookie                   // a list of cookies
	useAuth                     // credentials
	useAddress                  // a list of addresses that proxies append to
	usePairs                    // a list of name=value
	numHeaderUses
)

// viewHeaders inspects every header but the few of useSkip.
func (s *Scratch) viewHeaders() {
	for i := range s.r.Headers {
		h := &s.r.Headers[i]
		u := useOf(h.Name)
		if u == useSkip || len(h.Value) == 0 {
			continue
		}
		if u == useValue && (scan(h.Name)&^(plainBytes|fMinus) != 0 || s.full) {
			s.push(StepHeaderName, -1, nil)
			s.value(h.Name, kindName, place{part: PartHeader, header: i})
			s.pop()
		}
		pl := place{part: PartHeader, header: i, to: len(h.Value), exact: true}
		s.push(StepHeader, -1, h.Name)
		s.probeHeader(h.Name, pl)
		s.viewHeader(u, h.Value, pl)
		s.pop()
	}
	s.repeatedHeaders()
}

func (s *Scratch) viewHeader(u headerUse, b []byte, pl place) {
	switch u {
	case useUA:
		s.value(b, kindUA, pl)
	case useURL:
		s.viewURL(b, pl)
	case useCookie:
		s.params(b, ';', StepCookie, StepCookie, pl)
	case useAuth:
		s.viewAuth(b, pl)
	case useAddress:
		s.addresses(b, pl)
	case usePairs:
		s.pairs(b, pl)
		s.value(b, kindHeader, pl)
	default:
		s.value(b, kindHeader, pl)
	}
}

// viewAuth inspects credentials: the base64 of Basic (RFC 7617), else what
// follows the scheme, which may be a token.
func (s *Scratch) viewAuth(b []byte, pl place) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 || scan(b[:i])&^(plainBytes|fMinus) != 0 {
		s.value(b, kindHeader, pl)
		return
	}
	b, pl = b[i+1:], pl.sub(i+1, len(b))
	if bytes.IndexByte(b, '=') < bytes.IndexByte(b, ',') {
		s.pairs(b, pl)
	}
	s.value(b, kindHeader, pl)
}

// namedUse is the use of one header, its name in lower case.
type namedUse struct {
	name string
	use  headerUse
}

// headerUses holds the headers that are no plain values, by the length of
// their names.
var headerUses = [...][]namedUse{
	4:  {{"host", useSkip}, {"date", useSkip}},
	6:  {{"cookie", useCookie}, {"origin", useURL}},
	7:  {{"referer", useURL}},
	9:  {{"x-real-ip", useAddress}, {"forwarded", usePairs}},
	10: {{"user-agent", useUA}, {"connection", useSkip}, {"keep-alive", useSkip}},
	11: {{"destination", useURL}, {"x-client-ip", useAddress}},
	13: {{"authorization", useAuth}, {"x-rewrite-url", useURL}},
	14: {{"content-length", useSkip}, {"x-original-url", useURL}, {"x-original-uri", useURL}, {"true-client-ip", useAddress}},
	15: {{"x-forwarded-for", useAddress}, {"x-forwarded-uri", useURL}, {"x-forwarded-url", useURL}},
	16: {{"cf-connecting-ip", useAddress}, {"x-forwarded-host", useAddress}, {"x-forwarded-path", useURL}},
	17: {{"transfer-encoding", useSkip}, {"if-modified-since", useSkip}},
	19: {{"if-unmodified-since", useSkip}, {"proxy-authorization", useAuth}},
}

// useOf classes a header by its name, in any case.
func useOf(name []byte) headerUse {
	if len(name) >= len(headerUses) {
		return useValue
	}
	for i := range headerUses[len(name)] {
		if h := &headerUses[len(name)][i]; foldEqual(name, h.name) {
			return h.use
		}
	}
	return useValue
}

// foldEqual reports whether b is s in any ASCII case; s is lower case.
func foldEqual(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i := range b {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// containsFold reports whether b contains s, which is lower case, in any
// case.
func containsFold(b []byte, s string) bool {
	for i := 0; i+len(s) <= len(b); i++ {
		if b[i]|0x20 == s[0]|0x20 && foldEqual(b[i:i+len(s)], s) {
			return true
		}
	}
	return false
}

// header returns the value of the first header called name (lower case).
func (r *Request) header(name string) []byte {
	for i := range r.Headers {
		if foldEqual(r.Headers[i].Name, name) {
			return r.Headers[i].Value
		}
	}
	return nil
}
