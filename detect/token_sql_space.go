package detect

import "bytes"

// What a byte can begin, for the lexer's first decision.
const (
	sqlBytePlain uint8 = iota // a token that is no word
	sqlByteSpace              // white space
	sqlByteWord               // a word
	sqlByteOther              // space, comment, cast or token: look closer
)

var sqlBytes = makeSQLBytes()

func makeSQLBytes() (t [256]uint8) {
	for i := range t {
		switch c := byte(i); {
		case c <= ' ' || c == 0x7f:
			t[i] = sqlByteSpace
		case c == 0xa0 || c == 0xc2:
			t[i] = sqlByteOther
		case isWordStart(c):
			t[i] = sqlByteWord
		}
	}
	for _, c := range []byte("+%:#-/*{}") {
		t[c] = sqlByteOther
	}
	return t
}

// skipSpace skips one byte of white space as any dialect sees it: controls
// and the no-break space count, in Latin-1 and in UTF-8.
func (l *sqlLexer) skipSpace() bool {
	c := l.b[l.i]
	if c <= ' ' || c == 0x7f {
		l.i++
		return true
	}
	if c == 0xc2 && l.i+1 < len(l.b) && l.b[l.i+1] == 0xa0 {
		l.i += 2
		return true
	}
	if c == 0xa0 {
		l.i++
		return true
	}
	if c == '+' && l.plusSpace() {
		l.i++
		return true
	}
	if c == '%' && l.percentSpace() {
		l.i += 3
		return true
	}
	return false
}

// plusSpace tells a space that a form has written as "+": it stands between
// words, where arithmetic has spaces or digits.
func (l *sqlLexer) plusSpace() bool {
	if l.i == 0 || l.i+1 >= len(l.b) {
		return false
	}
	p, n := l.b[l.i-1], l.b[l.i+1]
	return (isWordByte(p) || p == '+' || p == ',' || p == '/') && (isWordStart(n) || n == '+' || n == '/')
}

// percentSpace tells an encoded space that nobody has decoded.
func (l *sqlLexer) percentSpace() bool {
	return l.i+2 < len(l.b) && (l.b[l.i+1] <= '1' && l.b[l.i+1] >= '0' && isHex(l.b[l.i+2]) || l.b[l.i+1] == '2' && l.b[l.i+2] == '0')
}

// comment skips a comment, and says so; only one that reaches the end of the
// text becomes a token.
func (l *sqlLexer) comment() (sqlToken, bool) {
	b, i := l.b, l.i
	switch {
	case b[i] == '#', b[i] == '-' && i+1 < len(b) && b[i+1] == '-':
		return l.lineComment(), true
	case b[i] == '/' && i+1 < len(b) && b[i+1] == '*':
		return l.blockComment(), true
	case b[i] == '*' && i+1 < len(b) && b[i+1] == '/' && l.versioned > 0:
		l.versioned--
		l.i += 2
		return sqlToken{}, true
	}
	return sqlToken{}, false
}

func (l *sqlLexer) lineComment() sqlToken {
	start := l.i
	if n := bytes.IndexByte(l.b[start:], '\n'); n >= 0 {
		l.i = start + n
		for l.i < len(l.b) && l.b[l.i] <= ' ' {
			l.i++
		}
		if l.i < len(l.b) {
			return sqlToken{}
		}
	}
	l.i = len(l.b)
	return l.made(sqlComment, start, true)
}

func (l *sqlLexer) blockComment() sqlToken {
	start := l.i
	if start+2 < len(l.b) && l.b[start+2] == '!' {
		l.i += 3
		for l.i < len(l.b) && isDigit(l.b[l.i]) {
			l.i++
		}
		l.versioned++
		l.executed++
		return sqlToken{}
	}
	n := bytes.Index(l.b[start+2:], []byte("*/"))
	if n < 0 {
		l.i = len(l.b)
		return l.made(sqlComment, start, true)
	}
	l.i = start + 2 + n + 2
	return sqlToken{}
}

// atNoBreakSpace tells the space inside a word of bytes above 0x7f.
func (l *sqlLexer) atNoBreakSpace() bool {
	c := l.b[l.i]
	if c == 0xa0 {
		return l.i == 0 || l.b[l.i-1] < 0x80
	}
	return c == 0xc2 && l.i+1 < len(l.b) && l.b[l.i+1] == 0xa0
}

// skipEscape skips the frame of an escape of ODBC, {fn now()} or {d '...'}.
func (l *sqlLexer) skipEscape() bool {
	b, i := l.b, l.i
	if b[i] == '}' && l.escapes > 0 {
		l.escapes--
		l.i++
		return true
	}
	if b[i] != '{' {
		return false
	}
	end := i + 1
	for end < len(b) && end < i+4 && isWordStart(b[end]) {
		end++
	}
	if end == i+1 || end >= len(b) || b[end] > ' ' && b[end] != '\'' && b[end] != '`' && b[end] != '/' {
		return false
	}
	l.escapes++
	l.i = end
	return true
}

// skipCast skips ::type, which changes no structure.
func (l *sqlLexer) skipCast() bool {
	if l.b[l.i] != ':' || l.i+1 >= len(l.b) || l.b[l.i+1] != ':' {
		return false
	}
	for l.i += 2; l.i < len(l.b) && isWordByte(l.b[l.i]); {
		l.i++
	}
	return true
}
