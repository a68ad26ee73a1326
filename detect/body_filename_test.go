package detect

import "testing"

func TestFileNames(t *testing.T) {
	f := func(disposition string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\nContent-Disposition: form-data; name=f; "+disposition+"\r\n\r\nx\r\n--B--", want...)
	}
	const at = `[post][multipart f][file_name]=`
	f(`filename="../x"`, at+`"../x"`)
	// every name, whichever a server takes
	f(`filename="a;1"; filename="b;2"`, at+`"a;1"`, at+`"b;2"`)
	f(`filename=a.png; filename*=UTF-8''b%3b%2fc`, at+`"b;/c"`)
	f(`FileName*=utf-8'en'%2e%2e%2f`, at+`"../"`)
	f(`filename*=no-charset;`, at+`"no-charset"`)
	// pieces
	f(`filename*0="../"; filename*1=x; filename*2*=%20y`, at+`"../x y"`)
	// encoded words
	f(`filename="=?utf-8?B?Li4vYi50eHQ=?="`, at+`"../b.txt"`)
	f(`filename="a =?iso-8859-1?Q?=2e=2e/b?= =?bad"`, at+`"a ../b =?bad"`)
}

func TestAppendWords(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := string(appendWords(nil, []byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	f("=?x?q?a=3Db?=c", "a=bc")
	f("=?x?z?a?=", "=?x?z?a?=")
	f("=?", "=?")
	f("=?=?x?Q?y?=", "=?y")
}

// File names are found in any bytes, and the point is what it was.
func FuzzFileNames(f *testing.F) {
	addSeeds(f)
	for _, s := range []string{`a; filename="x"; filename*=u''%41; filename*0=a; filename*1*=b`, `filename="=?u?b?QQ==?="`, `filename=`, `filename*`, `;=;"`} {
		f.Add([]byte(s))
	}
	p := mustPolicy(f, Options{})
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		s.reset(p, &Request{Body: b})
		s.fileNames(b, place{part: PartBody, to: len(b), exact: true})
		if s.point.n != 0 {
			t.Errorf("%q: point has %d steps afterwards", b, s.point.n)
		}
		if out := appendWords(nil, b); len(out) > len(b) {
			t.Errorf("%q: grew to %q", b, out)
		}
		if out := appendQuotedPrintable(nil, b); len(out) > len(b) {
			t.Errorf("%q: grew to %q", b, out)
		}
	})
}
