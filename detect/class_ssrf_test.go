package detect

import (
	"fmt"
	"strings"
	"testing"
)

// judgeField runs one judge on a value of a query parameter called name.
func judgeField(j judge, name, v string) finding {
	s := &Scratch{}
	s.push(StepQuery, -1, []byte(name))
	s.val = value{b: []byte(v), f: scan([]byte(v)), kind: kindParam}
	if !j.maybe(s.val.f, len(v)) {
		return finding{}
	}
	return j.judge(&s.val, s)
}

func mustFind(t *testing.T, c Class, k kind, in string) {
	t.Helper()
	fd := judgeOne(judgeOf(c), k, in)
	if fd.score < thresholds[Balanced] {
		t.Errorf("%s kind %d: %q has score %d by %q", c, k, in, fd.score, fd.rule)
	} else if fd.start < 0 || fd.end <= fd.start || fd.end > len(in) || fd.why == "" {
		t.Errorf("%s: %q has evidence [%d:%d) why %q", c, in, fd.start, fd.end, fd.why)
	}
}

func mustPass(t *testing.T, c Class, k kind, in string) {
	t.Helper()
	if fd := judgeOne(judgeOf(c), k, in); fd.score >= thresholds[Balanced] {
		t.Errorf("%s kind %d: %q has score %d by %q", c, k, in, fd.score, fd.rule)
	}
}

func TestSSRFCaught(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustFind(t, SSRF, kindParam, in)
	}
	// The three of the class file.
	f("http://169.254.169.254/any/thing")
	f("http://0x7f.1:6379/")
	f("gopher://h.example:25/_HELO")
	// The metadata services of clouds and clusters.
	f("https://metadata.google.internal/x/v1/")
	f("http://100.100.100.200/latest")
	f("http://[fd00:ec2::254]/latest")
	f("http://192.0.0.192/x")
	f("https://kubernetes.default.svc/api")
	f("metadata.google.internal/x")
	// The host itself.
	f("http://localhost/server-status")
	f("http://localhost:22")
	f("http://127.8.9.1")
	f("http://0.0.0.0:80")
	f("http://[::1]/")
	f("http://[::]:25/")
	f("https://[0:0:0:0:0:ffff:127.0.0.1]:443/x")
	f("http://[::ffff:7f00:1]")
	f("http://[fe80::1%25eth0]/")
	f("http://ip6-localhost/")
	f("http://localtest.me/admin")
	f("lvh.me/x")
	// The network.
	f("http://192.168.0.1/")
	f("http://10.20.30.40/admin")
	f("http://172.20.0.9/")
	f("http://[fc00::8]/")
	// Notations that hide an address.
	f("http://2130706433/")
	f("http://0x7f000001")
	f("http://017700000001")
	f("http://0177.0.0.01/x")
	f("http://127.1")
	f("http://127.0.257")
	f("http://0/")
	f("http://①②⑦.⓪.⓪.①/")
	f("http://１２７。０。０。１/")
	f("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/")
	f("http://127.0.0.%31/")
	f("http:127.0.0.1/x")
	f("http:0x7f000001")
	f("https:\\\\10.0.0.3\\x")
	// Another host in front.
	f("http://good.example@127.0.0.1/")
	f("http://user:pw@169.254.169.254/x")
	// Addresses of the host itself that nobody uses, services by their port.
	f("http://[::]:3128/")
	f("http://127.9.9.9:3000/")
	f("http://0o177.0.0.1/")
	f("http://cache:6379/")
	f("http://unix:/run/x.sock:/info")
	f("169.254.169.254")
	// Names that carry an address.
	f("http://127.0.0.1.nip.io/")
	f("http://shop.10.0.0.1.some.example/")
	f("https://7f000001.c0a80001.rbndr.us/")
	f("http://a1b2.oastify.com/")
	// Schemes.
	f("dict://h.example:11211/stat")
	f("tftp://h.example:69/x")
	f("netdoc:///srv/x")
	f("jar:http://h.example/a.jar!/b")
	f("url:file:///srv/x")
	f("ldap://localhost/\r\nstats\r\nquit")
	f("sftp://127.0.0.1/x")
}

