package proxy

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"weir/tenant"
)

// What reaches the upstream is what the client sent, but for what the node
// owns.
func TestForwardIsByteExact(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	f := func(target string) {
		t.Helper()
		if a := n.ask(t, get("acme.example:8080", target)); a.StatusCode != 200 {
			t.Errorf("%s: %d", target, a.StatusCode)
		}
		if want := "GET " + target + " HTTP/1.1\r\nHost: acme.example:8080\r\n"; !strings.HasPrefix(up.last(), want) {
			t.Errorf("%s: upstream got %q", target, up.last())
		}
	}
	f("/")
	f("/z%2fy%2F//a/../b/./c%41")
	f("//x?")
	f("/?a=1&a=2&=&&b=%zz+%20;c")
	f("/\xc3\xa9\xff?\\=|^{}\"<>")
	f("/?q=http://b.example/")
	body := "preamble\r\n--b\nContent-Disposition: form-data; name=x\n\n1\r\n--b\r\nContent-Disposition: form-data; name=x\r\n\r\n2\r\n--b--"
	n.ask(t, post("acme.example", "/up", "multipart/form-data; boundary=b", body))
	if !strings.HasSuffix(up.last(), "\r\n\r\n"+body) || !strings.Contains(up.last(), fmt.Sprintf("\r\nContent-Length: %d\r\n", len(body))) {
		t.Errorf("multipart: upstream got %q", up.last())
	}
	// A chunked body within the limit goes on with a length of our own.
	n.ask(t, request("POST", "acme.example", "/", "Transfer-Encoding: chunked")+"3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: 1\r\n\r\n")
	if !strings.HasSuffix(up.last(), "Content-Length: 5\r\n\r\nabcde") || strings.Contains(up.last(), "X-Trailer") || strings.Contains(up.last(), "Transfer-Encoding") {
		t.Errorf("chunked: upstream got %q", up.last())
	}
	// A method that usually has a body says that there is none.
	n.ask(t, request("POST", "acme.example", "/"))
	if !strings.HasSuffix(up.last(), "Content-Length: 0\r\n\r\n") {
		t.Errorf("empty post: upstream got %q", up.last())
	}
}

func TestForwardHeaders(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeMonitoring))
	n := startNode(t, cfg)
	a := n.ask(t, get("acme.example", "/",
		"x-ODD_name.X: a  b", "Accept: */*", "Cookie: a=b", "Cookie: c=d",
		"Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5", "TE: trailers", "Proxy-Authorization: x",
		"Upgrade: websocket", "HTTP2-Settings: x",
		"X-Forwarded-For: 6.6.6.6", "X_Forwarded_For: 6.6.6.7", "x-forwarded-PROTO: https", "X-Forwarded-Host: evil", "Forwarded: for=6.6.6.6",
		"X-Real-IP: 6.6.6.6", "X-Request-ID: chosen-by-client", "X-Tenant-ID: "+globexID.String(), "X_Tenant_ID: 1", "X-Original-URL: /admin"))
	if a.StatusCode != 200 {
		t.Fatalf("got %d", a.StatusCode)
	}
	got := up.last()
	for _, want := range []string{"\r\nx-ODD_name.X: a  b\r\nAccept: */*\r\nCookie: a=b\r\nCookie: c=d\r\n",
		"\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: acme.example\r\n",
		"\r\nX-Tenant-ID: " + acmeID.String() + "\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("upstream misses %q in %q", want, got)
		}
	}
	for _, bad := range []string{"6.6.6", "evil", "Forwarded: for", "X-Hop", "Keep-Alive", "TE:", "Proxy-", "Upgrade", "HTTP2", "chosen", "/admin", globexID.String(), "X_Tenant", "Connection"} {
		if strings.Contains(got, bad) {
			t.Errorf("upstream got %q in %q", bad, got)
		}
	}
}

func TestForwardBelieved(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	trustLoopback(cfg)
	n := startNode(t, cfg)
	a := n.ask(t, get("acme.example", "/", "X-Forwarded-For: 6.6.6.6, 127.0.0.9", "X-Forwarded-Proto: https",
		"X-Forwarded-Host: www.example", "X-Request-ID: front-0123456789", "X-Real-IP: 6.6.6.6"))
	for _, want := range []string{"X-Forwarded-For: 6.6.6.6, 127.0.0.9, 127.0.0.1\r\n", "X-Forwarded-Proto: https\r\n",
		"X-Forwarded-Host: www.example\r\n", "X-Request-ID: front-0123456789\r\n", "X-Real-IP: 6.6.6.6\r\n"} {
		if !strings.Contains(up.last(), want) {
			t.Errorf("upstream misses %q in %q", want, up.last())
		}
	}
	if id := a.Header.Get("X-Request-ID"); id != "front-0123456789" {
		t.Errorf("client got request ID %q", id)
	}
	n.ask(t, get("acme.example", attack, "X-Forwarded-For: 6.6.6.6, 127.0.0.9"))
	if h := n.hits.all(); len(h) != 1 || h[0].Client != "6.6.6.6" || h[0].Peer != "127.0.0.1" {
		t.Errorf("hits %+v", h)
	}
	n.ask(t, get("acme.example", "/", "X-Request-ID: a b"))
	if strings.Contains(up.last(), "a b") {
		t.Errorf("unsound request ID was believed")
	}
}

