package detect

import "testing"

func TestScriptLexer(t *testing.T) {
	f := func(in string, quote byte, want string) {
		t.Helper()
		const letters = "_wnstp"
		got := ""
		l := jsLexer{b: []byte(in), quote: quote}
		for k := l.next(); k.kind != jsEOF; k = l.next() {
			if k.kind == jsPunct {
				got += string(k.c)
				continue
			}
			got += string(letters[k.kind])
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("top['a'](1)", 0, "w[s](n)")
	f("a/*b*/.c`d`", 0, "w.wt")
	f("a';b('c')//", '\'', "s;w(s)//")
	// a line end ends a string
	f("it's\nf('x')", 0, "wsw(s)")
	f("8..toString(30)", 0, "n..w(n)")
}

func FuzzScriptLexer(f *testing.F) {
	f.Add([]byte("a['b'](`c${d}`)/*e*/"), byte('\''))
	f.Fuzz(func(t *testing.T, b []byte, quote byte) {
		l := jsLexer{b: b}
		if quote == '\'' || quote == '"' || quote == '`' {
			l.quote = quote
		}
		end := int32(0)
		for n := 0; ; n++ {
			k := l.next()
			if k.kind == jsEOF {
				return
			}
			if k.start < end || k.end < k.start || int(k.end) > len(b) || n > len(b) {
				t.Fatalf("token %d is [%d:%d) behind %d of %d", n, k.start, k.end, end, len(b))
			}
			end = k.end
		}
	})
}

func FuzzJudgeXSS(f *testing.F) {
	for _, s := range xssSeeds {
		f.Add([]byte(s))
	}
	for _, s := range scriptSeeds {
		f.Add([]byte("';" + s))
	}
	for _, s := range legitTexts {
		f.Add([]byte(s))
	}
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		v := value{b: b, f: scan(b)}
		got := judgeXSS(&v, s)
		if got.score > 0 && (got.start < 0 || got.start > got.end || got.end > len(b)) || got.score > 100 {
			t.Fatalf("score %d evidence [%d:%d) of %d", got.score, got.start, got.end, len(b))
		}
		if got.score > 0 && !maybeXSS(v.f, len(b)) {
			t.Fatalf("the prefilter hides %s", got.rule)
		}
	})
}
