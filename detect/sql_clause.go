package detect

import (
	"bytes"
	"unicode/utf8"
)

const (
	sqlClause    = "sqli/clause"
	sqlClauseWhy = "a clause of the query is added or replaced"
)

// judgeOrder judges order by and group by a position or an expression: the
// probe for the number of columns.
func (r *sqlReading) judgeOrder(i int) {
	if !r.is(i+1, sqlBy) {
		return
	}
	broken := r.broken(i)
	j, score := i+2, 0
	for {
		next, a := r.operand(j)
		switch {
		case a == termNone && score == 0:
			return
		case a == termEffect, a == termSelect:
			score = max(score, 80)
		case a == termNumber, a == termFunc:
			score = max(score, 60)
		}
		j = r.closing(next)
		for r.is(j, sqlMode) {
			j++
		}
		if r.kind(j) != sqlComma {
			break
		}
		j++
	}
	tail := r.tail(j)
	if tail == tailComment && broken && i > 0 {
		score = max(score, 65)
	}
	if tail == tailComment && r.literal(i-1) || broken && tail != tailProse {
		r.report(score, i, j, sqlClause, sqlClauseWhy)
	}
}

// judgeClause judges limit with a hidden rest and procedure analyse.
func (r *sqlReading) judgeClause(i int) {
	if r.is(i, sqlProcedure) {
		if r.call(i+1) && hasPrefixFold(r.text(i+1), "analyse") {
			r.report(85, i, i+3, sqlClause, sqlClauseWhy)
		}
		return
	}
	j, a := r.operand(i + 1)
	if a != termNumber {
		return
	}
	if r.kind(j) == sqlComma {
		j, a = r.operand(j + 1)
	}
	if a == termNumber && r.tail(j) == tailComment && r.broken(i) {
		r.report(60, i, j, sqlClause, sqlClauseWhy)
	}
}

// judgeBreakout judges the whole of a value that ends the query's string:
// what stands behind that end is an expression or hides the rest.
func (r *sqlReading) judgeBreakout() {
	if r.kind(0) != sqlString || r.tok[0].open || !r.last {
		return
	}
	r.judgeTruncation()
	r.judgeAlgebra()
	r.judgeHiddenRest()
	r.judgeOperator()
}

// judgeGroup judges a parenthesised expression with a hidden rest: (2 * 3) --
func (r *sqlReading) judgeGroup() {
	end := r.n - 1
	if r.quote != 0 || !r.last || end < 1 || r.kind(end) != sqlComment || r.tok[end].end-r.tok[end].start > 3 {
		return
	}
	group := r.kind(0) == sqlLParen && int(r.pair[0]) == end-1
	if group || r.sums(end) {
		r.report(52, 0, r.n, "sqli/expression", "an expression hides the rest of the query")
	}
}

// sums reports whether tokens [0:end) are numbers and their arithmetic, with
// arithmetic or an open comment at the end: 4*5-- or 7/*.
func (r *sqlReading) sums(end int) bool {
	for i := 0; i < end; i++ {
		want := sqlNumber
		if i&1 == 1 {
			want = sqlArith
		}
		if r.kind(i) != want || want == sqlArith && r.text(i)[0] != '*' {
			return false
		}
	}
	return end&1 == 1 && (end > 2 || r.text(end)[0] == '/')
}

// judgeTruncation judges admin'-- and x') #: one word, the end of the string,
// and a comment that hides the rest and says nothing itself.
func (r *sqlReading) judgeTruncation() {
	i := r.closing(1)
	closed := i > 1
	if r.kind(i) == sqlSemi {
		closed = true
		i++
	}
	if r.kind(i) != sqlComment || i != r.n-1 {
		return
	}
	rest := r.text(i)
	if r.lex.b[r.tok[i].start] == '/' {
		rest = rest[1:]
	}
	for _, c := range rest {
		if c != '-' && c != '#' && c != '+' && c != '*' && c > ' ' && r.text(i)[0] != ';' {
			return
		}
	}
	score := 45
	switch w := r.text(0); {
	case closed || oneWord(w[:len(w)-1]):
		score = 60
	case len(w) < 24 && bytes.IndexByte(w, ' ') < 0:
		score = 52
	}
	r.report(score, 0, r.n, "sqli/truncation", "the value ends the query's string and hides the rest of the query")
}

// oneWord reports whether w is an identifier of at least two letters.
func oneWord(w []byte) bool {
	for _, c := range w {
		if !isWordByte(c) && c != '.' && c != '@' && c != '-' {
			return false
		}
	}
	return len(w) > 1 && isWordStart(w[0])
}

// judgeAlgebra judges a value that is one expression between two strings of
// the query: a' > 'b.
func (r *sqlReading) judgeAlgebra() {
	if r.n > 24 || r.n < 3 {
		return
	}
	strong, i := 0, r.closing(1)
	for {
		switch c, kind := r.comparison(i); {
		case kind == cmpWord && r.quote == '"' && r.n == 3 && len(r.text(0)) == 1 && len(r.text(2)) == 1:
			return // a word in quotes
		case kind != cmpNone:
			strong = max(strong, 60)
			i = c
		case r.kind(i) == sqlLogic, r.is(i, sqlAnd), r.is(i, sqlOr):
			strong = max(strong, 55)
			i++
		case r.arith(i):
			if c := r.text(i)[0]; c != '+' && c != '-' && r.tok[0].end > 1 && r.tok[r.n-1].end-r.tok[r.n-1].start > 1 {
				strong = max(strong, 50)
			}
			i++
		default:
			return
		}
		next, a := r.operand(i)
		if a == termNone {
			return
		}
		if a.constant() && a != termOpen && a != termString {
			strong = max(strong, 50)
		}
		i = r.closing(next)
		if r.kind(i) == sqlComment && (strong > 0 || r.tight(1)) {
			strong = max(strong, 50)
			break
		}
		if i >= r.n {
			if !r.tok[r.n-1].open {
				return
			}
			break
		}
	}
	if !r.short() || strong == 50 && (r.n > 5 || len(r.lex.b) > 24 || !utf8.Valid(r.lex.b)) {
		strong = 35
	}
	r.report(strong, 0, r.n, "sqli/expression", "the value continues the query's string as an expression")
}
