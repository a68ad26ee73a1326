package detect

import (
	"strings"
	"testing"
)

// sqlKinds prints the tokens of s: one letter a token, words as themselves
// when they are keywords.
func sqlKinds(s string, quote byte) string {
	const letters = "_nswvcalLR,;.#?"
	var out []string
	l := sqlLexer{b: []byte(s), quote: quote}
	for t := l.next(); t.kind != sqlEOF; t = l.next() {
		w := string(letters[t.kind])
		if t.word != sqlNone {
			w = strings.ToLower(s[t.start:t.end])
		}
		if t.open && t.kind == sqlString {
			w = "S"
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func TestSQLLexer(t *testing.T) {
	f := func(in string, quote byte, want string) {
		t.Helper()
		if got := sqlKinds(in, quote); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	// numbers end where letters begin
	f("1 0x1f 1.5e-3 .5 1e1union", 0, "n n n n n union")
	// strings: doubled quotes, backslashes, prefixes, dollar and Oracle quotes
	f(`'a''b' 'c\'d' x=n'e'`, 0, "s s w c s")
	f("$$a'b$$ $t$ c $t$ and q'[it's]'", 0, "s s and s")
	// the rest of a string of the query: a backslash does not save its quote
	f(`a\' or 'b`, '\'', "s or S")
	f("no quote at all", '\'', "S")
	// comments are space but at the end
	f("1/*a*/or/**/2-- x\n--y", 0, "n or n #")
	f("/*!50000select*/ 1", 0, "select n")
	f("sel/**/ect 1", 0, "sel/**/ect n")
	// casts and operators
	f("a::text||b<=>c&&d!=e", 0, "w l w c w l w c w")
	f("@a @@version a@b.c", 0, "v v w ? . w")
	// undecoded spaces
	f("1%20or%0a2", 0, "n or n")
}

func FuzzSQLLexer(f *testing.F) {
	for _, s := range sqlSeeds {
		f.Add([]byte(s), byte('\''))
	}
	f.Add([]byte("q'[ $a$ /*! ' \" ` @@ :: 0x 1e+ \\"), byte(0))
	f.Fuzz(func(t *testing.T, b []byte, quote byte) {
		l := sqlLexer{b: b}
		if quote == '\'' || quote == '"' {
			l.quote = quote
		}
		end := int32(0)
		for n := 0; ; n++ {
			k := l.next()
			if k.kind == sqlEOF {
				return
			}
			if k.start < end || k.end < k.start || int(k.end) > len(b) || n > len(b) {
				t.Fatalf("token %d is [%d:%d) behind %d of %d", n, k.start, k.end, end, len(b))
			}
			end = k.end
		}
	})
}

func FuzzJudgeSQLi(f *testing.F) {
	for _, s := range sqlSeeds {
		f.Add([]byte(s))
	}
	for _, s := range legitTexts {
		f.Add([]byte(s))
	}
	f.Add([]byte("!@@@@0"))
	f.Add([]byte("eXeC...A"))
	f.Add([]byte("'#"))
	f.Add([]byte("0!0#0"))
	f.Add([]byte("0 0 0#"))
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		v := value{b: b, f: scan(b)}
		got := judgeSQLi(&v, s)
		if got.score > 0 && (got.start < 0 || got.start > got.end || got.end > len(b)) || got.score > 100 {
			t.Fatalf("score %d evidence [%d:%d) of %d", got.score, got.start, got.end, len(b))
		}
		if got.score > 0 && !maybeSQLi(v.f, len(b)) {
			t.Fatalf("the prefilter hides %s", got.rule)
		}
	})
}
