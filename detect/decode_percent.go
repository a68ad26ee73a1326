package detect

import "unicode/utf8"

// appendPercent appends src percent-decoded, %uXXXX included, and with plus
// as space when plus is set. Invalid sequences stay as they are.
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
