package detect

import "bytes"

// The tokeniser of document queries reads operators as MongoDB and its kin
// write them, the names that frameworks turn into objects, and the script
// that these databases run. It has no opinions about what an operator is
// worth.

// operatorClass says what an operator does in a query.
type operatorClass = uint8

const (
	opNoQuery operatorClass = iota
	opScript                // runs script
	opCompare               // compares a field
	opLogic                 // joins conditions
	opStage                 // reads or writes other collections
)

var queryOperators = newWordTable([]wordGroup{
	{opScript, []string{"$where", "$function", "$accumulator", "$func"}},
	{opCompare, []string{"$ne", "$eq", "$gt", "$gte", "$lt", "$lte", "$in", "$nin", "$exists", "$regex", "$not", "$elemmatch", "$regexmatch", "$mod", "$expr", "$jsonschema", "$nearsphere", "$geowithin", "$geointersects", "$bitsallset", "$bitsanyset"}},
	{opLogic, []string{"$or", "$and", "$nor"}},
	{opStage, []string{"$lookup", "$graphlookup", "$unionwith", "$out", "$currentop", "$collstats", "$listsessions", "$listlocalsessions", "$documents"}},
})

// queryOperatorAt reads the operator whose '$' is b[i]: its class, opNoQuery when
// it is none, and the index behind it.
func queryOperatorAt(b []byte, i int) (class operatorClass, end int) {
	end = i + 1
	for end < len(b) && end-i < maxWord && isAlpha(b[end]) {
		end++
	}
	if end < len(b) && byteFeature[b[end]]&plainBytes != 0 {
		return opNoQuery, end
	}
	return queryOperators.lookup(b[i:end]), end
}

// segmentAt returns the end of the segment of a name at b[i]: brackets and
// dots part segments.
func segmentAt(b []byte, i int) int {
	for i < len(b) && b[i] != '[' && b[i] != ']' && b[i] != '.' {
		i++
	}
	return i
}

// maxBreakOut bounds what stands before the quote by which a value leaves a
// string: it is the value of a field.
const maxBreakOut = 64

// scriptBreak returns the index behind the break-out with which b begins: a
// number or the end of a string, and then closing brackets. quoted tells which
// of the two. 0 when there is none.
func scriptBreak(b []byte) (i int, quoted bool) {
	for i < len(b) && (isDigit(b[i]) || b[i] == '-' || b[i] == '.') {
		i++
	}
	if i > 0 {
		if end := closers(b, i); end < len(b) && (b[end] == ';' || b[end] == '|' || b[end] == '&') {
			return end, false
		}
	}
	for i < len(b) && i < maxBreakOut && byteFeature[b[i]]&(fQuote|fLine) == 0 {
		i++
	}
	if i < len(b) && i < maxBreakOut && byteFeature[b[i]] == fQuote {
		return closers(b, i+1), true
	}
	return 0, false
}

// closers skips blanks and what closes calls and objects.
func closers(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == ')' || b[i] == '}' || b[i] == ']' || b[i] == '"') {
		i++
	}
	return i
}

// identifier returns the end of the name of script at b[i].
func identifier(b []byte, i int) int {
	for i < len(b) && (isAlnum(b[i]) || b[i] == '_' || b[i] == '$') {
		i++
	}
	return i
}

// operand returns the end of the literal, name or chain of names at b[i], i
// when there is none. A string may lack its end.
func operand(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	if byteFeature[b[i]] == fQuote {
		if n := bytes.IndexByte(b[i+1:], b[i]); n >= 0 {
			return i + n + 2
		}
		return len(b)
	}
	for {
		end := identifier(b, i)
		if end == i {
			return i
		}
		if i = end; i+1 >= len(b) || b[i] != '.' || !isAlpha(b[i+1]) {
			return i
		}
		i++
	}
}

// comparison returns the width of the operator of script that compares at
// b[i], 0 when there is none. One sign alone is no comparison of script.
func comparison(b []byte, i int) int {
	for _, op := range [...]string{"===", "!==", "==", "!=", "<=", ">=", "<", ">"} {
		if bytes.HasPrefix(b[min(i, len(b)):], []byte(op)) {
			return len(op)
		}
	}
	return 0
}
