package proxy

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"weir/config"
	"weir/tenant"
)

// overTLS gives a configuration one listener with TLS and each tenant a
// certificate of its own.
func overTLS(t *testing.T, cfg *config.Node) {
	t.Helper()
	dir := t.TempDir()
	for i := range cfg.Tenants {
		site := &cfg.Tenants[i].Sites[0]
		site.TLS = keyPair(t, dir, cfg.Tenants[i].Name, site.Hosts...)
	}
	cfg.Listeners = []config.Listener{{Address: "127.0.0.1:0", TLS: keyPair(t, dir, "node", "node.example"),
		HTTP2: true, MatchSNI: true, Health: "/healthz"}}
}

// h2Client speaks HTTP/2 to n and nothing else, naming sni in its handshake.
func (n *node) h2Client(t *testing.T, sni string) *http.Client {
	t.Helper()
	tr := &http2.Transport{TLSClientConfig: &tls.Config{ServerName: sni, InsecureSkipVerify: true}}
	tr.DialTLSContext = nil
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: dialTo{tr, n.addr}, Timeout: 20 * time.Second}
}

// dialTo sends requests for any host to one address.
type dialTo struct {
	tr   *http2.Transport
	addr string
}

func (d dialTo) RoundTrip(r *http.Request) (*http.Response, error) {
	r.Host = r.URL.Host
	r.URL.Host = d.addr
	return d.tr.RoundTrip(r)
}

func ask2(t *testing.T, c *http.Client, method, url string, body io.Reader, fields ...string) answered {
	t.Helper()
	r, err := http.NewRequest(method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, ": ")
		r.Header.Add(name, value)
	}
	resp, err := c.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answered{resp, string(b), err}
}

// A request in HTTP/2 takes the walk of HTTP/1: the same tenant, the same
// verdict, the same bytes upstream.
func TestHTTP2(t *testing.T) {
	up := fakeUpstream(t, says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: 1\r\nX-A: 2\r\nConnection: x-hop\r\nX-Hop: y\r\nKeep-Alive: 5\r\n\r\nok"))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	n := startNode(t, cfg)
	c := n.h2Client(t, "acme.example")
	a := ask2(t, c, "GET", "https://acme.example/a%2fb?c=d", nil, "X-B: 1", "X-B: 2", "Cookie: a=b", "Cookie: c=d", "X-Tenant-ID: evil", "Te: trailers")
	if a.ProtoMajor != 2 || a.StatusCode != 200 || a.body != "ok" {
		t.Fatalf("got %s %d %q", a.Proto, a.StatusCode, a.body)
	}
	if got := a.Header["X-A"]; len(got) != 2 || a.Header.Get("X-Hop") != "" || a.Header.Get("Connection") != "" || a.Header.Get("Keep-Alive") != "" {
		t.Errorf("answered %v", a.Header)
	}
	got := up.last()
	for _, want := range []string{"GET /a%2fb?c=d HTTP/1.1\r\nHost: acme.example\r\n", "X-B: 1\r\nX-B: 2\r\n", "\r\nCookie: a=b; c=d\r\n",
		"\r\nX-Tenant-ID: 11000000-0000-0000-0000-000000000000\r\n", "\r\nX-Forwarded-Proto: https\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("upstream got %q, want %q in it", got, want)
		}
	}
	if strings.Contains(got, "evil") || strings.Contains(got, "\r\nTe:") {
		t.Errorf("upstream got %q", got)
	}
	// Attacks wherever they are.
	for _, a := range []answered{
		ask2(t, c, "GET", "https://acme.example"+attack, nil),
		ask2(t, c, "GET", "https://acme.example/", nil, "X-C: 1' UNION SELECT login,password FROM users-- -"),
		ask2(t, c, "POST", "https://acme.example/", strings.NewReader("id=1'+UNION+SELECT+login,password+FROM+users--+-"), "Content-Type: application/x-www-form-urlencoded"),
	} {
		if a.StatusCode != 403 || a.Header.Get("X-Incident-Id") == "" {
			t.Errorf("an attack got %d", a.StatusCode)
		}
	}
	if hits := n.hits.all(); len(hits) < 3 || hits[0].Scheme != "https" || hits[0].Host != "acme.example" {
		t.Errorf("%d hits", len(hits))
	}
}

