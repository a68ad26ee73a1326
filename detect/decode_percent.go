package detect

import "unicode/utf8"

// appendPercent appends src percent-decoded (RFC 3986 section 2.1), the
// %uXXXX of old browsers and IIS included, with plus as space when plus is
// set. Invalid sequences stay as they are.
func appendPercent(dst, src []byte, plus bool) []byte {
	for i := 0; i < len(src); i++ {
		c := src[i]
		switch {
		case c == '+' && plus:
			c = ' '
		case c == '%' && i+2 < len(src) && hexVal[src[i+1]] >= 0 && hexVal[src[i+2]] >= 0:
			c = byte(hexVal[src[i+1]])<<4 | byte(hexVal[src[i+2]])
			i += 2
		case c == '%' && i+5 < len(src) && src[i+1]|0x20 == 'u':
			if r, ok := hex4(src[i+2:]); ok {
				dst = utf8.AppendRune(dst, r)
				i += 5
				continue
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// lenientPercent reports whether src holds an overlong sequence that only a
// decoder which does not check its digits reads: "%c1%8s", "%bg%qf".
func lenientPercent(src []byte) bool {
	for i := 0; i+5 < len(src); i++ {
		if src[i] == '%' {
			if _, ok := lenientPair(src[i:]); ok {
				return true
			}
		}
	}
	return false
}

// appendLenientPercent is appendPercent as such a decoder does it.
func appendLenientPercent(dst, src []byte) []byte {
	from := 0
	for i := 0; i+5 < len(src); i++ {
		if src[i] != '%' {
			continue
		}
		if p, ok := lenientPair(src[i:]); ok {
			dst = appendPercent(dst, src[from:i], false)
			dst = append(dst, p[0], p[1])
			from = i + 6
			i += 5
		}
	}
	return appendPercent(dst, src[from:], false)
}

// lenientPair reads two percent sequences of which one at least is invalid
// and which together are an overlong two-byte form.
func lenientPair(b []byte) (p [2]byte, ok bool) {
	if len(b) < 6 || b[3] != '%' {
		return p, false
	}
	strict := true
	for i := range p {
		hi, lo := b[3*i+1], b[3*i+2]
		if (byteFeature[hi]|byteFeature[lo])&^(fAlpha|fDigit) != 0 {
			return p, false
		}
		strict = strict && hexVal[hi] >= 0 && hexVal[lo] >= 0
		p[i] = byte(lenientDigit(hi)<<4 + lenientDigit(lo))
	}
	return p, !strict && (p[0] == 0xc0 || p[0] == 0xc1) && p[1] >= 0x80
}

func lenientDigit(c byte) int {
	if c <= '9' {
		return int(c - '0')
	}
	return int(c|0x20-'a') + 10
}

// appendPlus appends src with plus as space.
func appendPlus(dst, src []byte) []byte {
	for _, c := range src {
		if c == '+' {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// hexVal maps a hex digit to its value, anything else to -1.
var hexVal = makeHexVal()

func makeHexVal() (t [256]int8) {
	for i := range t {
		c := byte(i)
		switch {
		case c >= '0' && c <= '9':
			t[i] = int8(c - '0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			t[i] = int8(c|0x20-'a') + 10
		default:
			t[i] = -1
		}
	}
	return t
}

// hex4 reads four hex digits.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range b[:4] {
		if hexVal[c] < 0 {
			return 0, false
		}
		r = r<<4 | rune(hexVal[c])
	}
	return r, true
}
