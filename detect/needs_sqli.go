package detect

import "bytes"

// sqlHas is the set of classes of SQL words, one bit each.
type sqlHas uint64

func (h sqlHas) any(classes ...uint8) bool {
	for _, c := range classes {
		if h>>c&1 != 0 {
			return true
		}
	}
	return false
}

// sqlAny is the set of the given classes.
func sqlAny(classes ...uint8) (m uint64) {
	for _, c := range classes {
		m |= 1 << c
	}
	return m
}

var (
	sqlLogical  = sqlAny(sqlAnd, sqlOr, sqlWhere, sqlHaving)
	sqlStrong   = sqlAny(sqlDeclare, sqlWaitfor, sqlGrant, sqlOutfile, sqlPackage)
	sqlVerbs    = sqlAny(sqlInsert, sqlUpdate, sqlDelete, sqlDDL, sqlExec, sqlBegin, sqlShutdown, sqlSet, sqlLoad, sqlIf)
	sqlQueries  = sqlAny(sqlFrom, sqlMode, sqlUnion, sqlSelect, sqlOrder, sqlLimit, sqlProcedure)
	sqlCallable = sqlAny(sqlFunc, sqlEffect, sqlIf)
	sqlCalled   = sqlCallable | sqlAny(sqlIs, sqlInsert, sqlValues, sqlObject, sqlLike) // what path reads as a function
	sqlOperands = sqlCallable | sqlAny(sqlLike, sqlValue, sqlCase)
)

// sqlComparing are the byte classes of comparison operators.
const sqlComparing = fEqual | fLess | fGreater

// needsSQLi: a word that the judge looks at, with what has to stand beside it
// for a score, or the end of a string with an operator behind it, or a hidden
// rest.
func needsSQLi(v *value, t *traits) bool {
	f := v.f
	switch {
	case f&fPercent != 0, t.pairs&(pairLogic|pairServer) != 0, t.pairs&(pairComment|pairJoin) == pairComment|pairJoin,
		t.sql&sqlStrong != 0:
		return true
	case t.sql&sqlLogical != 0 && sqlConditional(v, t):
		return true
	case t.sql&sqlVerbs != 0 && sqlCommanding(f, t):
		return true
	case t.sql&sqlQueries != 0 && sqlQuerying(v, t):
		return true
	case t.sql&sqlOperands != 0 && sqlCalling(v, t):
		return true
	case f&fQuote != 0 && (sqlBreaksOut(v.b, '\'', f) || sqlBreaksOut(v.b, '"', f)):
		return true
	}
	return sqlHides(v, t) && (f&fQuote != 0 || sqlLiteralFirst(v.b))
}

// sqlHides reports whether a comment may hide what follows the value, or the
// NUL at which some databases stop reading.
func sqlHides(v *value, t *traits) bool {
	n := len(v.b)
	return t.pairs&pairComment != 0 || v.f&fHash != 0 || v.f&(fSemi|fCtl) == fSemi|fCtl && n > 1 && v.b[n-2] == ';' && v.b[n-1] == 0
}

// sqlConditional: a condition compares, calls, is a constant or hides what
// follows.
func sqlConditional(v *value, t *traits) bool {
	f, h := v.f, sqlHas(t.sql)
	switch {
	case f&(sqlComparing|fParen|fBack|fDollar) != 0, t.pairs&(pairVar|pairOperator) != 0, sqlHides(v, t):
		return true
	case h.any(sqlCase, sqlValue), !wordFirst(v.b):
		return true
	case h.any(sqlLike, sqlBetween) && f&(fDigit|fQuote) != 0:
		return true
	}
	return h.any(sqlIs) && f&fDigit != 0
}

// sqlCommanding: a statement takes what its verb asks for.
func sqlCommanding(f features, t *traits) bool {
	h := sqlHas(t.sql)
	switch {
	case h.any(sqlExec) && (f&(fParen|fQuote|fDollar) != 0 || t.pairs&(pairVar|pairDots|pairParted|pairComment) != 0):
	case h.any(sqlInsert) && h.any(sqlValues, sqlSelect, sqlSet):
	case h.any(sqlUpdate) && h.any(sqlSet) && f&sqlComparing != 0:
	case h.any(sqlDelete) && h.any(sqlFrom):
	case h.any(sqlDDL) && h.any(sqlObject, sqlProcedure, sqlShutdown):
	case h.any(sqlBegin) && h.any(sqlShutdown, sqlExec, sqlSelect):
	case h.any(sqlShutdown, sqlIf) && f&fSemi != 0:
	case h.any(sqlSet) && (t.pairs&pairVar != 0 || f&fSemi != 0 && f&sqlComparing != 0):
	case h.any(sqlLoad) && f&(fQuote|fParen|fDollar) != 0:
	default:
		return false
	}
	return true
}

