package proxy

import (
	"bytes"
	"crypto/tls"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/pires/go-proxyproto"

	"weir/config"
	"weir/tenant"
)

// Clients of a unix socket count as local; its permissions are those of the
// configuration, it is left to a successor and removed at the end.
func TestUnixSocket(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	path := filepath.Join(t.TempDir(), "weir.sock")
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	trustLoopback(cfg)
	cfg.Listeners = []config.Listener{{Address: "unix:" + path, Mode: 0o620}}
	first, err := New(cfg, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	n := startNode(t, cfg)
	first.Close() // a predecessor that stops later
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o620 {
		t.Fatalf("the socket is %v, %v", info, err)
	}
	c := dialUnix(t, path)
	if a := c.send(t, get("acme.example", "/", "X-Forwarded-For: 203.0.113.9")); a.StatusCode != 200 {
		t.Errorf("got %d", a.StatusCode)
	}
	if got := up.last(); !strings.Contains(got, "\r\nX-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n") {
		t.Errorf("upstream got %q", got)
	}
	n.Close()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the socket is still there: %v", err)
	}
	// A file that is no socket is not replaced.
	os.WriteFile(path, nil, 0o600)
	if _, err := New(cfg, Deps{}); err == nil || !strings.Contains(err.Error(), "is no socket") {
		t.Errorf("over a file: %v", err)
	}
}

func dialUnix(t testing.TB, path string) *client {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	return clientOn(t, c)
}