// Bodies of all kinds pass whole, both ways.
func TestHTTP2Bodies(t *testing.T) {
	up := http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if len(r.Trailer) > 0 {
			t.Errorf("trailers %v", r.Trailer)
		}
		w.Header().Set("X-Length", fmt.Sprint(r.ContentLength))
		if r.URL.Path == "/known" {
			w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		}
		w.Write(b)
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go up.Serve(ln)
	defer up.Close()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", ln.Addr().String(), tenant.ModeBlock))
	overTLS(t, cfg)
	c := startNode(t, cfg).h2Client(t, "acme.example")
	f := func(size int, path string, known bool, length string) {
		t.Helper()
		want := strings.Repeat("0123456789abcdef", size/16+1)[:size]
		var body io.Reader = strings.NewReader(want)
		if !known {
			body = io.MultiReader(body)
		}
		a := ask2(t, c, "POST", "https://acme.example"+path, body, "Content-Type: text/plain")
		if a.StatusCode != 200 || a.body != want || a.err != nil || a.Header.Get("X-Length") != length {
			t.Errorf("%d bytes to %s: %d, %d bytes, %v, length %s", size, path, a.StatusCode, len(a.body), a.err, a.Header.Get("X-Length"))
		}
	}
	f(0, "/", true, "0")
	f(1, "/known", true, "1")
	f(64<<10, "/known", true, "65536")
	f(64<<10+1, "/known", true, "65537")
	f(3<<20, "/known", true, "3145728")
	// A length that nobody declared is counted when the body is buffered.
	f(5, "/", false, "5")
	f(3<<20, "/", false, "-1")
	if a := ask2(t, c, "HEAD", "https://acme.example/known", nil); a.StatusCode != 200 || a.ContentLength != 0 {
		t.Errorf("HEAD: %d, %d bytes", a.StatusCode, a.ContentLength)
	}
	if a := ask2(t, c, "HEAD", "https://acme.example/healthz", nil); a.StatusCode != 200 || a.ContentLength != 3 || a.body != "" {
		t.Errorf("HEAD of the health path: %d, %d bytes", a.StatusCode, a.ContentLength)
	}
}

// The first byte of a stream passes at once; a stream that breaks off does
// not pass for a whole one.
func TestHTTP2Streams(t *testing.T) {
	more, end := make(chan bool), make(chan bool)
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata1\r\n")
		<-more
		io.WriteString(c, "5\r\ndata2\r\n")
		<-end
		return false
	})
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	c := startNode(t, cfg).h2Client(t, "acme.example")
	resp, err := c.Get("https://acme.example/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for i, next := range []chan bool{more, end} {
		var b [5]byte
		if _, err := io.ReadFull(resp.Body, b[:]); err != nil || string(b[:]) != fmt.Sprintf("data%d", i+1) {
			t.Fatalf("read %q, %v", b, err)
		}
		next <- true
	}
	if _, err := resp.Body.Read(make([]byte, 1)); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a body that was cut short ends with %v", err)
	}
}

// gRPC passes from client to upstream in HTTP/2, trailers included; those
// that are the node's own do not.
func TestHTTP2Trailers(t *testing.T) {
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", h2Upstream(t, nil, echoH2), tenant.ModeBlock))
	cfg.Tenants[0].Sites[0].Upstreams[0].Scheme = "h2c"
	overTLS(t, cfg)
	c := startNode(t, cfg).h2Client(t, "acme.example")
	a := ask2(t, c, "POST", "https://acme.example/svc/Call", strings.NewReader("\x00\x00\x00\x00\x02ab"), "Content-Type: application/grpc", "Te: trailers")
	if a.StatusCode != 200 || !strings.Contains(a.body, "HTTP/2.0 POST acme.example /svc/Call\n7 <nil>") {
		t.Errorf("got %d %q", a.StatusCode, a.body)
	}
	if len(a.Trailer) != 1 || a.Trailer.Get("Grpc-Status") != "7" {
		t.Errorf("trailers %v", a.Trailer)
	}
}

