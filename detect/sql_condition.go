package detect

import "bytes"

// judgeCondition judges the logical operator at i and the condition behind it.
func (r *sqlReading) judgeCondition(i int) {
	first := i + 1
	if i > 0 && r.kind(i-1) == sqlComma {
		return // a sentence: no language of conditions has a comma there
	}
	if r.kind(i) == sqlLogic && r.lex.b[r.tok[i].start] == '|' && r.concatenation(i) {
		return
	}
	left, a := r.operand(first)
	if a == termNone || a == termStar {
		return
	}
	j := r.closing(left)
	op, cmp := r.comparison(j)
	if cmp == cmpNone {
		r.judgeLone(i, left, a)
		return
	}
	next, b := r.operand(op)
	if cmp == cmpIs && b == termNone {
		b, next = termValue, op
	}
	if b == termNone || r.is(op-1, sqlBetween) && !r.is(next, sqlAnd) {
		return
	}
	r.judgeCompared(i, next, a, b, cmp)
}

type sqlCompare uint8

const (
	cmpNone sqlCompare = iota
	cmpSign            // = < >
	cmpWord            // like, in, between
	cmpIs              // is
)

// comparison reads a comparison operator at i and returns the index behind.
func (r *sqlReading) comparison(i int) (next int, c sqlCompare) {
	for r.is(i, sqlNot) {
		i++
	}
	if n := r.jsonOperator(i); n > 0 {
		return i + n, cmpSign
	}
	switch r.kind(i) {
	case sqlCmp:
		for r.kind(i) == sqlCmp || r.kind(i) == sqlArith && r.kind(i+1) == sqlCmp {
			i++
		}
		return i, cmpSign
	case sqlWord:
		switch r.word(i) {
		case sqlNone:
			if r.kind(i+2) == sqlLParen && hasPrefixFold(r.text(i), "member") && r.kind(i+1) == sqlWord && hasPrefixFold(r.text(i+1), "of") {
				return i + 2, cmpWord
			}
		case sqlLike:
			for r.is(i, sqlLike) || r.is(i, sqlTo) {
				i++
			}
			return i, cmpWord
		case sqlIn:
			if r.kind(i+1) == sqlLParen {
				return i + 1, cmpWord
			}
		case sqlBetween:
			return i + 1, cmpWord
		case sqlIs:
			if len(r.text(i)) > 2 {
				return i + 1, cmpIs // isnull, notnull
			}
			i++
			for r.is(i, sqlNot) {
				i++
			}
			if r.word(i) == sqlValue || r.kind(i) == sqlNumber || r.kind(i) == sqlOther && r.text(i)[0] == '\\' {
				return i, cmpIs
			}
		}
	}
	return i, cmpNone
}

// jsonOperator returns the tokens of an operator of PostgreSQL's JSON at i,
// which stands behind a string: @> <@ @? @@ ? ?| ?& or #-.
func (r *sqlReading) jsonOperator(i int) int {
	if i == 0 || r.kind(i-1) != sqlString && !(r.kind(i-1) == sqlWord && r.kind(i) == sqlVar && r.kind(i+1) == sqlCmp && r.kind(i+2) == sqlString) {
		return 0
	}
	n := 0
	for ; n < 3; n++ {
		t := []byte(nil)
		switch r.kind(i + n) {
		case sqlVar, sqlOther, sqlCmp, sqlArith:
			t = r.text(i + n)
		}
		if len(t) == 0 || bytes.IndexByte([]byte("@?<>|&"), t[0]) < 0 || isWordByte(t[len(t)-1]) {
			break
		}
	}
	if n == 0 || n == 1 && (r.kind(i) == sqlCmp || r.kind(i) == sqlArith) {
		return 0
	}
	return n
}

// judgeCompared judges "and a <op> b" with its tail at next.
func (r *sqlReading) judgeCompared(i, next int, a, b sqlTerm, c sqlCompare) {
	tail := r.tail(next)
	broken, tight := r.broken(i), r.tight(i)
	called := a == termCall || b == termCall
	score := 0
	switch {
	case a.constant() && b.constant() && (tight || !called):
		score = 85
		if c != cmpSign {
			score = 70
		}
	case a.constant() || b.constant():
		score = 35
		if tight {
			score = 70
		}
	case tight && c == cmpSign && r.base+r.n < 16:
		score = 55
	}
	if c == cmpSign && r.quote == 0 && (!broken || r.base+i == 0) && r.order(next) {
		score -= 45
	}
	if !(a.literal() && b.literal()) && r.program(i, next, tight) {
		score -= 45
	}
	if a == termSelect || b == termSelect || a == termEffect || b == termEffect {
		score = 88
	}
	if tail == tailProse {
		score -= r.prose(next, a)
	}
	if a == termIdent && b == termIdent && c == cmpSign && r.same(i, next) {
		score = max(score, 60)
	}
	if tail == tailComment && r.quote != 0 {
		score += 5
	}
	r.report(score, i, next, "sqli/condition", "a condition behind the end of a literal changes which rows the query returns")
}

