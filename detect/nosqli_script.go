package detect

import "bytes"

// Script and clauses that a database runs, behind the end of a string or a
// number.

// judgeScriptBreak finds script behind the end of a string or a number.
func judgeScriptBreak(v *value) finding {
	b := v.b
	i, quoted := scriptBreak(b)
	if i == 0 || i+1 >= len(b) {
		return judgeShellScript(v)
	}
	score := 0
	switch {
	case quoted && isAlpha(b[i]):
		if score = clauseScore(b, i); score > 0 {
			return finding{score: score - textDoubt(v, i), start: i, end: min(len(b), i+64), rule: "nosqli/clause",
				why: "leaves its string and goes on with a clause of a graph query"}
		}
	case b[i] == ';':
		score = statementScore(b, skipClosers(b, i+1))
	case b[i] == b[i+1] && (b[i] == '|' || b[i] == '&'):
		score = scriptConditionScore(b, skipOpeners(b, i+2), quoted)
	}
	if score == 0 {
		return judgeShellScript(v)
	}
	if !quoted {
		score -= 4
	}
	return finding{score: score - textDoubt(v, i), start: i, end: min(len(b), i+64), rule: "nosqli/script",
		why: "leaves its string and goes on as script that the database runs"}
}

// skipClosers skips blanks, line ends and what ends the function around.
func skipClosers(b []byte, i int) int {
	for i < len(b) && (byteFeature[b[i]]&fSpace != 0 || b[i] == '}' || b[i] == ')' || b[i] == ';') {
		i++
	}
	return i
}

// skipOpeners skips blanks, parentheses and negations.
func skipOpeners(b []byte, i int) int {
	for i < len(b) && (byteFeature[b[i]]&fSpace != 0 || b[i] == '(' || b[i] == '!') {
		i++
	}
	return i
}

// Words of script by what may follow them.
const (
	scriptNone uint8 = iota
	scriptReturn
	scriptDeclare
	scriptBlock // a condition in parentheses
	scriptDo
	scriptCall
	scriptObject
)

var queryScript = newWordTable([]wordGroup{
	{scriptReturn, []string{"return", "throw"}},
	{scriptDeclare, []string{"var", "let", "const"}},
	{scriptBlock, []string{"while", "for", "if", "function"}},
	{scriptDo, []string{"do"}},
	{scriptCall, []string{"sleep", "emit", "tojson", "printjson", "hex_md5"}},
	{scriptObject, []string{"this", "db", "obj", "object"}},
})

// statementScore weighs what stands at b[i], behind a ";".
func statementScore(b []byte, i int) int {
	end := identifier(b, i)
	next := skipBlanks(b, end)
	if end == i || next >= len(b) {
		return 0
	}
	c := b[next]
	switch queryScript.lookup(b[i:end]) {
	case scriptReturn:
		if next > end && (byteFeature[c]&(fAlpha|fDigit|fQuote) != 0 || c == '!' || c == '(' || c == '{' || c == '[') || c == '(' || c == '!' {
			return 66
		}
	case scriptDeclare:
		if n := identifier(b, next); next > end && n > next {
			if n = skipBlanks(b, n); n < len(b) && b[n] == '=' {
				return 62
			}
		}
	case scriptBlock, scriptCall:
		if c == '(' {
			return 64
		}
	case scriptDo:
		if c == '{' {
			return 64
		}
	case scriptObject:
		if c == '.' || c == '[' {
			return 68
		}
	default:
		if c == '=' && hasPrefixFold(b[skipBlanks(b, next+1):], "new date") {
			return 64
		}
	}
	return 0
}

