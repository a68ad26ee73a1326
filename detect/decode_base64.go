package detect

import "unicode/utf8"

// base64Val maps a digit of base64 or base64url to its value, '=' to 64,
// anything else to -1.
var base64Val = makeBase64Val()

func makeBase64Val() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = int8(i)
	}
	t['-'], t['_'], t['='] = 62, 63, 64
	return t
}

// maybeBase64 looks at the first eight digits: do they decode to text or to
// the head of a compressed stream? Most words, tokens and identifiers do not.
func maybeBase64(b []byte) bool {
	q, ok := base64Quad(b)
	q2, ok2 := base64Quad(b[4:])
	if !ok || !ok2 {
		return false
	}
	h := [6]byte{byte(q >> 16), byte(q >> 8), byte(q), byte(q2 >> 16), byte(q2 >> 8), byte(q2)}
	if texty(h[0]) && texty(h[1]) && texty(h[2]) && texty(h[3]) && texty(h[4]) && texty(h[5]) {
		return true
	}
	return codingOf(h[:]) != codingNone || pickle(h[:]) || oneNUL(h) || isWide(h[:]) || objectHead(h[:])
}

// pickle reports whether b begins as a pickle of Python does (PEP 3154).
func pickle(b []byte) bool { return len(b) > 2 && b[0] == 0x80 && b[1] > 1 && b[1] < 6 }

// oneNUL reports whether h is text but for one NUL byte, which a filter may be
// tried with.
func oneNUL(h [6]byte) bool {
	n := 0
	for _, c := range h {
		if c == 0 {
			n++
		} else if !texty(c) {
			return false
		}
	}
	return n == 1
}

// texty reports whether c occurs in text; bytes of UTF-8 do, and so do the
// vertical tab and the form feed, which SQL and HTML take for blanks.
func texty(c byte) bool {
	return c >= 0x20 && c < 0x7f || c >= '\t' && c <= '\r' || c >= 0xc2 && c < 0xf5
}

// base64Quad decodes four digits; ok is false at padding and foreign bytes.
func base64Quad(b []byte) (q uint32, ok bool) {
	for _, c := range b[:4] {
		v := base64Val[c]
		if v < 0 || v > 63 {
			return 0, false
		}
		q = q<<6 | uint32(v)
	}
	return q, true
}

// appendBase64 appends src decoded, padded or not, of either alphabet. It
// reports false for anything but base64 of text or of a compressed stream.
func appendBase64(dst, src []byte) ([]byte, bool) {
	n := len(src)
	for n > 0 && src[n-1] == '=' && len(src)-n < 2 {
		n--
	}
	if n%4 == 1 {
		return dst, false
	}
	start := len(dst)
	i := 0
	for ; i+4 <= n; i += 4 {
		q, ok := base64Quad(src[i:])
		if !ok {
			return dst[:start], false
		}
		dst = append(dst, byte(q>>16), byte(q>>8), byte(q))
	}
	var tail [4]byte
	if k := copy(tail[:], src[i:n]); k > 0 {
		for j := k; j < 4; j++ {
			tail[j] = 'A'
		}
		q, ok := base64Quad(tail[:])
		if !ok {
			return dst[:start], false
		}
		dst = append(dst, byte(q>>16), byte(q>>8))[:start+i/4*3+k-1]
	}
	out := dst[start:]
	return dst, isText(out) || objectHead(out) || pickle(out) || codingOf(out) != codingNone || isWide(out)
}

// isText reports whether b is UTF-8 text with next to no control bytes.
func isText(b []byte) bool {
	odd := 0
	for i := 0; i < len(b); {
		if c := b[i]; c < 0x80 {
			if !texty(c) {
				odd++
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError {
			odd++
		}
		i += n
	}
	return odd*16 <= len(b)
}

// appendMIME appends src decoded as base64 in lines (RFC 2045 section 6.8);
// false when it is none.
func appendMIME(dst, src []byte) ([]byte, bool) {
	start, n := len(dst), 0
	var q uint32
	for _, c := range src {
		v := base64Val[c]
		if v == 64 || byteFeature[c]&fSpace != 0 {
			continue
		}
		if v < 0 {
			return dst[:start], false
		}
		q = q<<6 | uint32(v)
		if n++; n%4 == 0 {
			dst = append(dst, byte(q>>16), byte(q>>8), byte(q))
		}
	}
	switch n % 4 {
	case 2:
		dst = append(dst, byte(q>>4))
	case 3:
		dst = append(dst, byte(q>>10), byte(q>>2))
	}
	return dst, len(dst) > start
}