// program reports whether the condition is rather one of a programming
// language: equality is "==" there, and calls stand behind "&&" in text that
// is no break-out.
func (r *sqlReading) program(i, next int, tight bool) bool {
	for j := i + 1; j < next; j++ {
		if t := r.text(j); r.kind(j) == sqlCmp && len(t) > 1 && t[len(t)-1] == '=' && t[len(t)-2] == '=' {
			return true
		}
	}
	return r.kind(i) == sqlLogic && !tight
}

// order reports whether the comparison that ends before next is < or > alone,
// which text has as well: 3 < 4, <3.
func (r *sqlReading) order(next int) bool {
	for i := next - 1; i >= 0 && i > next-6; i-- {
		if r.kind(i) == sqlCmp {
			c := r.text(i)
			return len(c) == 1 && c[0] != '='
		}
	}
	return false
}

// prose is what words behind a condition take from its score: less when it
// calls a function of the server or when next to nothing follows.
func (r *sqlReading) prose(next int, a sqlTerm) int {
	if a == termFunc || r.last && r.closing(next) >= r.n-1 {
		return 25
	}
	return 40
}

// same reports whether the condition behind i compares a name with itself
// and the value ends there.
func (r *sqlReading) same(i, next int) bool {
	return next == i+4 && r.tail(next) != tailProse && string(r.text(i+1)) == string(r.text(i+3))
}

// judgeLone judges "or a" without a comparison.
func (r *sqlReading) judgeLone(i, next int, a sqlTerm) {
	tail := r.tail(next)
	if tail == tailProse {
		return
	}
	tight := r.tight(i)
	inString := r.quote != 0 && tight
	score := 0
	switch a {
	case termSelect:
		score = 85
	case termEffect:
		score = 88
	case termFunc:
		if tight || tail == tailComment {
			score = 65
		}
	case termCall:
		if tight && (tail == tailComment || inString) {
			score = 55
		}
	case termValue, termNumber, termString:
		switch {
		case inString && tail != tailEnd && r.kind(r.closing(next)) != sqlString:
			score = 60
		case inString && a == termValue, a == termValue && r.bare(i) && r.base+i > 0, (r.is(i+1, sqlNot) || r.kind(i+1) == sqlArith && r.text(i + 1)[0] == '!') && r.bare(i) && r.base+i > 0, tail == tailComment && (r.literal(i-1) || r.base+i == 0):
			score = 55
		case r.is(next, sqlOrder) && r.is(next+1, sqlBy) && r.bare(i) && r.base+i > 0:
			score = 60
		case inString && len(r.text(0)) == 1 && a == termNumber && tail == tailEnd:
			score = 52
		case inString:
			score = 45
		case i == 1 && r.is(i, sqlOr) && r.base == 0 && r.n == 3 && r.last && string(r.text(0)) == string(r.text(2)):
			score = 52 // 1 or 1
		}
	case termOpen:
		if inString && r.kind(i+1) == sqlString && r.short() {
			score = 60
		}
	case termIdent:
		if inString && tail == tailComment {
			score = 55
		}
	}
	r.report(score, i, next, "sqli/condition", "a logical operator behind the end of a literal changes which rows the query returns")
}

// literal reports whether token i ends a literal.
func (r *sqlReading) literal(i int) bool {
	k := r.kind(i)
	return k == sqlNumber || k == sqlString || k == sqlVar || k == sqlRParen || r.is(i, sqlValue)
}

// short reports whether the value is a few tokens without prose or code in
// its strings.
func (r *sqlReading) short() bool {
	if !r.last || r.base > 0 || r.n > 24 {
		return false
	}
	for i := 0; i < r.n; i++ {
		if r.tok[i].kind != sqlString {
			continue
		}
		if spaced(r.text(i)) {
			return false
		}
	}
	return true
}

// spaced reports whether w is more than one word: white space inside, or what
// stands before a quote in code rather than in a value.
func spaced(w []byte) bool {
	w = bytes.Trim(w, "'\" \t\r\n")
	return bytes.IndexAny(w, " \n[],:;$") >= 0
}

// concatenation judges || between strings, where it is no logical operator.
func (r *sqlReading) concatenation(i int) bool {
	if r.quote == 0 || !r.broken(i) {
		return false
	}
	next, a := r.operand(i + 1)
	if a != termSelect && a != termFunc && a != termEffect && a != termCall {
		return false
	}
	r.report(75, i, next, "sqli/concatenation", "an expression is joined to the query's string")
	return true
}
