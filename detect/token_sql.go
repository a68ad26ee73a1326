package detect

import "bytes"

// The SQL tokeniser knows the lexical rules of MySQL, PostgreSQL, SQL Server,
// Oracle and SQLite together and has no opinions. Where the dialects differ
// it takes the reading under which more of the text is code.

// sqlKind is the kind of a token.
type sqlKind uint8

const (
	sqlEOF     sqlKind = iota
	sqlNumber          // 1, 0x1f, 1.5e3, .5
	sqlString          // '...', "...", $$...$$, q'[...]'; open when it does not end
	sqlWord            // keyword, function or identifier: see word
	sqlVar             // @x, @@x
	sqlCmp             // = <> < > <= >= != <=>
	sqlArith           // + - * / % ^ & | ~ !
	sqlLogic           // && and ||
	sqlLParen          // (
	sqlRParen          // )
	sqlComma           // ,
	sqlSemi            // ;
	sqlDot             // .
	sqlComment         // a comment that reaches the end of the text
	sqlOther           // what no dialect gives a meaning
)

// sqlToken is b[start:end] of the text.
type sqlToken struct {
	kind       sqlKind
	word       uint8 // class of a sqlWord
	open       bool  // string or comment without its end
	start, end int32
}

// sqlLexer walks over b. quote is 0, or the quote in which the text starts:
// then the first token is the rest of that string.
type sqlLexer struct {
	b     []byte
	i     int
	quote byte
	// versioned counts open /*! comments, whose text MySQL executes.
	versioned int
	executed  int // such comments seen
	comments  int // comments skipped, of any kind
	escapes   int // open {d ...} of ODBC
	keyword   int // end of the last word that is one of the language
	// unclosed counts dollar quotes without an end: past maxUnclosed they
	// are not looked for any more, so that the walk stays linear.
	unclosed int
}

const maxUnclosed = 4

// next returns the next token; after the end, sqlEOF for ever.
func (l *sqlLexer) next() sqlToken {
	if q := l.quote; q != 0 {
		l.quote = 0
		return l.prefix(q)
	}
	for l.i < len(l.b) {
		switch sqlBytes[l.b[l.i]] {
		case sqlByteSpace:
			l.i++
		case sqlByteWord:
			return l.word() // Fast path
		case sqlBytePlain:
			return l.token()
		default:
			if l.skipSpace() || l.skipCast() || l.skipEscape() {
				continue
			}
			if t, ok := l.comment(); !ok {
				return l.token()
			} else if t.kind == sqlComment {
				return t
			}
			l.comments++
		}
	}
	return sqlToken{kind: sqlEOF, start: int32(len(l.b)), end: int32(len(l.b))}
}

// prefix is the end of a string that the query has opened: backslashes do
// not count, since whether they escape is what an injection tries.
func (l *sqlLexer) prefix(q byte) sqlToken {
	n := bytes.IndexByte(l.b, q)
	if n < 0 {
		l.i = len(l.b)
		return l.made(sqlString, 0, true)
	}
	l.i = n + 1
	return l.made(sqlString, 0, false)
}

func (l *sqlLexer) made(k sqlKind, start int, open bool) sqlToken {
	return sqlToken{kind: k, open: open, start: int32(start), end: int32(l.i)}
}

// token reads a token that is neither space nor comment.
func (l *sqlLexer) token() sqlToken {
	start, c := l.i, l.b[l.i]
	switch {
	case isDigit(c), c == '.' && start+1 < len(l.b) && isDigit(l.b[start+1]):
		l.number()
		return l.made(sqlNumber, start, false)
	case isWordStart(c):
		return l.word()
	case c == '\'' || c == '"':
		return l.str(start, c)
	case c == '`':
		return l.quoted(start, '`')
	case c == '@':
		return l.variable()
	case c == '$':
		return l.dollar()
	case c == '[':
		if n := l.bracketed(); n > 0 {
			l.i += n
			return l.made(sqlWord, start, false)
		}
	}
	return l.operator()
}

