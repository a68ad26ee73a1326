package detect

import "bytes"

const (
	xssScript    = "xss/script"
	xssScriptWhy = "the value is script that runs where it is pasted"
)

// jsWindow are the tokens around the one under judgement: four before it and
// the ones behind it that a pattern needs.
type jsWindow struct {
	lex  jsLexer
	ring [16]jsToken
	head int // tokens read
	at   int // token under judgement
	// quoted says that the text starts inside a string.
	quoted bool
}

func (w *jsWindow) get(i int) jsToken {
	if i < 0 {
		return jsToken{}
	}
	for w.head <= i {
		w.ring[w.head&15] = w.lex.next()
		w.head++
	}
	return w.ring[i&15]
}

// peek returns the token n behind (or before) the one under judgement.
func (w *jsWindow) peek(n int) jsToken { return w.get(w.at + n) }

func (w *jsWindow) punct(n int, c byte) bool {
	t := w.peek(n)
	return t.kind == jsPunct && t.c == c
}

func (w *jsWindow) is(n int, class uint8) bool {
	t := w.peek(n)
	return t.kind == jsWord && t.word == class
}

// judgeScript reads the value as script, in quote q or in none.
func (x *xssReading) judgeScript(q byte) {
	w := jsWindow{lex: jsLexer{b: x.b, quote: q}, quoted: q != 0}
	for ; x.best.score < 95; w.at++ {
		t := w.peek(0)
		if t.kind == jsEOF {
			return
		}
		if q != 0 && w.at == 0 {
			if t.open {
				return
			}
			continue
		}
		score := 0
		switch t.kind {
		case jsWord:
			if t.word != jsNone {
				score = jsScore(&w, t)
			}
		case jsPunct:
			if t.c == '[' || t.c == '(' {
				score = jsComputed(&w)
			}
		}
		if score > 0 {
			x.reportScript(&w, q, score)
		}
	}
}

// reportScript weighs what jsScore found by where it stands.
func (x *xssReading) reportScript(w *jsWindow, q byte, score int) {
	t := w.peek(0)
	if q != 0 && jsBreak(w) {
		score += 20
	}
	if w.at > 40 {
		score -= 20
	}
	x.report(x.weigh(score, int(t.start)), int(t.start), int(w.peek(1).end), xssScript, xssScriptWhy)
}

// jsBreak reports whether what follows the end of the string continues it as
// an expression or ends its statement.
func jsBreak(w *jsWindow) bool {
	at := w.at
	if at > 12 {
		return false
	}
	t := w.get(1)
	return t.kind == jsPunct && t.c != '.' && t.c != ' '
}

// jsScore judges the word t under judgement.
func jsScore(w *jsWindow, t jsToken) int {
	switch t.word {
	case jsSink:
		return jsSinkScore(w, t)
	case jsGlobal:
		if w.punct(1, '[') && (!w.punct(-1, '.') || w.is(-2, jsGlobal)) {
			return jsMemberCall(w)
		}
	case jsDocument:
		return jsDocumentScore(w)
	case jsLocation:
		return jsLocationScore(w)
	case jsConstruct:
		if jsCalls(w, 1) && (w.punct(-1, '.') || w.punct(-1, '[')) || w.punct(1, '.') && (w.is(2, jsConstruct) || w.is(2, jsProto)) || w.punct(1, '[') && w.punct(-1, '.') {
			return 60
		}
	case jsDecode:
		if jsCalls(w, 1) && !w.peek(1).space && !jsEmptyCall(w) {
			return 52
		}
	case jsNet:
		if jsCalls(w, 1) && !w.peek(1).space && !w.punct(-1, '.') || w.peek(-1).kind == jsWord && w.is(-1, jsPrefix) && jsCalls(w, 1) {
			if t.end-t.start == 13 {
				return 55 // ActiveXObject
			}
			return 45
		}
	case jsHTML:
		if w.punct(-1, '.') && w.punct(1, '=') {
			return 55
		}
	case jsPrint:
		// Other languages print too: only an empty call behind a break-out counts.
		if w.punct(1, '(') && w.punct(2, ')') && w.broken() {
			return 40
		}
	case jsApply:
		if w.punct(-1, '.') && w.peek(1).kind == jsTemplate && !w.peek(1).space {
			return 58
		}
	case jsImport:
		if w.punct(1, '(') && !w.peek(1).space && w.punct(2, '/') {
			return 55 // a pattern instead of a name
		}
		if w.punct(1, '(') && !w.peek(1).space && w.peek(2).kind == jsString {
			if s := w.peek(2); bytes.Contains(w.lex.b[s.start:s.end], []byte("//")) || bytes.Contains(w.lex.b[s.start:s.end], []byte("data:")) {
				return 55
			}
			return 45
		}
	case jsHandler:
		if w.punct(1, '=') && (w.is(2, jsSink) || w.punct(-1, '.')) {
			return 65
		}
	}
	return 0
}

