package detect

import "bytes"

// Injection into headers, and splitting of requests and responses.
//
// Rules: a value that goes into a header must end the line and begin
// something that HTTP reads: a field, a status or request line, or an empty
// line and a page. In places that have one line (a path, a header, a cookie,
// a name) any field counts; parameters may hold text of several lines, there
// the field must be one that changes what a browser or cache does and must
// stand near the value's start. A value that begins with a field is a list of
// fields or a message of its own.
//
// Guarantee, at balanced. Caught:
//
//	en%0d%0aSet-Cookie: sid=1
//	x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9
//	/list/嘊嘍Location: //h.example
//
// Not an attack:
//
//	12 Elm Street\r\nCity: York
//	User-agent: *\nDisallow: /a
//	Dear all,\n\nplease mind the content-type: it matters
func maybeCRLF(f features, n int) bool {
	return n > 1 && f&fAlpha != 0 && (f&fLine != 0 && f&(fColon|fSlash|fLess|fEqual) != 0 || f&(fHigh|fColon) == fHigh|fColon || f&(fHigh|fSlash) == fHigh|fSlash)
}

func judgeCRLF(v *value, s *Scratch) finding {
	if !maybeCRLF(v.f, len(v.b)) {
		return finding{}
	}
	if v.f&fLine == 0 && bytes.Index(v.b, []byte{0xe5, 0x98}) < 0 {
		return finding{}
	}
	r := lineReader{b: v.b}
	x := headerPlace{v: v, single: oneLine(v.kind)}
	x.hidden = s.hiddenLines(v.b)
	var best finding
	for n := 0; n < maxLines && best.score < settled && x.weighed < maxCandidates; n++ {
		l, ok := r.next()
		if !ok {
			break
		}
		if f := x.line(l); f.score > 0 {
			f.start, f.end = l.start, l.end
			best = stronger(best, f)
		}
		x.before++
	}
	if best.score == 0 && x.before < 3 {
		if last := v.b[len(v.b)-1]; x.before > 1 || last != '\n' && last != '\r' {
			return x.weak
		}
	}
	return best
}

// oneLine reports whether k is a kind of place whose values have one line:
// nobody types a line end there.
func oneLine(k kind) bool {
	switch k {
	case kindName, kindPath, kindUA, kindReferer, kindFileName, kindHeader:
		return true
	}
	return false
}

// hiddenLines reports whether line ends of b were encoded once more than a
// client has to, or stand in the query of an address. The memo tells no query
// from a form: it takes no values with line ends, and the cache only longer
// ones.
func (s *Scratch) hiddenLines(b []byte) bool {
	n := min(s.point.n, MaxSteps)
	for i := max(0, n-2); i < n; i++ {
		if s.point.steps[i].Kind == StepPercent {
			return true
		}
	}
	return n == 1 && s.point.steps[0].Kind == StepQuery && len(b) <= maxGuess
}

// headerPlace is what was read of a value before the line at hand.
type headerPlace struct {
	v       *value
	single  bool
	hidden  bool // its line ends are none that a form or a program sends
	steers  bool // the first line is empty or a URL, or part of one
	before  int  // lines
	weighed int  // lines that begin something
	message bool // the value begins as a message of HTTP or mail does
	token   bool // the first line is one word, or empty
	weak    finding
}

// line weighs the line l.
func (x *headerPlace) line(l textLine) finding {
	b := x.v.b[l.start:l.end]
	name, text, field := readField(b)
	if x.before == 0 && !l.broken {
		x.message = field || statusLine(b) || requestLine(b) || bytes.HasPrefix(b, []byte("--"))
		x.token = scan(b)&fSpace == 0
		x.steers = x.token && (x.hidden || bytes.IndexAny(b, "/?%&") >= 0)
		return finding{}
	}
	if x.before == 0 {
		x.token, x.steers = true, true
	}
	f := finding{rule: "crlf/header", why: "ends the line and begins another header field"}
	switch {
	case statusLine(b) && (l.blank || x.before == 0 || x.single || x.fieldNext(l.end)):
		f = finding{score: 80, rule: "crlf/response", why: "ends the header and begins a response of its own"}
	case requestLine(b):
		f = finding{score: 75, rule: "crlf/request", why: "ends the line and begins a request of its own"}
	case field:
		f.score = fieldScore(name, text, x.single, x.steers)
	case bytes.HasPrefix(b, []byte("嘼")):
		f = finding{score: 66, rule: "crlf/body", why: "ends the header and begins a page of its own"}
	case x.single && l.blank && b[0] == '<' && len(b) > 2 && (isAlpha(b[1]) || b[1] == '!'), x.hidden && l.blank && hasPrefixFold(b, "<html"):
		f = finding{score: 60, rule: "crlf/body", why: "ends the header and begins a page of its own"}
	case x.v.kind == kindPath && x.before == 1 && bytes.IndexByte(b, '=') > 0 && isAlpha(b[0]):
		f.score, f.rule, f.why = 60, "crlf/setting", "ends the line and begins a setting of the server behind it"
	}
	if f.score == 0 && field {
		x.guess(l, name, text)
	}
	if f.score == 0 {
		return f
	}
	x.weighed++
	f.score -= x.doubt(l)
	return f
}

