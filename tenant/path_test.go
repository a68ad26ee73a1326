package tenant

import (
	"bytes"
	"testing"
)

func TestAppendPath(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := AppendPath([]byte("/up/"), []byte(in)); string(got) != "/up/"+want {
			t.Errorf("%q: got %q, want %q after the prefix", in, got[4:], want)
		}
	}
	f("/", "/")
	f("", "/")
	f("/a/b", "/a/b")
	f("/a/b/", "/a/b/")
	f("/a?b=/c/../d", "/a")
	f("/a#b", "/a")
	// case stays
	f("/LOGIN", "/LOGIN")
	// decoded once
	f("/%6cogin", "/login")
	f("/%256cogin", "/%6cogin")
	f("/a%2fb", "/a/b")
	f("/%zz%4", "/%zz%4")
	// slashes
	f("//login", "/login")
	f("///a//b///", "/a/b/")
	f("/%2f/a", "/a")
	// dot segments
	f("/a/../login", "/login")
	f("/a/./b/.", "/a/b/")
	f("/a/b/..", "/a/")
	f("/a/%2e%2E/login", "/login")
	f("/a%2f..%2flogin", "/login")
	f("/..", "/")
	f("/../../etc/passwd", "/etc/passwd")
	f("/a/../../b", "/b")
	f("/a//../b", "/b")
	// names with dots
	f("/.well-known/x..y/...", "/.well-known/x..y/...")
	// not in origin form
	f("a/b", "/a/b")
}

func TestPathIsPlain(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		if got := PathIsPlain([]byte(in)); got != want {
			t.Errorf("%q: got %v, want %v", in, got, want)
		}
	}
	f("/", true)
	f("/a/b?x=%2f..%5c", true)
	f("/%6cogin", true)
	f("//login", true)
	f("/a/../login", true)
	f("/b%C3%BCcher/a%20b", true)
	f("/a;v=1/b", true)
	f("/.well-known/x", true)
	f("", false)
	f("a/b", false)
	f("/a#b", false)
	f("/a%2fb", false)
	f("/a%2Fb", false)
	f("/a%5cb", false)
	f(`/a\..\b`, false)
	f("/a%252fb", false)
	f("/a/%2e%2e/b", false)
	f("/a/.%2e/b", false)
	f("/a/..;/b", false)
	f("/a/..;x=1/b", false)
	f("/a/.;/b", false)
	f("/a/;/../b", false)
	f("/a/..%3b/b", false)
	f("/a%00/b", false)
	f("/a%", false)
	f("/a%u002fb", false)
	f("/%c0%af", false)
	f("/%e0%80%af", false)
	f("/\xc0\xaf", false)
	f("/../a", false)
	f("/a/../../b", false)
}

func TestAppendPathAllocatesNothing(t *testing.T) {
	buf, in := make([]byte, 0, 128), []byte("/a//b/../%6cogin/./x?q=1")
	if n := testing.AllocsPerRun(100, func() { buf = AppendPath(buf[:0], in); PathIsPlain(in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// The path has no dot segments and no double slashes; a plain one changes no
// more when it is encoded by nobody.
func FuzzAppendPath(f *testing.F) {
	for _, s := range []string{"/a/../b", "/%2e%2e/%2f", "//", "/a/..;/b", "%", "/a/.", "?", "/.../..a"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got := AppendPath(nil, in)
		if got[0] != '/' || len(got) > len(in)+1 || bytes.Contains(got, []byte("//")) {
			t.Fatalf("%q: %q", in, got)
		}
		for _, seg := range bytes.Split(got, []byte("/")) {
			if string(seg) == "." || string(seg) == ".." {
				t.Fatalf("%q: %q keeps a dot segment", in, got)
			}
		}
		if PathIsPlain(in) && bytes.IndexByte(in, '%') < 0 {
			if again := AppendPath(nil, got); !bytes.ContainsAny(got, "?#") && !bytes.Equal(got, again) {
				t.Fatalf("%q: %q then %q", in, got, again)
			}
		}
	})
}
