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

// useOf classes a header by its name, in any case.
func useOf(name []byte) headerUse {
	switch len(name) {
	case 4:
		if foldEqual(name, "host") || foldEqual(name, "date") {
			return useSkip
		}
	case 6:
		if foldEqual(name, "cookie") {
			return useCookie
		}
		if foldEqual(name, "origin") {
			return useURL
		}
	case 7:
		if foldEqual(name, "referer") {
			return useURL
		}
	case 9:
		if foldEqual(name, "x-real-ip") {
			return useAddress
		}
		if foldEqual(name, "forwarded") {
			return usePairs
		}
	case 10:
		if foldEqual(name, "user-agent") {
			return useUA
		}
		if foldEqual(name, "connection") || foldEqual(name, "keep-alive") {
			return useSkip
		}
	case 11:
		if foldEqual(name, "destination") {
			return useURL
		}
		if foldEqual(name, "x-client-ip") {
			return useAddress
		}
	case 13:
		if foldEqual(name, "authorization") {
			return useAuth
		}
		if foldEqual(name, "x-rewrite-url") {
			return useURL
		}
	case 14:
		if foldEqual(name, "content-length") {
			return useSkip
		}
		if foldEqual(name, "x-original-url") || foldEqual(name, "x-original-uri") {
			return useURL
		}
		if foldEqual(name, "true-client-ip") {
			return useAddress
		}
	case 15:
		if foldEqual(name, "x-forwarded-for") {
			return useAddress
		}
		if foldEqual(name, "x-forwarded-uri") || foldEqual(name, "x-forwarded-url") {
			return useURL
		}
	case 16:
		if foldEqual(name, "cf-connecting-ip") || foldEqual(name, "x-forwarded-host") {
			return useAddress
		}
		if foldEqual(name, "x-forwarded-path") {
			return useURL
		}
	case 17:
		if foldEqual(name, "transfer-encoding") || foldEqual(name, "if-modified-since") {
			return useSkip
		}
	case 19:
		if foldEqual(name, "if-unmodified-since") {
			return useSkip
		}
		if foldEqual(name, "proxy-authorization") {
			return useAuth
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
