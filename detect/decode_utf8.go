package detect

import "unicode/utf8"

// appendFolded appends src with everything folded to ASCII that some decoder
// folds: overlong UTF-8 (also with a broken continuation byte, of which
// lenient decoders take the low six bits), full-width forms, the best-fit
// equivalents of syntax characters; NUL bytes are dropped, which also reads
// UTF-16 text.
func appendFolded(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		c := src[i]
		switch {
		case c == 0:
			i++
		case c < 0x80:
			dst = append(dst, c)
			i++
		default:
			r, n := overlong(src[i:])
			if n == 0 {
				if r, n = utf8.DecodeRune(src[i:]); r == utf8.RuneError {
					dst = append(dst, src[i:i+n]...)
					i += n
					continue
				}
			}
			dst = utf8.AppendRune(dst, foldRune(r))
			i += n
		}
	}
	return dst
}

// overlong reads an overlong sequence of an ASCII character; n is 0 when b
// does not start with one.
func overlong(b []byte) (r rune, n int) {
	switch c := b[0]; {
	case c == 0xc0 || c == 0xc1:
		if len(b) > 1 {
			return rune(c&1)<<6 | rune(b[1]&0x3f), 2
		}
	case c == 0xe0 && len(b) > 2 && b[1] < 0xa0 && b[1] >= 0x80:
		return rune(b[1]&0x3f)<<6 | rune(b[2]&0x3f), 3
	case c == 0xf0 && len(b) > 3 && b[1] == 0x80 && b[2] >= 0x80 && b[2] < 0xc0:
		return rune(b[2]&0x3f)<<6 | rune(b[3]&0x3f), 4
	case c == 0xf8 && len(b) > 4 && b[1] == 0x80 && b[2] == 0x80:
		return rune(b[3]&0x3f)<<6 | rune(b[4]&0x3f), 5
	case c == 0xfc && len(b) > 5 && b[1] == 0x80 && b[2] == 0x80 && b[3] == 0x80:
		return rune(b[4]&0x3f)<<6 | rune(b[5]&0x3f), 6
	}
	return 0, 0
}

// foldRune maps r to the ASCII character that compatibility or best-fit
// conversion makes of it.
func foldRune(r rune) rune {
	switch {
	case r < 0x80:
		return r
	case r < 0x2000:
		return foldLetter(r)
	case r >= 0xff01 && r <= 0xff5e:
		return r - 0xff00 + 0x20
	case r >= 0x24b6 && r <= 0x24cf: // circled letters
		return r - 0x24b6 + 'A'
	case r >= 0x24d0 && r <= 0x24e9:
		return r - 0x24d0 + 'a'
	case r >= 0xfe50 && r <= 0xfe6b:
		return rune(smallForms[r-0xfe50])
	case r >= 0x1d400 && r <= 0x1d6a3: // mathematical letters, alphabet by alphabet
		return rune(mathLetters[(r-0x1d400)%52])
	case r >= 0x1d7ce && r <= 0x1d7ff:
		return (r-0x1d7ce)%10 + '0'
	}
	switch r {
	case 0x3000:
		return ' '
	case 0x2044, 0x2215, 0x29f8, 0xf025:
		return '/'
	case 0x2216, 0x29f5, 0xefc8:
		return '\\'
	case 0x2024:
		return '.'
	}
	return r
}

const (
	mathLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	smallForms  = `,,..;:?!-(){}()#&*+-<>=\\$%@` // from U+FE50 on
)

// foldLetter is foldRune below U+2000, where the letters of most scripts are.
func foldLetter(r rune) rune {
	switch r {
	case 0x02b9, 0x02bc:
		return '\''
	case 0x02ba:
		return '"'
	case 0xa6:
		return '|'
	case 0x037e:
		return ';'
	case 0x1fef:
		return '`'
	}
	return r
}
