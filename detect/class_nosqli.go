package detect

import "bytes"

// Injection into document databases and caches.
//
// Rules: a field whose value is to be compared must not bring the operator
// along. Operators are keys: of JSON, of the brackets in a parameter's name,
// of an object in relaxed notation that the value opens or continues. Where
// the database runs script, the value has to leave its string and go on as a
// statement or condition of script. Where it speaks lines, the value has to
// end one and begin a command. Names that begin with '$' and are no operator
// of queries are everybody's: $schema, $filter, $set, $oid.
//
// Guarantee, at balanced. Caught:
//
//	password[$gt]=
//	x', $nor: [{}], 'a': 'b
//	0; return this.secret.length > 8; var z = '
//
// Not an attack:
//
//	{"$schema": "http://json-schema.org/schema", "$defs": {}}
//	query($where: UserFilter!, $in: [ID!]) { users(where: $where) { id } }
//	db.users.find({ age: { $gt: 18 } })
func maybeNoSQLi(f features, n int) bool {
	return n > 2 && (f&(fDollar|fAlpha) == fDollar|fAlpha ||
		f&(fQuote|fBlank|fSlash) == fQuote|fBlank|fSlash || f&(fQuote|fBlank|fParen) == fQuote|fBlank|fParen ||
		f&(fSemi|fPipe|fAmp) != 0 && f&(fQuote|fDigit) != 0 && f&(fParen|fEqual|fAlpha|fCtl) != 0 ||
		f&(fLine|fAlpha) == fLine|fAlpha)
}

func judgeNoSQLi(v *value, s *Scratch) finding {
	var best finding
	if v.f&fDollar != 0 {
		if v.kind == kindName || v.f&fBracket != 0 && v.f&^(plainBytes|fBracket|fDollar|fDot|fMinus) == 0 {
			return judgeOperatorName(v.b)
		}
		best = judgeOperators(v)
	}
	if v.f&(fSemi|fPipe|fAmp|fSlash|fParen) != 0 && v.f&(fQuote|fDigit) != 0 {
		best = stronger(best, judgeScriptBreak(v))
	}
	if v.f&fLine != 0 {
		best = stronger(best, judgeCacheLines(v))
	}
	return best
}

// operatorScores by class, where an operator stands as a key.
var operatorScores = [...]int{opScript: 80, opCompare: 70, opLogic: 66, opStage: 60}

const operatorWhy = "brings an operator of the database where a value is due"

// judgeOperatorName finds an operator among the segments of a name. A name
// that begins with filters and has a field before the operator belongs to an
// interface made for queries.
func judgeOperatorName(b []byte) finding {
	for i, n := 0, 0; i < len(b); n++ {
		end := segmentAt(b, i)
		if end > i && b[i] == '$' {
			if class, stop := queryOperatorAt(b, i); class != opNoQuery && stop == end {
				score := operatorScores[class]
				if class == opLogic && end == len(b) && n == 0 {
					score = 40 // it needs a list: queryList
				}
				if n > 2 && class != opScript && (hasPrefixFold(b, "filters[") || hasPrefixFold(b, "filter[")) {
					score = 40
				}
				return finding{score: score, start: i, end: end, rule: "nosqli/operator", why: operatorWhy}
			}
		}
		i = end + 1
	}
	return finding{}
}

// queryList reports the operator that is the key of a list of conditions.
func (s *Scratch) queryList(key []byte, pl place) {
	if class, end := queryOperatorAt(key, 0); class != opLogic || end != len(key) {
		return
	}
	s.push(StepHashName, -1, nil)
	s.record(NoSQLi, key, finding{operatorScores[opLogic], 0, len(key), "nosqli/operator", operatorWhy}, pl)
	s.pop()
}

// judgeOperators finds an operator as a key of an object that the value opens
// or goes on with, or in the brackets of a name.
func judgeOperators(v *value) finding {
	var best finding
	b := v.b
	depth := nesting{}
	for i, n := 0, 0; n < maxCandidates; {
		k := bytes.IndexByte(b[i:], '$')
		if k < 0 {
			break
		}
		depth.read(b[i : i+k])
		i += k
		class, end := queryOperatorAt(b, i)
		if class != opNoQuery {
			if score := keyScore(b, i, end, class, &depth); score > 0 {
				n++
				best = stronger(best, finding{score: score - textDoubt(v, i), start: i, end: end, rule: "nosqli/operator", why: operatorWhy})
			}
		}
		i = max(end, i+1)
	}
	return best
}

// nesting counts what a value opened and has not closed.
type nesting struct{ parens, braces, seen int }

func (d *nesting) read(b []byte) {
	for _, c := range b {
		switch c {
		case '(':
			d.parens++
		case ')':
			d.parens--
		case '{':
			d.braces++
		case '}':
			d.braces--
		}
	}
	d.seen += len(b)
}

