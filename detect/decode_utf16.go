package detect

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// utf16Order returns the byte order of a body in UTF-16, known by its byte
// order mark or by the zero halves of its first two characters, which markup
// and JSON start with; nil when b is none.
func utf16Order(b []byte) binary.ByteOrder {
	if len(b) < 4 {
		return nil
	}
	switch {
	case b[0] == 0xff && b[1] == 0xfe, b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return binary.LittleEndian
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return binary.BigEndian
	}
	return nil
}

// appendUTF16 appends src, which is UTF-16 in the given order, as UTF-8
// without a byte order mark.
func appendUTF16(dst, src []byte, order binary.ByteOrder) []byte {
	for i := 0; i+1 < len(src); i += 2 {
		r := rune(order.Uint16(src[i:]))
		if utf16.IsSurrogate(r) && i+3 < len(src) {
			if r2 := utf16.DecodeRune(r, rune(order.Uint16(src[i+2:]))); r2 != utf8.RuneError {
				r = r2
				i += 2
			}
		}
		if i > 0 || r != 0xfeff {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
