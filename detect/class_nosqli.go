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
	if !maybeNoSQLi(v.f, len(v.b)) {
		return finding{}
	}
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
