package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap"

	"weir/tenant"
)

// idleUpstreams are upstreams that nobody connects to.
func idleUpstreams(t *testing.T, n int) (ups []*upstream) {
	t.Helper()
	for i := range n {
		u, err := newUpstream(tenant.Upstream{Scheme: "http", Address: fmt.Sprintf("10.0.0.%d:80", i+1)}, newClock())
		if err != nil {
			t.Fatal(err)
		}
		ups = append(ups, u)
	}
	return ups
}

func TestLeastLoaded(t *testing.T) {
	ups := idleUpstreams(t, 3)
	b := newBalancer(ups, &tenant.Site{SiteSpec: tenant.SiteSpec{Weights: []int{3, 1, 1}}})
	f := func(want ...int) {
		t.Helper()
		got := make([]int, 3)
		for range 50 {
			got[slices.Index(ups, b.pick(netip.Addr{}, 0, nil))]++
		}
		if !slices.Equal(got, want) {
			t.Errorf("50 requests went %v, want %v", got, want)
		}
	}
	// Among equals by weight.
	f(30, 10, 10)
	// Three requests in flight are as much to the first as one to the others.
	ups[0].active.Store(3)
	ups[1].active.Store(1)
	f(0, 0, 50)
	ups[2].active.Store(1)
	f(30, 10, 10)
	ups[0].active.Store(4)
	f(0, 30, 20)
	// Those that are down get nothing; when all are, everybody does.
	ups[0].active.Store(0)
	for range ups[0].health.rules.Fails {
		ups[0].health.failed(0)
	}
	f(0, 30, 20)
	for _, u := range ups[1:] {
		u.health.until.Store(untilPassed)
	}
	f(50, 0, 0)
	if u := b.pick(netip.Addr{}, 0, ups); u != nil {
		t.Errorf("picked %s again", u.Address)
	}
}

// A client stays where it is; when an upstream goes, only its own clients
// move.
func TestClientHash(t *testing.T) {
	ups := idleUpstreams(t, 3)
	b := newBalancer(ups, &tenant.Site{SiteSpec: tenant.SiteSpec{Weights: []int{2, 1, 1}, Balance: tenant.BalanceClientHash}})
	const clients = 4000
	home := make([]*upstream, clients)
	count := map[*upstream]int{}
	client := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, byte(i >> 8), byte(i)}) }
	for i := range home {
		home[i] = b.pick(client(i), 0, nil)
		count[home[i]]++
	}
	if c := count[ups[0]]; c < clients*4/10 || c > clients*6/10 {
		t.Errorf("%d of %d clients went to the upstream of half the weight", c, clients)
	}
	ups[1].health.until.Store(untilPassed)
	for i := range home {
		if u := b.pick(client(i), 0, nil); u == ups[1] || home[i] != ups[1] && u != home[i] {
			t.Fatalf("client %d went from %s to %s", i, home[i].Address, u.Address)
		}
	}
}

func TestPassiveHealth(t *testing.T) {
	down := int64(10 * time.Second)
	h := &health{rules: tenant.Health{}.OrDefault()}
	if h.failed(0) || h.failed(0) || !h.up() {
		t.Error("down too early")
	}
	h.served()
	if h.failed(0) || h.failed(0) || !h.failed(0) || h.up() {
		t.Error("not down after three failures in a row")
	}
	// One request may try it, when the time has come.
	if h.tryProbe(down - 1) {
		t.Error("tried too early")
	}
	if !h.tryProbe(down) || h.tryProbe(down) {
		t.Error("not tried by exactly one")
	}
	if h.failed(down) || h.up() {
		t.Error("a failed trial brought it back")
	}
	if !h.tryProbe(2*down) || h.up() {
		t.Error("no second trial")
	}
	if h.served(); !h.up() {
		t.Error("an answer did not bring it back")
	}
	// Where checks decide, only they bring an upstream back.
	h = &health{rules: tenant.Health{Path: "/x"}.OrDefault()}
	for range 3 {
		h.failed(0)
	}
	h.served()
	if h.up() || h.tryProbe(untilPassed-1) || h.passed() || !h.passed() || !h.up() {
		t.Error("not up after exactly two checks")
	}
}

// Checks see what clients would.
func TestHealthCheck(t *testing.T) {
	status := "200 OK"
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, "HTTP/1.1 "+status+"\r\nContent-Length: 0\r\n\r\n")
		return false
	})
	u, err := newUpstream(tenant.Upstream{Scheme: "http", Address: up.addr(), Health: tenant.Health{Path: "/up?x", Fails: 1, Passes: 1}}, newClock())
	if err != nil {
		t.Fatal(err)
	}
	log := &nodeLog{Logger: zap.NewNop(), clock: u.clock}
	f := func(answer string, want bool) {
		t.Helper()
		status = answer
		u.checked(u.check(context.Background()), log)
		if u.health.up() != want {
			t.Errorf("%s: up is %v", answer, u.health.up())
		}
	}
	f("200 OK", true)
	f("503 No", false)
	f("404 No", false)
	f("302 Elsewhere", true)
	if got, want := up.last(), "GET /up?x HTTP/1.1\r\nHost: "+up.addr()+"\r\n"; got[:len(want)] != want {
		t.Errorf("the check asked %q", got)
	}
	up.Close()
	u.checked(u.check(context.Background()), log)
	if u.health.up() {
		t.Error("up although nobody listens")
	}
}

// twoUpstreams runs a node whose site has two upstreams.
func twoUpstreams(t *testing.T, a, b string) *node {
	t.Helper()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", a, tenant.ModeMonitoring))
	site := &cfg.Tenants[0].Sites[0]
	site.Upstreams = append(site.Upstreams, tenant.Upstream{Scheme: "http", Address: b})
	return startNode(t, cfg)
}

