package detect

import "testing"

func TestURLShape(t *testing.T) {
	f := func(in, scheme string, slashes int, user, host, port, rest string, marks urlMark) {
		t.Helper()
		var u urlShape
		if !u.read([]byte(in)) {
			t.Fatalf("%q: not read", in)
		}
		if string(u.scheme) != scheme || u.slashes != slashes || string(u.user) != user || string(u.name()) != host || string(u.port) != port || string(u.rest) != rest || u.marks != marks {
			t.Errorf("%q: got %q %d %q %q %q %q %b", in, u.scheme, u.slashes, u.user, u.name(), u.port, u.rest, u.marks)
		}
	}
	f("http://h.example:80/x?y#z", "http", 2, "", "h.example", "80", "/x?y#z", 0)
	f("https://u:p@H.example?x", "https", 2, "u:p", "h.example", "", "?x", 0)
	f("https:h.example", "https", 0, "", "h.example", "", "", 0)
	f("//h.example", "", 2, "", "h.example", "", "", 0)
	f("/path", "", 1, "", "path", "", "", 0)
	// The host ends where some parser ends it.
	f(`http://a.example\b.example/x`, "http", 2, "", "a.example", "", `\b.example/x`, urlBackslash)
	f(`http://a.example\@b.example`, "http", 2, `a.example\`, "b.example", "", "", urlBackslash)
	f("http://a@b@c/", "http", 2, "a@b", "c", "", "/", 0)
	f("http://a.example#@b.example", "http", 2, "", "a.example", "", "#@b.example", urlAtTail)
	// Blanks and encodings.
	f("h\nttp://a.b", "h\nttp", 2, "", "a.b", "", "", urlControl)
	f("/%09/a.b", "", 2, "", "a.b", "", "", urlEncoded)
	f("http://%61.b", "http", 2, "", "a.b", "", "", urlEncoded)
	f("http://%252e%E4.b", "http", 2, "", ".\xe4.b", "", "", urlEncoded)
	f("http://a.b is", "http", 2, "", "a.b", "", " is", urlText)
	// Folding.
	f("http://⑩.⒈ⓐ", "http", 2, "", "10.1.a", "", "", urlWide)
	f("http://ä.b", "http", 2, "", "\x80.b", "", "", 0)
	f("http://l\u00adocalhost.", "http", 2, "", "localhost", "", "", urlWide)
	f("http://h:99999999/", "http", 2, "", "h", "99999999", "/", urlBadPort)
	f("http://[::1]:80/x", "http", 2, "", "[::1]", "80", "/x", 0)
}

func TestURLShapeRefuses(t *testing.T) {
	for _, in := range []string{"", " ", "a", "a b:c", "1 http://a.b", "http", "http://", "abcdefghijklmnopqrstuvw://x", "/", "//", "http://[::1", "a.b/c"} {
		var u urlShape
		if u.read([]byte(in)) {
			t.Errorf("%q: read as host %q", in, u.name())
		}
	}
}
