package detect

// sqlWindow is as many tokens as the judge looks at at once. A longer text is
// judged window after window, each keeping the end of the one before, so that
// work stays linear and nothing is out of sight.
const (
	sqlWindowLen  = 160
	sqlWindowKeep = 32
)

// sqlTokens is one window of tokens of one reading of a value.
type sqlTokens struct {
	lex   sqlLexer
	tok   [sqlWindowLen]sqlToken
	pair  [sqlWindowLen]int16 // of each "(" its ")", or the end of the window
	n     int
	base  int    // tokens of the text before tok[0]
	last  bool   // the text ends in this window
	seen  uint64 // classes of words in the window, and before it
	kinds uint32 // kinds of tokens, likewise
}

// start begins to read b, in quote q or in none.
func (t *sqlTokens) start(b []byte, q byte) {
	t.lex = sqlLexer{b: b, quote: q}
	t.n, t.base, t.last, t.seen, t.kinds = 0, 0, false, 0, 0
}

// fill reads the next window and reports whether there is one.
func (t *sqlTokens) fill() bool {
	if t.last {
		return false
	}
	if t.n == sqlWindowLen {
		copy(t.tok[:], t.tok[sqlWindowLen-sqlWindowKeep:])
		t.base += sqlWindowLen - sqlWindowKeep
		t.n = sqlWindowKeep
	}
	for t.n < sqlWindowLen {
		k := t.lex.next()
		if k.kind == sqlEOF {
			t.last = true
			break
		}
		t.tok[t.n] = k
		t.n++
		t.seen |= 1 << k.word
		t.kinds |= 1 << k.kind
	}
	if t.kinds>>sqlLParen&1 != 0 {
		t.match()
	}
	return t.n > 0
}

// match pairs the parentheses of the window.
func (t *sqlTokens) match() {
	var stack [32]int16
	depth := 0
	for i := 0; i < t.n; i++ {
		switch t.tok[i].kind {
		case sqlLParen:
			t.pair[i] = int16(t.n)
			if depth < len(stack) {
				stack[depth] = int16(i)
			}
			depth++
		case sqlRParen:
			if depth == 0 {
				continue
			}
			depth--
			if depth < len(stack) {
				t.pair[stack[depth]] = int16(i)
			}
		}
	}
}

// kind returns the kind of token i, sqlEOF outside the window.
func (t *sqlTokens) kind(i int) sqlKind {
	if i < 0 || i >= t.n {
		return sqlEOF
	}
	return t.tok[i].kind
}

// word returns the class of the word at i, 0 when there is none.
func (t *sqlTokens) word(i int) uint8 {
	if i < 0 || i >= t.n {
		return sqlNone
	}
	return t.tok[i].word
}

// is reports whether token i is a word of class w.
func (t *sqlTokens) is(i int, w uint8) bool { return w != sqlNone && t.word(i) == w }

// call reports whether token i is a word with an argument list.
func (t *sqlTokens) call(i int) bool {
	return t.kind(i) == sqlWord && t.kind(i+1) == sqlLParen
}

// text returns the bytes of token i.
func (t *sqlTokens) text(i int) []byte {
	return t.lex.b[t.tok[i].start:t.tok[i].end]
}