// sqlQuerying: a query has a list that is more than words, or a table.
func sqlQuerying(v *value, t *traits) bool {
	f, h := v.f, sqlHas(t.sql)
	hidden := sqlHides(v, t)
	switch {
	case h.any(sqlUnion) && (h.any(sqlSelect, sqlValues, sqlObject) || hidden || !wordFirst(v.b)):
	case h.any(sqlFrom) && (h.any(sqlCatalog) || hidden || f&(fParen|fDollar) != 0):
	case h.any(sqlMode) && h.any(sqlUpdate) && f&(fParen|fQuote) != 0:
	case h.any(sqlSelect) && (h.any(sqlFrom, sqlValue, sqlCase) || f&(fDigit|fQuote|fParen|fBack|fDollar) != 0 || t.pairs&pairVar != 0):
	case h.any(sqlOrder) && h.any(sqlBy) && (f&(fDigit|fParen) != 0 || hidden || h.any(sqlCase)):
	case h.any(sqlLimit) && hidden:
	case h.any(sqlProcedure) && f&fParen != 0:
	default:
		return false
	}
	return true
}

// sqlCalling: functions are called, and constants compared.
func sqlCalling(v *value, t *traits) bool {
	f, h := v.f, sqlHas(t.sql)
	switch {
	case t.marks&wordSQLCall != 0 && f&fParen != 0:
	case h.any(sqlLike) && f&fParen != 0 && (f&fQuote != 0 || !wordFirst(v.b)):
	case h.any(sqlValue, sqlCase) && (f&(sqlComparing|fParen) != 0 || t.pairs&(pairVar|pairOperator) != 0):
	case h.any(sqlCase) && h.any(sqlEnd) && h.any(sqlWhen):
	case h.any(sqlLike) && h.any(sqlCase):
	default:
		return false
	}
	return true
}

// sqlBreaksOut reports whether an operator or a comment may follow the first
// quote q of b, as the query's string would end there.
func sqlBreaksOut(b []byte, q byte, f features) bool {
	i := bytes.IndexByte(b, q)
	if i < 0 {
		return false
	}
	for i++; i < len(b) && (b[i] <= ' ' || b[i] == 0x7f); i++ {
	}
	if i == len(b) {
		return false
	}
	c := b[i]
	if isAlpha(c) || c == '_' {
		l := sqlLexer{b: b, i: i}
		return sqlAfterString>>l.word().word&1 != 0 || hasPrefixFold(b[i:], "member")
	}
	switch c {
	case ',':
		return f&fEqual != 0
	case '.', '(', '[', ']', q, '\'', '"', '`', '\\':
		return false
	}
	return !isDigit(c) && (c < 0x80 || c == 0xa0 || c == 0xc2)
}

// sqlAfterString are the classes of words that go on with an expression.
var sqlAfterString = sqlAny(sqlAnd, sqlOr, sqlWhere, sqlHaving, sqlNot, sqlLike, sqlIn, sqlIs, sqlBetween, sqlDiv)

// sqlLiteralFirst reports whether b may begin with a number or parenthesis.
func sqlLiteralFirst(b []byte) bool {
	i := sqlFirst(b)
	return i < len(b) && b[i] != '*' && !isAlpha(b[i]) && b[i] != '_'
}

// wordFirst reports whether b begins with a word, and not with the type of a
// string.
func wordFirst(b []byte) bool {
	i := sqlFirst(b)
	return i < len(b) && (isAlpha(b[i]) || b[i] == '_') && (i+1 == len(b) || b[i+1] != '\'')
}

// sqlFirst is the offset of the first byte that is no white space.
func sqlFirst(b []byte) int {
	for i, c := range b {
		if c > ' ' && c != 0x7f && c != '+' {
			return i
		}
	}
	return len(b)
}
