package detect

import "bytes"

// appendUTF7 appends src with its UTF-7 sections decoded (RFC 2152): "+ADw-"
// is "<". Browsers of old guessed this encoding, and servers still take it
// from a charset parameter. Only sections that hold ASCII are decoded: in
// text they have no other reason to be there.
func appendUTF7(dst, src []byte) []byte {
	for len(src) > 0 {
		i := bytes.IndexByte(src, '+')
		if i < 0 {
			break
		}
		dst = append(dst, src[:i]...)
		src = src[i:]
		n := base64Run(src[1:])
		if k := bytes.IndexByte(src[1:1+n], '-'); k >= 0 { // a digit of base64url, and here the end
			n = k
		}
		out, ok := appendASCII16(dst, src[1:1+n])
		if !ok {
			dst = append(dst, '+')
			src = src[1:]
			continue
		}
		dst = out
		if src = src[1+n:]; len(src) > 0 && src[0] == '-' {
			src = src[1:]
		}
	}
	return append(dst, src...)
}

// appendASCII16 appends the ASCII characters that the base64 digits of b
// stand for as UTF-16; false when they stand for anything else.
func appendASCII16(dst, b []byte) ([]byte, bool) {
	if len(b) < 3 || len(b)%8 != 0 && len(b)%8 != 3 && len(b)%8 != 6 {
		return dst, false
	}
	start := len(dst)
	var acc uint32
	bits := 0
	for _, c := range b {
		v := base64Val[c]
		if v < 0 || v > 63 {
			return dst[:start], false
		}
		acc = acc<<6 | uint32(v)
		if bits += 6; bits < 16 {
			continue
		}
		bits -= 16
		r := acc >> bits & 0xffff
		if r == 0 || r > 0x7e {
			return dst[:start], false
		}
		dst = append(dst, byte(r))
	}
	return dst, true
}

// maybeUTF7 reports whether b holds a section that begins with one of the
// signs that UTF-7 must encode and markup needs.
func maybeUTF7(b []byte) bool {
	return bytes.Contains(b, []byte("+AD")) || bytes.Contains(b, []byte("+AC"))
}
