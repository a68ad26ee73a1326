package detect

// sqlTerm is what kind of operand an expression starts with.
type sqlTerm uint8

const (
	termNone   sqlTerm = iota
	termIdent          // a column, or a word of prose
	termNumber         // a number
	termString         // a string
	termOpen           // a string that ends with the text: the query closes it
	termValue          // null, true, a variable
	termCall           // a call of a word that is no function of the dialects
	termFunc           // a call of a function of the dialects
	termEffect         // a call of a function with side effects
	termSelect         // a subquery
	termStar           // *
)

// constant reports whether the operand has a value of its own, without a
// table.
func (t sqlTerm) constant() bool { return t >= termNumber && t != termStar }

// maxArith bounds the operators that operand follows: a chain of them is read
// from each of its links.
const maxArith = 24

// literal reports whether the operand is written out.
func (t sqlTerm) literal() bool { return t >= termNumber && t <= termValue }

// operand reads the operand at i with its sign, its opening parentheses and
// the arithmetic that follows it. It returns the index behind it and the
// strongest term in it.
func (t *sqlTokens) operand(i int) (next int, term sqlTerm) {
	for n := 0; ; n++ {
		j, k := t.primary(i)
		if k == termNone {
			return i, term
		}
		if t.kind(j) == sqlComma && k != termIdent {
			j = t.row(i, j)
		}
		term = joinTerms(term, k)
		i = t.closing(j)
		if n == maxArith || !t.arith(i) || t.kind(i) == sqlLogic && k == termIdent && !t.is(i+1, sqlFunc) && t.kind(i+1) != sqlString {
			return j, term
		}
		i++
	}
}

// row returns the index behind the row (1, 2) whose first item ends at the
// comma j, when its parenthesis opened between i and j; else j.
func (t *sqlTokens) row(i, j int) int {
	for k := j - 1; k >= i && k > j-4; k-- {
		if t.kind(k) == sqlLParen && int(t.pair[k]) < t.n && (t.kind(k-1) != sqlWord || t.is(k-1, sqlAnd) || t.is(k-1, sqlOr) || t.is(k-1, sqlNot)) {
			return int(t.pair[k]) + 1
		}
	}
	return j
}

// joinTerms returns the term of two operands joined by arithmetic: a name
// makes it a name, unless something stronger than a literal takes part.
func joinTerms(a, b sqlTerm) sqlTerm {
	if a == termNone {
		return b
	}
	if b == termStar {
		return a
	}
	if min(a, b) == termIdent && max(a, b) <= termCall && max(a, b) != termOpen {
		return termIdent
	}
	return max(a, b)
}

// arith reports whether token i joins two operands into one.
func (t *sqlTokens) arith(i int) bool {
	switch t.kind(i) {
	case sqlArith:
		return true
	case sqlLogic:
		return t.lex.b[t.tok[i].start] == '|'
	}
	return t.is(i, sqlDiv)
}

// closing skips closing parentheses.
func (t *sqlTokens) closing(i int) int {
	for t.kind(i) == sqlRParen {
		i++
	}
	return i
}

// opening skips signs, prefix words and opening parentheses.
func (t *sqlTokens) opening(i int) int {
	for i < t.n {
		switch {
		case t.tok[i].kind == sqlArith && t.lex.b[t.tok[i].start] != '/' && t.lex.b[t.tok[i].start] != '*':
		case t.tok[i].kind == sqlLParen:
		case t.is(i, sqlNot), t.is(i, sqlModifier):
		default:
			return i
		}
		i++
	}
	return i
}

// primary reads one operand without arithmetic.
func (t *sqlTokens) primary(i int) (next int, term sqlTerm) {
	i = t.opening(i)
	switch t.kind(i) {
	case sqlNumber:
		if t.kind(i+1) == sqlDot && t.kind(i+2) == sqlWord {
			return i + 3, termIdent // 1.e.name
		}
		return i + 1, termNumber
	case sqlString:
		for t.kind(i+1) == sqlString && !t.tok[i].open { // 'a' 'b' is one string
			i++
		}
		if t.tok[i].open {
			return i + 1, termOpen
		}
		return i + 1, termString
	case sqlVar:
		for i++; t.kind(i) == sqlDot && t.kind(i+1) == sqlWord; i += 2 {
		}
		return i, termValue
	case sqlArith: // * left by opening
		if t.lex.b[t.tok[i].start] == '*' {
			return i + 1, termStar
		}
	case sqlOther: // \N is null in MySQL
		if t.lex.b[t.tok[i].start] == '\\' && t.kind(i+1) == sqlWord && t.lex.b[t.tok[i+1].start] == 'N' {
			return i + 2, termValue
		}
	case sqlWord:
		return t.name(i)
	}
	return i, termNone
}

