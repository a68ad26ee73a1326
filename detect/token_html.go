package detect

import "bytes"

// The HTML tokeniser reads tags as the most lenient of browsers and filters
// do: NUL and control bytes inside names do not count, a slash or a quote
// parts attributes, a tag needs no end. Tags inside comments, inside quoted
// attributes and inside other tags are found as well, since what counts as a
// comment or an attribute depends on the page around the value.

// maxHTMLName bounds names of tags and attributes; what is longer is cut.
const maxHTMLName = 40

// htmlName is a name in lower case without controls.
type htmlName struct {
	buf   [maxHTMLName]byte
	n     int
	upper bool // it held a capital after its first letter, as in onClick
}

func (n *htmlName) reset() { n.n, n.upper = 0, false }

func (n *htmlName) add(c byte) {
	if c >= 'A' && c <= 'Z' {
		n.upper = n.upper || n.n > 0
		c |= 0x20
	}
	if n.n < maxHTMLName {
		n.buf[n.n] = c
		n.n++
	}
}

func (n *htmlName) bytes() []byte { return n.buf[:n.n] }

// htmlLexer walks over the tags of b.
type htmlLexer struct {
	b []byte
	i int

	name    htmlName // of the tag
	start   int      // of the tag: its "<"
	closing bool     // "</"
	decl    byte     // '!' or '?' behind "<", else 0
	inTag   bool     // attributes may follow
	ended   bool     // its ">" was read
	valued  bool     // an attribute with a value was read

	attr       htmlName
	hasValue   bool
	value      []byte // undecoded, without its quotes
	valueQuote byte
	attrStart  int

	work int // bytes that attributes were read from
}

// nextTag finds the next tag and reports whether there is one.
func (l *htmlLexer) nextTag() bool {
	for {
		n := bytes.IndexByte(l.b[l.i:], '<')
		if n < 0 {
			l.i = len(l.b)
			return false
		}
		l.start = l.i + n
		l.i = l.start + 1
		if l.readTag() {
			return true
		}
	}
}

func (l *htmlLexer) readTag() bool {
	l.closing, l.decl, l.inTag, l.ended, l.valued = false, 0, false, false, false
	l.skipControls()
	switch l.peek() {
	case '/':
		l.closing = true
		l.i++
		l.skipControls()
	case '!', '?':
		l.decl = l.peek()
		l.i++
	}
	if c := l.peek() | 0x20; c < 'a' || c > 'z' {
		return false
	}
	l.name.reset()
	for l.i < len(l.b) {
		c := l.b[l.i]
		if isControl(c) {
			l.i++
			continue
		}
		if !isHTMLNameByte(c) {
			break
		}
		l.name.add(c)
		l.i++
	}
	l.inTag = l.peek() != '&' // a parameter of a URL ends there
	return l.inTag
}

func (l *htmlLexer) peek() byte {
	if l.i < len(l.b) {
		return l.b[l.i]
	}
	return 0
}

func (l *htmlLexer) skipControls() {
	for l.i < len(l.b) && isControl(l.b[l.i]) {
		l.i++
	}
}

// nextAttr reads the next attribute of the tag and reports whether there is
// one.
func (l *htmlLexer) nextAttr() bool {
	if !l.inTag || l.work > 8*len(l.b)+1024 {
		return false
	}
	from := l.i
	ok := l.readAttr()
	l.work += l.i - from
	return ok
}

func (l *htmlLexer) readAttr() bool {
	for l.i < len(l.b) && !isAttrStart(l.b[l.i]) {
		if c := l.b[l.i]; c == '>' || c == '<' {
			l.inTag, l.ended = false, c == '>'
			return false
		}
		l.i++
	}
	if l.i >= len(l.b) {
		l.inTag = false
		return false
	}
	l.attrStart = l.i
	l.attr.reset()
	l.hasValue, l.value, l.valueQuote = false, nil, 0
	for l.i < len(l.b) && !isAttrEnd(l.b[l.i]) {
		if c := l.b[l.i]; !isControl(c) {
			l.attr.add(c)
		}
		l.i++
	}
	l.readValue()
	return true
}

func (l *htmlLexer) readValue() {
	i := l.i
	for i < len(l.b) && (isSpace(l.b[i]) || isControl(l.b[i])) {
		i++
	}
	if i >= len(l.b) || l.b[i] != '=' {
		return
	}
	l.hasValue, l.valued = true, true
	for i++; i < len(l.b) && (isSpace(l.b[i]) || isControl(l.b[i])); {
		i++
	}
	if i < len(l.b) && (l.b[i] == '"' || l.b[i] == '\'' || l.b[i] == '`') {
		if n := bytes.IndexByte(l.b[i+1:], l.b[i]); n >= 0 {
			l.valueQuote = l.b[i]
			l.value = l.b[i+1 : i+1+n]
			l.i = i + 1 + n + 1
			return
		}
		l.work += len(l.b) - i // a search that failed
		i++
	}
	start := i
	for i < len(l.b) && !isSpace(l.b[i]) && l.b[i] != '>' {
		i++
	}
	l.value = l.b[start:i]
	l.i = i
}

// isControl tells the control bytes that names and URLs are read without.
func isControl(c byte) bool { return c < 0x20 && !isSpace(c) || c == 0x7f }

func isSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

func isHTMLNameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || isDigit(c) || c == ':' || c == '-' || c == '_' || c == '.'
}

func isAttrStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' || c >= 0x80
}

func isAttrEnd(c byte) bool {
	return isSpace(c) || c == '=' || c == '>' || c == '/' || c == '<' || c == '"' || c == '\''
}
