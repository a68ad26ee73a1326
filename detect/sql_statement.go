package detect

import "bytes"

const (
	sqlStacked    = "sqli/stacked"
	sqlStackedWhy = "a statement of its own stands behind the query"
	sqlCall       = "sqli/call"
	sqlCallWhy    = "a function or procedure of the server with side effects is called"
)

// judgeStatement judges the statement that begins at i: behind a ";", or as
// the whole value.
func (r *sqlReading) judgeStatement(i int) {
	score, next := r.statement(i)
	if score == 0 {
		return
	}
	switch prev := r.kind(i - 1); {
	case !r.stacked(i) && r.ownLine(i):
		score -= 25
	case r.base+i == 0 && r.quote == 0 && r.migration(i):
		score -= 25
	case r.stacked(i), prev == sqlSemi && len(r.lex.b) < longText:
		score += 20
	case prev == sqlSemi:
		score -= 20
	case r.base+i == 0, r.broken(i):
	case r.is(i-1, sqlBegin), r.is(i-1, sqlWhen), r.is(i-1, sqlEnd):
	case prev == sqlRParen, prev == sqlString, prev == sqlNumber:
	default:
		score -= 25
	}
	r.report(min(score, 95), i, next, sqlStacked, sqlStackedWhy)
}

// ownLine reports whether the statement at i is one of several that stand on
// lines of their own, as in a file of SQL.
func (r *sqlReading) ownLine(i int) bool {
	start := int(r.tok[i].start)
	line := bytes.IndexByte(r.lex.b[max(0, start-maxTight):start], '\n') >= 0
	switch {
	case line && r.kind(i-1) == sqlSemi:
		return r.base > 0 || i > 3
	case r.base+i == 0:
		return bytes.Contains(r.lex.b, []byte(";\n")) && len(r.lex.b) > shortValue/2
	}
	return line && len(r.lex.b) > shortValue
}

// migration reports whether the value is a statement that builds a schema or
// fills it, as developers keep them in files: it breaks out of nothing, and
// defines a routine or a table by its columns, stands below a comment, or runs
// over several lines. What runs commands has its own rules.
func (r *sqlReading) migration(i int) bool {
	b := r.lex.b
	start := int(r.tok[i].start)
	if start > 0 && bytes.IndexByte(b[:start], '\n') > 0 && hasPrefix(b, "--") {
		return true
	}
	head := b[start:min(len(b), start+minScript)]
	if r.word(i) == sqlDDL && r.is(i+1, sqlObject) && r.kind(i+2) == sqlWord {
		for k := i + 2; k < i+6; k++ {
			if r.kind(k) == sqlLParen {
				return r.kind(k+1) == sqlRParen || r.kind(k+1) == sqlWord
			}
		}
	}
	return bytes.Count(head, []byte{'\n'}) > 1
}

