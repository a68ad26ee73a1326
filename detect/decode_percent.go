package detect

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// appendPercent appends src percent-decoded (RFC 3986 section 2.1), the
// %uXXXX of old browsers and IIS included, with plus as space when plus is
// set. Invalid sequences stay as they are.
func appendPercent(dst, src []byte, plus bool) []byte {
	for {
		n := bytes.IndexByte(src, '%')
		if n < 0 {
			return appendPlain(dst, src, plus)
		}
		dst = appendPlain(dst, src[:n], plus)
		src = src[n:]
		w := 1
		switch {
		case len(src) > 2 && hexVal[src[1]] >= 0 && hexVal[src[2]] >= 0:
			dst = append(dst, byte(hexVal[src[1]])<<4|byte(hexVal[src[2]]))
			w = 3
		case len(src) > 5 && src[1]|0x20 == 'u':
			if r, ok := hex4(src[2:]); ok {
				dst = utf8.AppendRune(dst, r)
				w = 6
				break
			}
			fallthrough
		default:
			dst = append(dst, '%')
		}
		src = src[w:]
	}
}

// appendPlain appends src, with plus as space when plus is set, eight bytes
// at once.
func appendPlain(dst, src []byte, plus bool) []byte {
	if !plus {
		return append(dst, src...)
	}
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for len(src) >= 8 {
		x := binary.LittleEndian.Uint64(src)
		differs := (x^'+'*ones)&^tops + 0x7f*ones | x // the eighth bit: no plus
		x ^= ^differs & tops >> 7 * ('+' ^ ' ')
		dst = binary.LittleEndian.AppendUint64(dst, x)
		src = src[8:]
	}
	for _, c := range src {
		if c == '+' {
			c = ' '
		}
		dst = append(dst, c)
	}
	return dst
}

// lenientPercent reports whether src holds a sequence that only a decoder
// which does not check its digits reads: "%c1%8s", "%bg%qf", "%2%f".
func lenientPercent(src []byte) bool {
	for i := 0; i+3 < len(src); i++ {
		if src[i] == '%' {
			if _, n := lenientSeq(src[i:]); n > 0 {
				return true
			}
		}
	}
	return false
}

// appendLenientPercent is appendPercent as such a decoder does it.
func appendLenientPercent(dst, src []byte) []byte {
	from := 0
	for i := 0; i+3 < len(src); i++ {
		if src[i] != '%' {
			continue
		}
		if p, n := lenientSeq(src[i:]); n > 0 {
			dst = appendPercent(dst, src[from:i], false)
			dst = append(dst, p[:n]...)
			i += lenientLen[n]
			from = i
			i--
		}
	}
	return appendPercent(dst, src[from:], false)
}

// lenientLen is the length of what lenientSeq read, by what came out.
var lenientLen = [...]int{0, 4, 6}

// lenientSeq reads at a '%' either two sequences of which one at least is
// invalid and which together are an overlong two-byte form, or the digits of
// one of the path characters with a '%' before each. n is the number of bytes
// that come out, 0 when there is neither.
func lenientSeq(b []byte) (p [2]byte, n int) {
	if len(b) >= 4 && b[2] == '%' && hexVal[b[1]] >= 0 && hexVal[b[3]] >= 0 {
		c := byte(hexVal[b[1]])<<4 | byte(hexVal[b[3]])
		if c == '/' || c == '\\' || c == '.' {
			return [2]byte{c}, 1
		}
	}
	if len(b) < 6 || b[3] != '%' {
		return p, 0
	}
	strict := true
	for i := range p {
		hi, lo := b[3*i+1], b[3*i+2]
		if (byteFeature[hi]|byteFeature[lo])&^(fAlpha|fDigit) != 0 {
			return p, 0
		}
		strict = strict && hexVal[hi] >= 0 && hexVal[lo] >= 0
		p[i] = byte(lenientDigit(hi)<<4 + lenientDigit(lo))
	}
	if strict || p[0] != 0xc0 && p[0] != 0xc1 || p[1] < 0x80 {
		return p, 0
	}
	return p, 2
}

// barePercent reports whether src holds a percent sign between letters that
// starts no sequence: ASP takes "sel%ect" for "select".
func barePercent(src []byte) bool {
	for i := 1; i+2 < len(src); i++ {
		if src[i] == '%' && byteFeature[src[i-1]] == fAlpha && byteFeature[src[i+1]] == fAlpha &&
			(hexVal[src[i+1]] < 0 || hexVal[src[i+2]] < 0) {
			return true
		}
	}
	return false
}

// appendBarePercent appends src without the percent signs that start no
// sequence.
func appendBarePercent(dst, src []byte) []byte {
	for i, c := range src {
		if c != '%' || i+2 < len(src) && hexVal[src[i+1]] >= 0 && hexVal[src[i+2]] >= 0 {
			dst = append(dst, c)
		}
	}
	return dst
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