// name reads an operand that begins with a word.
func (t *sqlTokens) name(i int) (next int, term sqlTerm) {
	switch w := t.word(i); w {
	case sqlValue:
		return t.arguments(i + 1), termValue
	case sqlSelect:
		if t.kind(i-1) == sqlLParen {
			return int(t.pair[i-1]), termSelect
		}
		return i, termNone
	case sqlCase:
		return t.caseEnd(i), termFunc
	case sqlEffect, sqlPackage, sqlCatalog, sqlFunc:
		return t.path(i, w)
	case sqlNone, sqlObject, sqlIs, sqlTo, sqlDelay, sqlSet, sqlLike, sqlOutfile, sqlLoad, sqlInsert, sqlIf, sqlMode, sqlValues:
		return t.path(i, w)
	}
	return i, termNone
}

// path reads a.b.c with an argument list.
func (t *sqlTokens) path(i int, w uint8) (next int, term sqlTerm) {
	j, dots := i+1, 0
	for t.kind(j) == sqlDot {
		dots++
		for t.kind(j) == sqlDot {
			j++
		}
		if t.kind(j) == sqlWord {
			w = max(w, t.word(j)*b2u(t.word(j) == sqlPackage))
			j++
		}
	}
	if t.kind(j) != sqlLParen {
		return j, termIdent
	}
	switch w {
	case sqlEffect, sqlPackage:
		term = termEffect
	case sqlFunc, sqlIf, sqlIs, sqlInsert, sqlValues, sqlObject, sqlLike:
		term = termFunc
	default:
		term = termCall
		if dots > 0 || int(t.pair[j]) == t.n {
			term = termIdent // a method of some program, or no call at all
		}
	}
	return t.arguments(j), term
}

// arguments skips a parenthesised list at i, if there is one.
func (t *sqlTokens) arguments(i int) int {
	if t.kind(i) != sqlLParen {
		return i
	}
	return min(int(t.pair[i])+1, t.n)
}

// caseEnd returns the index behind the end of the case at i.
func (t *sqlTokens) caseEnd(i int) int {
	for j := i + 1; j < t.n && j < i+64; j++ {
		if t.is(j, sqlEnd) {
			return j + 1
		}
	}
	return t.n
}

// sqlTail says what follows an expression.
type sqlTail uint8

const (
	tailProse   sqlTail = iota // a word or sign that no clause begins with
	tailEnd                    // the text ends
	tailClause                 // and, union, order by, limit, ";", a string
	tailComment                // a comment hides the rest of the query
)

// tail classifies what stands at i.
func (t *sqlTokens) tail(i int) sqlTail {
	i = t.closing(i)
	switch t.kind(i) {
	case sqlEOF:
		return tailEnd
	case sqlComment:
		return tailComment
	case sqlSemi, sqlLogic, sqlCmp, sqlArith, sqlComma:
		return tailClause
	case sqlString:
		if t.tok[i].open {
			return tailClause
		}
	case sqlWord:
		switch t.word(i) {
		case sqlUnion, sqlSelect, sqlAnd, sqlOr, sqlOrder, sqlLimit, sqlHaving, sqlProcedure,
			sqlInto, sqlWhere, sqlWaitfor, sqlExec, sqlDeclare, sqlLike, sqlDiv, sqlWhen, sqlEnd,
			sqlFrom, sqlShutdown:
			return tailClause
		case sqlIs:
			if len(t.text(i)) > 2 || t.is(i+1, sqlNot) || t.is(i+1, sqlValue) || t.kind(i+1) == sqlNumber {
				return tailClause
			}
		}
	}
	return tailProse
}

func b2u(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}