// A connection made for one tenant carries no request for another, and the
// others on it do not suffer.
func TestHTTP2WrongName(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	c := startNode(t, cfg).h2Client(t, "acme.example")
	for range 3 {
		if a := ask2(t, c, "GET", "https://globex.example/", nil); a.StatusCode != 421 {
			t.Errorf("another tenant's host: %d", a.StatusCode)
		}
		if a := ask2(t, c, "GET", "https://acme.example/", nil); a.StatusCode != 200 {
			t.Errorf("the host of the handshake: %d", a.StatusCode)
		}
	}
	if up.count() != 3 {
		t.Errorf("upstream saw %d requests, want 3", up.count())
	}
}

// framer is a client that sends whatever it likes.
type framer struct {
	*http2.Framer
	net.Conn
	buf bytes.Buffer
	enc *hpack.Encoder
	id  uint32
}

// h2c opens a connection of HTTP/2 without TLS.
func (n *node) h2c(t *testing.T) *framer {
	t.Helper()
	c := connect(t, n.addr)
	io.WriteString(c, http2.ClientPreface)
	f := &framer{Framer: http2.NewFramer(c, c.br), Conn: c, id: 1}
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	f.enc = hpack.NewEncoder(&f.buf)
	if err := f.WriteSettings(); err != nil {
		t.Fatal(err)
	}
	return f
}

// block encodes fields, "name: value" each; names may begin with a colon.
func (f *framer) block(fields ...string) []byte {
	f.buf.Reset()
	for _, s := range fields {
		i := 1 + strings.Index(s[1:], ": ")
		f.enc.WriteField(hpack.HeaderField{Name: s[:i], Value: s[i+2:]})
	}
	return f.buf.Bytes()
}

// request sends a header section on a new stream, which it also ends.
func (f *framer) request(fields ...string) error {
	err := f.WriteHeaders(http2.HeadersFrameParam{StreamID: f.id, BlockFragment: f.block(fields...), EndStream: true, EndHeaders: true})
	f.id += 2
	return err
}

// outcome reads until the last stream is answered or the connection ends.
func (f *framer) outcome() string {
	for {
		fr, err := f.ReadFrame()
		if err != nil {
			return "closed"
		}
		switch fr := fr.(type) {
		case *http2.MetaHeadersFrame:
			if fr.StreamID == f.id-2 {
				return fr.PseudoValue("status")
			}
		case *http2.RSTStreamFrame:
			if fr.StreamID == f.id-2 {
				return fr.ErrCode.String()
			}
		case *http2.GoAwayFrame:
			if fr.ErrCode != http2.ErrCodeNo {
				return "GOAWAY " + fr.ErrCode.String()
			}
		}
	}
}

// plainHTTP2 runs a node with acme.example behind a listener that takes
// HTTP/2 without TLS.
func plainHTTP2(t *testing.T, up *fake) *node {
	t.Helper()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Listeners[0].H2C = true
	return startNode(t, cfg)
}

