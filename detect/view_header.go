package detect

import "bytes"

// headerUse says what to do with a header's value.
type headerUse uint8

const (
	useValue  headerUse = iota // inspect as it is
	useSkip                    // no free text: the HTTP layer validates or rewrites it
	useUA                      // a user agent
	useURL                     // a URL
	useCookie                  // a list of cookies
	useAuth                    // credentials
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
		pl := place{part: PartHeader, header: i, to: len(h.Value), exact: true}
		s.push(StepHeader, -1, h.Name)
		s.viewHeader(u, h.Value, pl)
		s.pop()
	}
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
	s.value(b[i+1:], kindHeader, pl.sub(i+1, len(b)))
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
	case 10:
		if foldEqual(name, "user-agent") {
			return useUA
		}
		if foldEqual(name, "connection") || foldEqual(name, "keep-alive") {
			return useSkip
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
		if foldEqual(name, "x-original-url") {
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
