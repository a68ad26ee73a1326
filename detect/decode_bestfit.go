package detect

import (
	"bytes"
	"unicode/utf8"
)

// bestFitNeeds are the classes of which one must occur beside the characters
// of bestFit: prose with typographic quotes and dashes means them.
const bestFitNeeds = fEqual | fParen | fPipe | fStar | fHash | fLess | fGreater | fSemi | fDollar | fSlash

// appendBestFit appends src with the typographic characters replaced by the
// ASCII ones that databases and Windows make of them when a column or an
// interface is not in Unicode (the best-fit mappings of code pages), and with
// the letters that change to ASCII when their case does. Quotation marks in
// pairs quote, and stay.
func appendBestFit(dst, src []byte) []byte {
	single, double := unpaired(src, "\u2018", "\u2019"), unpaired(src, "\u201c", "\u201d")
	from := 0
	for i := 0; i < len(src); {
		// Fast path: nothing below U+00AB and in most scripts is mapped.
		if c := src[i]; c < 0xc2 || c > 0xca && c != 0xe2 && c != 0xe3 {
			i++
			continue
		}
		r, n := utf8.DecodeRune(src[i:])
		if c := bestFit(r); c != 0 && (c != '\'' || single) && (c != '"' || double) {
			dst = append(append(dst, src[from:i]...), c)
			from = i + n
		}
		i += n
	}
	return append(dst, src[from:]...)
}

// unpaired reports whether src holds more or fewer of one mark than of the
// other, or neither.
func unpaired(src []byte, open, close string) bool {
	n := bytes.Count(src, []byte(open))
	return n == 0 || n != bytes.Count(src, []byte(close))
}

// bestFit returns the ASCII character that r becomes, 0 for none.
func bestFit(r rune) byte {
	switch r {
	case 0x2018, 0x2019, 0x201b, 0x2032, 0x02c8, 0x00b4:
		return '\''
	case 0x201c, 0x201d, 0x201f, 0x2033:
		return '"'
	case 0x2035, 0x02cb:
		return '`'
	case 0x2039, 0x3008, 0x2329:
		return '<'
	case 0x203a, 0x3009, 0x232a:
		return '>'
	case 0x2010, 0x2011, 0x2013, 0x2014, 0x2212:
		return '-'
	case 0x2223:
		return '|'
	case 0x2217:
		return '*'
	case 0x02c6, 0x2303:
		return '^'
	case 0x0131, 0x0130:
		return 'i'
	case 0x017f:
		return 's'
	case 0x212a:
		return 'k'
	}
	return 0
}