// What is malformed reaches no upstream, whichever guard stops it, and costs
// its own stream only.
func TestHTTP2Malformed(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := plainHTTP2(t, up)
	const m, s, p, a = ":method: GET", ":scheme: http", ":path: /", ":authority: acme.example"
	f := func(want string, fields ...string) {
		t.Helper()
		before := up.count()
		c := n.h2c(t)
		defer c.Conn.Close()
		c.request(fields...)
		if got := c.outcome(); got != want {
			t.Errorf("%.100q: %s, want %s", fields, got, want)
		}
		if up.count() != before && want != "200" {
			t.Errorf("%q reached the upstream", fields)
		}
		if strings.HasPrefix(want, "GOAWAY") {
			return
		}
		c.request(m, s, p, a)
		if got := c.outcome(); got != "200" {
			t.Errorf("after %.100q: %s", fields, got)
		}
	}
	f("200", m, s, p, a)
	f("200", m, s, p, "host: acme.example")
	f("200", m, s, p, a, "host: acme.example")
	// Pseudo fields that are missing, doubled, unknown, late or a response's.
	f("PROTOCOL_ERROR", s, p, a)
	f("PROTOCOL_ERROR", m, p, a)
	f("PROTOCOL_ERROR", m, s, a)
	f("PROTOCOL_ERROR", m, m, s, p, a)
	f("PROTOCOL_ERROR", m, s, p, p, a)
	f("PROTOCOL_ERROR", m, s, p, a, a)
	f("PROTOCOL_ERROR", m, s, p, a, ":status: 200")
	f("PROTOCOL_ERROR", m, s, p, a, ":other: x")
	f("PROTOCOL_ERROR", m, s, p, "x: y", a)
	f("PROTOCOL_ERROR", ":method: CONNECT", ":protocol: websocket", s, p, a)
	// Targets and schemes.
	f("PROTOCOL_ERROR", m, s, ":path: ", a)
	f("PROTOCOL_ERROR", m, s, ":path: x", a)
	f("PROTOCOL_ERROR", m, s, ":path: http://globex.example/", a)
	f("PROTOCOL_ERROR", m, ":scheme: ftp", p, a)
	f("400", m, s, ":path: *", a)
	f("400", m, s, ":path: /#f", a)
	f("400", m, s, ":path: /a b", a)
	f("PROTOCOL_ERROR", m, s, ":path: /\x00", a)
	// Hosts.
	f("400", m, s, p)
	f("400", m, s, p, ":authority: acme%2eexample")
	f("PROTOCOL_ERROR", m, s, p, ":authority: a b")
	f("PROTOCOL_ERROR", m, s, p, ":authority: user@acme.example")
	f("PROTOCOL_ERROR", m, s, p, a, "host: globex.example")
	f("PROTOCOL_ERROR", m, s, p, a, "host: acme.example", "host: acme.example")
	f("421", m, s, p, ":authority: globex.example")
	// Methods.
	f("405", ":method: TRACE", s, p, a)
	f("501", ":method: get", s, p, a)
	f("501", ":method: GE T", s, p, a)
	f("405", ":method: CONNECT", a)
	// Fields that belong to connections, and framing that HTTP/2 has not.
	f("400", m, s, p, a, "connection: close")
	f("400", m, s, p, a, "transfer-encoding: chunked")
	f("400", m, s, p, a, "upgrade: websocket")
	f("400", m, s, p, a, "te: gzip")
	f("400", m, s, p, a, "transfer_encoding: chunked")
	f("400", m, s, p, a, "trailer: x-tenant-id")
	f("417", m, s, p, a, "expect: y")
	f("400", m, s, p, a, "content-length: 5")
	f("400", m, s, p, a, "content-length: x")
	f("400", m, s, p, a, "content-length: 0", "content-length: 0")
	// Names and values that are none.
	f("PROTOCOL_ERROR", m, s, p, a, "X-Upper: a")
	f("PROTOCOL_ERROR", m, s, p, a, "a b: c")
	f("PROTOCOL_ERROR", m, s, p, a, "x: a\r\nb: c")
	f("PROTOCOL_ERROR", m, s, p, a, "x: a\x00b")
	// Too much.
	f("431", m, s, p, a, "x: "+strings.Repeat("a", 12<<10), "y: "+strings.Repeat("e", 12<<10))
	many := []string{m, s, p, a}
	for i := range maxHeaders {
		many = append(many, fmt.Sprintf("x%d: y", i))
	}
	f("431", many...)
}

// A client that opens streams only to reset them is cut off; another one
// notices nothing.
func TestHTTP2RapidReset(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := plainHTTP2(t, up)
	c := n.h2c(t)
	for range 100 * frameCredit {
		err := errors.Join(c.request(":method: GET", ":scheme: http", ":path: /", ":authority: acme.example"), c.WriteRSTStream(c.id-2, http2.ErrCodeCancel))
		if err != nil {
			break
		}
	}
	if got := c.outcome(); got != "closed" && !strings.HasPrefix(got, "GOAWAY") {
		t.Errorf("the flood ends with %s", got)
	}
	if up.count() > 2*frameCredit {
		t.Errorf("upstream saw %d requests", up.count())
	}
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("another client got %d", a.StatusCode)
	}
}