// keyScore weighs the operator b[i:end] as a key.
func keyScore(b []byte, i, end int, class operatorClass, d *nesting) int {
	before := byte(0)
	for j := i - 1; j >= 0; j-- {
		if before = b[j]; byteFeature[before]&fSpace == 0 {
			break
		}
		before = 0
	}
	switch {
	case i > 0 && b[i-1] == '[' && end < len(b) && b[end] == ']':
		if end+1 < len(b) && (b[end+1] == '=' || b[end+1] == '[') {
			return operatorScores[class] - 2
		}
		return 0
	case before != 0 && before != '{' && before != ',' && before != '[' && byteFeature[before] != fQuote:
		return 0
	}
	if end < len(b) && byteFeature[b[end]] == fQuote {
		end++
	}
	if end = skipBlanks(b, end); end >= len(b) || b[end] != ':' || d.parens > 0 || typeName(b, end+1) {
		return 0
	}
	first := skipBlanks(b, 0)
	switch {
	case d.braces <= 0:
		return operatorScores[class]
	case first < len(b) && (b[first] == '{' || b[first] == '[') && len(b) < shortValue:
		return operatorScores[class] - 8
	}
	return 0
}

// typeName reports whether a type of GraphQL stands at b[i]: a name with a
// capital, perhaps in brackets.
func typeName(b []byte, i int) bool {
	i = skipBlanks(b, i)
	for i < len(b) && b[i] == '[' {
		i++
	}
	return i < len(b) && b[i] >= 'A' && b[i] <= 'Z'
}

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

// judgeCacheLines finds commands to caches behind a line end.
func judgeCacheLines(v *value) finding {
	r := lineReader{b: v.b}
	var best finding
	counted := false // the line before is "*N" of the Redis protocol
	for n, weighed := 0, 0; n < maxLines && weighed < maxCandidates && best.score < settled; n++ {
		l, ok := r.next()
		if !ok {
			break
		}
		line := bytes.TrimSpace(v.b[l.start:l.end])
		score := 0
		switch {
		case len(line) < 2:
		case counted && line[0] == '$' && numeric(line[1:]):
			score = 72
		case l.broken:
			if score = cacheScore(line); score == storeScore {
				score -= storeDoubt(line, r)
			}
		}
		counted = len(line) > 1 && line[0] == '*' && numeric(line[1:])
		if score > 0 {
			weighed++
			best = stronger(best, finding{score: score - textDoubt(v, l.start), start: l.start, end: l.end, rule: "nosqli/command",
				why: "ends the line and begins a command to a cache"})
		}
	}
	return best
}

// Commands of memcached and Redis by their arguments.
const (
	cacheNone   uint8 = iota
	cacheStore        // key, flags, lifetime, length
	cacheWipe         // nothing, or how
	cachePeer         // host and port
	cacheConfig       // a subcommand and a setting
	cacheEval         // a script and a number
)

var cacheCommands = newWordTable([]wordGroup{
	{cacheStore, []string{"set", "add", "replace", "append", "prepend", "cas"}},
	{cacheWipe, []string{"flush_all", "flushall", "flushdb"}},
	{cachePeer, []string{"slaveof", "replicaof", "migrate"}},
	{cacheConfig, []string{"config", "module"}},
	{cacheEval, []string{"eval", "evalsha"}},
})

// storeScore is for a command that stores what the next line holds.
const storeScore = 72

// storeDoubt doubts a command that stores: the line behind it, at which r
// stands, must be as long as it says, and one without such a line carries no
// flags.
func storeDoubt(line []byte, r lineReader) int {
	var words [5][]byte
	for i := range words {
		words[i], line = wordAt(line)
	}
	size := 0
	for _, c := range words[4][:min(len(words[4]), 6)] {
		size = size*10 + int(c-'0')
	}
	if next, ok := r.next(); ok && next.end-next.start == size {
		return 0
	} else if !ok && string(words[2]) == "0" {
		return 10
	}
	return 40
}

// cacheScore weighs a line as a command.
func cacheScore(line []byte) int {
	verb, rest := wordAt(line)
	first, rest := wordAt(rest)
	second, rest := wordAt(rest)
	third, rest := wordAt(rest)
	switch cacheCommands.lookup(verb) {
	case cacheStore:
		if fourth, _ := wordAt(rest); numeric(second) && numeric(third) && numeric(fourth) {
			return storeScore
		}
	case cacheWipe:
		if len(first) == 0 || len(second) == 0 && (numeric(first) || equalFold(first, "async") || equalFold(first, "noreply")) {
			return 64
		}
	case cachePeer:
		if len(first) > 0 && numeric(second) || equalFold(first, "no") && equalFold(second, "one") && len(third) == 0 {
			return 66
		}
	case cacheConfig:
		if (equalFold(first, "set") || equalFold(first, "load")) && len(second) > 0 || equalFold(first, "rewrite") && len(second) == 0 {
			return 64
		}
	case cacheEval:
		if len(first) > 1 && byteFeature[first[0]] == fQuote {
			return 62
		}
	}
	return 0
}