// statement weighs the statement at i by how much of it is there.
func (r *sqlReading) statement(i int) (score, next int) {
	j := i + 1
	switch r.word(i) {
	case sqlDDL:
		return r.ddl(i)
	case sqlInsert:
		if r.is(j, sqlInto) {
			j++
		}
		k, a := r.operand(j)
		if a != termNone && (r.is(k, sqlValues) && r.kind(k+1) == sqlLParen || r.is(k, sqlSelect) || r.is(k, sqlSet)) {
			return 65, k
		}
	case sqlUpdate:
		k, a := r.table(j)
		if a == termIdent && r.is(k, sqlSet) && r.kind(k+1) == sqlWord && r.kind(k+2) == sqlCmp {
			return 65, k + 3
		}
	case sqlDelete:
		for r.kind(j) == sqlWord && !r.is(j, sqlFrom) && j < i+4 {
			j++
		}
		k, a := r.table(j + 1)
		if r.is(j, sqlFrom) && a == termIdent && r.tail(k) != tailProse {
			return 60, k
		}
	case sqlExec:
		return r.exec(i)
	case sqlDeclare:
		if r.kind(j) == sqlVar || r.kind(j) == sqlWord && r.kind(j+1) == sqlWord && r.tail(j+2) != tailEnd && r.semicolon(j+1) {
			return 70, j + 2
		}
	case sqlWaitfor:
		if r.is(j, sqlDelay) && (r.kind(j+1) == sqlString || r.kind(j+1) == sqlVar) {
			return 85, j + 2
		}
	case sqlBegin:
		if w := r.word(j); w == sqlDeclare || w == sqlPackage || w == sqlShutdown && r.is(j+1, sqlEnd) || w == sqlExec || w == sqlSelect && r.kind(j+1) != sqlWord {
			return 65, j + 1
		}
	case sqlShutdown:
		if r.kind(i-1) == sqlSemi && (r.tail(j) != tailProse || r.is(j, sqlMode) && r.kind(j+1) == sqlWord && r.tail(j+2) != tailProse) {
			return 60, j
		}
	case sqlGrant:
		for k := r.kind(j); (k == sqlWord && !r.is(j, sqlTo) && !r.is(j, sqlFrom) || k == sqlArith || k == sqlDot || k == sqlComma) && j < i+10; k = r.kind(j) {
			j++
		}
		named := r.kind(j+1) == sqlString && r.stacked(i)
		if j > i+1 && (r.is(j, sqlTo) || r.is(j, sqlFrom)) && (named || r.kind(j+1) == sqlWord && r.tail(j+2) != tailProse) && (r.broken(i) || r.kind(i-1) == sqlSemi) {
			return 60, j + 2
		}
	case sqlSet:
		if (r.kind(j) == sqlVar || len(r.text(i)) > 3 && r.kind(j) == sqlWord && r.stacked(i)) && r.kind(j+1) == sqlCmp {
			return 60, j + 2
		}
	case sqlLoad:
		return r.load(i)
	case sqlIf:
		if !r.stacked(i) {
			return 0, i
		}
		left, a := r.operand(j)
		op, c := r.comparison(r.closing(left))
		if k, b := r.operand(op); c != cmpNone && a.constant() && b.constant() {
			return 60, k
		}
	}
	return 0, i
}

// table reads the name of a table, which may stand in double quotes.
func (r *sqlReading) table(i int) (next int, term sqlTerm) {
	next, term = r.operand(i)
	if term == termString && next == i+1 && r.text(i)[0] == '"' {
		term = termIdent
	}
	return next, term
}

// semicolon reports whether a ";" or ":=" stands within a few tokens.
func (r *sqlReading) semicolon(i int) bool {
	for j := i; j < i+6; j++ {
		if r.kind(j) == sqlSemi {
			return true
		}
	}
	return false
}

// ddl: drop table x, create table x (...), alter table x add.
func (r *sqlReading) ddl(i int) (score, next int) {
	j := i + 1
	for r.is(j, sqlOr) || r.is(j, sqlInsert) || r.is(j, sqlUnion) {
		j++
	}
	if !r.is(j, sqlObject) && !r.is(j, sqlProcedure) && !r.is(j, sqlShutdown) {
		return 0, i
	}
	for r.kind(j+1) == sqlWord && (r.is(j, sqlObject) || r.is(j, sqlProcedure)) && r.word(j+1) != sqlMode {
		j++
	}
	for r.is(j, sqlIf) || r.is(j, sqlNot) {
		j++
	}
	k, a := r.table(j)
	switch {
	case a == termNone:
		return 0, i
	case r.base+i == 0 && a == termIdent && r.tail(k) == tailEnd:
		return 45, k // drop table tennis
	case r.tail(k) != tailProse, a != termIdent:
		return 60, k
	case r.is(k, sqlAs), r.is(k, sqlMode), r.is(k, sqlDDL), r.is(k, sqlSet), r.is(k, sqlExec), r.kind(k) == sqlWord && r.kind(k+1) == sqlVar:
		return 60, k
	}
	return 0, i
}

// exec: exec xp_x, exec(@x), execute immediate '...', call f(...).
func (r *sqlReading) exec(i int) (score, next int) {
	j := i + 1
	if r.kind(j) == sqlWord && r.kind(j+1) == sqlString && r.word(j) == sqlNone && hasPrefixFold(r.text(j), "immediate") {
		return 75, j + 2
	}
	if r.kind(j) == sqlVar && r.kind(j+1) == sqlCmp {
		j += 2
	}
	for k := j; k < j+6 && (r.kind(k) == sqlWord || r.kind(k) == sqlDot); k++ {
		if r.is(k, sqlPackage) || r.kind(k) == sqlDot && k > j && r.kind(k-1) == sqlWord && r.kind(k+1) == sqlDot && r.kind(k+2) == sqlWord {
			return 85, k + 1
		}
	}
	k, a := r.operand(j)
	switch {
	case a == termEffect:
		return 80, k
	case r.kind(j) == sqlLParen && a == termString && !r.tight(i) && !r.stacked(i):
		return 45, k
	case r.kind(j) == sqlLParen && (a == termString || a == termValue || a == termFunc),
		r.kind(j) == sqlVar && r.tail(k) != tailProse:
		return 70, k
	case a == termFunc, a == termCall && r.kind(k) != sqlWord && (r.broken(i) || r.kind(i-1) == sqlSemi):
		return 55, k
	}
	return 0, i
}