func TestResponse(t *testing.T) {
	up := fakeUpstream(t, says("HTTP/1.1 299 Quite Fine\r\nServer: app/1\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\nx-lower: 1\r\nSet-Cookie: a=b\r\nSet-Cookie: a=c\r\n"+
		"Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: x\r\nX-Request-ID: backend\r\nX-Incident-ID: backend\r\nX-Tenant-ID: evil\r\nContent-Length: 2\r\n\r\nok"))
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/"))
	head, err := readHead(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"HTTP/1.1 299 Quite Fine\r\n", "\r\nServer: app/1\r\n", "\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\n", "\r\nx-lower: 1\r\n",
		"\r\nSet-Cookie: a=b\r\nSet-Cookie: a=c\r\n", "\r\nContent-Length: 2\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("no %q in %q", want, head)
		}
	}
	for _, bad := range []string{"X-Hop", "Keep-Alive", "backend", "evil", "Connection"} {
		if strings.Contains(head, bad) {
			t.Errorf("%q in %q", bad, head)
		}
	}
}

func readHead(c *client) (string, error) {
	var b strings.Builder
	for {
		line, err := c.br.ReadString('\n')
		b.WriteString(line)
		if err != nil || line == "\r\n" {
			return b.String(), err
		}
	}
}

func TestBodylessResponses(t *testing.T) {
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		switch r.URL.Path {
		case "/head":
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n")
		case "/chunkedhead":
			io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
		case "/204":
			io.WriteString(c, "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n")
		case "/304":
			io.WriteString(c, "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n")
		case "/interim":
			io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"+okReply)
		}
		return true
	})
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	c := connect(t, n.addr)
	f := func(method, path string, status int, length int64) {
		t.Helper()
		if a := c.send(t, request(method, "acme.example", path)); a.StatusCode != status || a.ContentLength != length {
			t.Errorf("%s %s: %d with length %d, want %d with %d", method, path, a.StatusCode, a.ContentLength, status, length)
		}
	}
	f("HEAD", "/head", 200, 1234)
	f("HEAD", "/chunkedhead", 200, -1)
	f("GET", "/204", 204, 0)
	f("GET", "/304", 304, 0)
	f("GET", "/interim", 200, 2)
	if up.conns != 1 {
		t.Errorf("%d connections to the upstream, want 1", up.conns)
	}
}

// repeated yields n bytes without holding them.
type repeated struct{ n int64 }

func (r *repeated) Read(p []byte) (int, error) {
	if r.n == 0 {
		return 0, io.EOF
	}
	p = p[:min(int64(len(p)), r.n)]
	for i := range p {
		p[i] = byte('a' + (r.n-int64(i))%23)
	}
	r.n -= int64(len(p))
	return len(p), nil
}

const large = 50 << 20

// Large bodies stream both ways, with and without a declared length, while
// the node holds next to nothing of them.
func TestLargeBodies(t *testing.T) {
	backend := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.New()
		n, err := io.Copy(sum, r.Body)
		if r.URL.Path == "/up" {
			fmt.Fprintf(w, "%d %v %x", n, err, sum.Sum(nil))
			return
		}
		if r.URL.Path == "/fixed" {
			w.Header().Set("Content-Length", fmt.Sprint(large))
		}
		io.Copy(w, &repeated{large})
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go backend.Serve(ln)
	defer backend.Close()
	n := oneTenant(t, ln.Addr().String(), tenant.ModeBlock)
	sum := sha256.New()
	io.Copy(sum, &repeated{large})
	want := fmt.Sprintf("%x", sum.Sum(nil))
	hc := http.Client{Transport: &http.Transport{}}
	defer hc.CloseIdleConnections()
	upload := func(length int64) {
		t.Helper()
		r, err := http.NewRequest("POST", "http://"+n.addr+"/up", &repeated{large})
		if err != nil {
			t.Fatal(err)
		}
		r.Host, r.ContentLength = "acme.example", length
		resp, err := hc.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if b, _ := io.ReadAll(resp.Body); string(b) != fmt.Sprintf("%d <nil> %s", large, want) {
			t.Errorf("upload of length %d: %d %s", length, resp.StatusCode, b)
		}
	}
	upload(large)
	upload(-1)
	download := func(path string, length int64) {
		t.Helper()
		r, err := http.NewRequest("GET", "http://"+n.addr+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "acme.example"
		resp, err := hc.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, resp.Body); err != nil || fmt.Sprintf("%x", sum.Sum(nil)) != want || resp.ContentLength != length {
			t.Errorf("%s: length %d, %v", path, resp.ContentLength, err)
		}
	}
	download("/fixed", large)
	download("/chunked", -1)
	if c := n.Tenants()[0].Counters; c.Partial.Load() != 2 || c.BytesIn.Load() != 2*large {
		t.Errorf("%d partial, %d bytes in", c.Partial.Load(), c.BytesIn.Load())
	}
	if b := n.buffered.Load(); b != 0 {
		t.Errorf("%d bytes are still accounted for", b)
	}
}

