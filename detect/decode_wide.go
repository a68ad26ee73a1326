package detect

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// wideOrder returns the byte order of a body in UTF-16 or UTF-32 and the
// width of its units, known by its byte order mark or by the zero bytes of
// its first two characters, which markup and JSON start with; nil when b is
// neither.
func wideOrder(b []byte) (order binary.ByteOrder, width int) {
	if len(b) < 4 {
		return nil, 0
	}
	if len(b) >= 8 {
		if le := binary.LittleEndian.Uint32(b); le == 0xfeff || le > 0 && le < 0x80 && binary.LittleEndian.Uint32(b[4:]) < 0x80 {
			return binary.LittleEndian, 4
		}
		if be := binary.BigEndian.Uint32(b); be == 0xfeff || be > 0 && be < 0x80 && binary.BigEndian.Uint32(b[4:]) < 0x80 {
			return binary.BigEndian, 4
		}
	}
	switch {
	case b[0] == 0xff && b[1] == 0xfe, b[0] != 0 && b[1] == 0 && b[2] != 0 && b[3] == 0:
		return binary.LittleEndian, 2
	case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0 && b[2] == 0 && b[3] != 0:
		return binary.BigEndian, 2
	}
	return nil, 0
}

// appendWide appends src, which consists of units of the given order and
// width, as UTF-8 without a byte order mark.
func appendWide(dst, src []byte, order binary.ByteOrder, width int) []byte {
	for i := 0; i+width <= len(src); i += width {
		r := wideUnit(src[i:], order, width)
		if width == 2 && utf16.IsSurrogate(r) && i+3 < len(src) {
			if r2 := utf16.DecodeRune(r, wideUnit(src[i+2:], order, 2)); r2 != utf8.RuneError {
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

func wideUnit(b []byte, order binary.ByteOrder, width int) rune {
	if width == 2 {
		return rune(order.Uint16(b))
	}
	return rune(min(order.Uint32(b), utf8.MaxRune+1))
}

// isWide reports whether b is ASCII text in UTF-16, as Windows' shells take
// it in base64.
func isWide(b []byte) bool {
	if len(b) < 4 || len(b)%2 != 0 {
		return false
	}
	zero := 0
	if b[1] != 0 {
		zero = 1
	}
	for i, c := range b {
		if (i&1 == zero) == (c == 0) || c != 0 && !texty(c) {
			return false
		}
	}
	return true
}
