package detect

import "unicode/utf8"

// appendEscape appends src with the backslash escapes of JavaScript and C
// decoded: \xNN, \uNNNN, \u{...}, octal, \n and its kin. A source without
// any of these comes back as it is: a backslash before a quote alone is text
// that was quoted already and says nothing new.
func appendEscape(dst, src []byte) []byte {
	start, coded := len(dst), false
	for i := 0; i < len(src); {
		c := src[i]
		if c != '\\' || i+1 == len(src) {
			dst = append(dst, c)
			i++
			continue
		}
		if r, n := escape(src[i+1:]); n > 0 {
			dst = utf8.AppendRune(dst, r)
			coded = true
			i += 1 + n
			continue
		}
		switch src[i+1] {
		case '\\', '\'', '"', '/', '`':
			i++
		}
		dst = append(dst, src[i])
		i++
	}
	if !coded {
		return append(dst[:start], src...)
	}
	return dst
}

// escape reads what follows a backslash; n is 0 when it is no coded
// character. Values below 0x100 from \x and octal are taken as code points.
func escape(b []byte) (r rune, n int) {
	switch c := b[0]; {
	case c == 'x' && len(b) > 2 && hexVal[b[1]] >= 0 && hexVal[b[2]] >= 0:
		return rune(hexVal[b[1]])<<4 | rune(hexVal[b[2]]), 3
	case c == 'u' && len(b) > 2 && b[1] == '{':
		return braced(b)
	case c == 'u' || c == 'U':
		if r, ok := hex4(b[1:]); ok {
			return r, 5
		}
	case c >= '0' && c <= '7':
		for n < len(b) && n < 3 && b[n] >= '0' && b[n] <= '7' && r*8+rune(b[n]-'0') < 256 {
			r = r*8 + rune(b[n]-'0')
			n++
		}
		return r, n
	case c == 'n':
		return '\n', 1
	case c == 'r':
		return '\r', 1
	case c == 't':
		return '\t', 1
	}
	return 0, 0
}

// braced reads u{X...}.
func braced(b []byte) (r rune, n int) {
	i := 2
	for ; i < len(b) && hexVal[b[i]] >= 0; i++ {
		if r = r<<4 | rune(hexVal[b[i]]); r > utf8.MaxRune {
			return 0, 0
		}
	}
	if i == 2 || i == len(b) || b[i] != '}' {
		return 0, 0
	}
	return r, i + 1
}

// appendCSS appends src with CSS escapes decoded (CSS Syntax section 4.3.7):
// a backslash, one to six hex digits, an optional space. A source in which no
// escape has two digits or more comes back as it is.
func appendCSS(dst, src []byte) []byte {
	start, coded := len(dst), false
	for i := 0; i < len(src); {
		n := 0
		var r rune
		if src[i] == '\\' {
			for n < 6 && i+1+n < len(src) && hexVal[src[i+1+n]] >= 0 {
				r = r<<4 | rune(hexVal[src[i+1+n]])
				n++
			}
		}
		if n < 2 {
			dst = append(dst, src[i])
			i++
			continue
		}
		coded = true
		dst = utf8.AppendRune(dst, r)
		if i += 1 + n; i < len(src) && src[i] == ' ' {
			i++
		}
	}
	if !coded {
		return append(dst[:start], src...)
	}
	return dst
}
