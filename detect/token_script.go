package detect

import "bytes"

// The JavaScript tokeniser splits a value into tokens and has no opinions. It
// does not tell a regular expression from a division: an injection stands in
// the middle of code that nobody has seen.

type jsKind uint8

const (
	jsEOF      jsKind = iota
	jsWord            // identifier or keyword: see word
	jsNumber          // 1, 0x1, 1e3, 8680439..
	jsString          // '...' or "..."
	jsTemplate        // `...`
	jsPunct           // one byte, in c
)

// jsToken is b[start:end] of the text.
type jsToken struct {
	kind       jsKind
	word       uint8 // class of a jsWord
	c          byte  // of a jsPunct
	open       bool  // string without its end
	space      bool  // white space stands before it
	start, end int32
}

// jsLexer walks over b. quote is 0, or the quote of the string in which the
// text starts.
type jsLexer struct {
	b     []byte
	i     int
	quote byte
}

func (l *jsLexer) next() jsToken {
	if q := l.quote; q != 0 {
		l.quote = 0
		return l.str(0, q)
	}
	space := l.skipSpace()
	t := l.token()
	t.space = space
	return t
}

func (l *jsLexer) made(k jsKind, start int) jsToken {
	return jsToken{kind: k, start: int32(start), end: int32(l.i)}
}

// skipSpace skips white space and comments and reports whether there was
// white space.
func (l *jsLexer) skipSpace() (space bool) {
	for l.i < len(l.b) {
		c := l.b[l.i]
		switch {
		case c <= ' ' || c == 0x7f:
			l.i++
			space = true
		case c == '/' && l.i+1 < len(l.b) && l.b[l.i+1] == '*':
			n := bytes.Index(l.b[l.i+2:], []byte("*/"))
			if n < 0 {
				l.i = len(l.b)
				return space
			}
			l.i += n + 4
		default:
			return space
		}
	}
	return space
}

func (l *jsLexer) token() jsToken {
	if l.i >= len(l.b) {
		return l.made(jsEOF, len(l.b))
	}
	start, c := l.i, l.b[l.i]
	switch {
	case isWordStart(c) || c == '$' && l.i+1 < len(l.b) && isWordByte(l.b[l.i+1]):
		return l.word()
	case isDigit(c):
		for l.i < len(l.b) && (isWordByte(l.b[l.i]) || l.b[l.i] == '.' && l.i+1 < len(l.b) && isDigit(l.b[l.i+1])) {
			l.i++
		}
		return l.made(jsNumber, start)
	case c == '\'' || c == '"' || c == '`':
		l.i++
		return l.str(start, c)
	}
	l.i++
	t := l.made(jsPunct, start)
	t.c = c
	return t
}

func (l *jsLexer) word() jsToken {
	start := l.i
	high := l.b[start] >= 0x80 // a word ends where ASCII does
	for l.i < len(l.b) && isWordByte(l.b[l.i]) && (l.b[l.i] >= 0x80) == high {
		l.i++
	}
	t := l.made(jsWord, start)
	t.word = jsWords.lookup(l.b[start:l.i])
	return t
}

// str reads the rest of a string behind its opening quote. A line end ends a
// string that is no template: text with apostrophes stays in step.
func (l *jsLexer) str(start int, q byte) jsToken {
	k := jsString
	if q == '`' {
		k = jsTemplate
	}
	for l.i < len(l.b) {
		c := l.b[l.i]
		l.i++
		switch {
		case c == '\\' && start > 0 && l.i < len(l.b):
			l.i++
		case c == q:
			return l.made(k, start)
		case c == '\n' && k == jsString:
			t := l.made(k, start)
			t.open = true
			return t
		}
	}
	t := l.made(k, start)
	t.open = true
	return t
}
