package detect

import (
	"strings"
	"testing"
)

// htmlTagsOf prints the tags of s with their attributes.
func htmlTagsOf(s string) string {
	var out []string
	l := htmlLexer{b: []byte(s)}
	for l.nextTag() {
		w := string(l.name.bytes())
		if l.closing {
			w = "/" + w
		}
		for l.nextAttr() {
			w += " " + string(l.attr.bytes())
			if l.hasValue {
				w += "=" + string(l.value)
			}
		}
		out = append(out, w)
	}
	return strings.Join(out, "|")
}

func TestHTMLLexer(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := htmlTagsOf(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	f("a < b, <3, <- x", "")
	f("<A Href=x>k</A>", "a href=x|/a")
	f(`<a b='1 2' c="3>4" d>`, "a b=1 2 c=3>4 d")
	// separators, controls, no end
	f("<a/b=1/c", "a b=1/c")
	f("<i\x00mg\x01 s\x00rc=x", "img src=x")
	f("<a b = c", "a b=c")
	f("<<a b=\"c", "a b=c")
	// inside comments
	f("<!-- <b> -->", "b")
}

func FuzzHTMLLexer(f *testing.F) {
	for _, s := range xssSeeds {
		f.Add([]byte(s))
	}
	f.Add([]byte("<a b='<c d=\"<e f=`"))
	f.Fuzz(func(t *testing.T, b []byte) {
		l := htmlLexer{b: b}
		last := -1
		for l.nextTag() {
			if l.start <= last || l.i > len(b) {
				t.Fatalf("tag at %d behind %d of %d", l.start, last, len(b))
			}
			last = l.start
			resume := l.i
			for n := 0; l.nextAttr(); n++ {
				if l.i > len(b) || n > len(b) || l.attrStart >= l.i {
					t.Fatalf("attribute at %d ends at %d of %d", l.attrStart, l.i, len(b))
				}
			}
			l.i = resume
		}
	})
}

func TestURLHead(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		h := readURLHead([]byte(in))
		if got := h.script() > 0; got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	f("javascript:k", true)
	f(" \x01JAVA\nscript\t:k", true)
	f("&#0000106avascript&colon;k", true)
	f("vbscript:k", true)
	f("data:text/html;base64,aaaa", true)
	f("data:image/png;base64,aaaa", false)
	f("https://javascript:k@w.example", false)
	f("/javascript:k", false)
	f("&", false)
}