// The address that a trusted peer speaks for is the client's, in both
// versions, below TLS too; a trusted peer must speak the protocol.
func TestProxyProtocol(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	cfg.Listeners = append(cfg.Listeners, config.Listener{Address: "127.0.0.1:0"})
	for i := range cfg.Listeners {
		cfg.Listeners[i].ProxyProtocol = true
	}
	trustLoopback(cfg)
	n := startNode(t, cfg)
	src, dst := &net.TCPAddr{IP: net.ParseIP("203.0.113.9"), Port: 4711}, &net.TCPAddr{IP: net.ParseIP("198.51.100.1"), Port: 80}
	header := func(version byte, local bool) string {
		h := proxyproto.HeaderProxyFromAddrs(version, src, dst)
		if local {
			h.Command = proxyproto.LOCAL
		}
		var b bytes.Buffer
		if _, err := h.WriteTo(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	f := func(prefix, want string) {
		t.Helper()
		for i, l := range n.listeners {
			c, err := net.Dial("tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(c, prefix)
			if i == 0 {
				c = tls.Client(c, &tls.Config{ServerName: "acme.example", InsecureSkipVerify: true})
			}
			k := clientOn(t, c)
			io.WriteString(k, get("acme.example", "/", "X-Forwarded-For: 6.6.6.6"))
			if want == "" {
				if b, _ := io.ReadAll(k.br); len(b) > 0 {
					t.Errorf("%q: answered %q", prefix, b)
				}
				continue
			}
			if a := k.read(t, false); a.StatusCode != 200 {
				t.Errorf("%q: %d", prefix, a.StatusCode)
			}
			if got := up.last(); !strings.Contains(got, "\r\nX-Forwarded-For: "+want+"\r\n") {
				t.Errorf("%q: upstream got %q", prefix, got)
			}
		}
	}
	f(header(1, false), "203.0.113.9")
	f(header(2, false), "203.0.113.9")
	// Whom a peer speaks for is believed no more than anybody.
	f("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "2001:db8::1")
	// The peer itself, as in its health checks: it is trusted.
	f(header(2, true), "6.6.6.6, 127.0.0.1")
	f("PROXY UNKNOWN\r\n", "6.6.6.6, 127.0.0.1")
	before := up.count()
	f("", "")
	f("PROXY TCP4 x y 1 2\r\n", "")
	f("PROXY TCP4 "+strings.Repeat("1", 200)+"\r\n", "")
	if up.count() != before {
		t.Error("a request without the protocol reached the upstream")
	}
	if h := n.metrics.handshakes.Load(); h < 6 {
		t.Errorf("%d failed handshakes are counted", h)
	}
}

// From others the protocol is neither believed nor understood.
func TestProxyProtocolUntrusted(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Listeners[0].ProxyProtocol = true
	n := startNode(t, cfg)
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("without: %d", a.StatusCode)
	}
	if a := n.ask(t, "PROXY TCP4 203.0.113.9 198.51.100.1 4711 80\r\n"+get("acme.example", "/")); a.StatusCode != 400 || !a.Close {
		t.Errorf("with: %d", a.StatusCode)
	}
}

// A client that connects and says nothing keeps nobody else waiting.
func TestSilentClients(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	cfg.Listeners[0].ProxyProtocol = true
	trustLoopback(cfg)
	n := startNode(t, cfg)
	for range 20 {
		connect(t, n.addr)
	}
	c, err := net.Dial("tcp", n.addr)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(c, "PROXY TCP4 203.0.113.9 198.51.100.1 4711 80\r\n")
	k := clientOn(t, tls.Client(c, &tls.Config{InsecureSkipVerify: true}))
	if a := k.send(t, get("acme.example", "/")); a.StatusCode != 421 && a.StatusCode != 200 {
		t.Errorf("got %d", a.StatusCode)
	}
}

// exhausted is a listener without room for its first connections.
type exhausted struct {
	net.Listener
	left int
}

func (l *exhausted) Accept() (net.Conn, error) {
	if l.left > 0 {
		l.left--
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", syscall.EMFILE)}
	}
	return l.Listener.Accept()
}

// Running out of descriptors ends no listener.
func TestOutOfDescriptors(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	n := &node{cfg: cfg, hits: &hitList{}}
	var err error
	if n.Server, err = New(cfg, Deps{}); err != nil {
		t.Fatal(err)
	}
	n.listeners[0].Listener = &exhausted{n.listeners[0].Listener, 2}
	n.run(t)
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("got %d", a.StatusCode)
	}
	if e := n.metrics.acceptErrors.Load(); e != 2 {
		t.Errorf("%d errors are counted, want 2", e)
	}
}

// The last request that a connection may carry is answered with
// "Connection: close".
func TestMaxRequests(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Limits.MaxRequests = 3
	cfg.Listeners[0].H2C = true
	n := startNode(t, cfg)
	c := connect(t, n.addr)
	for i := range 3 {
		if a := c.send(t, get("acme.example", "/")); a.StatusCode != 200 || a.Close != (i == 2) {
			t.Errorf("request %d: %d, close %v", i, a.StatusCode, a.Close)
		}
	}
	if _, err := c.br.ReadByte(); err != io.EOF {
		t.Errorf("after them: %v", err)
	}
	h := n.h2c(t)
	for range 3 {
		h.request(":method: GET", ":scheme: http", ":path: /", ":authority: acme.example")
		if got := h.outcome(); got != "200" {
			t.Errorf("HTTP/2: %s", got)
		}
	}
	if got := h.outcome(); got != "closed" {
		t.Errorf("HTTP/2 after them: %s", got)
	}
}

// A certificate that was renewed in place is served after a reload.
func TestRenewedCertificate(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	n := startNode(t, cfg)
	serial := func(sni string) string {
		t.Helper()
		c, err := tls.Dial("tcp", n.addr, &tls.Config{ServerName: sni, InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return string(c.ConnectionState().PeerCertificates[0].Signature)
	}
	for _, name := range []string{"node.example", "acme.example", "ACME.example"} {
		before := serial(name)
		if serial(name) != before {
			t.Fatalf("%s: another certificate without a reload", name)
		}
		dir := filepath.Dir(cfg.Listeners[0].TLS.Cert)
		keyPair(t, dir, "node", "node.example")
		keyPair(t, dir, "acme", "acme.example")
		if problems := n.Reload(cfg); len(problems) > 0 {
			t.Fatal(problems)
		}
		if serial(name) == before {
			t.Errorf("%s: the old certificate after a reload", name)
		}
	}
}