// The first event arrives before the second is written.
func TestEventStream(t *testing.T) {
	next := make(chan bool)
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
		for range 3 {
			<-next
			io.WriteString(c, "9\r\ndata: x\n\n\r\n")
		}
		io.WriteString(c, "0\r\n\r\n")
		return true
	})
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/events"))
	resp, err := http.ReadResponse(c.br, nil)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%v %v", resp, err)
	}
	for range 3 {
		next <- true
		event := make([]byte, 9)
		if _, err := io.ReadFull(resp.Body, event); err != nil || string(event) != "data: x\n\n" {
			t.Fatalf("event %q, %v", event, err)
		}
	}
	if _, err := resp.Body.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("end: %v", err)
	}
}

// A client of HTTP/1.0 gets a body of unknown length until the connection
// closes.
func TestHTTP10Client(t *testing.T) {
	up := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, "GET / HTTP/1.0\r\nHost: acme.example\r\nConnection: keep-alive\r\n\r\n")
	b, err := io.ReadAll(c.br)
	if err != nil || !bytes.HasSuffix(b, []byte("\r\n\r\nabc")) || bytes.Contains(b, []byte("chunked")) {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestBodyLimits(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	l := &cfg.Tenants[0].Sites[0].Limits
	l.InspectBodyBytes, l.MaxBodyBytes = 100, 200
	n := startNode(t, cfg)
	f := func(size, status int) {
		t.Helper()
		body := strings.Repeat("x", size)
		if a := n.ask(t, post("acme.example", "/", "text/plain", body)); a.StatusCode != status {
			t.Errorf("%d bytes: %d, want %d", size, a.StatusCode, status)
		}
		if status == 200 && !strings.HasSuffix(up.last(), "\r\n\r\n"+body) {
			t.Errorf("%d bytes: upstream got %q", size, up.last())
		}
		raw := request("POST", "acme.example", "/", "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", size, body)
		if size > 0 {
			if a := n.ask(t, raw); a.StatusCode != status {
				t.Errorf("%d bytes chunked: %d, want %d", size, a.StatusCode, status)
			}
		}
	}
	f(0, 200)
	f(1, 200)
	f(99, 200)
	f(100, 200)
	f(101, 200)
	f(200, 200)
	f(201, 413)
	// 101 and 200 both ways, and 201 in chunks, whose length shows late.
	if p := n.Tenants()[0].Counters.Partial.Load(); p != 5 {
		t.Errorf("%d requests were partial, want 5", p)
	}
	// Beyond the limit nothing is looked at, before it everything. Parts are
	// another matter: see TestPassingParts.
	form := strings.Repeat("x", 120) + " 1' UNION SELECT login,password FROM users-- -"
	if a := n.ask(t, post("acme.example", "/", "text/plain", form)); a.StatusCode != 200 {
		t.Errorf("attack beyond the limit: %d", a.StatusCode)
	}
	form = "id=1' UNION SELECT login,password FROM users-- -&pad=" + strings.Repeat("x", 120)
	if a := n.ask(t, post("acme.example", "/", "application/x-www-form-urlencoded", form)); a.StatusCode != 403 {
		t.Errorf("attack before the limit: %d", a.StatusCode)
	}
	l.Beyond = tenant.BeyondReject
	n.Reload(cfg)
	f(100, 200)
	f(101, 413)
}

func TestExpect(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, request("POST", "acme.example", "/", "Expect: 100-continue", "Content-Length: 3"))
	if head, err := readHead(c); err != nil || !strings.HasPrefix(head, "HTTP/1.1 100 ") {
		t.Fatalf("%q %v", head, err)
	}
	io.WriteString(c, "abc")
	if a := c.read(t, false); a.StatusCode != 200 || !strings.HasSuffix(up.last(), "\r\n\r\nabc") || strings.Contains(up.last(), "Expect") {
		t.Errorf("%d, upstream got %q", a.StatusCode, up.last())
	}
	// Nobody is told to send what nobody will take.
	if a := n.ask(t, request("POST", "nobody.example", "/", "Expect: 100-continue", "Content-Length: 3")); a.StatusCode != 421 {
		t.Errorf("unknown host: %d", a.StatusCode)
	}
	if a := n.ask(t, request("POST", "acme.example", "/", "Expect: 200-ok", "Content-Length: 3")+"abc"); a.StatusCode != 417 {
		t.Errorf("odd expectation: %d", a.StatusCode)
	}
}

// Framing alone cannot make the node read without end.
func TestChunkExtensionsAreBounded(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, request("POST", "acme.example", "/", "Transfer-Encoding: chunked")+"1;")
	junk := strings.Repeat("x", 64<<10)
	for range 64 {
		if _, err := io.WriteString(c, junk); err != nil {
			break
		}
	}
	if r := up.count(); r != 0 {
		t.Errorf("%d requests reached the upstream", r)
	}
	resp, err := http.ReadResponse(c.br, nil)
	if err == nil && resp.StatusCode != 400 {
		t.Errorf("got %d", resp.StatusCode)
	}
}
