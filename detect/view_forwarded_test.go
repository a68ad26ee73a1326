package detect

import (
	"strings"
	"testing"
)

func TestViewForwarded(t *testing.T) {
	f := func(headers string, want ...string) {
		t.Helper()
		wantTrace(t, "GET /\n"+headers+"\n\n", want...)
	}
	// items, then the whole
	f("X-Forwarded-For: 192.0.2.7, a'b c", `[header X-Forwarded-For][array 1]="a'b c"`, `[header X-Forwarded-For]="192.0.2.7, a'b c"`)
	f("X-Real-IP: 1' x", `[header X-Real-IP]="1' x"`)
	// parameters, quoted and not
	f(`Forwarded: for=192.0.2.1;host="a'b", for="x\"y;z" ; proto=ht'tp`,
		`[header Forwarded][hash host]="a'b"`, `[header Forwarded][hash for]="x\"y;z"`, `[header Forwarded][hash proto]="ht'tp"`)
	f(`Authorization: Digest username="o'x", realm="r", uri="/a b"`, `[header Authorization][hash username]="o'x"`, `[header Authorization][hash uri]="/a b"`)
	f(`Forwarded: for="broken`, `[header Forwarded][hash for]="broken"`)
	// URLs
	f("X-Forwarded-Uri: /a?b=c%27", `[header X-Forwarded-Uri][query b]="c'"`)
	f("Destination: https://h.example/p?q=%3Cr", `[header Destination][query q]="<r"`)
	// names and repeated names
	f("x.$y: 1", `[header_name]="x.$y"`)
	f("X-A: 1' un\nHost: h\nx-a: ion", `[header x-a]="1' un, ion"`)
	// the handshake of a web socket
	f("Upgrade: websocket\nSec-WebSocket-Protocol: chat, super'chat\nSec-WebSocket-Extensions: x; y=\"z\"\nOrigin: https://h.example/?a=b%27",
		`[header Sec-WebSocket-Protocol]="chat, super'chat"`, `[header Sec-WebSocket-Extensions]="x; y=\"z\""`, `[header Origin][query a]="b'"`)
}

// What proxies write by themselves is not looked at further.
func TestForwardedAddresses(t *testing.T) {
	f := func(value string) {
		t.Helper()
		for _, g := range trace(t, rawRequest("GET /\nX-Forwarded-For: "+value+"\n\n")) {
			if strings.HasPrefix(g, "[header X-Forwarded-For]=") {
				t.Errorf("looked at %s", g)
			}
		}
	}
	f("192.0.2.7, 198.51.100.4:8080,unknown")
	f("[2001:db8::1]:443, 2001:db8::2, _hidden")
	f("proxy-1.example.com")
}

// A thousand repeated headers are joined within the bound.
func TestManyRepeatedHeaders(t *testing.T) {
	s := &Scratch{}
	longest := 0
	s.Trace = func(_ *Point, v []byte) { longest = max(longest, len(v)) }
	mustPolicy(t, Options{}).Inspect(rawRequest("GET /\n"+strings.Repeat("X: "+strings.Repeat("a", 100)+"\n", 1000)+"\n"), 1, s)
	if longest > maxJoined+102 || longest < maxJoined/2 {
		t.Errorf("joined %d bytes", longest)
	}
}

// A list of pairs is walked to its end whatever it holds, and the point is
// what it was.
func FuzzPairs(f *testing.F) {
	addSeeds(f)
	for _, s := range []string{`for="a\"b";by=c, d`, `="`, `a="\`, `a=b"c,d"e=f`, "1.2.3.4, [::1"} {
		f.Add([]byte(s))
	}
	p := mustPolicy(f, Options{})
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &Request{Target: []byte("/"), Headers: []Header{{[]byte("Forwarded"), b}, {[]byte("X-Forwarded-For"), b}, {[]byte("forwarded"), b}}}
		checkMatches(t, r, p.Inspect(r, 1, s))
		if s.point.n != 0 || s.depth != 0 {
			t.Errorf("%q: point has %d steps, depth %d afterwards", b, s.point.n, s.depth)
		}
	})
}
