package detect

import "bytes"

// sqlList is what a select list holds.
type sqlList struct {
	items  int
	terms  uint32 // bits of sqlTerm
	next   int    // index behind the list
	from   bool   // followed by from and a table
	tables int    // index of the table
}

func (l sqlList) has(t ...sqlTerm) bool {
	for _, k := range t {
		if l.terms>>k&1 != 0 {
			return true
		}
	}
	return false
}

// computed reports whether an item is more than a word or a number.
func (l sqlList) computed() bool {
	return l.has(termStar, termString, termOpen, termValue, termCall, termFunc, termEffect, termSelect)
}

// selectList reads the list at i.
func (r *sqlReading) selectList(i int) (l sqlList) {
	for r.is(i, sqlModifier) || i > 0 && r.is(i-1, sqlModifier) && r.kind(i) == sqlNumber && r.kind(i+1) != sqlComma && r.tail(i+1) == tailProse {
		i++
	}
	for {
		next, term := r.operand(i)
		if term == termNone {
			break
		}
		l.items++
		l.terms |= 1 << term
		if op, c := r.comparison(r.closing(next)); c != cmpNone {
			if end, b := r.operand(op); b != termNone {
				next = end
			}
		}
		i = r.alias(r.closing(next))
		if r.kind(i) != sqlComma {
			break
		}
		i++
	}
	l.next = i
	if r.is(i, sqlFrom) {
		j := r.opening(i + 1)
		if r.is(j, sqlLimit) || r.is(j, sqlWhere) || r.is(j, sqlOrder) {
			return l
		}
		if k := r.kind(j); k == sqlWord || k == sqlString || k == sqlVar || j > i+1 {
			l.from, l.tables = true, j
		}
	}
	return l
}

// alias skips "as name" or a name behind an item.
func (r *sqlReading) alias(i int) int {
	if r.is(i, sqlAs) {
		i++
		if r.kind(i) == sqlWord {
			i = r.arguments(i + 1)
		}
		return i
	}
	if r.kind(i) == sqlWord && r.word(i) == sqlNone || r.kind(i) == sqlString {
		i++
	}
	return i
}

// judgeUnion judges a second result set: union select alone is a phrase, with
// a list of columns it is a query.
func (r *sqlReading) judgeUnion(i int) {
	j := i + 1
	for r.is(j, sqlModifier) || r.kind(j) == sqlLParen || r.kind(j) == sqlArith {
		j++
	}
	if r.is(j, sqlObject) && r.kind(j+1) == sqlWord && r.tail(j+2) != tailProse && r.bare(i) && r.base+i > 0 && equalFold(r.text(j), "table") {
		r.report(70, i, j+2, "sqli/union", "a union adds rows of its own to the query's result")
		return
	}
	if r.is(j, sqlValues) && r.kind(j+1) == sqlLParen {
		r.report(80, i, j+2, "sqli/union", "a union adds rows of its own to the query's result")
		return
	}
	if !r.is(j, sqlSelect) {
		r.judgeHiddenUnion(i)
		return
	}
	l := r.selectList(j + 1)
	if l.from {
		l.next = l.tables + 1
	}
	score := 0
	switch {
	case l.items > 1 && (l.computed() || l.has(termNumber)), l.computed():
		score = 90
	case r.lex.executed > 0, l.items == 0 && r.is(l.next, sqlFrom) && r.is(l.next+1, sqlCatalog):
		score = 70 // union and select in comments that the server executes
	case l.items > 0 && r.tail(l.next) != tailProse && (l.from || l.has(termNumber) || l.items > 1):
		score = 85
	case l.from && (l.items > 1 || r.tableTail(l)):
		score = 75
	case l.items > 0 && r.broken(i) && (r.tail(l.next) == tailComment || r.tail(l.next) == tailEnd && r.word(j+1) != sqlNone):
		score = 70
	}
	if score == 0 && l.items > 0 && r.last && r.kind(r.n-1) == sqlComment && r.seen>>sqlFrom&1 != 0 && r.broken(i) && r.base+i > 0 {
		score = 60 // a list that no dialect reads, with its table and a hidden rest
	}
	if score == 0 && l.items > 0 && r.kind(i+1) == sqlLParen && r.literal(i-1) && r.tail(l.next) == tailEnd && r.quote != 0 {
		score = 60
	}
	r.report(score, i, l.next, "sqli/union", "a union adds rows of its own to the query's result")
}

