package detect

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendJSON appends the JSON string content src with its escapes (RFC 8259
// section 7) decoded. Unknown escapes stand for their own character.
func appendJSON(dst, src []byte) []byte {
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c != '\\' || i+1 == len(src) {
			dst = append(dst, c)
			continue
		}
		i++
		switch c = src[i]; c {
		case 'b':
			c = '\b'
		case 'f':
			c = '\f'
		case 'n':
			c = '\n'
		case 'r':
			c = '\r'
		case 't':
			c = '\t'
		case 'u':
			if r, ok := hex4(src[i+1:]); ok {
				i += 4
				if utf16.IsSurrogate(r) && i+2 < len(src) && src[i+1] == '\\' && src[i+2] == 'u' {
					if r2, ok := hex4(src[i+3:]); ok {
						r = utf16.DecodeRune(r, r2)
						i += 6
					}
				}
				dst = utf8.AppendRune(dst, r)
				continue
			}
		}
		dst = append(dst, c)
	}
	return dst
}