func TestSSRFClean(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustPass(t, SSRF, kindParam, in)
		mustPass(t, SSRF, kindHeader, in)
	}
	f("run the server, then open http://localhost/ in a browser")
	f("http://localhost/ is where the server listens, so open it and see what is there")
	f("http://127.0.0.1/ does not answer")
	f("10.0.0.4")
	f("169.254.0.7")
	f("http://intranet/wiki")
	f("http://printer:8080/")
	f("https://[::1]:5173/")
	f("192.168.7.20:8080")
	f("127.0.0.1:8081")
	f("localhost:9000")
	f("10.0.0.0/16")
	f("169.254.0.0/16")
	f("http://localhost:3000/login")
	f("http://127.0.0.1:8889")
	f("http://192.168.1.20:8080/status")
	f("https://shop.example/list?page=2&sort=price")
	f("http://93.184.216.34/")
	f("https://[2001:db8::1]/x")
	f("https://user:secret@git.example/x/y.git")
	f("postgres://app:secret@db/shop")
	f("amqp://guest@10.0.0.3/")
	f("ftp://ftp.example.org/pub/readme.txt")
	f("mailto:me@shop.example")
	f("urn:isbn:9783161484100")
	f("tel:+49 30 123456")
	f("cdn:///assets/app.js")
	f("git://code.example/x.git")
	f("localhost.login.example:4301")
	f("https://localhost.login.example/x")
	f("https://1.2.3.4.shop.example/")
	f("https://ec2-52-1-2-3.compute-1.amazonaws.example/x")
	f("12:30:45")
	f("a:b:c")
	f("2024-05-01T12:30:45Z")
	f("metadata/labels/name")
	f("local/path/to/file")
	f("http://")
	f("https://:80/")
	f("http://[::")
	for _, s := range benignTexts {
		f(s)
	}
	for _, s := range benignValues {
		if s != "http://192.168.1.1/index.php" && s != "jar:file:/x.jar!/a" {
			f(s)
		}
	}
}

// The field decides about plain private URLs.
func TestSSRFField(t *testing.T) {
	j := judgeOf(SSRF)
	for _, name := range []string{"redirect_uri", "Referrer", "dl", "accessUrl", "x_origin"} {
		if fd := judgeField(j, name, "http://localhost/x"); fd.score >= thresholds[Balanced] {
			t.Errorf("%s: score %d", name, fd.score)
		}
		if fd := judgeField(j, name, "http://169.254.169.254/x"); fd.score < thresholds[Balanced] {
			t.Errorf("%s: link-local address has score %d", name, fd.score)
		}
	}
	if fd := judgeField(j, "url", "http://localhost/x"); fd.score < thresholds[Balanced] {
		t.Errorf("url: score %d", fd.score)
	}
}

// A value that was clean in one field is judged again in another, with the
// memo and the cache on.
func TestFieldIsNotForgotten(t *testing.T) {
	p, s := mustPolicy(t, Options{Cache: NewCache(1 << 20)}), &Scratch{}
	for _, pad := range []string{"", strings.Repeat("x", 600)} {
		for range 3 {
			if v := p.Inspect(rawRequest("GET /?redirect_uri=http://localhost/callback/"+pad+"\n\n"), 1, s); v.Attack() {
				t.Errorf("return address: got %+v", v.Matches)
			}
			if v := p.Inspect(rawRequest("GET /?src=http://localhost/callback/"+pad+"\n\n"), 1, s); !v.Attack() {
				t.Error("source: got nothing")
			}
		}
	}
}

// Positions: the same target wherever a value may stand, by its own class.
func TestSSRFPositions(t *testing.T) {
	const u = "http://0xa9fea9fe/latest"
	f := func(raw string) {
		t.Helper()
		for _, m := range inspect(t, Options{}, raw) {
			if m.Class == SSRF {
				return
			}
		}
		t.Errorf("%q: not found", raw)
	}
	f("GET /?u=" + u + "\n\n")
	f("GET /?u=http%253A%252F%252F0xa9fea9fe%252Flatest\n\n")
	f("GET /?" + u + "\n\n")
	f("GET /fetch/http:%2f%2f0xa9fea9fe%2flatest/x\n\n")
	f("GET /\nX-Callback: " + u + "\n\n")
	f("GET /\nCookie: u=" + u + "\n\n")
	f("GET /\nReferer: https://shop.example/?u=" + u + "\n\n")
	f("POST /\nContent-Type: application/json\n\n{\"a\":[{\"u\":\"" + u + "\"}]}")
	f("POST /\nContent-Type: text/xml\n\n<a u=\"" + u + "\"/>")
	f("POST /\nContent-Type: application/x-www-form-urlencoded\n\nu=" + u)
	f("POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\nContent-Disposition: form-data; name=f; filename=\"" + u + "\"\r\n\r\nx\r\n--B--")
	f("POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\nContent-Disposition: form-data; name=f\r\n\r\n" + u + "\r\n--B--")
}

