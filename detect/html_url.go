package detect

// Schemes under which a URL runs script or carries a page of its own.
var scriptSchemes = [...]string{
	"javascript:", "vbscript:", "livescript:", "mocha:", "vbs:", "jscript:", "jar:javascript:",
	"data:text/html", "data:text/xml", "data:application/x", "data:image/svg",
	"data:application/xml", "data:text/javascript", "data:text/j", "feed:javascript:", "feed:data:",
	"view-source:javascript:", "mhtml:", "about:<script", "x-javascript:", "wyciwyg:",
}

// maxScheme bounds how much of a URL is decoded to find its scheme.
const maxScheme = 48

// urlHead is the beginning of a URL as a browser reads it: entities decoded,
// white space and controls gone, in lower case.
type urlHead struct {
	buf  [maxScheme]byte
	n    int
	rest int // how much of the value it stands for
}

// readURLHead reads the head of v.
func readURLHead(v []byte) (h urlHead) {
	i := 0
	for i < len(v) && h.n < maxScheme && i < 8*maxScheme {
		c, n := htmlByte(v[i:])
		i += n
		if c > ' ' && c != 0x7f {
			h.buf[h.n] = lowerByte(c)
			h.n++
		}
	}
	h.rest = i
	return h
}

func (h *urlHead) bytes() []byte { return h.buf[:h.n] }

// data reports whether the scheme is data:, which says itself what follows.
func (h *urlHead) data() bool {
	for i := 0; i < 3 && i+5 <= h.n; i++ {
		if string(h.buf[i:i+5]) == "data:" {
			return true
		}
	}
	return false
}

// script returns the length of the head's scheme when it runs script, else 0.
func (h *urlHead) script() int {
	b := h.bytes()
	for len(b) > 0 && (b[0] == '"' || b[0] == '\'' || b[0] == '`' || b[0] >= 0x80 || b[0] == '\\') {
		b = b[1:]
	}
	for _, s := range scriptSchemes {
		if len(b) >= len(s) && string(b[:len(s)]) == s {
			return h.n - len(b) + len(s)
		}
	}
	return 0
}

// htmlByte decodes one byte of HTML: an entity stands for the low byte of its
// code point, which is enough to know ASCII by.
func htmlByte(v []byte) (c byte, n int) {
	if v[0] != '&' || len(v) < 3 {
		return v[0], 1
	}
	if v[1] == '#' {
		return htmlNumeric(v)
	}
	for _, e := range namedEntities {
		if hasPrefixFold(v[1:], e.name) {
			n = 1 + len(e.name)
			if n < len(v) && v[n] == ';' {
				n++
			}
			return e.c, n
		}
	}
	return '&', 1
}

var namedEntities = [...]struct {
	name string
	c    byte
}{
	{"colon", ':'}, {"tab", '\t'}, {"newline", '\n'}, {"lpar", '('}, {"rpar", ')'},
	{"sol", '/'}, {"comma", ','}, {"amp", '&'}, {"semi", ';'}, {"quot", '"'}, {"apos", '\''},
	{"lt", '<'}, {"gt", '>'}, {"equals", '='}, {"nbsp", ' '}, {"period", '.'},
}

// htmlNumeric decodes &#106; and &#x6a; with or without its semicolon.
func htmlNumeric(v []byte) (c byte, n int) {
	i, code := 2, uint32(0)
	hex := v[2]|0x20 == 'x'
	if hex {
		i++
	}
	start := i
	for ; i < len(v) && i < start+10; i++ {
		d := v[i]
		switch {
		case isDigit(d):
			d -= '0'
		case hex && isHex(d):
			d = d | 0x20 - 'a' + 10
		default:
			d = 0xff
		}
		if d == 0xff {
			break
		}
		if hex {
			code = code<<4 | uint32(d)
		} else {
			code = code*10 + uint32(d)
		}
	}
	if i == start {
		return '&', 1
	}
	if i < len(v) && v[i] == ';' {
		i++
	}
	return byte(code), i
}

// cssScript reports whether a style runs script: an expression, a binding or
// a URL with a script scheme. Escapes, comments, entities and white space do
// not count.
func cssScript(v []byte) bool {
	var w [32]byte // the last bytes read
	n := 0
	for i := 0; i < len(v); {
		c, k := cssByte(v[i:])
		i += k
		if c <= ' ' || k > 1 && c == 0 {
			continue
		}
		if n == len(w) {
			copy(w[:], w[1:])
			n--
		}
		w[n] = lowerByte(c)
		n++
		if (c == '(' || c == ':' || c == '\'' || c == '"' || c == 't') && cssEnds(w[:n]) {
			return true
		}
	}
	return false
}

// cssEnds reports whether the text read so far ends in what runs script.
func cssEnds(w []byte) bool {
	for _, s := range [...]string{"expression(", "javascript:", "vbscript:", "-moz-binding:", "behavior:", "behaviour:", "livescript:", "data:text/x", "-o-link:", "mocha:", "binding:url(", "@import\"", "@import'", "@importurl("} {
		if len(w) >= len(s) && string(w[len(w)-len(s):]) == s {
			return true
		}
	}
	return false
}

// cssByte decodes one byte of CSS within HTML; comments become one zero byte.
func cssByte(v []byte) (c byte, n int) {
	switch {
	case v[0] == '&':
		return htmlByte(v)
	case v[0] == '/' && len(v) > 1 && v[1] == '*':
		for i := 2; i+1 < len(v) && i < 256; i++ {
			if v[i] == '*' && v[i+1] == '/' {
				return 0, i + 2
			}
		}
		return v[0], 1
	case v[0] == '\\' && len(v) > 1:
		return cssEscape(v)
	}
	return v[0], 1
}

// cssEscape decodes \6a and \j; a white space ends the hex form.
func cssEscape(v []byte) (c byte, n int) {
	code, i := uint32(0), 1
	for ; i < len(v) && i < 7 && isHex(v[i]); i++ {
		d := v[i]
		if isDigit(d) {
			d -= '0'
		} else {
			d = d | 0x20 - 'a' + 10
		}
		code = code<<4 | uint32(d)
	}
	if i == 1 {
		return v[1], 2
	}
	if i < len(v) && isSpace(v[i]) {
		i++
	}
	return byte(code), i
}
