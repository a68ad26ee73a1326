package detect

import "unicode/utf8"

// maxReference is the length of the longest name in entityByte.
const maxReference = 8

// appendHTML appends src with character references decoded: decimal and hex
// in any length and without semicolon, as browsers take them, and the named
// ones of characters with a syntactic meaning (HTML Standard section
// 13.2.5.72).
func appendHTML(dst, src []byte) []byte {
	for i := 0; i < len(src); {
		if src[i] != '&' || i+2 >= len(src) {
			dst = append(dst, src[i])
			i++
			continue
		}
		if src[i+1] == '#' {
			if r, n := charReference(src[i+2:]); n > 0 {
				dst = utf8.AppendRune(dst, r)
				i += 2 + n
				continue
			}
		} else if c, n := namedReference(src[i+1:]); n > 0 {
			dst = append(dst, c)
			i += 1 + n
			continue
		}
		dst = append(dst, '&')
		i++
	}
	return dst
}

// charReference reads what follows "&#"; n is 0 when it is no reference.
func charReference(b []byte) (r rune, n int) {
	base, i := rune(10), 0
	if len(b) > 0 && b[0]|0x20 == 'x' {
		base, i = 16, 1
	}
	start := i
	for ; i < len(b) && hexVal[b[i]] >= 0 && rune(hexVal[b[i]]) < base; i++ {
		if r = r*base + rune(hexVal[b[i]]); r > utf8.MaxRune {
			r = utf8.MaxRune + 1
		}
	}
	if i == start {
		return 0, 0
	}
	if i < len(b) && b[i] == ';' {
		i++
	}
	return r, i
}

// namedReference reads what follows "&"; n is 0 when it is no reference.
func namedReference(b []byte) (c byte, n int) {
	for n < len(b) && n < maxReference && byteFeature[b[n]] == fAlpha {
		n++
	}
	if n < len(b) && b[n] == ';' {
		if c := entityByte(b[:n]); c != 0 {
			return c, n + 1
		}
		return 0, 0
	}
	// Without semicolon only the oldest names count, whatever follows.
	for _, l := range [...]int{2, 3, 4} {
		if l <= n {
			if c := legacyByte(b[:l]); c != 0 {
				return c, l
			}
		}
	}
	return 0, 0
}

func legacyByte(name []byte) byte {
	switch string(name) {
	case "lt", "LT":
		return '<'
	case "gt", "GT":
		return '>'
	case "amp", "AMP":
		return '&'
	case "quot", "QUOT":
		return '"'
	}
	return 0
}

func entityByte(name []byte) byte {
	if c := legacyByte(name); c != 0 {
		return c
	}
	switch string(name) {
	case "apos":
		return '\''
	case "Tab":
		return '\t'
	case "NewLine":
		return '\n'
	case "nbsp":
		return ' '
	case "colon":
		return ':'
	case "semi":
		return ';'
	case "comma":
		return ','
	case "period":
		return '.'
	case "equals":
		return '='
	case "lpar":
		return '('
	case "rpar":
		return ')'
	case "lsqb", "lbrack":
		return '['
	case "rsqb", "rbrack":
		return ']'
	case "lcub", "lbrace":
		return '{'
	case "rcub", "rbrace":
		return '}'
	case "sol":
		return '/'
	case "bsol":
		return '\\'
	case "grave":
		return '`'
	case "excl":
		return '!'
	case "num":
		return '#'
	case "dollar":
		return '$'
	case "percnt":
		return '%'
	case "ast", "midast":
		return '*'
	case "plus":
		return '+'
	case "quest":
		return '?'
	case "commat":
		return '@'
	case "Hat":
		return '^'
	case "lowbar":
		return '_'
	case "vert", "verbar":
		return '|'
	}
	return 0
}