// load: load data infile '...', copy x from '...', backup database x to disk.
func (r *sqlReading) load(i int) (score, next int) {
	if r.kind(i+1) == sqlLParen && !r.is(i+2, sqlSelect) {
		return 0, i
	}
	if w := r.word(i + 1); w != sqlObject && w != sqlInsert && !r.is(i+2, sqlFrom) && !r.is(i+2, sqlTo) && r.kind(i+1) != sqlLParen && (r.kind(i+1) != sqlWord || !hasPrefixFold(r.text(i+1), "data") && !hasPrefixFold(r.text(i+1), "xml")) {
		return 0, i
	}
	for j := i + 2; j < i+10 && j < r.n; j++ {
		if r.kind(j) == sqlString && j > i+2 {
			return 60, j + 1
		}
		if r.kind(j) == sqlLParen && r.is(j+1, sqlSelect) {
			return 65, j + 2
		}
	}
	return 0, i
}

// judgeEffect judges a call that waits, reads, writes or calls out.
func (r *sqlReading) judgeEffect(i int) {
	w := r.word(i)
	next, a := r.operand(i)
	if a != termEffect {
		if w == sqlPackage && r.kind(i+1) == sqlDot && (r.kind(i-1) == sqlLogic || r.kind(i-1) == sqlString) {
			r.report(65, i, i+3, sqlCall, sqlCallWhy)
		}
		if w == sqlPackage && (r.kind(i+1) == sqlString || r.kind(i-1) == sqlDot && r.kind(i-2) == sqlDot) {
			r.report(75, i, i+2, sqlCall, sqlCallWhy)
		}
		return
	}
	score := 0
	switch prev := r.kind(i - 1); {
	case w == sqlPackage:
		score = 75
	case r.base+i == 0:
		score = 60
		if r.tail(next) == tailProse {
			score = 30
		}
	case prev == sqlDot:
		score = 0
	case r.broken(i), prev == sqlLogic, r.is(i-1, sqlAnd), r.is(i-1, sqlOr), r.is(i-1, sqlSelect), r.is(i-1, sqlBy):
		score = 80
	case prev == sqlComma, prev == sqlLParen, prev == sqlCmp, prev == sqlArith, prev == sqlRParen,
		prev == sqlString, r.is(i-1, sqlWhen), r.is(i-1, sqlLike), r.is(i-1, sqlExec):
		score = 65
	case prev == sqlSemi:
		score = 55
	case prev == sqlWord:
		score = 35
	}
	r.report(score, i, next, sqlCall, sqlCallWhy)
}

// judgeOutfile judges into outfile and into dumpfile.
func (r *sqlReading) judgeOutfile(i int) {
	if r.is(i-1, sqlInto) && r.kind(i+1) != sqlEOF && (r.kind(i+1) != sqlWord || r.broken(i-1)) {
		r.report(90, i-1, i+2, "sqli/outfile", "the query's result is written to a file of the server")
	}
}

// judgeLike judges a comparison with a function right behind a literal.
func (r *sqlReading) judgeLike(i int) {
	if i == 0 || !r.broken(i) {
		return
	}
	op, c := r.comparison(i)
	if next, a := r.operand(op); c == cmpWord && (a == termFunc || a == termSelect || a == termEffect) {
		r.report(65, i, next, "sqli/expression", "an expression stands where the query has a literal")
	}
}

// judgeProbe judges an expression of functions that stands for a literal.
func (r *sqlReading) judgeProbe(i int) {
	if r.base+i < 12 && r.kind(i-1) != sqlDot && r.oracle(i) {
		r.report(65, i, i+3, "sqli/expression", "an expression that tells true from false stands where the query has a literal")
	}
	r.judgeNested(i)
	if !(r.base+i == 0 || r.broken(i)) {
		return
	}
	next, a := r.operand(i)
	if a == termSelect || a == termEffect {
		r.report(70, i, next, sqlCall, sqlCallWhy)
		return
	}
	if a != termFunc && a != termValue {
		return
	}
	if op, c := r.comparison(r.closing(next)); c == cmpSign && r.broken(i) && i > 0 {
		if end, b := r.operand(op); b.constant() {
			r.report(60, i, end, "sqli/expression", "an expression stands where the query has a literal")
		}
	}
}

