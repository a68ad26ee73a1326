package detect

import "bytes"

// The tokeniser of lines reads a value as the protocols do that end a
// command or a field with a line end: HTTP, SMTP, IMAP, POP3, mail and the
// caches that speak lines. It has no opinions about what it reads.

// textLine is one line without its end. Blank lines are counted, not
// returned.
type textLine struct {
	start, end int
	broken     bool // a line end stands before it
	blank      bool // so do blank lines
}

// lineReader walks the lines of a value.
type lineReader struct {
	b []byte
	i int
}

// maxLines bounds the lines of one value that are read; what stands behind
// so many is a document's and not a field's.
const maxLines = 200

// next returns the next line that is not empty.
func (r *lineReader) next() (l textLine, ok bool) {
	ends := 0
	for r.i < len(r.b) {
		n := breakAt(r.b, r.i)
		if n == 0 {
			break
		}
		r.i += n
		ends++
	}
	if r.i >= len(r.b) {
		return l, false
	}
	l = textLine{start: r.i, broken: ends > 0, blank: ends > 1}
	for r.i < len(r.b) && breakAt(r.b, r.i) == 0 {
		r.i++
	}
	l.end = r.i
	return l, true
}

// breakAt returns the width of the line end at b[i], 0 when there is none.
// Two Han characters count as line ends: software that keeps the low byte of
// a UTF-16 code unit writes U+560A as LF and U+560D as CR.
func breakAt(b []byte, i int) int {
	switch b[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(b) && b[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xe5:
		if i+2 < len(b) && b[i+1] == 0x98 && (b[i+2] == 0x8a || b[i+2] == 0x8d) {
			return 3
		}
	}
	return 0
}

// fieldBytes are the bytes of a field name (RFC 9110 section 5.6.2, less what
// no registered name holds).
const fieldBytes = fAlpha | fDigit | fMinus | fUnder

// maxFieldName bounds the length of a field name.
const maxFieldName = 64

// readField reads the line b as a header field: name, colon, value.
func readField(b []byte) (name, v []byte, ok bool) {
	if hasPrefixFold(b, "0a") || hasPrefixFold(b, "0d") {
		b = b[2:] // what a decoder left of a line end that was encoded twice
	}
	i := 0
	for i < len(b) && i < maxFieldName && byteFeature[b[i]]&fieldBytes != 0 {
		i++
	}
	name = b[:i]
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	if len(name) < 2 || !isAlpha(name[0]) || i >= len(b) || b[i] != ':' {
		return nil, nil, false
	}
	return name, bytes.TrimSpace(b[i+1:]), true
}

// statusLine reports whether b begins with the status line of an HTTP
// response: HTTP/1.1 200.
func statusLine(b []byte) bool {
	if !hasPrefixFold(b, "http/") {
		return false
	}
	i := httpVersion(b, 0)
	if i == 0 || i >= len(b) || b[i] != ' ' {
		return false
	}
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return i+2 < len(b) && isDigit(b[i]) && isDigit(b[i+1]) && isDigit(b[i+2])
}

// httpVersion returns the index behind the HTTP/N or HTTP/N.N at b[i], 0 when
// there is none.
func httpVersion(b []byte, i int) int {
	if !hasPrefixFold(b[i:], "http/") {
		return 0
	}
	i += len("http/")
	if i >= len(b) || !isDigit(b[i]) {
		return 0
	}
	if i++; i+1 < len(b) && b[i] == '.' && isDigit(b[i+1]) {
		i += 2
	}
	return i
}

// requestLine reports whether b is the request line of HTTP: a method of
// capitals, a target, a version.
func requestLine(b []byte) bool {
	i := 0
	for i < len(b) && i < 16 && b[i] >= 'A' && b[i] <= 'Z' {
		i++
	}
	if i < 3 || i >= len(b) || b[i] != ' ' {
		return false
	}
	b = bytes.TrimRight(b, " \t")
	at := bytes.LastIndexByte(b, ' ')
	return at > i && httpVersion(b, at+1) > 0
}

// wordAt splits b at its first blank.
func wordAt(b []byte) (word, rest []byte) {
	b = bytes.TrimLeft(b, " \t")
	i := 0
	for i < len(b) && b[i] != ' ' && b[i] != '\t' {
		i++
	}
	return b[:i], bytes.TrimLeft(b[i:], " \t")
}