// judgeHiddenUnion judges a union without its query: the probe that asks
// whether the word gets past a filter, behind comments or a number that no row
// has.
func (r *sqlReading) judgeHiddenUnion(i int) {
	if r.quote != 0 || !r.last || r.base > 0 || i != r.n-1 && !(i == r.n-2 && r.kind(i+1) == sqlComment) {
		return
	}
	negative := i == 2 && r.kind(0) == sqlArith && r.text(0)[0] == '-' && r.kind(1) == sqlNumber
	if negative || r.lex.comments > 0 && i > 0 && r.bare(i) {
		r.report(52, 0, i+1, "sqli/union", "a set operator stands behind a number with comments between them")
	}
}

// tableTail reports whether behind the table of a from comes what may come
// there, and no prose.
func (r *sqlReading) tableTail(l sqlList) bool {
	if !l.from {
		return false
	}
	next, term := r.operand(l.tables)
	if term == termNone {
		return false
	}
	return r.tail(r.alias(next)) != tailProse && r.tail(next) != tailProse
}

// catalog reports whether the table of l is one of the server's own.
func (r *sqlReading) catalog(l sqlList) bool { return l.from && r.is(l.tables, sqlCatalog) }

// judgeSelect judges a subquery, a stacked query or a value that is one query.
func (r *sqlReading) judgeSelect(i int) {
	prev := i - 1
	l := r.selectList(i + 1)
	if l.items == 0 {
		r.judgeNestedSelect(i)
		return
	}
	score := r.selectScore(l)
	rule, why := "sqli/query", "the value is a query"
	switch {
	case r.kind(prev) == sqlLParen:
		rule, why = "sqli/subquery", "a subquery reads what the query does not"
		if score >= 30 {
			score += 15
		}
		if l.has(termNumber) && (l.from || r.kind(l.next) == sqlRParen) {
			score = max(score, 75)
		}
	case r.kind(prev) == sqlSemi && r.base+prev > 0:
		rule, why = "sqli/stacked", "a second statement follows the query"
		if score >= 30 {
			score += 15
		}
		if l.has(termNumber) && r.broken(i) {
			score = max(score, 70)
		}
		if l.has(termStar) && r.tail(l.next) == tailEnd {
			score = max(score, 60)
		}
	case i == 0 && r.base == 0, r.broken(i):
		if r.quote == 0 && r.base == 0 && r.script() {
			score -= 20
		}
	case (r.is(prev, sqlAnd) || r.is(prev, sqlOr)) && r.broken(prev) && l.from:
		score = max(score+15, 55)
	default:
		score -= 20
		if i > 8 {
			score -= 15 // quoted in a text
		}
	}
	r.report(score, i, l.next, rule, why)
}

// script reports whether the value is laid out as a file of queries, on many
// lines: something to keep, not to run.
func (r *sqlReading) script() bool {
	b := r.lex.b
	return len(b) > minScript && bytes.Count(b[:minScript], []byte{'\n'}) >= 4
}

// minScript is from how many bytes on a query is laid out as a file.
const minScript = 200

// selectScore weighs a select list with its from.
func (r *sqlReading) selectScore(l sqlList) int {
	tail := r.tail(l.next)
	switch {
	case r.catalog(l):
		return 75
	case l.has(termEffect):
		return 75
	case l.has(termSelect), l.from && r.is(l.tables, sqlSelect):
		return 70
	case l.from && l.has(termStar, termFunc, termCall, termValue, termString, termOpen):
		return 65
	case l.from && l.items > 1 && r.tableTail(l):
		if l.has(termNumber) || r.kind(r.n-1) == sqlComment {
			return 60
		}
		return 45
	case l.has(termFunc, termValue) && tail != tailProse:
		return 60
	case l.from && r.tableTail(l):
		return 40
	case l.has(termString, termOpen, termNumber) && tail != tailProse:
		return 35
	}
	return 0
}

// judgeNestedSelect judges (select (..., whose list is cut off.
func (r *sqlReading) judgeNestedSelect(i int) {
	if r.kind(i-1) == sqlLParen && r.kind(i+1) == sqlLParen {
		r.report(55, i, i+2, "sqli/subquery", "a subquery reads what the query does not")
	}
}