// TestSSRFMetamorphic writes internal addresses in every notation.
func TestSSRFMetamorphic(t *testing.T) {
	addresses := [][4]uint32{{127, 0, 0, 1}, {169, 254, 169, 254}, {10, 1, 2, 3}, {192, 168, 17, 4}, {172, 31, 9, 200}, {0, 0, 0, 0}}
	for _, a := range addresses {
		v := a[0]<<24 | a[1]<<16 | a[2]<<8 | a[3]
		hosts := []string{
			fmt.Sprintf("%d.%d.%d.%d", a[0], a[1], a[2], a[3]), fmt.Sprint(v), fmt.Sprintf("0x%x", v), fmt.Sprintf("0X%08X", v), fmt.Sprintf("0%o", v),
			fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", a[0], a[1], a[2], a[3]), fmt.Sprintf("0%o.0%o.0%o.0%o", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("000%o.00%o.0%o.0%o", a[0], a[1], a[2], a[3]), fmt.Sprintf("%d.%d", a[0], v&0xffffff), fmt.Sprintf("%d.%d.%d", a[0], a[1], v&0xffff),
			fmt.Sprintf("0x%x.%d.0%o", a[0], a[1], v&0xffff), fmt.Sprintf("%d.%d.%d.%d", a[0]+256, a[1]+256, a[2]+512, a[3]+256), fmt.Sprint(uint64(v) + 1<<32),
			fmt.Sprintf("[::ffff:%d.%d.%d.%d]", a[0], a[1], a[2], a[3]), fmt.Sprintf("[::%d.%d.%d.%d]", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("[::ffff:%x:%x]", v>>16, v&0xffff), fmt.Sprintf("[0:0:0:0:0:FFFF:%X:%X]", v>>16, v&0xffff), fmt.Sprintf("[64:ff9b::%x:%x]", v>>16, v&0xffff),
			fmt.Sprintf("%d.%d.%d.%d.nip.io", a[0], a[1], a[2], a[3]), fmt.Sprintf("x.%d.%d.%d.%d.h.example", a[0], a[1], a[2], a[3]),
			fmt.Sprintf("%d。%d．%d｡%d", a[0], a[1], a[2], a[3]), strings.ReplaceAll(fmt.Sprintf("%d.%d.%d.%d", a[0], a[1], a[2], a[3]), ".", "%2e"),
		}
		for _, h := range hosts {
			for _, form := range []string{"http://%s", "HTTPS://%s/x?y=z", "http://%s:80/", "http://shop.example@%s/", "http:\\\\%s\\", "ftp://%s/a", " http://%s"} {
				mustFind(t, SSRF, kindParam, fmt.Sprintf(form, h))
			}
		}
	}
}

func TestReadAddress(t *testing.T) {
	f := func(in string, want hostAddress) {
		t.Helper()
		if got := readAddress([]byte(in)); got != want {
			t.Errorf("%s: got %+v, want %+v", in, got, want)
		}
	}
	f("1.2.3.4", hostAddress{reach: reachPublic})
	f("1.2.3", hostAddress{reach: reachPublic, odd: true})
	f("01.2.3.4", hostAddress{reach: reachPublic, odd: true})
	f("127.0.0.1", hostAddress{reach: reachLoopback})
	f("10.0.0.1", hostAddress{reach: reachPrivate})
	f("172.15.0.1", hostAddress{reach: reachPublic})
	f("172.16.0.1", hostAddress{reach: reachPrivate})
	f("100.64.0.1", hostAddress{reach: reachPrivate})
	f("169.254.1.1", hostAddress{reach: reachLink})
	f("224.0.0.1", hostAddress{reach: reachReserved})
	f("[2606:4700::1111]", hostAddress{reach: reachPublic, six: true})
	f("[::1]", hostAddress{reach: reachLoopback, six: true})
	f("[fd12:3456::1]", hostAddress{reach: reachPrivate, six: true})
	f("[2002:7f00:1::]", hostAddress{reach: reachLoopback, six: true})
	f("[::]", hostAddress{reach: reachLoopback, six: true, other: true})
	f("127.3.0.1", hostAddress{reach: reachLoopback, other: true})
	// no addresses
	for _, in := range []string{"", "a", "1.2.3.4.5", "1..2", "1.2.3.a", "0x", "0xg", "1.", "[::1::2]", "[1:2:3]", "[12345::]", "[]", "[:1]", "[g::]"} {
		f(in, hostAddress{})
	}
}

func FuzzURLShape(f *testing.F) {
	for _, s := range append(seeds, "http://a@b:80/c", "http:\\\\a\\b@c", "//[::1%25x]:1/", "http://①②⑦.1", "〱a.b", "http://1:2:3@4#@5", "ht\ttp://x", "/%09/a.b") {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var u urlShape
		if !u.read(b) {
			return
		}
		if u.n > maxHost || len(u.host) > len(b) || len(u.rest) > len(b) || u.n == 0 {
			t.Errorf("%q: host %q, rest %q", b, u.host, u.rest)
		}
		readAddress(u.name())
		u.hostLike()
		climbsOnly(u.rest)
		carriesAddress(u.name())
	})
}

func BenchmarkJudgeSSRF(b *testing.B) { benchmarkJudge(b, SSRF) }
