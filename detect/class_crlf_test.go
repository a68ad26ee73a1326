package detect

import (
	"net/url"
	"strings"
	"testing"
)

func TestCRLFCaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, CRLF, kindParam, s) }
	// The three of the class file.
	f("en\r\nSet-Cookie: sid=1")
	f("x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 9")
	wantCaught(t, CRLF, kindPath, "/list/嘊嘍Location: //h.example")
	// Either half of a line end, and both in the wrong order.
	f("\nSet-Cookie: a=b")
	f("\rset-cookie:a=b")
	f("\n\rX-Frame: a")
	// Fields that steer the client.
	f("/next\r\nLocation: https://h.example/")
	f("a\r\nContent-Type: text/html; charset=x")
	f("a\nTransfer-Encoding: chunked")
	f("/next\r\nLocation: h.example")
	f("x\nRefresh: 0;url=//h.example")
	f("x\r\nLink: </a>; rel=x>")
	// A field of no use, alone behind a line end.
	f("\r\nHeader: x")
	f("\nSome-Header:x")
	f("en\r\nTest-Header: x")
	f("%\n0aSet-Cookie: a=b")
	f("嘊嘍嘊嘍嘼b/")
	// A request behind the first.
	f("/a HTTP/1.1\r\nHost: h.example\r\n\r\nGET /admin HTTP/1.1")
	f("\nDELETE /x HTTP/1.0")
	// Any field where nobody types a line end.
	for _, k := range []kind{kindName, kindPath, kindHeader, kindUA, kindReferer, kindFileName} {
		wantCaught(t, CRLF, k, "a\r\nInjected: yes")
		wantCaught(t, CRLF, k, "a\r\n\r\n<html>x</html>")
	}
	wantCaught(t, CRLF, kindPath, "/run.php/A\nlog_level=9")
}

func TestCRLFClean(t *testing.T) {
	f := func(s string) { t.Helper(); wantClean(t, CRLF, kindParam, s) }
	// The three of the class file.
	f("12 Elm Street\r\nCity: York")
	f("User-agent: *\nDisallow: /a")
	f("Dear all,\n\nplease mind the content-type: it matters")
	// Lists of fields, and messages as a whole.
	f("X-Api-Key: abc\r\nX-Other: 2\r\n")
	f("Accept: */*\nContent-Type: text/html\n")
	f("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
	f("GET / HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: x\r\n\r\n")
	// Words that are fields too.
	f("party\nLocation: Berlin\nDate: Monday\nHost: Anna")
	f("one\nServer: down\nStatus: open")
	// Paragraphs and code.
	f("first\n\n<b>second</b>")
	f("a\nb = c\nd: e")
	f("see HTTP/1.1 for more: a/b")
	f("嘍: x")
	f("Anna\nE-mail: a@b.example")
	f("one two\nFollow-up: three")
	f("\nhttps://h.example/a")
	wantClean(t, CRLF, kindHeader, "a\nhttps://h.example/a")
	f("a\nFollow-up: b\nc")
	f("\nname: Anna\nage: 5\n")
	f("\nversion: 3\n")
	f("party\nLocation: https://meet.example/x")
	f("It failed:\nHTTP/1.1 500 Internal Server Error\nat line 5")
	f(strings.Repeat("We saw this in the log of the proxy today. ", 8) + "\nSet-Cookie: sid=1\n")
}

func TestCRLFVariants(t *testing.T) {
	wantVariants(t, CRLF, kindParam, []string{"en\r\nSet-Cookie: sid=1", "\r\nContent-Length: 0", "a\r\nX-Injected: 1", "x\r\n\r\nHTTP/1.1 302 Found"}, []change{
		{"upper", strings.ToUpper}, {"lower", strings.ToLower}, {"LF", replacer("\r\n", "\n")}, {"CR", replacer("\r\n", "\r")},
		{"swapped", replacer("\r\n", "\n\r")}, {"Han", replacer("\r\n", "嘍嘊")}, {"no blank", replacer(": ", ":")},
		{"blank before colon", replacer(": ", " : ")}, {"text before", func(s string) string { return "abc" + s }},
		{"more fields", func(s string) string { return s + "\r\nX-A: b\r\n\r\n" }},
	})
}

// Line ends in each encoding that servers undo.
func TestCRLFEncodings(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	for _, end := range []string{"%0d%0a", "%0D%0A", "%0a", "%250d%250a", "%25%30%64%25%30%61", "%u000d%u000a", "%5cr%5cn", "%c0%8d%c0%8a", "%26%2313;%26%2310;", "%E5%98%8D%E5%98%8A", "%23%0d%0a"} {
		for _, target := range []string{"/?lang=en" + end + "Set-Cookie:a=b", "/go/" + end + "Set-Cookie:a=b", "/" + end + "X-Own:%20a"} {
			r := rawRequest("GET " + target + "\n\n")
			if v := p.Inspect(r, 1, s); !hasClass(v, CRLF) {
				t.Errorf("%s: got %s", target, summary(v))
			}
		}
	}
	// Location counts where line ends were hidden, or stand in an address.
	for _, target := range []string{"/?to=x%0d%0aLocation:%20//h.example", "/?to=x%250aLocation:%2520//h.example"} {
		if v := p.Inspect(rawRequest("GET "+target+"\n\n"), 1, s); !hasClass(v, CRLF) {
			t.Errorf("%s: got %s", target, summary(v))
		}
	}
	if v := p.Inspect(asPost("application/x-www-form-urlencoded", "note=party%0d%0aLocation:+https://h.example/"), 1, s); hasClass(v, CRLF) {
		t.Errorf("note: got %s", summary(v))
	}
	// Text of several lines in a query is not one.
	r := rawRequest("GET /share?text=" + url.QueryEscape("Hello\r\nsee you: soon\r\n\r\nAnna") + "\n\n")
	if v := p.Inspect(r, 1, s); v.Attack() {
		t.Errorf("text: got %s", summary(v))
	}
}

// Lines cover the value in order and hold no line end.
func FuzzLines(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := lineReader{b: b}
		for at := 0; ; {
			l, ok := r.next()
			if !ok {
				break
			}
			if l.start < at || l.end <= l.start || l.end > len(b) || l.broken != (l.start > at) && at == 0 {
				t.Fatalf("%q: line %+v behind %d", b, l, at)
			}
			line := b[l.start:l.end]
			for i := range line {
				if breakAt(line, i) > 0 {
					t.Fatalf("%q: line %q holds a line end", b, line)
				}
			}
			if name, v, ok := readField(line); ok && len(name)+len(v) >= len(line) {
				t.Fatalf("%q: field %q of %q", line, name, v)
			}
			statusLine(line)
			requestLine(line)
			readMailCommand(line)
			at = l.end
		}
	})
}
