package tenant

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestCanonicalHostSuccess(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, err := CanonicalHost([]byte("x:"), []byte(in))
		if err != nil {
			t.Errorf("%q: %s", in, err)
		} else if string(got) != "x:"+want {
			t.Errorf("%q: got %q, want %q after the prefix", in, got, want)
		}
	}
	f("acme.example", "acme.example")
	f("ACME.Example", "acme.example")
	f("localhost", "localhost")
	// port and one trailing dot are cut
	f("acme.example:8080", "acme.example")
	f("acme.example.", "acme.example")
	f("acme.example.:65535", "acme.example")
	// underscores and punycode
	f("_dmarc.my_app.example", "_dmarc.my_app.example")
	f("XN--bcher-kva.example", "xn--bcher-kva.example")
	// addresses
	f("127.0.0.1:80", "127.0.0.1")
	f("[::1]", "[::1]")
	f("[2001:DB8:0:0::1]:8443", "[2001:db8::1]")
	// digits that are no address
	f("1.example", "1.example")
	f("0x1f.example", "0x1f.example")
	// bounds
	f(strings.Repeat("a", 63)+".example", strings.Repeat("a", 63)+".example")
	f(strings.Repeat("a.", 126)+"a", strings.Repeat("a.", 126)+"a")
}

func TestCanonicalHostFailure(t *testing.T) {
	f := func(in string, want error) {
		t.Helper()
		got, err := CanonicalHost([]byte("x"), []byte(in))
		if !errors.Is(err, want) {
			t.Errorf("%q: got %q, %v, want error %v", in, got, err, want)
		}
		if string(got) != "x" {
			t.Errorf("%q: dst became %q on error", in, got)
		}
	}
	f("", ErrHostEmpty)
	f(".", ErrHostEmpty)
	f(":80", ErrHostEmpty)
	// ports
	f("a.example:", ErrHostPort)
	f("a.example:0", ErrHostPort)
	f("a.example:080", ErrHostPort)
	f("a.example:65536", ErrHostPort)
	f("a.example:99999", ErrHostPort)
	f("a.example:8080:8080", ErrHostPort)
	f("a.example:+80", ErrHostPort)
	f("[::1]80", ErrHostPort)
	f("[::1]:", ErrHostPort)
	// user information, encodings, foreign bytes
	f("b@a.example", ErrHostByte)
	f("admin:secret@a.example", ErrHostPort)
	f("a.example%2561", ErrHostByte)
	f("%c3%a9.example", ErrHostByte)
	f("b\xc3\xbccher.example", ErrHostByte)
	f("\xe2\x84\xaaelvin.example", ErrHostByte)
	f("a.example/x", ErrHostByte)
	f("a.example,b.example", ErrHostByte)
	f("a.example\x00", ErrHostByte)
	f(" a.example", ErrHostByte)
	f("*.example", ErrHostByte)
	// labels
	f("a.example..", ErrHostLabel)
	f("a..example", ErrHostLabel)
	f(".example", ErrHostLabel)
	f("-a.example", ErrHostLabel)
	f("a-.example", ErrHostLabel)
	f(strings.Repeat("a", 64)+".example", ErrHostLong)
	f(strings.Repeat("a.", 127)+"a", ErrHostLong)
	// addresses in other spellings
	f("127.1", ErrHostAddress)
	f("2130706433", ErrHostAddress)
	f("0x7f000001", ErrHostAddress)
	f("127.0.0.01", ErrHostAddress)
	f("1.2.3.4.5", ErrHostAddress)
	f("256.1.1.1", ErrHostAddress)
	f("[::1", ErrHostAddress)
	f("[127.0.0.1]", ErrHostAddress)
	f("[fe80::1%eth0]", ErrHostAddress)
	f("[]", ErrHostAddress)
	f("::1", ErrHostPort)
}

func TestCanonicalHostAllocatesNothing(t *testing.T) {
	buf := make([]byte, 0, 256)
	f := func(in string) {
		t.Helper()
		field := []byte(in)
		if n := testing.AllocsPerRun(100, func() { buf, _ = CanonicalHost(buf[:0], field) }); n != 0 {
			t.Errorf("%q: %v allocations", in, n)
		}
	}
	f("Shop.Acme.example:8443")
	f("192.0.2.7:80")
	f("[2001:DB8::7]:80")
	f("b@a.example")
}

// The canonical form is a fixed point, and holds only bytes that no parser
// reads twice.
func FuzzCanonicalHost(f *testing.F) {
	for _, s := range []string{"A.example:80", "[::FFFF:1.2.3.4]:1", "1.2.3.4.", "a_b", "a..b", "[::1%1]", "0x",
		"b@a", "admin:secret@a", "a:", "a:99999", "a.", "a..", "a,b", "a/b", "a#b", "a?b", "a\\b", "a b", "a\x00b", "\xc3\xa9", "\xef\xbd\x81.b", "%c3%a9", "a%2561",
		"[a.b]", "127.1", "0x7f.1", "a:0", "a:80:80", "-a.b", "a-.b", "xn--e1afmkfd.b"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		once, err := CanonicalHost(nil, in)
		if err != nil {
			return
		}
		twice, err := CanonicalHost(nil, once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Fatalf("%q: %q becomes %q, %v", in, once, twice, err)
		}
		if len(once) > MaxHost || bytes.ContainsAny(once, "@%/\\ \x00*") {
			t.Fatalf("%q: canonical %q", in, once)
		}
	})
}
