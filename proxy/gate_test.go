package proxy

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"weir/tenant"
)

var rawLimits = tenant.Limits{InspectBodyBytes: 1 << 20}

// readRaw reads raw as a listener would.
func readRaw(t testing.TB, raw string) Refusal {
	t.Helper()
	_, r := NewRawReader(32<<10, rawLimits).Read([]byte(raw))
	return r
}

// gateNode is a node that serves every host.
func gateNode(t *testing.T) *node {
	t.Helper()
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeMonitoring))
	cfg.Listeners[0].DefaultTenant = &acmeID
	cfg.Limits.MaxHeaderBytes = 32 << 10
	return startNode(t, cfg)
}

// overWire returns the node's final status for raw, after which the client
// sends no more.
func (n *node) overWire(t *testing.T, raw string) int {
	t.Helper()
	c := connect(t, n.addr)
	defer c.Close()
	io.WriteString(c, raw)
	c.Conn.(*net.TCPConn).CloseWrite()
	for {
		resp, err := http.ReadResponse(c.br, nil)
		if err != nil {
			t.Errorf("no answer to %q: %v", raw, err)
			return 0
		}
		if resp.StatusCode != http.StatusContinue {
			return resp.StatusCode
		}
	}
}

func TestGateAccepts(t *testing.T) {
	n := gateNode(t)
	f := func(raw string) {
		t.Helper()
		if r := readRaw(t, raw); r != Accepted {
			t.Errorf("refused as %s: %q", r, raw)
		}
		if status := n.overWire(t, raw); status != 200 {
			t.Errorf("over the wire %d: %q", status, raw)
		}
	}
	f("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f("GET / HTTP/1.0\r\nHost: a.example\r\n\r\n")
	// Case and white space around values mean nothing.
	f("GET / HTTP/1.1\r\nhOST:\ta.example \t\r\n\r\n")
	// A port, one trailing dot, addresses.
	f("GET / HTTP/1.1\r\nHost: A.Example:8080\r\n\r\n")
	f("GET / HTTP/1.1\r\nHost: a.example.\r\n\r\n")
	f("GET / HTTP/1.1\r\nHost: 127.0.0.1:80\r\n\r\n")
	f("GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n")
	// Bytes beyond ASCII in the target come from real browsers.
	f("GET /caf\xc3\xa9?q=\xff HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f("GET //x/..%2f?a=/?&b=\\ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	// Absolute form of the same host.
	f("GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f("GET HTTP://A.example HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f("OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f("PROPFIND /dav HTTP/1.1\r\nHost: a.example\r\n\r\n")
	// Names with underscores and dots are common and mean no framing.
	f("GET / HTTP/1.1\r\nHost: a.example\r\nX_under_score: 1\r\nx.dot: 2\r\n\r\n")
	f("POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc")
	f("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding:\tChunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	f("POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\na")
	f("GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n")
}

func TestGateRefuses(t *testing.T) {
	n := gateNode(t)
	f := func(want Refusal, raw string) {
		t.Helper()
		if r := readRaw(t, raw); r != want {
			t.Errorf("got %s, want %s: %q", r, want, raw)
		}
		if status := n.overWire(t, raw); status != want.Status() {
			t.Errorf("over the wire %d, want %d: %q", status, want.Status(), raw)
		}
	}
	with := func(lines string) string { return "POST / HTTP/1.1\r\nHost: a.example\r\n" + lines + "\r\n" }
	// Line ends and folds.
	f(BadLine, "GET / HTTP/1.1\r\nHost: a.example\nX: y\r\n\r\n")
	f(BadLine, with("X: y\r\n z\r\n"))
	f(BadLine, with("X: y\r\n\tz\r\n"))
	// Names.
	f(BadName, with("X Y: z\r\n"))
	f(BadRequest, with("X : z\r\n"))
	f(BadRequest, with(": z\r\n"))
	f(BadRequest, with("X: a\x00b\r\n"))
	f(BadRequest, with("X: a\rb\r\n"))
	// Framing.
	f(BadFraming, with("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"))
	f(BadFraming, with("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"))
	f(BadFraming, with("Transfer-Encoding: identity\r\n"))
	f(BadFraming, with("Transfer_Encoding: chunked\r\n"))
	f(BadFraming, with("Content_Length: 3\r\n"))
	f(BadRequest, with("Transfer-Encoding: chunked, chunked\r\n"))
	f(BadRequest, with("Transfer-Encoding: xchunked\r\n"))
	f(BadRequest, with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"))
	f(BadRequest, with("Content-Length: +3\r\n"))
	f(BadRequest, with("Content-Length: 3, 3\r\n"))
	f(BadRequest, with("Content-Length: 3\r\nContent-Length: 3\r\n"))
	f(BadRequest, with("Content-Length: 0x3\r\n"))
	f(BadRequest, with("Content-Length: 99999999999999999999\r\n"))
	f(BadRequest, "POST / HTTP/1.0\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
	f(TrailerRefused, with("Trailer: X-Tenant-ID\r\n"))
	// Connection must not delete what an application depends on.
	f(BadFraming, with("Connection: close, Cookie\r\n"))
	f(BadFraming, with("Connection: Host\r\n"))
	// Host.
	f(BadRequest, "GET / HTTP/1.1\r\n\r\n")
	f(BadHost, "GET / HTTP/1.0\r\n\r\n")
	f(BadRequest, "GET / HTTP/1.1\r\nHost:\r\n\r\n")
	f(BadRequest, "GET / HTTP/1.1\r\nHost: a.example\r\nHost: b.example\r\n\r\n")
	f(BadHost, "GET / HTTP/1.1\r\nHost: b@a.example\r\n\r\n")
	f(BadHost, "GET / HTTP/1.1\r\nHost: a.example:99999\r\n\r\n")
	f(BadHost, "GET / HTTP/1.1\r\nHost: a.example..\r\n\r\n")
	f(BadHost, "GET / HTTP/1.1\r\nHost: a\xc3\xa9.example\r\n\r\n")
	f(BadHost, "GET / HTTP/1.1\r\nHost: a,b\r\n\r\n")
	// Methods and versions.
	f(MethodRefused, "TRACE / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(MethodRefused, "TRACK / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(MethodRefused, "DEBUG / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(MethodRefused, "CONNECT b.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(MethodUnknown, "get / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(MethodUnknown, "BREW / HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadVersion, "GET / HTTP/2.0\r\nHost: a.example\r\n\r\n")
	f(BadVersion, "GET / HTTP/1.2\r\nHost: a.example\r\n\r\n")
	f(BadRequest, "GET / http/1.1\r\nHost: a.example\r\n\r\n")
	f(BadRequest, "GET /\r\n")
	// Targets.
	f(BadTarget, "GET http://b.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadTarget, "GET http://a.example:81/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadTarget, "GET http://x@a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadTarget, "GET ftp://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadTarget, "GET http://a.example?x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadTarget, "GET /x#y HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadRequest, "GET /x\x01 HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadRequest, "GET x HTTP/1.1\r\nHost: a.example\r\n\r\n")
	f(BadRequest, "GET * HTTP/1.1\r\nHost: a.example\r\n\r\n")
	// Bounds.
	f(TooManyHeaders, with(strings.Repeat("X: y\r\n", maxHeaders)))
	f(HeadTooLarge, with("X: "+strings.Repeat("y", 40<<10)+"\r\n"))
	// Expectations and bodies.
	f(BadExpect, with("Expect: a miracle\r\n"))
	f(BadBody, with("Content-Length: 10\r\n")+"abc")
	f(BadBody, with("Transfer-Encoding: chunked\r\n")+"3\r\nabcd\r\n0\r\n\r\n")
	f(BadBody, with("Transfer-Encoding: chunked\r\n")+"0x3\r\nabc\r\n0\r\n\r\n")
}

// Connection-listed fields are for one hop; folding of names decides.
func TestGateMarksListedFields(t *testing.T) {
	raw := "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: close, x-foo\r\nX_Foo: 1\r\nX-Bar: 2\r\n\r\n"
	r := NewRawReader(32<<10, rawLimits)
	if _, refusal := r.Read([]byte(raw)); refusal != Accepted {
		t.Fatal(refusal)
	}
	if got := fmt.Sprint(r.x.head.fields); got != fmt.Sprint([]field{fieldHost, fieldConnection, fieldHopByHop, fieldOther}) {
		t.Errorf("fields are %s", got)
	}
}

func TestFieldOf(t *testing.T) {
	for _, e := range fieldNames {
		for _, name := range []string{e.name, strings.ToUpper(e.name), strings.ReplaceAll(e.name, "-", "_")} {
			if f := fieldOf([]byte(name)); f != e.f {
				t.Errorf("%s is %d, want %d", name, f, e.f)
			}
		}
		if f := fieldOf([]byte(e.name + "x")); f == e.f && f != fieldForwardedOther {
			t.Errorf("%sx is taken for %s", e.name, e.name)
		}
	}
}

const browserHeaders = "Host: shop.acme.example\r\nConnection: keep-alive\r\nCache-Control: max-age=0\r\n" +
	"sec-ch-ua: \"Chromium\";v=\"126\", \"Not.A/Brand\";v=\"24\"\r\nsec-ch-ua-mobile: ?0\r\nsec-ch-ua-platform: \"Linux\"\r\n" +
	"Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n" +
	"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-User: ?1\r\nSec-Fetch-Dest: document\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\nAccept-Language: en-GB,en;q=0.9\r\nCookie: sid=0123456789abcdef; theme=dark\r\n\r\n"

func TestGateAllocatesNothing(t *testing.T) {
	var h head
	method, target, version, raw := []byte("GET"), []byte("/a/b?c=d"), []byte("HTTP/1.1"), []byte(browserHeaders)
	parse := func() {
		if r := h.parse(method, target, version, raw); r != Accepted {
			t.Fatal(r)
		}
	}
	if n := testing.AllocsPerRun(100, parse); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkGate(b *testing.B) {
	var h head
	method, target, version, raw := []byte("GET"), []byte("/a/b?c=d"), []byte("HTTP/1.1"), []byte(browserHeaders)
	b.ReportAllocs()
	for b.Loop() {
		h.parse(method, target, version, raw)
	}
}

func FuzzRawReader(f *testing.F) {
	for _, s := range []string{
		"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"POST /x?y HTTP/1.1\r\nHost: a.example:80\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n",
		"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nConnection: x, y\r\nX: 1\r\n\r\n",
		"POST / HTTP/1.0\r\nHost: [::1]\r\nContent-Length: 3\r\n\r\nabc",
	} {
		f.Add([]byte(s))
	}
	for _, p := range clientProbes(f) {
		f.Add(p.send)
	}
	r := NewRawReader(4<<10, tenant.Limits{InspectBodyBytes: 1 << 10})
	f.Fuzz(func(t *testing.T, raw []byte) {
		req, refusal := r.Read(raw)
		if refusal != Accepted {
			return
		}
		if len(req.Host) == 0 || len(req.Target) == 0 || len(req.Body) > 1<<10 {
			t.Fatalf("accepted host %q target %q with %d bytes of body", req.Host, req.Target, len(req.Body))
		}
		for i, h := range req.Headers {
			if !isValue(h.Value) || len(h.Name) == 0 {
				t.Fatalf("accepted field %d: %q: %q", i, h.Name, h.Value)
			}
		}
	})
}