// A request that reached no upstream goes to another one, whatever its
// method; one that reached an upstream does not.
func TestSecondUpstream(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	up := fakeUpstream(t, says(okReply))
	n := twoUpstreams(t, closed.Addr().String(), up.addr())
	for range 10 {
		if a := n.ask(t, post("acme.example", "/", "text/plain", "once")); a.StatusCode != 200 {
			t.Errorf("got %d", a.StatusCode)
		}
	}
	if up.count() != 10 {
		t.Errorf("%d requests, want 10", up.count())
	}
	dead := n.snapshot.Load().sites[0].upstreams[0]
	if dead.health.up() || dead.requests.Load() != 3 {
		t.Errorf("up %v after %d attempts", dead.health.up(), dead.requests.Load())
	}
	for address, up := range map[string]int{closed.Addr().String(): 0, up.addr(): 1} {
		want := fmt.Sprintf("weir_upstream_up{tenant_id=%q,upstream=\"http://%s\"} %d\n", acmeID, address, up)
		if _, body := n.adminGet(t, "/metrics"); !strings.Contains(body, want) {
			t.Errorf("no %q in the metrics", want)
		}
	}
	rude := fakeUpstream(t, func(net.Conn, *http.Request) bool { return false })
	n = twoUpstreams(t, rude.addr(), up.addr())
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 502 || rude.count() != 1 || up.count() != 10 {
		t.Errorf("status %d, sent %d and %d times", a.StatusCode, rude.count(), up.count()-10)
	}
}

// A pooled connection that takes not one byte is replaced.
func TestStaleConnection(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	n.ask(t, get("acme.example", "/"))
	pool := n.snapshot.Load().sites[0].upstreams[0]
	pool.mu.Lock()
	if len(pool.idle) != 1 {
		t.Errorf("%d idle connections", len(pool.idle))
	}
	pool.idle[0].sock.CloseWrite()
	pool.mu.Unlock()
	if a := n.ask(t, post("acme.example", "/", "text/plain", "once")); a.StatusCode != 200 || up.count() != 2 {
		t.Errorf("status %d, sent %d times", a.StatusCode, up.count()-1)
	}
	if a := pool.active.Load(); a != 0 {
		t.Errorf("%d connections are accounted for", a)
	}
}

// A full pool answers 503 after a short wait, and only for its own upstream.
func TestFullPool(t *testing.T) {
	started, finish := make(chan bool), make(chan bool)
	slow := fakeUpstream(t, func(c net.Conn, _ *http.Request) bool {
		started <- true
		<-finish
		io.WriteString(c, okReply)
		return true
	})
	other := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", slow.addr(), tenant.ModeMonitoring),
		testSpec(globexID, "globex", "globex.example", other.addr(), tenant.ModeMonitoring))
	cfg.Tenants[0].Sites[0].Upstreams[0].Pool = tenant.Pool{Connections: 1, Wait: time.Millisecond}
	n := startNode(t, cfg)
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/"))
	<-started
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 503 || a.Header.Get("Retry-After") == "" {
		t.Errorf("got %d, Retry-After %q", a.StatusCode, a.Header.Get("Retry-After"))
	}
	if a := n.ask(t, get("globex.example", "/")); a.StatusCode != 200 {
		t.Errorf("the other tenant got %d", a.StatusCode)
	}
	finish <- true
	if a := c.read(t, false); a.StatusCode != 200 {
		t.Errorf("the first got %d", a.StatusCode)
	}
	if !n.snapshot.Load().sites[0].upstreams[0].health.up() {
		t.Error("a full pool counts against the upstream")
	}
}

// Names are resolved again; while that fails the last good addresses hold,
// and connections to addresses that are gone are not used.
func TestNames(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	_, port, _ := net.SplitHostPort(up.addr())
	u, err := newUpstream(tenant.Upstream{Scheme: "http", Address: "app.example:" + port, DNSRefresh: time.Minute}, newClock())
	if err != nil {
		t.Fatal(err)
	}
	var answer []netip.Addr
	var fails error
	u.addr.lookup = func(_ context.Context, host string) ([]netip.Addr, error) {
		if host != "app.example" {
			t.Errorf("looked up %q", host)
		}
		return answer, fails
	}
	f := func(want string) {
		t.Helper()
		c, err := u.get(time.Second)
		if err != nil {
			t.Errorf("cannot connect: %v", err)
			return
		}
		if c.address != want+":"+port {
			t.Errorf("connected to %s, want %s", c.address, want)
		}
		u.put(c, true)
		u.sweep()
	}
	fails = errors.New("no such host")
	if _, err := u.get(time.Second); !errors.Is(err, fails) || !isUnsent(err) {
		t.Errorf("got %v", err)
	}
	answer, fails = []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
	f("127.0.0.1")
	if u.addr.due(time.Now()) || !u.addr.due(time.Now().Add(time.Minute)) {
		t.Error("not due after a minute, or before")
	}
	fails = errors.New("server failure")
	if err := u.addr.again(context.Background()); !errors.Is(err, fails) {
		t.Errorf("got %v", err)
	}
	f("127.0.0.1")
	// 127.0.0.2 leads nowhere: the other address of the name serves.
	answer, fails = []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.MustParseAddr("::ffff:127.0.0.1")}, nil
	u.addr.again(context.Background())
	f("127.0.0.1")
	answer = nil
	if err := u.addr.again(context.Background()); err == nil {
		t.Error("no address is an answer")
	}
	answer = []netip.Addr{netip.MustParseAddr("127.0.0.2")}
	u.addr.again(context.Background())
	u.sweep()
	if len(u.idle) != 0 {
		t.Errorf("%d connections to an address that is gone", len(u.idle))
	}
	u.close()
}