func (l *sqlLexer) number() {
	b := l.b
	if b[l.i] == '0' && l.i+2 < len(b) && (b[l.i+1]|0x20 == 'x' && isHex(b[l.i+2]) || b[l.i+1]|0x20 == 'b' && b[l.i+2]|1 == '1') {
		l.i += 2
		for l.i < len(b) && isHex(b[l.i]) {
			l.i++
		}
		return
	}
	l.digits()
	if l.i < len(b) && b[l.i] == '.' {
		l.i++
		l.digits()
		if l.noExponent() {
			return
		}
	}
	if l.suffixed() {
		l.i++
		return
	}
	if e := l.i; e+1 < len(b) && b[e]|0x20 == 'e' {
		if e+2 < len(b) && (b[e+1] == '+' || b[e+1] == '-') {
			e++
		}
		if isDigit(b[e+1]) {
			l.i = e + 1
			l.digits()
		}
	}
}

// noExponent skips the "e" of 1.e without an exponent, which MySQL reads as
// part of the number before a name or a parenthesis.
func (l *sqlLexer) noExponent() bool {
	b, i := l.b, l.i
	if i+1 >= len(b) || b[i]|0x20 != 'e' || b[i+1] != '.' && b[i+1] != '(' {
		return false
	}
	l.i++
	return true
}

// suffixed reports whether the number ends in the letter by which Oracle
// tells its type, right before a set operator.
func (l *sqlLexer) suffixed() bool {
	b, i := l.b, l.i
	if i+6 >= len(b) || b[i]|0x20 != 'd' && b[i]|0x20 != 'f' {
		return false
	}
	end := i + 1
	for end < len(b) && end < i+maxWord && isWordByte(b[end]) {
		end++
	}
	return sqlWords.lookup(b[i+1:end]) == sqlUnion
}

func (l *sqlLexer) digits() {
	for l.i < len(l.b) && isDigit(l.b[l.i]) {
		l.i++
	}
}

// word reads a word; one of the letters that give a string its type, right
// before a quote, is part of that string.
func (l *sqlLexer) word() sqlToken {
	start := l.i
	for l.i < len(l.b) && isWordByte(l.b[l.i]) && (l.b[l.i] < 0x80 || !l.atNoBreakSpace()) {
		l.i++
	}
	if l.i-start == 1 && l.i < len(l.b) && l.b[l.i] == '\'' && start > 0 {
		switch l.b[start] | 0x20 {
		case 'n', 'x', 'b', 'e':
			return l.str(start, '\'')
		case 'q':
			return l.oracle(start)
		}
	}
	if l.i < len(l.b) && l.b[l.i] == '\'' && l.b[start] == '_' && l.i-start > 3 {
		return l.str(start, '\'') // _utf8'...': the string's character set
	}
	class := sqlWords.lookup(l.b[start:l.i])
	if class == sqlNone && l.i < len(l.b) && l.b[l.i] == '/' {
		class = l.joined(start)
	}
	t := l.made(sqlWord, start, false)
	if t.word = class; class != sqlNone {
		l.keyword = l.i
	}
	return t
}

// joined reads sel/**/ect, which is a keyword once a filter in front of the
// server has removed comments.
func (l *sqlLexer) joined(start int) uint8 {
	var w [maxWord]byte
	n := 0
	for i := start; i < len(l.b) && n < maxWord; i++ {
		c := l.b[i]
		if c == '/' && i > start && bytes.HasPrefix(l.b[i:], []byte("/**/")) {
			i += 3
			continue
		}
		if !isWordByte(c) {
			if class := sqlWords.lookup(w[:n]); class != sqlNone && i > l.i {
				l.i = i
				return class
			}
			return sqlNone
		}
		w[n] = c
		n++
	}
	return sqlNone
}

// str reads a string whose quote stands at l.i. A doubled quote and a
// backslash escape.
func (l *sqlLexer) str(start int, q byte) sqlToken {
	b := l.b
	for i := l.i + 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case q:
			if i+1 < len(b) && b[i+1] == q {
				i++
				continue
			}
			l.i = i + 1
			return l.made(sqlString, start, false)
		}
	}
	l.i = len(b)
	return l.made(sqlString, start, true)
}

// quoted reads an identifier in back quotes.
func (l *sqlLexer) quoted(start int, q byte) sqlToken {
	n := bytes.IndexByte(l.b[start+1:], q)
	if n < 0 {
		l.i++
		return l.made(sqlOther, start, false)
	}
	l.i = start + 1 + n + 1
	return l.made(sqlWord, start, false)
}

