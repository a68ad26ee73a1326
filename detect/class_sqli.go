package detect

import (
	"bytes"
	"math/bits"
)

// The SQL judge reads a value as an application would paste it into a query:
// as it is, behind a single quote that the query opened, and behind a double
// quote. In each reading it looks for structure that changes what the query
// means: a condition after a break-out, a second result set, a second
// statement, a subquery, a call with side effects, a hidden rest. A word
// alone is never an attack, and neither is a list of words.
//
// It catches            it lets pass
// 7' or 4=4 --          Seán O'Rourke or 4 friends
// 3 union select pw,2   the union may select two members
// 9;drop table x        cut; drop table salt on it

// sqlReading is one reading of one value under judgement.
type sqlReading struct {
	sqlTokens
	quote byte
	best  finding
}

// maybeSQLi: an injection into SQL needs a quote, or a sign or space that
// parts two tokens.
func maybeSQLi(f features, n int) bool {
	return n >= 2 && f&(fAlpha|fQuote|fParen|fPipe|fAmp|fStar) != 0 && f&(fPercent|fPlus|fQuote|fParen|fSemi|fHash|fStar|fPipe|fAmp|fSpace|fCtl|fEqual|fHigh|fAt|fGreater|fLess) != 0
}

func judgeSQLi(v *value, s *Scratch) finding {
	if !maybeSQLi(v.f, len(v.b)) {
		return finding{}
	}
	var r sqlReading
	if v.f&(fAlpha|fDigit|fHigh) == 0 && strewn(v.b) {
		return finding{}
	}
	r.read(v, 0)
	if v.f&fQuote != 0 {
		r.readQuoted(v, '\'')
		r.readQuoted(v, '"')
	}
	return r.best
}

// minStrewn is from how many different signs on a value without letters and
// digits is none of SQL: an expression of empty strings needs quotes,
// parentheses, an operator and the sign of a comment.
const minStrewn = 6

// strewn reports whether b, which has no letter and no digit, has too many
// different signs for an expression: a password, a separator, a drawing.
func strewn(b []byte) bool {
	var lo, hi uint64
	for _, c := range b[:min(len(b), maxTight)] {
		switch {
		case isSpace(c), c == '(', c == ')', c == ';':
		case c < 64:
			lo |= 1 << c
		case c < 128:
			hi |= 1 << (c - 64)
		}
	}
	return bits.OnesCount64(lo)+bits.OnesCount64(hi) >= minStrewn
}

// readQuoted reads v as the rest of a string, if it ends that string.
func (r *sqlReading) readQuoted(v *value, q byte) {
	for _, c := range v.b {
		if c == q {
			r.read(v, q)
			return
		}
	}
}

func (r *sqlReading) read(v *value, q byte) {
	r.quote = q
	r.start(v.b, q)
	for r.best.score < 95 && r.fill() {
		if r.base == 0 {
			r.judgeGroup()
			r.judgeAssignment()
		}
		if r.interesting() {
			for i := 0; i < r.n; i++ {
				r.judgeAt(i)
			}
		}
		if q != 0 && r.base == 0 {
			r.judgeBreakout()
		}
	}
}

// sqlActive are the classes of words without which the window holds nothing
// to judge.
const sqlActive = 1<<sqlAnd | 1<<sqlOr | 1<<sqlUnion | 1<<sqlSelect | 1<<sqlHaving | 1<<sqlWhere |
	1<<sqlOrder | 1<<sqlLimit | 1<<sqlProcedure | 1<<sqlInsert | 1<<sqlUpdate | 1<<sqlDelete |
	1<<sqlDDL | 1<<sqlExec | 1<<sqlDeclare | 1<<sqlBegin | 1<<sqlWaitfor | 1<<sqlShutdown |
	1<<sqlGrant | 1<<sqlLoad | 1<<sqlOutfile | 1<<sqlEffect | 1<<sqlPackage | 1<<sqlSet |
	1<<sqlCase | 1<<sqlFrom | 1<<sqlMode | 1<<sqlIf | 1<<sqlFunc | 1<<sqlCatalog | 1<<sqlLike | 1<<sqlValue

