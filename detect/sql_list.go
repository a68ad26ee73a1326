package detect

// A value that stands in a list of the query (columns, assignments, rows, a
// select list) does not need a condition to change it.

const (
	sqlListRule = "sqli/list"
	sqlListWhy  = "the value ends its place in a list of the query and goes on with that list"
)

// judgeFrom judges the from of a query whose select list the value stands in:
// name from members--, count(*) from members, x from information_schema.
func (r *sqlReading) judgeFrom(i int) {
	if r.quote != 0 || r.base > 0 || i == 0 || i > 12 || !r.last {
		return
	}
	next, a := r.table(i + 1)
	if a != termIdent {
		return
	}
	table := r.is(i+1, sqlCatalog) || r.word(i+1) == sqlNone
	tail := r.tail(r.alias(next))
	l := r.selectList(0)
	score := 0
	switch {
	case !table || l.next != i:
	case r.is(i+1, sqlCatalog) && (tail != tailProse || r.is(next, sqlWhere)) && (r.kind(i+2) == sqlDot || len(r.text(i+1)) > 7):
		score = 60
	case tail == tailComment && r.bareComment():
		score = 58
	case tail == tailEnd && l.items == 1 && r.call(0) && r.kind(2) == sqlArith:
		score = 55
	case r.kind(i-1) == sqlRParen && r.kind(0) != sqlWord && r.is(next, sqlWhere):
		score = 55
	}
	r.report(score, 0, next, sqlListRule, sqlListWhy)
}

// bareComment reports whether the value ends in a comment that says nothing.
func (r *sqlReading) bareComment() bool {
	if !r.last || r.kind(r.n-1) != sqlComment {
		return false
	}
	if r.text(r.n - 1)[0] == ';' {
		return true
	}
	for _, c := range r.text(r.n - 1) {
		if c != '-' && c != '#' && c != '+' && c != '*' && c != '/' && c > ' ' && c != ';' {
			return false
		}
	}
	return true
}

// judgeAssignment judges a value that ends its string in an update or insert
// and goes on with further columns or rows: x', role='admin, 1),(2,3)--.
func (r *sqlReading) judgeAssignment() {
	if r.base > 0 || !r.last || r.n > 32 {
		return
	}
	i := 0
	if k := r.kind(0); k == sqlNumber || k == sqlString && !r.tok[0].open && len(r.text(0)) < maxTight {
		i++
	} else {
		return
	}
	for r.kind(i) == sqlComma && (r.kind(i+1) == sqlNumber || r.kind(i+1) == sqlString) && r.kind(i+2) != sqlCmp {
		i += 2
	}
	j := r.closing(i)
	if r.kind(j) != sqlComma {
		return
	}
	next, a := r.operand(j + 1)
	op, c := r.comparison(next)
	end, b := r.operand(op)
	switch {
	case j > i && r.kind(j+1) == sqlLParen && a.constant() && r.bareComment():
		r.report(58, j, r.n, sqlListRule, sqlListWhy)
	case j > i || a != termIdent || c != cmpSign || !b.constant() || len(r.text(next)) != 1 || r.text(next)[0] != '=':
	case r.bareComment() && (r.is(end, sqlWhere) || r.tail(end) == tailComment):
		r.report(62, j, end, sqlListRule, sqlListWhy)
	case r.quote != 0 && end == r.n && b == termOpen && len(r.lex.b) < maxTight && r.kind(j+2) == sqlCmp:
		r.report(52, j, end, sqlListRule, sqlListWhy)
	}
}

// judgeDuplicate judges on duplicate key update and on conflict do, which only
// an insert has.
func (r *sqlReading) judgeDuplicate(i int) {
	if r.base+i > 24 || r.kind(i+1) != sqlWord || !(hasPrefixFold(r.text(i+1), "duplicate") && r.kind(i+2) == sqlWord && r.is(i+3, sqlUpdate) ||
		hasPrefixFold(r.text(i+1), "conflict") && r.seen>>sqlUpdate&1 != 0) || r.kind(i-1) != sqlRParen && r.kind(i-1) != sqlString {
		return
	}
	r.report(70, i, min(i+4, r.n), sqlListRule, sqlListWhy)
}

// judgeHiddenRest judges a value that ends the query's string, goes on with an
// expression or a clause, and hides the rest of the query.
func (r *sqlReading) judgeHiddenRest() {
	end := r.n - 1
	if len(r.text(0)) > maxTight/2 || r.n < 3 || r.n > 24 || !r.bareComment() || spaced(r.text(0)) {
		return
	}
	for i := 1; i < end; i++ {
		if r.call(i) && r.is(i, sqlFunc) || r.kind(i) == sqlCmp && i == 2 && r.kind(1) == sqlWord {
			r.report(54, 0, r.n, "sqli/truncation", "the value ends the query's string and hides the rest of the query")
			return
		}
	}
}

// judgeOperator judges a value that is an operator between two quotes: the
// query computes with what stood in its string.
func (r *sqlReading) judgeOperator() {
	if r.n != 3 || len(r.text(0)) != 1 || len(r.text(2)) != 1 || !r.tok[2].open {
		return
	}
	if r.kind(1) == sqlArith && r.text(1)[0] != '-' && r.text(1)[0] != '*' && r.text(1)[0] != '%' || r.is(1, sqlDiv) {
		r.report(52, 0, r.n, "sqli/expression", "the value continues the query's string as an expression")
	}
}
