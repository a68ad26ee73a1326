package detect

import "bytes"

// viewHeaders inspects every header but those that carry no free value.
func (s *Scratch) viewHeaders() {
	for i := range s.r.Headers {
		h := &s.r.Headers[i]
		k, ok := headerKind(h.Name)
		if !ok || len(h.Value) == 0 {
			continue
		}
		pl := place{part: PartHeader, header: i, to: len(h.Value), exact: true}
		s.push(StepHeader, -1, h.Name)
		switch {
		case foldEqual(h.Name, "cookie"):
			s.params(h.Value, ';', StepCookie, StepCookie, pl)
		case k == kindReferer:
			s.viewURL(h.Value, pl)
		default:
			s.value(h.Value, k, pl)
		}
		s.pop()
	}
}

// viewURL inspects a header's URL: as a whole and its parameters.
func (s *Scratch) viewURL(b []byte, pl place) {
	s.value(b, kindReferer, pl)
	if i := bytes.IndexByte(b, '?'); i >= 0 {
		s.params(b[i+1:], '&', StepQuery, StepQueryName, pl.sub(i+1, len(b)))
	}
}

// headerKind returns the kind of a header's value, false when it is not
// inspected.
func headerKind(name []byte) (kind, bool) {
	switch {
	case foldEqual(name, "host"), foldEqual(name, "content-length"), foldEqual(name, "connection"), foldEqual(name, "transfer-encoding"):
		return 0, false
	case foldEqual(name, "user-agent"):
		return kindUA, true
	case foldEqual(name, "referer"), foldEqual(name, "origin"):
		return kindReferer, true
	}
	return kindHeader, true
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

// header returns the value of the first header called name (lower case).
func (r *Request) header(name string) []byte {
	for i := range r.Headers {
		if foldEqual(r.Headers[i].Name, name) {
			return r.Headers[i].Value
		}
	}
	return nil
}
