package detect

import "testing"

func TestAppendPercent(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendPercent(nil, []byte(in), true)); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("a%20b+c", "a b c")
	f("%2f%2F", "//")
	// cut off and invalid sequences stay
	f("100%", "100%")
	f("%4", "%4")
	f("%zz%4x", "%zz%4x")
	f("%%41", "%A")
	// code points
	f("%u0041%U00e9", "A\u00e9")
	f("%u004", "%u004")
}

func TestAppendLenientPercent(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := lenientPercent([]byte(in)); got != (want != "") {
			t.Errorf("%q: got %v", in, got)
		}
		if want == "" {
			return
		}
		if got := string(appendLenientPercent(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("x%c1%8s%41", "x\xc1\x9cA")
	f("%bg%qf", "\xc0\xaf")
	f("..%2%f..%5%c", "../..\\")
	// valid sequences and text with percent signs are not for it
	f("%c0%af", "")
	f("50%go %dtd; 10%of%us", "")
	f("%c1%", "")
}

func TestAppendHTML(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendHTML(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("&lt;b&gt; &amp; &quot;&apos;", "<b> & \"'")
	// numbers: decimal, hex, zeros before, no semicolon, out of range
	f("&#60;&#x3c;&#X3C;&#0000060&#x003Cx", "<<<<<x")
	f("&#99999999999;", "\ufffd")
	// names that hide syntax
	f("java&colon;x&lpar;1&rpar;&Tab;&NewLine;", "java:x(1)\t\n")
	// the oldest names need no semicolon
	f("&ltscript&gt", "<script>")
	// what is no reference
	f("a&b=c&d &#; &#x; &unknown; &", "a&b=c&d &#; &#x; &unknown; &")
	f("&copy;", "&copy;")
}

func TestAppendEscape(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendEscape(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f(`\x3cb\u003e\u{0000062}`, "<b>b")
	f(`\74\076\0`, "<>\x00")
	f(`a\nb\tc\\d\'\/`, "a\nb\tc\\d'/")
	// unknown escapes and broken ones stay
	f(`\x4\u12\q\x41`, `\x4\u12\qA`)
	// without a coded character nothing changes
	f(`say \"hi\" \/`, `say \"hi\" \/`)
	f(`\`, `\`)
}

func TestAppendCSS(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendCSS(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f(`\6a avascript\00003a x`, "javascript:x")
	f(`\6aa`, "\u06aa")
	f(`\6 x`, `\6 x`)
	f(`\zz`, `\zz`)
}

func TestAppendFolded(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendFolded(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	// overlong forms of two to six bytes
	f("\xc0\xae\xc0\xaf", "./")
	f("\xe0\x80\xae\xf0\x80\x80\xaf\xf8\x80\x80\x80\xae\xfc\x80\x80\x80\x80\xaf", "./.../"[:2]+"./")
	// broken continuation bytes
	f("\xc0\x2e\xc0\x6e\xc0\xee\xc1\x1c\xc1\x9c", "...\\\\")
	// full-width and best-fit forms
	f("\uff1cscript\uff1e\uff07\uff0e\u2215\u2216\u3000", "<script>'./\\ ")
	// ordinary text stays, NUL goes
	f("caf\u00e9 \u4f60\u597d \u2019", "caf\u00e9 \u4f60\u597d \u2019")
	f("\x00<\x00b\x00>", "<b>")
	// invalid bytes stay
	f("\xff\xc3", "\xff\xc3")
}

func TestAppendBase64(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got := ""
		if maybeBase64([]byte(in)) {
			if out, ok := appendBase64(nil, []byte(in)); ok {
				got = string(out)
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("aGVsbG8gd29ybGQ=", "hello world")
	f("aGVsbG8gd29ybGQ", "hello world")
	f("aGVsbG8gd29ybA==", "hello worl")
	f("aGVsbG8gd29y", "hello wor")
	// the URL alphabet
	f("Pz8_Pj4-Pz8_", "???>>>???")
	// words, identifiers and random bytes are none
	f("application", "")
	f("550e8400e29b41d4a716446655440000", "")
	f("aGVsbG8gd29yb", "")
	f("aGVs=G8gd29y", "")
	f("aGVsbG8g//79/Pv6+fj39g", "")
}

func TestStepsNest(t *testing.T) {
	f := func(value, want string) {
		t.Helper()
		wantTrace(t, "GET /?v="+value+"\n\n", want)
	}
	// percent three times: the first layer belongs to the query
	f("%252527", `[query v][percent][percent]="'"`)
	f("%26%2339%3B", `[query v][htmljs]="'"`)
	f("%5Cx26%2339%3B", `[query v][escape][htmljs]="'"`)
	f("JTI3JTIwJTI3JTIw", `[query v][base64][percent]="' ' "`)
	f("YUdWc2JHOGdkMjl5YkdRaElRPT0%3D", `[query v][base64][base64]="hello world!!"`)
	f("%c0%a7", `[query v][utf8]="'"`)
	f("%u0127%ef%bc%87", `[query v][utf8]="ħ'"`)
	f("s:12:%22eCc7IGhlbGxvIHk%3D%22;", `[query v][base64]="x'; hello y"`)
	f("%7B'a':+'eCc7IGhlbGxvIHk%3D'%7D", `[query v][base64]="x'; hello y"`)
	f("data:text/html;base64,PGI%2BaGVsbG88L2I%2B", `[query v][base64]="<b>hello</b>"`)
}

func TestAppendUTF7(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendUTF7(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("+ADw-b+AD4-", "<b>")
	f("x+ACIAPg-y", "x\">y")
	f("+ADw", "<")
	// arithmetic, addresses, other scripts and half sections stay
	f("1+2 +44 a+b+c", "1+2 +44 a+b+c")
	f("+ZeVnLA-", "+ZeVnLA-")
	f("+ADw8-", "+ADw8-")
	f("+", "+")
}