// guess keeps a field that no browser knows. Alone behind a line end it is
// one that was brought along to be seen in the answer.
func (x *headerPlace) guess(l textLine, name, text []byte) {
	if len(text) == 0 || bytes.HasPrefix(text, []byte("//")) {
		return // nothing, or a URL behind a line end
	}
	if !x.token || x.message || x.before > 1 || len(x.v.b) > maxGuess {
		return
	}
	score := 0
	switch {
	case longCompound(name):
		score = 56
	case x.before == 0 && !x.more(l.end):
		score = 52
	}
	if score > 0 {
		x.weak = finding{score, l.start, l.end, "crlf/header", "ends the line and begins another header field"}
	}
}

// more reports whether another line follows the one that ends at end.
func (x *headerPlace) more(end int) bool {
	r := lineReader{x.v.b, end}
	_, ok := r.next()
	return ok
}

// fieldNext reports whether a field follows the line that ends at end.
func (x *headerPlace) fieldNext(end int) bool {
	r := lineReader{x.v.b, end}
	l, ok := r.next()
	if ok {
		_, _, ok = readField(x.v.b[l.start:l.end])
	}
	return ok
}

// maxGuess bounds the value in which an unknown field counts.
const maxGuess = 120

// doubt is what speaks for a text of several lines.
func (x *headerPlace) doubt(l textLine) int {
	doubt := textDoubt(x.v, l.start)
	if x.message {
		doubt += 30
	}
	if x.before > 2 {
		doubt += 15
	}
	return doubt
}

// Header fields by what they change.
const (
	fieldNone   uint8 = iota
	fieldForced       // only programs write them
	fieldWord         // words that text has too
)

var headerFields = newWordTable([]wordGroup{
	{fieldForced, []string{
		"set-cookie", "set-cookie2", "content-type", "content-length", "content-encoding", "content-location",
		"content-security-policy", "content-disposition", "transfer-encoding",
		"cache-control", "access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-headers",
		"access-control-allow-methods", "access-control-expose-headers", "strict-transport-security",
		"x-xss-protection", "x-frame-options", "x-content-type-options", "x-forwarded-for", "x-forwarded-host",
		"x-accel-redirect", "x-sendfile", "x-original-url", "x-rewrite-url", "x-http-method-override", "www-authenticate",
		"proxy-authenticate", "last-modified", "etag", "pragma", "clear-site-data", "referrer-policy", "remote-addr",
		"proxy-connection", "user-agent", "accept-encoding", "if-modified-since", "authorization", "cookie",
		"sec-websocket-key", "x-powered-by", "x-forwarded-proto", "sourcemap",
	}},
	{fieldWord, []string{"location", "refresh", "link", "host", "server", "status", "connection", "expires", "vary", "date", "age", "upgrade", "via", "referer", "origin", "allow", "p3p", "alt-svc"}},
})

// fieldScore weighs a field that begins a line.
func fieldScore(name, text []byte, single, steers bool) int {
	class := uint8(fieldNone)
	if len(name) <= maxWord {
		class = headerFields.lookup(name)
	}
	switch {
	case class == fieldForced:
		return 72
	case len(name) > 2 && name[0]|0x20 == 'x' && name[1] == '-':
		return 66
	case class == fieldWord && (single || fieldShape(text) || steers && fieldTarget(text)):
		return 66
	case bytes.HasPrefix(text, []byte("//")):
		return 0
	case single && bytes.IndexByte(name, '-') > 0:
		return 66
	case single:
		return 55
	}
	return 0
}

// fieldShape reports whether text is what only Link and Refresh hold: a target
// in angle brackets, or a number of seconds and a URL.
func fieldShape(text []byte) bool {
	if len(text) < 4 {
		return false
	}
	return text[0] == '<' && text[len(text)-1] == '>' || isDigit(text[0]) && indexFold(text[:min(len(text), maxFieldName)], "url=") > 0
}

// fieldTarget reports whether text is a URL, a host or a path and nothing
// else: what a field that steers a client would hold.
func fieldTarget(text []byte) bool {
	if len(text) < 4 {
		return false
	}
	f := scan(text)
	if f&fSpace != 0 {
		return false
	}
	if dot := bytes.LastIndexByte(text, '.'); f&^(fAlpha|fDigit|fMinus|fDot) == 0 && dot > 0 && dot+2 < len(text) && isAlpha(text[dot+1]) && isAlpha(text[dot+2]) {
		return true // a host
	}
	return text[0] == '/' || bytes.Contains(text, []byte("://")) || hasPrefixFold(text, "javascript:") || hasPrefixFold(text, "data:")
}

// longCompound reports whether name is words of three letters or more with
// hyphens between them, as names of fields are.
func longCompound(name []byte) bool {
	run, parts := 0, 0
	for i := 0; i <= len(name); i++ {
		if i < len(name) && name[i] != '-' {
			run++
			continue
		}
		if run < 3 {
			return false
		}
		run = 0
		parts++
	}
	return parts > 1
}
