package detect

import "bytes"

// viewURL inspects a header that holds a URL: its path, the parameters of
// its query and its fragment. A value that is no URL is inspected as it is.
func (s *Scratch) viewURL(b []byte, pl place) {
	at, ok := authorityEnd(b)
	if !ok {
		s.value(b, kindReferer, pl)
		return
	}
	if len(s.rules) > 0 {
		s.present(b, pl)
	}
	end := len(b)
	if i := bytes.IndexByte(b[at:], '#'); i >= 0 && bytes.IndexByte(b[at:at+i], '?') < 0 {
		end = at + i
		s.encoded(b[end+1:], kindReferer, pl.sub(end+1, len(b)), false)
	}
	path := end
	if i := bytes.IndexByte(b[at:end], '?'); i >= 0 {
		path = at + i
	}
	if path > at {
		s.viewPath(b[at:path], pl.sub(at, path))
	}
	if path < end {
		s.params(b[path+1:end], '&', StepQuery, StepQueryName, pl.sub(path+1, end))
	}
}

// authorityEnd returns where the path of an absolute http or https URL, or of
// a reference that starts with '/', begins. ok is false when b is neither or
// its host holds bytes that no host has.
func authorityEnd(b []byte) (at int, ok bool) {
	if len(b) > 0 && b[0] == '/' {
		return 0, true
	}
	if len(b) < 8 || !foldEqual(b[:4], "http") {
		return 0, false
	}
	at = 4
	if b[at]|0x20 == 's' {
		at++
	}
	if !bytes.HasPrefix(b[at:], []byte("://")) {
		return 0, false
	}
	for at += 3; at < len(b) && b[at] != '/' && b[at] != '?' && b[at] != '#'; at++ {
		if byteFeature[b[at]]&^(plainBytes|fMinus|fDot|fColon) != 0 && b[at] != '[' && b[at] != ']' {
			return 0, false
		}
	}
	return at, true
}
