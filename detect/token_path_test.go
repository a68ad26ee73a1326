package detect

import (
	"strings"
	"testing"
)

func TestReadUnit(t *testing.T) {
	f := func(in string, c byte, enc uint8, w int) {
		t.Helper()
		u := readUnit([]byte(in), 0)
		if u.c != c || u.enc != enc || u.w != w {
			t.Errorf("readUnit(%q) = %q enc %d width %d, want %q enc %d width %d", in, u.c, u.enc, u.w, c, enc, w)
		}
	}
	// Plain bytes stand for themselves, folded.
	f("A", 'a', 0, 1)
	f(`\x`, '/', 0, 1)
	// Percent, once and more often.
	f("%2e", '.', 1, 3)
	f("%2F", '/', 1, 3)
	f("%252f", '/', 2, 5)
	f("%25252e", '.', 2, 7)
	// Overlong forms of two to six bytes.
	f("\xc0\xae", '.', 2, 2)
	f("%c0%af", '/', 2, 6)
	f("%e0%80%af", '/', 2, 9)
	f("\xf0\x80\x80\xae", '.', 2, 4)
	f("%fc%80%80%80%80%ae", '.', 2, 18)
	// Best fit.
	f("%u2215", '/', 2, 6)
	f("\uff0e", '.', 2, 3)
	// Hexadecimal, and a number that is none of ours.
	f("0x2f", '/', 2, 4)
	f("0x41", '0', 0, 1)
	// Nonsense is odd, but ends.
	f("%zz", unitOdd, 2, 3)
	f("%", '%', 0, 1)
	f("\xc0", unitOdd, 2, 1)
	// A letter of another script is a letter.
	f("%", '%', 0, 1)
	f("é", unitHigh, 0, 1)
}

func TestPathShape(t *testing.T) {
	f := func(in string, climbs, lowest int, canon string) {
		t.Helper()
		var p pathShape
		p.read([]byte(in))
		if p.climbs != climbs || p.lowest != lowest || string(p.path()) != canon {
			t.Errorf("%q: climbs %d lowest %d path %q, want %d %d %q", in, p.climbs, p.lowest, p.path(), climbs, lowest, canon)
		}
	}
	f("a/b/c.txt", 0, 0, "a/b/c.txt")
	f("a/../../c", 2, 1, "/c")
	f(`..\..\Boot.INI`, 2, 2, "/boot.ini")
	f("./a//b/.", 0, 0, "a/b/")
	f("%2e%2e%2fkeys", 1, 1, "/keys")
	f("..2f..2fkeys", 2, 2, "/keys")
	f("a/..;/..;/keys", 2, 1, "/keys")
	f(strings.Repeat("x", 400), 0, 0, strings.Repeat("x", maxPathCanon))
}

func FuzzPathShape(f *testing.F) {
	for _, s := range []string{"../a", "%c0%ae%25%32%66", "c:\\x", "..;/", "0x2e0x2f", "\xe0\x80", "%u22"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := 0; i < len(b); {
			u := readUnit(b, i)
			if u.w < 1 || i+u.w > len(b) {
				t.Fatalf("unit at %d of %q is %d wide", i, b, u.w)
			}
			i += u.w
		}
		var p pathShape
		p.read(b)
		if p.n > maxPathCanon || p.climbs+p.params < p.lowest && p.lowest > p.climbs {
			t.Fatalf("%q: %+v", b, p)
		}
		p.sensitivity()
	})
}