// scriptConditionScore weighs what stands at b[i], behind "||" or "&&".
func scriptConditionScore(b []byte, i int, quoted bool) int {
	end := operand(b, i)
	word := b[i:identifier(b, i)]
	switch class := queryScript.lookup(word); {
	case end == i:
		if n := bytes.IndexByte(b[i:], '/'); n == 0 && bytes.Contains(b[i+1:], []byte("/.test(")) {
			return 62
		}
		return 0
	case class == scriptObject && i+len(word) < len(b) && (b[i+len(word)] == '.' || b[i+len(word)] == '['):
		return 68
	case class == scriptCall && end < len(b) && b[end] == '(', equalFold(word, "function"):
		return 62
	}
	next := skipBlanks(b, end)
	if w := comparison(b, next); w > 1 {
		if last := skipBlanks(b, next+w); operand(b, last) > last {
			return 58
		}
	}
	if quoted && (equalFold(word, "true") || equalFold(word, "1")) && (next >= len(b) || b[next] == ';' || b[next] == 0 || bytes.HasPrefix(b[next:], []byte("//"))) {
		return 56
	}
	return 0
}

// clauseScore weighs the words at b[i], behind the end of a string, as clauses
// of Cypher: MATCH and CREATE want a pattern, CALL a dotted name, RETURN a
// name before another clause or a comment that hides the rest.
func clauseScore(b []byte, i int) int {
	if graphClauses.lookup(b[i:letters(b, i)]) == clauseNone {
		return 0
	}
	for n := 0; n < maxClauses && i < len(b); n++ {
		end := letters(b, i)
		next := skipBlanks(b, end)
		if next == len(b) {
			return 0
		}
		switch word := b[i:end]; {
		case graphClauses.lookup(word) == clausePattern && nodePattern(b[next:]), equalFold(word, "load") && hasPrefixFold(b[next:], "csv "):
			return 62
		case equalFold(word, "call") && procedure(b[next:]):
			return 64
		case graphClauses.lookup(word) == clauseReturn && bytes.HasSuffix(bytes.TrimSpace(b), []byte("//")):
			return 60
		case graphClauses.lookup(word) == clauseUnion && hasPrefixFold(b[next:], "match"), equalFold(word, "detach") && hasPrefixFold(b[next:], "delete "):
			return 62
		}
		for i = next; i < len(b) && byteFeature[b[i]]&fSpace == 0; i++ {
		}
		i = skipBlanks(b, i)
	}
	return 0
}

// maxClauses bounds the words among which a clause is looked for.
const maxClauses = 12

// Clauses by what follows them.
const (
	clauseNone uint8 = iota
	clausePattern
	clauseReturn
	clauseUnion
	clauseOther
)

var graphClauses = newWordTable([]wordGroup{
	{clausePattern, []string{"match", "merge", "create"}},
	{clauseReturn, []string{"return", "delete"}},
	{clauseUnion, []string{"union"}},
	{clauseOther, []string{"or", "and", "xor", "call", "load", "detach", "with", "where", "set", "remove", "unwind", "foreach"}},
})

// nodePattern reports whether b begins with a node: (n), (n:Label), (n {..}).
func nodePattern(b []byte) bool {
	if b[0] != '(' {
		return false
	}
	i := skipBlanks(b, identifier(b, 1))
	for i < len(b) && b[i] == ':' {
		i = skipBlanks(b, identifier(b, i+1))
	}
	return i < len(b) && (b[i] == ')' || b[i] == '{')
}

// procedure reports whether b begins with a dotted name and a parenthesis.
func procedure(b []byte) bool {
	i := operand(b, 0)
	return i < len(b) && b[i] == '(' && bytes.IndexByte(b[:i], '.') > 0
}

// judgeShellScript finds a value that is script of the database's shell from
// its start on: a call on a collection, and more behind it.
func judgeShellScript(v *value) finding {
	b := v.b
	if !hasPrefixFold(b, "db.") || len(b) > shortValue {
		return finding{}
	}
	i := operand(b, 0)
	if i >= len(b) || b[i] != '(' || bytes.Count(b[:i], []byte{'.'}) < 2 {
		return finding{}
	}
	n := bytes.IndexByte(b[i:], ';')
	if n < 0 || statementScore(b, skipClosers(b, i+n)) < 60 {
		return finding{}
	}
	return finding{score: 64, end: i, rule: "nosqli/script", why: "is script that a database would run"}
}