// broken reports whether the token under judgement stands right behind the
// end of the string in which the text starts.
func (w *jsWindow) broken() bool {
	return w.quoted && w.at < 5 && w.at > 0 && w.peek(-1).kind == jsPunct && w.peek(-1).c != '.'
}

// jsCalls reports whether the tokens at n call what stands before them.
func jsCalls(w *jsWindow, n int) bool {
	if w.punct(n, '?') && w.punct(n+1, '.') {
		n += 2
	}
	return w.punct(n, '(') || w.peek(n).kind == jsTemplate
}

// jsEmptyCall reports a call without arguments, or a template without an end.
func jsEmptyCall(w *jsWindow) bool {
	t := w.peek(1)
	return t.kind == jsTemplate && t.open || w.punct(1, '(') && w.punct(2, ')')
}

// jsCallback reports whether the first argument is a function, which programs
// pass to timers, where an attack passes a string.
func jsCallback(w *jsWindow) bool {
	return w.punct(2, '(') || w.is(2, jsSink) || w.peek(2).kind == jsWord && w.punct(3, '=') && w.punct(4, '>')
}

func jsSinkScore(w *jsWindow, t jsToken) int {
	if w.punct(-1, '.') && !w.is(-2, jsGlobal) && !w.is(-2, jsDocument) && !w.punct(-2, ')') && !w.punct(-2, ']') && !w.punct(-2, '?') {
		return 0
	}
	word := w.lex.b[t.start:t.end]
	function := equalFold(word, "function")
	if function && word[0] != 'F' || w.peek(-1).kind == jsWord && equalFold(w.lex.b[w.peek(-1).start:w.peek(-1).end], "function") {
		return 0
	}
	switch next := w.peek(1); {
	case jsCalls(w, 1):
		score := 62
		if next.space {
			score = 45
			if k := w.peek(-1).kind; (k == jsPunct || k == jsString) && !(w.peek(2).kind == jsWord && w.peek(2).word == jsNone && w.punct(3, ')')) {
				score = 55 // and not a word in parentheses behind a word
			}
		}
		if w.peek(-1).kind == jsWord && w.peek(-1).word != jsPrefix {
			score -= 8
		}
		if jsEmptyCall(w) && w.peek(1).kind == jsTemplate {
			return 0
		}
		if len(word) > 8 && w.punct(1, '(') && (jsCallback(w) || w.punct(2, ')')) {
			score = 42
		}
		if function && w.punct(2, ')') {
			score = 30
		}
		return score
	case w.punct(1, '.') && w.is(2, jsApply), w.punct(1, '?') && w.punct(2, '.') && w.is(3, jsApply):
		return 65
	case w.punct(1, ')') && w.punct(-1, '(') && jsCalls(w, 2):
		return 65
	case w.punct(1, ')') && (w.punct(-1, '(') && w.is(-2, jsEach) || w.punct(-1, ',')):
		return 62
	case w.punct(1, ',') && w.punct(-1, '(') && (w.is(-2, jsEach) || w.is(-2, jsApply)):
		return 62
	case w.punct(-1, ':') && w.punct(1, '}') && w.peek(-2).kind == jsWord:
		return 60
	case w.punct(-1, '=') && (w.punct(1, ';') || next.kind == jsEOF || w.punct(1, ',') || w.punct(1, '}')):
		return 60
	}
	return 0
}

