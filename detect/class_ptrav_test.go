package detect

import (
	"fmt"
	"strings"
	"testing"
)

// judgeOne runs one judge as Inspect does, prefilter first.
func judgeOne(j judge, k kind, s string) finding {
	v := value{b: []byte(s), kind: k}
	v.f = scan(v.b)
	if !j.maybe(v.f, len(v.b)) {
		return finding{}
	}
	return wanted(j.class, &v, j.judge(&v, &Scratch{}))
}

// wanted is fd, for which the prefilter has to let v through to the judge of
// class c.
func wanted(c Class, v *value, fd finding) finding {
	var t traits
	t.read(v.b, v.f)
	if need := needs[c]; fd.score > 0 && need != nil && !need(v, &t) {
		panic(fmt.Sprintf("BUG: needs of %s do not let %q through for %s", c, v.b, fd.rule))
	}
	return fd
}

func judgeOf(c Class) judge {
	for _, j := range judges {
		if j.class == c {
			return j
		}
	}
	panic("BUG: no judge of that class")
}

func TestPTravCaught(t *testing.T) {
	f := func(k kind, s string) {
		t.Helper()
		if fd := judgeOne(judgeOf(PTrav), k, s); fd.score < thresholds[Balanced] {
			t.Errorf("%q: score %d by %q", s, fd.score, fd.rule)
		}
	}
	// The three of the class file.
	f(kindParam, "../../../srv/app/settings.yml")
	f(kindParam, "%c0%ae%c0%ae/%c0%ae%c0%ae/secret")
	f(kindParam, "php://filter/read=string.rot13/resource=config")
	// Absolute files of systems and servers.
	f(kindParam, "/etc/sudoers")
	f(kindParam, `C:\Windows\System32\config\SOFTWARE`)
	f(kindParam, "/proc/self/environ")
	f(kindParam, "/WEB-INF/classes/app.properties")
	f(kindPath, "/assets/.git/config")
	f(kindParam, "/home/shop/.ssh/id_ed25519")
	// Wrappers and scripts of another host.
	f(kindParam, "phar://upload/avatar.png/x")
	f(kindParam, "file:///etc/hostname")
	f(kindParam, "http://198.51.100.7/shell.txt?")
	// Ends that cut off a suffix.
	f(kindParam, "reports/today.inc%00.html")
	f(kindParam, "index.aspx::$DATA")
	// A file name that leaves the upload folder.
	f(kindFileName, "../start.jsp")
	// A path whose climbs are matrix parameters.
	f(kindPath, "/shop/..;/manager/html")
	// What a filter that removes "../" once leaves.
	f(kindParam, "..web-inf/web.xml")
	f(kindParam, "....//....//conf")
	// A share of the host itself.
	f(kindParam, `\\127.0.0.1\admin$\system.ini`)
	f(kindParam, strings.Repeat("B", 3000))
}

func TestPTravClean(t *testing.T) {
	f := func(k kind, s string) {
		t.Helper()
		if fd := judgeOne(judgeOf(PTrav), k, s); fd.score >= thresholds[Balanced] {
			t.Errorf("%q: score %d by %q: %q", s, fd.score, fd.rule, s[fd.start:fd.end])
		}
	}
	f(kindParam, "../images/logo.png")
	f(kindParam, "the file /etc/passwd holds one line for each account, and /etc/shadow the hashes")
	f(kindParam, "versions 1.2..1.9 of lib/core...")
	for _, s := range benignTexts {
		f(kindParam, s)
	}
	for _, s := range benignValues {
		f(kindParam, s)
		f(kindHeader, s)
	}
	// Web paths and relative links.
	f(kindPath, "/static/js/app.4f3c2.chunk.js")
	f(kindPath, "/blog/2024/05/what-is-new-in-the-etc-folder")
	f(kindPath, "/etc/designs/brand/clientlibs.min.css")
	f(kindParam, "../../theme/css/site.css")
	f(kindReferer, "https://shop.example/catalog/../catalog/view?id=4")
	f(kindFileName, "Rechnung 2024..final.pdf")
	f(kindFileName, "C:\\Users\\mia\\Desktop\\photo.jpg")
	f(kindParam, "https://cdn.example.net/a/b/c/d.js?v=1.2.3")
	f(kindParam, "file:///C:/Users/ana/Documents/report.html")
	f(kindParam, "main..feature/login")
	f(kindParam, "reports/2024/access.log")
	f(kindParam, "TypeError: undefined at Object.<anonymous> (C:\\Users\\bob\\AppData\\Local\\Temp\\x\\index.js:3:14)")
	f(kindParam, "import x from '../../lib/util.js'\nimport y from '../y.js'\n\nexport default {...x, ...y}\n")
	f(kindParam, "цена 10%, скидка 5% / месяц")
	f(kindParam, "图片/照片/封面.png")
}

// TestPTravMetamorphic multiplies seeds by spellings that mean the same.
func TestPTravMetamorphic(t *testing.T) {
	dots := []string{"..", "%2e%2e", "%252e%252e", "%c0%ae%c0%ae", "\xc0\xae\xc0\xae", "\uff0e\uff0e", "0x2e0x2e", ".%2e"}
	seps := []string{"/", `\`, "%2f", "%5c", "%252f", "%c0%af", "%u2215", "0x2f", "//", "/./"}
	targets := []string{"etc|passwd", "windows|win.ini", "var|log|auth.log", "ETC|Shadow", "proc|self|environ"}
	for _, d := range dots {
		for _, sep := range seps {
			for _, target := range targets {
				for _, n := range []int{1, 3, 7} {
					s := strings.Repeat(d+sep, n) + strings.ReplaceAll(target, "|", sep)
					for _, k := range []kind{kindParam, kindPath, kindFileName, kindHeader} {
						if fd := judgeOne(judgeOf(PTrav), k, s); fd.score < thresholds[Balanced] {
							t.Errorf("%q kind %d: score %d by %q", s, k, fd.score, fd.rule)
						}
					}
				}
			}
		}
	}
}

func BenchmarkJudgePTrav(b *testing.B) { benchmarkJudge(b, PTrav) }

func benchmarkJudge(b *testing.B, c Class) {
	j := judgeOf(c)
	for _, in := range []struct{ name, text string }{
		{"token", "5f4dcc3b5aa765d61d8327deb882cf99"},
		{"prose", "Please call me back; the order (no. 17) isn't complete & late."},
		{"url", "https://shop.example/catalog/view?id=42&sort=price&page=3#top"},
		{"post", strings.Repeat("He said: \"it's done\" & left; nobody asked (why?). ", 80)},
		{"attack", strings.Repeat("../", 8) + "etc/passwd; cat /etc/shadow"},
	} {
		b.Run(fmt.Sprintf("%s-%d", in.name, len(in.text)), func(b *testing.B) {
			v := value{b: []byte(in.text)}
			s := &Scratch{}
			b.SetBytes(int64(len(in.text)))
			b.ReportAllocs()
			for b.Loop() {
				v.f = scan(v.b)
				if j.maybe(v.f, len(v.b)) {
					j.judge(&v, s)
				}
			}
		})
	}
}
