package proxy

import (
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"weir/tenant"
)

// Bytes that nobody asked for may also come later, while the connection is
// idle.
func TestLateBytesPoisonNobody(t *testing.T) {
	late := make(chan bool)
	written := make(chan bool)
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, okReply)
		if r.URL.Path == "/first" {
			<-late
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison")
			written <- true
		}
		return true
	})
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	n.ask(t, get("acme.example", "/first"))
	late <- true
	<-written
	if a := n.ask(t, get("acme.example", "/second")); a.body != "ok" {
		t.Errorf("got %q", a.body)
	}
	if up.conns != 2 {
		t.Errorf("%d connections, want 2", up.conns)
	}
}

// An upstream that closes idle connections costs no request, whatever the
// method.
func TestIdleClose(t *testing.T) {
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, okReply)
		return false
	})
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	for range 20 {
		if a := n.ask(t, post("acme.example", "/", "text/plain", "x")); a.StatusCode != 200 {
			t.Fatalf("got %d", a.StatusCode)
		}
		<-up.closed
	}
}

func TestTimeouts(t *testing.T) {
	stop := make(chan bool)
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		<-stop
		return false
	})
	defer close(stop)
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeMonitoring))
	cfg.Tenants[0].Sites[0].Timeouts.FirstByte = 200 * time.Millisecond
	n := startNode(t, cfg)
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 504 {
		t.Errorf("an upstream that hangs: %d", a.StatusCode)
	}
	if c := up.count(); c != 1 {
		t.Errorf("sent %d times", c)
	}
}

func TestUpstreamDown(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ln.Close()
	n := oneTenant(t, ln.Addr().String(), tenant.ModeMonitoring)
	a := n.ask(t, get("acme.example", "/", "Accept: application/json"))
	if a.StatusCode != 502 || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d %v", a.StatusCode, a.Header)
	}
	if n.Tenants()[0].Counters.Upstream.Load() != 1 {
		t.Error("the failure is not counted")
	}
	for up := range n.snapshot.Load().pools {
		if a := n.snapshot.Load().pools[up].active.Load(); a != 0 {
			t.Errorf("%d connections are still accounted for", a)
		}
	}
}

// A body that is cut short is not passed off as a whole one.
func TestTruncatedStream(t *testing.T) {
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
		return false
	})
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	if a := n.ask(t, get("acme.example", "/")); a.err == nil || a.body != "abc" {
		t.Errorf("got %q, %v", a.body, a.err)
	}
}

// Many connections that declare much and send little cost little.
func TestDeclaredLengthCostsNothing(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].Sites[0].Limits.InspectBodyBytes = 4 << 20
	n := startNode(t, cfg)
	const clients = 50
	for range clients {
		c := connect(t, n.addr)
		io.WriteString(c, request("POST", "acme.example", "/", "Content-Length: 4194304")+"xy")
	}
	// A request behind them is served; then all of them have been accepted.
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Fatalf("got %d", a.StatusCode)
	}
	if b := n.buffered.Load(); b > clients*bodyStep {
		t.Errorf("%d bytes are held for %d connections", b, clients)
	}
}

func TestClientGoneMidBody(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, request("POST", "acme.example", "/", "Content-Length: 10")+"abc")
	c.Conn.(*net.TCPConn).CloseWrite()
	if a := c.read(t, false); a.StatusCode != 400 || !a.Close {
		t.Errorf("got %d", a.StatusCode)
	}
	if up.count() != 0 {
		t.Error("half a request reached the upstream")
	}
}
