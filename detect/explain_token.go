package detect

import "strings"

// Token is what a tokeniser read at Start of the value.
type Token struct {
	Kind  string
	Text  string
	Start int
}

const (
	maxExplained  = 64 // tokens of one explanation
	explainAround = 24 // bytes around the evidence whose tokens are shown
)

// tokenList gathers the tokens near the evidence of a match.
type tokenList struct {
	m   *Match
	out []Token
}

// add takes m.Value[i:j]; text, when not empty, is its canonical form.
func (l *tokenList) add(kind, text string, i, j int) {
	if j < l.m.Start-explainAround || i > l.m.End+explainAround || len(l.out) >= maxExplained {
		return
	}
	if text == "" {
		text = string(l.m.Value[i:j])
	}
	l.out = append(l.out, Token{kind, text, i})
}

// tokensOf reads the value of m as the judge of its class does.
func tokensOf(m *Match) []Token {
	l := tokenList{m: m}
	switch m.Class {
	case SQLi:
		l.sql()
	case XSS:
		l.html()
	case RCE:
		if strings.Contains(m.Rule, "command") || strings.Contains(m.Rule, "substitution") {
			l.shell()
		} else {
			l.script(0)
		}
	case PTrav:
		l.path()
	case NoSQLi, SSTI, MassAssignment, LDAPi, XPath, SSI:
		l.script(0)
	}
	return l.out
}

var sqlKindNames = [...]string{
	sqlEOF: "end", sqlNumber: "number", sqlString: "string", sqlWord: "word", sqlVar: "variable", sqlCmp: "comparison",
	sqlArith: "operator", sqlLogic: "logic", sqlLParen: "open", sqlRParen: "close", sqlComma: "comma", sqlSemi: "semicolon",
	sqlDot: "dot", sqlComment: "comment", sqlOther: "other",
}

// sql reads the value behind the quote, or none, in which the judge found
// the match.
func (l *tokenList) sql() {
	lex := sqlLexer{b: l.m.Value, quote: l.sqlQuote()}
	for {
		t := lex.next()
		if t.kind == sqlEOF {
			return
		}
		kind := sqlKindNames[t.kind]
		if t.kind == sqlWord && t.word != sqlNone {
			kind = "keyword"
		}
		if t.open && t.kind == sqlString {
			kind = "open string"
		}
		l.add(kind, "", int(t.start), int(t.end))
	}
}

func (l *tokenList) sqlQuote() byte {
	v := value{b: l.m.Value, f: scan(l.m.Value), kind: l.m.kind}
	for _, q := range [...]byte{0, '\'', '"'} {
		var r sqlReading
		if q == 0 {
			r.read(&v, 0)
		} else {
			r.readQuoted(&v, q)
		}
		if r.best.rule == l.m.Rule && r.best.start == l.m.Start {
			return q
		}
	}
	return 0
}

// html reads tags and attributes, and what is in none as script.
func (l *tokenList) html() {
	lex := htmlLexer{b: l.m.Value}
	for lex.nextTag() {
		kind := "tag"
		if lex.closing {
			kind = "end tag"
		}
		l.add(kind, string(lex.name.bytes()), lex.start, lex.i)
		for lex.nextAttr() {
			l.add("attribute", string(lex.attr.bytes()), lex.attrStart, lex.i)
			if lex.hasValue {
				l.add("value", string(lex.value), lex.attrStart, lex.i)
			}
		}
	}
	if len(l.out) == 0 {
		l.script(0)
	}
}

var jsKindNames = [...]string{
	jsEOF: "end", jsWord: "word", jsNumber: "number", jsString: "string", jsTemplate: "template", jsPunct: "sign",
}

// script reads the value as script, in quote q.
func (l *tokenList) script(q byte) {
	lex := jsLexer{b: l.m.Value, quote: q}
	for {
		t := lex.next()
		if t.kind == jsEOF {
			return
		}
		l.add(jsKindNames[t.kind], "", int(t.start), int(t.end))
	}
}

// shell reads the command behind the operator with which the evidence begins.
func (l *tokenList) shell() {
	b, from := l.m.Value, l.m.Start
	if op, w := operatorAt(b, from); op != opNone && from < len(b) {
		l.add("operator", "", from, from+w)
		from += w
	}
	var r shellReader
	var w shellWord
	r.start(b, from, false)
	for n := 0; n < maxShellArgs && r.next(&w, n == 0); n++ {
		kind := "argument"
		if n == 0 {
			kind = "command"
		}
		if w.n == 0 {
			kind = "nothing" // a variable that is not set
		}
		l.add(kind, string(w.text()), w.start, w.end)
	}
}

// path reads the evidence as the path that it resolves to.
func (l *tokenList) path() {
	m := l.m
	var p pathShape
	p.read(m.Value[m.Start:m.End])
	if p.climbs > 0 {
		l.add("climbs", strings.TrimSuffix(strings.Repeat("../", min(p.climbs, maxExplained)), "/"), m.Start, m.End)
	}
	if p.rooted {
		l.add("root", "/", m.Start, m.End)
	}
	if p.nul >= 0 {
		l.add("cut", `\x00`, m.Start, m.End)
	}
	if name := p.path(); len(name) > 0 {
		l.add("resolved", string(name), m.Start, m.End)
	}
}
