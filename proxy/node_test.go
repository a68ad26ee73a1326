package proxy

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

func TestMain(m *testing.M) {
	// fasthttp's goroutines that outlive a server: the process's date, and a
	// pool's cleaner, which ends at its next round.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
		goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"))
}

var (
	acmeID   = tenant.ID{0x11}
	globexID = tenant.ID{0x22}
)

// attack is an injection that no setting takes for anything else.
const attack = "/?id=1%27%20UNION%20SELECT%20login,password%20FROM%20users--%20-"

// hitList is a sink that keeps everything.
type hitList struct {
	mu   sync.Mutex
	hits []*wire.Hit
	full bool
}

func (l *hitList) Offer(h *wire.Hit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.full {
		l.hits = append(l.hits, h)
	}
	return !l.full
}

func (l *hitList) all() []*wire.Hit {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]*wire.Hit(nil), l.hits...)
}

// node is a running server with its configuration.
type node struct {
	*Server
	cfg  *config.Node
	hits *hitList
	addr string
}

// testSpec is a tenant with one site.
func testSpec(id tenant.ID, name, host, upstream string, mode tenant.Mode) tenant.Spec {
	limits := tenant.Limits{InspectBodyBytes: 64 << 10}
	times := tenant.Timeouts{Header: 5 * time.Second, Connect: time.Second, FirstByte: 5 * time.Second, Idle: 5 * time.Second, MinRate: 100}
	return tenant.Spec{ID: id, Name: name, File: "node.toml", Mode: mode, Limits: limits, Timeouts: times,
		Brand: tenant.Brand{Name: name + " & Sons", Support: "help@" + host},
		Sites: []tenant.SiteSpec{{Hosts: []string{host}, Limits: limits, Timeouts: times,
			Upstreams: []tenant.Upstream{{Scheme: "http", Address: upstream}}}}}
}

func testConfig(t testing.TB, specs ...tenant.Spec) *config.Node {
	return &config.Node{File: "node.toml", State: t.TempDir(), Admin: "127.0.0.1:0",
		Listeners: []config.Listener{{Address: "127.0.0.1:0", Health: "/healthz"}},
		Timeouts:  specs[0].Timeouts, Limits: config.Limits{MaxHeaderBytes: 16 << 10}, Tenants: specs}
}

// startNode runs a node until the test ends.
func startNode(t testing.TB, cfg *config.Node) *node {
	t.Helper()
	n := &node{cfg: cfg, hits: &hitList{}}
	var err error
	if n.Server, err = New(cfg, Deps{Version: "test", NodeID: "n1", Sink: n.hits}); err != nil {
		t.Fatal(err)
	}
	n.run(t)
	return n
}

// run serves until the test ends.
func (n *node) run(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
	n.addr = n.Addrs()[0].String()
}

// oneTenant runs a node with acme.example in front of upstream.
func oneTenant(t testing.TB, upstream string, mode tenant.Mode) *node {
	t.Helper()
	return startNode(t, testConfig(t, testSpec(acmeID, "acme", "acme.example", upstream, mode)))
}

// fake is an upstream at socket level: it keeps every request byte for byte.
type fake struct {
	net.Listener
	mu       sync.Mutex
	requests []string
	conns    int
	closed   chan bool // a connection was closed by answer
}

// fakeUpstream answers each request of a connection with what answer writes;
// false closes the connection.
func fakeUpstream(t testing.TB, answer func(c net.Conn, r *http.Request) bool) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{Listener: ln, closed: make(chan bool, 100)}
	var wg sync.WaitGroup
	var mu sync.Mutex
	open := map[net.Conn]bool{}
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open[c] = true
			mu.Unlock()
			wg.Go(func() { f.serve(c, answer) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		mu.Lock()
		for c := range open {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return f
}

func (f *fake) serve(c net.Conn, answer func(c net.Conn, r *http.Request) bool) {
	defer c.Close()
	f.mu.Lock()
	f.conns++
	f.mu.Unlock()
	var raw bytes.Buffer
	br := bufio.NewReaderSize(io.TeeReader(c, &raw), 64<<10)
	for {
		r, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		f.mu.Lock()
		f.requests = append(f.requests, raw.String())
		f.mu.Unlock()
		raw.Reset()
		if !answer(c, r) {
			c.Close()
			f.closed <- true
			return
		}
	}
}

func (f *fake) addr() string { return f.Addr().String() }

func (f *fake) last() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.requests) == 0 {
		return ""
	}
	return f.requests[len(f.requests)-1]
}

func (f *fake) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.requests)
}

// says is an answer of fixed bytes on a connection that stays open.
func says(raw string) func(net.Conn, *http.Request) bool {
	return func(c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, raw)
		return err == nil
	}
}

const okReply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// answered is what a client read.
type answered struct {
	*http.Response
	body string
	err  error // of reading the body
}

// client is a raw connection to a node.
type client struct {
	net.Conn
	br *bufio.Reader
}

func connect(t testing.TB, addr string) *client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return clientOn(t, c)
}

func clientOn(t testing.TB, c net.Conn) *client {
	t.Helper()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	t.Cleanup(func() { c.Close() })
	return &client{c, bufio.NewReader(c)}
}

// send writes raw and reads one answer.
func (c *client) send(t testing.TB, raw string) answered {
	t.Helper()
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	return c.read(t, strings.HasPrefix(raw, "HEAD "))
}

func (c *client) read(t testing.TB, head bool) answered {
	t.Helper()
	method := "GET"
	if head {
		method = "HEAD"
	}
	resp, err := http.ReadResponse(c.br, &http.Request{Method: method})
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	b, err := io.ReadAll(resp.Body)
	return answered{resp, string(b), err}
}

// ask sends raw on a connection of its own.
func (n *node) ask(t testing.TB, raw string) answered {
	t.Helper()
	c := connect(t, n.addr)
	defer c.Close()
	return c.send(t, raw)
}

// get is a plain request.
func get(host, target string, lines ...string) string {
	return request("GET", host, target, lines...)
}

func request(method, host, target string, lines ...string) string {
	s := method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n"
	for _, l := range lines {
		s += l + "\r\n"
	}
	return s + "\r\n"
}

func post(host, target, contentType, body string, lines ...string) string {
	lines = append(lines, "Content-Type: "+contentType, fmt.Sprintf("Content-Length: %d", len(body)))
	return request("POST", host, target, lines...) + body
}

func trustLoopback(cfg *config.Node) {
	cfg.Identify = config.Identify{Header: "X-Tenant-Id", Trusted: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}
