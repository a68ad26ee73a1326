package detect

import (
	"fmt"
	"testing"
)

func TestRedirCaught(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustFind(t, Redir, kindParam, in)
	}
	// The three of the class file.
	f(`/\evil.example`)
	f("https:evil.example/login")
	f("//shop.example@evil.example/")
	// Slashes.
	f("///evil.example")
	f("////evil.example/")
	f("https:///evil.example/")
	f("http:////evil.example")
	f("https:/evil.example")
	f(`\\evil.example`)
	f(`\/\/evil.example/`)
	f(`https:\\evil.example`)
	f(`https:/\evil.example`)
	f(`http://evil.example\shop.example`)
	f(`https://shop.example\@evil.example`)
	f("/\t/evil.example")
	f("/%09/evil.example")
	f("/%5cevil.example")
	f("ht\ttps://evil.example")
	f("\x01//evil.example")
	f("//evil.example//")
	// Another host in front.
	f("https://www.shop.example@evil.example/x")
	f("https://evil.example#@shop.example/")
	f("https://evil.example?@shop.example/")
	f("//me@evil.example")
	f("https://;@evil.example/")
	f("https://evil.example%23.shop.example")
	f("//203.0.113.9")
	f("https:https://evil.example")
	// A URL where a path should be.
	f("/https://evil.example/")
	f("//https://evil.example//")
	// Look-alikes.
	f("https://evil。example/")
	f("//evil．example")
	f("／／evil.example")
	f("〱evil.example")
	f("https://ｅｖｉｌ.example")
	f("http://%65vil.example/")
	// Climbs that leave only the host.
	f("//evil.example/%2f..")
	f("https://evil.example/%2e%2e")
}

func TestRedirClean(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustPass(t, Redir, kindParam, in)
	}
	f("https://other.example/start?x=1")
	f("//cdn.example.net/lib/app.js")
	f(`https:\/\/shop.example\/basket`)
	f(`https:\/\/shop.example`)
	f(`\/\/cdn.example\/a.js`)
	f("//cdn.example.net/")
	f("/account/orders?id=4#top")
	f("/")
	f("//")
	f("/a//b.html")
	f("///style.css")
	f("\n\x14https://shop.example/")
	f("\n/https://shop.example/a?b=c")
	f("///apple.river.stone")
	f("//index.php")
	f("https://shop.example:8443/x?back=https://shop.example/y")
	f("https://shop.example/?email=me@mail.example")
	f("https://shop.example/@me/video/12")
	f("https://blog.example/#/@me")
	f("https://first.last@git.example/team/repo.git")
	f("https://user:secret@shop.example/x")
	f("ftp://anna@files.example/x")
	f("mailto:me@shop.example")
	f("https://münchen.example/straße")
	f("https://例え.テスト/パス")
	f("https://%E4%BE%8B.example/")
	f(`\\fileserver.corp.example\share\x.docx`)
	f(`\\fileserver\share`)
	f(`C:\Users\me\x.txt`)
	f(`/^\d+\.com$/`)
	f("http: the protocol of the web.")
	f("https: see RFC 9110. It is long")
	f("see https://a.example or https://b.example")
	f("https://a.example\nhttps://b.example")
	f("https://a.example/\n")
	f("http://www.shop.example\x00")
	f("https:///cdn.example/static/img/64e0/icon.png")
	f("note: call a.b.com")
	f("time:12.30")
	f("//kns.example.net/Reader/Detail?dbcode=C&filename=T2")
	f("// a comment. With words.")
	f("//TODO.later")
	f("/* x.y */")
	f("Re: a.b")
	for _, s := range benignTexts {
		f(s)
	}
	for _, s := range benignValues {
		f(s)
	}
}

// The root of another host counts in a field that says where to go.
func TestRedirField(t *testing.T) {
	j := judgeOf(Redir)
	if fd := judgeField(j, "return_to", "//evil.example"); fd.score < thresholds[Balanced] {
		t.Errorf("return_to: score %d", fd.score)
	}
	if fd := judgeField(j, "q", "//evil.example"); fd.score >= thresholds[Balanced] {
		t.Errorf("q: score %d", fd.score)
	}
}

func TestRedirPath(t *testing.T) {
	for _, in := range []string{`/\evil.example`, "/\t/evil.example", "//evil.example/%2f..", `/\/evil.example/`} {
		mustFind(t, Redir, kindPath, in)
	}
	for _, in := range []string{"//static/app.js", "//wp-login.php", "/https:/shop.example/x", "/a/b.example", "/proxy/https://shop.example/x"} {
		mustPass(t, Redir, kindPath, in)
	}
}

// TestRedirMetamorphic joins every spelling of the start with hosts and ends.
func TestRedirMetamorphic(t *testing.T) {
	starts := []string{
		"///", "////", `/\`, `\/`, `//\`, `/\/`, "/\t/", "/%09/", "/%5c", "/%2f", "https:", "HTTP:", "https:///", `https:\\`, `https:/\`,
		"https://shop.example@", "https://%73hop.example@", "//shop.example@", "h\tttps://", "\x0b//", "/〱", "∕∕",
	}
	for _, start := range starts {
		for _, host := range []string{"evil.example", "EVIL.example", "a.b-c.evil.example", "evil.example:8443", "203.0.113.9"} {
			for _, end := range []string{"", "/", "/x", "?a=b", "/%2e%2e"} {
				if start == "\x0b//" && (end == "/x" || end == "?a=b") {
					continue // blanks in front of a plain reference
				}
				mustFind(t, Redir, kindParam, fmt.Sprint(start, host, end))
			}
		}
	}
}

func BenchmarkJudgeRedir(b *testing.B) { benchmarkJudge(b, Redir) }