// jsMemberCall judges window[...] and what is done with it.
func jsMemberCall(w *jsWindow) int {
	depth, words, strings, source := 0, 0, 0, false
	for n := 1; n < 11; n++ {
		t := w.peek(n)
		switch {
		case t.kind == jsEOF:
			if source && strings > 0 {
				return 58
			}
			return 0
		case t.kind == jsString || t.kind == jsTemplate || t.kind == jsNumber && w.punct(n+1, '.') || t.kind == jsWord && t.word == jsSource:
			strings++
			source = source || t.kind == jsWord
		case t.kind == jsWord:
			words++
		case t.kind == jsPunct && t.c == '[':
			depth++
		case t.kind == jsPunct && t.c == ']':
			depth--
		}
		if depth == 0 {
			if strings == 0 && w.peek(1).space {
				return 0
			}
			if strings == 0 && jsCalls(w, n+1) {
				return 45 // a table of functions
			}
			if jsCalls(w, n+1) || w.punct(n+1, '[') || w.punct(n+1, '.') && w.is(n+2, jsApply) {
				return 65 + 5*min(strings, 2)
			}
			if strings > 0 && w.punct(n+1, '=') {
				if t := w.peek(0); w.peek(2).kind == jsString && n == 3 && (t.end-t.start == 4 && w.lex.b[t.start]|0x20 != 't' || equalFold(w.lex.b[t.start:t.end], "this")) {
					return 45 // self['name'] = x of other languages
				}
				return 55
			}
			return 0
		}
	}
	if strings > 0 || words > 0 {
		return 60
	}
	return 0
}

func jsDocumentScore(w *jsWindow) int {
	n := 1
	if w.punct(1, '?') {
		n = 2
	}
	switch {
	case w.punct(n, '[') && w.peek(n+1).kind == jsString:
		return 62
	case w.punct(1, ')') && w.punct(-1, '(') && w.peek(-2).kind == jsWord && equalFold(w.lex.b[w.peek(-2).start:w.peek(-2).end], "with"):
		return 60
	case !w.punct(n, '.'):
		return 0
	case w.is(n+1, jsMember):
		m := w.peek(n + 1)
		s := w.lex.b[m.start:m.end]
		if equalFold(s, "cookie") || equalFold(s, "domain") {
			return 58
		}
		if jsCalls(w, n+2) && !w.peek(n+2).space {
			if s[0]|0x20 == 'c' {
				return 45 // createElement
			}
			return 60
		}
	case w.is(n+1, jsLocation):
		return 52
	}
	return 0
}

func jsLocationScore(w *jsWindow) int {
	if w.punct(-1, '.') && !w.is(-2, jsGlobal) && !w.is(-2, jsDocument) {
		return 0
	}
	n := 1
	if w.punct(1, '.') && w.is(2, jsNavigate) {
		n = 3
		if w.punct(n, '(') {
			return 60
		}
	}
	if !w.punct(n, '=') || w.punct(n+1, '=') || w.punct(-1, '-') && w.punct(-2, '-') {
		return 0 // --location=x is an option of a program
	}
	if w.at == 0 && n == 1 {
		// location=Paris is a parameter.
		if v := w.peek(2); v.kind == jsWord && (v.word == jsLocation && w.punct(3, '.') || w.peek(3).kind == jsEOF && equalFold(w.lex.b[v.start:v.end], "name")) {
			return 55
		}
		if v := w.peek(2); v.kind != jsString && !w.is(2, jsDecode) && !(v.kind == jsWord && jsCalls(w, 3)) {
			return 0
		}
	}
	switch v := w.peek(n + 1); {
	case v.kind == jsString, v.kind == jsTemplate, v.kind == jsWord && (v.word != jsNone || jsCalls(w, n+2)), w.at > 0 && v.kind == jsPunct && v.c == '/':
		return 58
	}
	return 0
}

// jsComputed judges calls without a name: [][...](...), (0,eval)(...),
// ({}).x.constructor.
func jsComputed(w *jsWindow) int {
	if p := w.peek(-1); p.kind == jsPunct && (p.c == '(' || p.c == '[') && w.at&7 != 0 {
		return 0 // inside a run that was judged
	}
	marks := 0
	for n := 0; n < 12; n++ {
		t := w.peek(n)
		if t.kind != jsPunct {
			return 0
		}
		switch t.c {
		case '[', '!', '+':
			marks++
		case ']', '(', ')', '{', '}':
		default:
			return 0
		}
	}
	return 70 * b2i(marks >= 5)
}
