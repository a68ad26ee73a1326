package console

import (
	"strings"
	"testing"
	"unicode"
)

// plain writes stretches as text: marks as «», escapes as ‹›.
func plain(s []stretch) string {
	var b strings.Builder
	for _, x := range s {
		if x.Marked {
			b.WriteString("«")
		}
		for _, p := range x.Pieces {
			if p.Escaped {
				b.WriteString("‹" + p.Text + "›")
				continue
			}
			b.WriteString(p.Text)
		}
		if x.Marked {
			b.WriteString("»")
		}
	}
	return b.String()
}

func TestMarked(t *testing.T) {
	f := func(in string, from, to int, want string) {
		t.Helper()
		if got := plain(marked([]byte(in), from, to)); got != want {
			t.Errorf("%q[%d:%d]: %q, want %q", in, from, to, got, want)
		}
	}
	f("", 0, 0, "")
	f("abc", 1, 2, "a«b»c")
	f("abc", 0, 3, "«abc»")
	f("abc", 2, 3, "ab«c»")
	// nothing is marked by an empty, turned or foreign range
	f("abc", 0, 0, "abc")
	f("abc", 2, 1, "abc")
	f("abc", -1, 2, "abc")
	f("abc", 1, 4, "abc")
	// line ends show as such, a lone CR does not
	f("a\r\nb\nc\rd\r", 0, 0, "a\nb\nc‹\\r›d‹\\r›")
	// control bytes, bytes that are not UTF-8, characters that hide
	f("\x00\x1b[0m\x7f\t", 0, 0, "‹\\x00›‹\\x1b›[0m‹\\x7f›\t")
	f("\xff\xc0\xafé", 0, 0, "‹\\xff›‹\\xc0›‹\\xaf›é")
	f("a\u202eb\u200bc\u2028d", 0, 0, "a‹\\u{202e}›b‹\\u{200b}›c‹\\u{2028}›d")
	// a mark that cuts a character in two
	f("aéb", 2, 3, "a‹\\xc3›«‹\\xa9›»b")
	// a mark that cuts a line end in two shows both
	f("a\r\nb", 2, 3, "a‹\\r›«\n»b")
}

// Whatever the bytes and the range: what is shown prints, and nothing is
// lost but the CR of a line end.
func FuzzMarked(f *testing.F) {
	f.Add([]byte(hostile), 10, 30)
	f.Add([]byte("\r\n\r\xff"), 0, 2)
	f.Fuzz(func(t *testing.T, b []byte, from, to int) {
		shown := 0
		for _, s := range marked(b, from, to) {
			for _, p := range s.Pieces {
				for _, r := range p.Text {
					if r != '\n' && r != '\t' && !unicode.IsPrint(r) {
						t.Fatalf("%q shows %q", b, r)
					}
				}
				if p.Escaped {
					shown += escapedLen(p.Text)
				} else {
					shown += len(p.Text)
				}
			}
		}
		if lost := len(b) - shown; lost < 0 || lost > strings.Count(string(b), "\r\n") {
			t.Fatalf("%q: %d bytes of %d shown", b, shown, len(b))
		}
	})
}

func escapedLen(e string) int {
	if !strings.HasPrefix(e, `\u{`) {
		return 1
	}
	var r rune
	for _, c := range e[3 : len(e)-1] {
		r = r<<4 | rune(strings.IndexRune("0123456789abcdef", c))
	}
	return len(string(r))
}

func TestChain(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		var got []string
		for _, l := range chain(in) {
			got = append(got, strings.TrimSpace(l.Kind+" "+l.Name))
		}
		if s := strings.Join(got, " > "); s != want {
			t.Errorf("%q: %q, want %q", in, s, want)
		}
	}
	f("[post][json][hash user][base64]", "body > JSON document > member user > base64-decoded")
	f("[query a b][percent]", "query parameter a b > percent-decoded")
	f(`[query \x5bx\x5d]`, `query parameter \x5bx\x5d`)
	f("[quantum 3]", "quantum 3")
	f("", "")
	f("no brackets", "")
	f("[open", "")
	f("]back[", "")
}