// interesting is the fast path out for prose and plain values.
func (r *sqlReading) interesting() bool {
	if r.seen&sqlActive != 0 {
		return true
	}
	return r.kinds&(1<<sqlLogic|1<<sqlVar) != 0
}

// judgeAt judges the structure that begins at token i.
func (r *sqlReading) judgeAt(i int) {
	switch r.tok[i].kind {
	case sqlLogic:
		r.judgeCondition(i)
	case sqlVar:
		r.judgeVariable(i)
	case sqlWord:
		if r.tok[i].word != sqlNone {
			r.judgeWord(i)
		}
	}
}

func (r *sqlReading) judgeWord(i int) {
	switch r.word(i) {
	case sqlAnd, sqlOr, sqlHaving, sqlWhere:
		r.judgeCondition(i)
	case sqlUnion:
		r.judgeUnion(i)
	case sqlSelect:
		r.judgeSelect(i)
	case sqlOrder:
		r.judgeOrder(i)
	case sqlLimit, sqlProcedure:
		r.judgeClause(i)
	case sqlEffect, sqlPackage:
		r.judgeEffect(i)
	case sqlLike:
		r.judgeLike(i)
	case sqlOutfile:
		r.judgeOutfile(i)
	case sqlFunc, sqlValue, sqlCase:
		r.judgeProbe(i)
	case sqlFrom:
		r.judgeFrom(i)
	case sqlMode:
		r.judgeDuplicate(i)
	case sqlIf:
		r.judgeProbe(i)
		r.judgeStatement(i)
	default:
		r.judgeStatement(i)
	}
}

// bytesPerToken is how many bytes of prose make a token of it.
const bytesPerToken = 5

// report keeps the finding of tokens [from:to) when it is the strongest so
// far. Structure far from the start of the value is what a long text quotes
// rather than what a query runs: it weighs less, unless the value ends in it.
func (r *sqlReading) report(score, from, to int, rule, why string) {
	at := r.base + from
	if r.quote != 0 && r.base == 0 && bytes.IndexByte(r.text(0), ' ') >= 0 {
		at += int(r.tok[0].end) / bytesPerToken // a long text before the quote counts as tokens
	}
	if at > 24 {
		score -= sqlFar(at, r.last && to >= r.n-1)
	}
	if score <= r.best.score {
		return
	}
	to = min(max(to, from+1), r.n)
	r.best = finding{score, int(r.tok[from].start), int(r.tok[to-1].end), rule, why}
}

// sqlFar is what at tokens before a structure take from its score.
func sqlFar(at int, final bool) int {
	switch {
	case final && at < 60:
		return 5
	case final:
		return 15
	case at < 60:
		return 20
	}
	return 40
}

// broken reports whether what stands at token i follows a break-out: the end
// of the query's string, or of a literal of its own at the start of the value.
func (r *sqlReading) broken(i int) bool {
	if r.quote != 0 && r.base == 0 {
		return r.closing(1) >= i
	}
	return r.bare(i)
}

// maxTight is how long the text before a break-out is when the value is one
// field: an expression of names and calls needs that, or it is code.
const maxTight = 48

// tight reports whether token i follows a break-out near the value's start.
func (r *sqlReading) tight(i int) bool {
	return r.broken(i) && (r.quote == 0 || r.tok[0].end <= maxTight && bytes.IndexByte(r.text(0), '\n') < 0)
}

// stacked reports whether the statement at i follows a literal and a ";".
func (r *sqlReading) stacked(i int) bool {
	return r.kind(i-1) == sqlSemi && r.tight(i-1)
}

// bare reports whether only a literal and closing parentheses stand before i.
func (r *sqlReading) bare(i int) bool {
	if r.base != 0 {
		return false
	}
	j := 0
	for r.kind(j) == sqlArith {
		j++
	}
	if k := r.kind(j); j < i && (k == sqlNumber || k == sqlString || k == sqlVar || r.is(j, sqlValue)) {
		j++
	}
	if r.kind(j) == sqlArith && r.kind(j+1) == sqlNumber && j+1 < i {
		j += 2 // 1-1, 150-999.9
	}
	j = r.closing(j)
	if r.kind(j) == sqlSemi {
		j++
	}
	return j >= i
}