// bracketed returns the length of the identifier in brackets of SQL Server
// that begins at l.i; 0 for anything else, like an index or a link.
func (l *sqlLexer) bracketed() int {
	b := l.b[l.i:]
	n := 1
	for n < len(b) && n < maxWord && (isWordByte(b[n]) || b[n] == ' ') {
		n++
	}
	if n < 3 || n >= len(b) || b[n] != ']' || !isWordStart(b[1]) || n+1 < len(b) && (b[n+1] == '(' || b[n+1] == '=' || b[n+1] == '[') {
		return 0
	}
	if l.i > 0 && isWordByte(l.b[l.i-1]) {
		return 0
	}
	return n + 1
}

// oracle reads q'[...]'; l.i is at the quote.
func (l *sqlLexer) oracle(start int) sqlToken {
	if l.i+1 >= len(l.b) {
		return l.str(start, '\'')
	}
	end := [2]byte{l.b[l.i+1], '\''}
	if n := bytes.IndexByte([]byte("[({<"), end[0]); n >= 0 {
		end[0] = "])}>"[n]
	}
	n := bytes.Index(l.b[l.i+2:], end[:])
	if n < 0 {
		return l.str(start, '\'')
	}
	l.i += 2 + n + 2
	return l.made(sqlString, start, false)
}

func (l *sqlLexer) variable() sqlToken {
	start := l.i
	for l.i < len(l.b) && l.b[l.i] == '@' {
		l.i++
	}
	name := l.i
	for l.i < len(l.b) && (isWordByte(l.b[l.i]) || l.b[l.i] == '`') {
		l.i++
	}
	if name == l.i && l.i-start < 2 {
		return l.made(sqlVar, start, false) // @ alone is a variable in MySQL
	}
	if start > 0 && isWordByte(l.b[start-1]) && l.b[start-1] != 0xa0 && l.keyword != start {
		return l.made(sqlOther, start, false) // an address
	}
	return l.made(sqlVar, start, false)
}

// dollar reads $tag$...$tag$ of PostgreSQL.
func (l *sqlLexer) dollar() sqlToken {
	start := l.i
	i := start + 1
	for i < len(l.b) && i-start < maxWord && isWordByte(l.b[i]) && l.b[i] != '$' {
		i++
	}
	if i < len(l.b) && l.b[i] == '$' && l.unclosed < maxUnclosed {
		tag := l.b[start : i+1]
		if n := bytes.Index(l.b[i+1:], tag); n >= 0 {
			l.i = i + 1 + n + len(tag)
			return l.made(sqlString, start, false)
		}
		l.unclosed++
	}
	l.i++
	return l.made(sqlOther, start, false)
}

// operator reads the longest operator.
func (l *sqlLexer) operator() sqlToken {
	start, c := l.i, l.b[l.i]
	l.i++
	var d byte
	if l.i < len(l.b) {
		d = l.b[l.i]
	}
	switch c {
	case '(':
		return l.made(sqlLParen, start, false)
	case ')':
		return l.made(sqlRParen, start, false)
	case ',':
		return l.made(sqlComma, start, false)
	case ';':
		if rest := l.b[l.i:]; len(rest) == 1 && d == 0 || string(rest) == "%00" {
			l.i = len(l.b) // where the text ends for a server written in C
			return l.made(sqlComment, start, true)
		}
		return l.made(sqlSemi, start, false)
	case '.':
		return l.made(sqlDot, start, false)
	case '=', '<', '>':
		for l.i < len(l.b) && l.i-start < 3 && (l.b[l.i] == '=' || l.b[l.i] == '>') {
			l.i++
		}
		return l.made(sqlCmp, start, false)
	case '!', '^', '~':
		if d == '=' || c == '!' && (d == '<' || d == '>') {
			l.i++
			return l.made(sqlCmp, start, false)
		}
		return l.made(sqlArith, start, false)
	case '|', '&':
		if d == c {
			l.i++
			return l.made(sqlLogic, start, false)
		}
		return l.made(sqlArith, start, false)
	case '%':
		if l.i+1 < len(l.b) && isHex(d) && isHex(l.b[l.i+1]) {
			l.i += 2 // an encoded byte, no operator
			return l.made(sqlOther, start, false)
		}
		return l.made(sqlArith, start, false)
	case '+', '-', '*', '/':
		return l.made(sqlArith, start, false)
	case ':':
		if d == '=' {
			l.i++
			return l.made(sqlCmp, start, false)
		}
	}
	return l.made(sqlOther, start, false)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isWordStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= 0x80
}

func isWordByte(c byte) bool { return isWordStart(c) || isDigit(c) || c == '$' }