// Frames without content, in a header section that never ends or beside any,
// end the connection.
func TestHTTP2Floods(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := plainHTTP2(t, up)
	f := func(name string, send func(c *framer) error) {
		t.Helper()
		c := n.h2c(t)
		go func() { // a client that reads, so that writing is all it waits for
			for range 100 * frameCredit {
				if send(c) != nil {
					return
				}
			}
			c.Conn.Close()
			t.Errorf("%s: all of it was taken", name)
		}()
		if got := c.outcome(); got != "closed" && !strings.HasPrefix(got, "GOAWAY") {
			t.Errorf("%s: %s", name, got)
		}
	}
	begin := func(c *framer) error {
		c.id += 2
		return c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: c.block(":method: GET")})
	}
	continued := func(b []byte) func(*framer) error {
		return func(c *framer) error {
			if c.id == 1 {
				return begin(c)
			}
			return c.WriteContinuation(1, false, b)
		}
	}
	f("empty continuations", continued(nil))
	f("continuations", continued(bytes.Repeat([]byte{0x40, 1, 'a', 1, 'b'}, 100)))
	f("pings", func(c *framer) error { return c.WritePing(false, [8]byte{}) })
	f("settings", func(c *framer) error { return c.WriteSettings() })
	f("unknown frames", func(c *framer) error { return c.WriteRawFrame(0x55, 0, 0, nil) })
	f("priorities", func(c *framer) error { return c.WritePriority(1, http2.PriorityParam{StreamDep: 3}) })
	f("empty data", func(c *framer) error {
		if c.id == 1 {
			c.id += 2
			return c.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, EndHeaders: true,
				BlockFragment: c.block(":method: POST", ":scheme: http", ":path: /", ":authority: acme.example")})
		}
		return c.WriteData(1, false, nil)
	})
	if up.count() != 0 {
		t.Errorf("upstream saw %d requests", up.count())
	}
	if n.metrics.floods.Load() < 5 {
		t.Errorf("%d floods are counted", n.metrics.floods.Load())
	}
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("another client got %d", a.StatusCode)
	}
}

// A listener that takes both protocols without TLS tells them apart by their
// first bytes, however they arrive; one that does not, refuses the preface.
func TestHTTP2WithoutTLS(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := plainHTTP2(t, up)
	for _, raw := range []string{get("acme.example", "/"), request("PROPFIND", "acme.example", "/"), post("acme.example", "/", "text/plain", "x")} {
		c := connect(t, n.addr)
		for _, b := range []byte(raw[:20]) {
			c.Conn.Write([]byte{b})
		}
		if a := c.send(t, raw[20:]); a.StatusCode != 200 {
			t.Errorf("%q: %d", raw, a.StatusCode)
		}
	}
	c := n.h2c(t)
	c.request(":method: GET", ":scheme: http", ":path: "+attack, ":authority: acme.example")
	if got := c.outcome(); got != "403" {
		t.Errorf("an attack got %s", got)
	}
	plain := oneTenant(t, up.addr(), tenant.ModeBlock)
	if a := plain.ask(t, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"); a.StatusCode != 400 || !a.Close {
		t.Errorf("the preface got %d", a.StatusCode)
	}
}

// frameWatch must not depend on how bytes arrive.
func FuzzFrameWatch(f *testing.F) {
	f.Add([]byte("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, step uint8) {
		now := time.Unix(1, 0)
		var whole, parts frameWatch
		want, got := whole.follow(b, now), true
		for rest := b; len(rest) > 0 && got; {
			n := min(len(rest), 1+int(step))
			got = parts.follow(rest[:n], now)
			rest = rest[n:]
		}
		if got != want || got && whole != parts {
			t.Errorf("%v at once, %v in parts", want, got)
		}
	})
}