// judgeNested judges the code of a character of a string behind a literal and
// an operator: 4+ascii(substring(pw,1,1)); and a call between two strings of
// the query that are joined to it.
func (r *sqlReading) judgeNested(i int) {
	joined := r.kind(i-1) == sqlNumber && r.lex.b[r.tok[i].start-1] == '+' // or a blank, as forms write it
	if r.kind(i-1) != sqlArith && !joined || !r.call(i) || !r.is(i, sqlFunc) || r.base > 0 || i > 8 {
		return
	}
	const why = "an expression stands where the query has a literal"
	code := equalFold(r.text(i), "ascii") || equalFold(r.text(i), "ord") || equalFold(r.text(i), "unicode")
	if code && r.is(i+2, sqlFunc) && r.call(i+2) {
		r.report(58, i, i+4, "sqli/expression", why)
	}
	end := min(int(r.pair[i+1])+1, r.n)
	if r.quote != 0 && i == 2 && r.text(1)[0] == '+' && r.kind(end) == sqlArith && end == r.n-2 && r.tok[r.n-1].open && r.last && len(r.text(0)) < maxTight && len(r.text(r.n-1)) < maxTight {
		r.report(58, 1, end, "sqli/concatenation", "an expression is joined to the query's string")
	}
}

// oracle reports whether the call or case at i chooses by a comparison of
// two numbers, which says nothing but whether it runs, or asks for what only
// the server knows.
func (r *sqlReading) oracle(i int) bool {
	end := r.n
	switch {
	case r.call(i):
		end = int(r.pair[i+1])
	case !r.is(i, sqlCase):
		return false
	case i == 0 && r.whole(i):
		return true
	}
	for j := i + 1; j < end && j < i+12; j++ {
		switch {
		case (r.kind(j) == sqlNumber || r.kind(j) == sqlString) && r.compares(j):
			return true
		case i == 0 && r.kind(j) == sqlVar && len(r.text(j)) > 3 && r.text(j)[1] == '@':
			return true
		case i == 0 && r.call(j) && r.kind(j+2) == sqlRParen && (r.is(j, sqlFunc) && !r.is(i, sqlIf) || r.is(j, sqlObject)):
			return true
		}
	}
	return false
}

// compares reports whether the literal at j is compared with another one.
func (r *sqlReading) compares(j int) bool {
	k := j + 1
	for n := 1; r.kind(k) == sqlRParen && r.kind(j-n) == sqlLParen && (r.kind(j-n-1) != sqlWord || r.is(j-n-1, sqlWhen)); n++ {
		k++ // its own parentheses, not those of a call
	}
	op, c := r.comparison(k)
	if c == cmpNone || r.kind(j) == sqlString && len(r.text(j)) > maxWord {
		return false
	}
	if t := r.text(k); c == cmpSign && len(t) > 1 && t[0] == '=' && t[1] == '=' {
		return false // of a program
	}
	_, b := r.operand(op)
	return (b == termNumber || b == termString) && !(r.kind(op) == sqlArith && r.text(op)[0] == '&') // 1>&2
}

// whole reports whether the value is one case with its parts.
func (r *sqlReading) whole(i int) bool {
	end := r.caseEnd(i)
	return r.last && end == r.n && r.is(end-1, sqlEnd) && r.is(end-3, sqlWhen) && r.seen>>sqlWhen&1 != 0
}

// judgeVariable judges @@version and its like.
func (r *sqlReading) judgeVariable(i int) {
	t := r.text(i)
	if len(t) < 5 || t[1] != '@' || t[2]|0x20 < 'a' || t[2]|0x20 > 'z' || r.base > 0 {
		return
	}
	switch tail := r.tail(i + 1); {
	case tail == tailComment, i == 0 && r.n == 1 && r.last && variableName(t[2:]), i > 0 && r.broken(i) && tail == tailEnd:
		r.report(55, i, i+1, "sqli/expression", "a variable of the server stands where the query has a literal")
	}
}

// variableName reports whether w may name a variable of the server: letters
// and underscores, where identifiers of programs have digits.
func variableName(w []byte) bool {
	for _, c := range w {
		if !isAlpha(c) && c != '_' {
			return false
		}
	}
	return len(w) < maxWord
}
