package proxy

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/config"
	"weir/tenant"
)

// Reloads under load fail no request, keep counters and warm connections.
func TestReloadUnderLoad(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	n := startNode(t, cfg)
	var stop atomic.Bool
	var sent atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			c := connect(t, n.addr)
			for !stop.Load() {
				if a := c.send(t, get("acme.example", "/")); a.StatusCode != 200 || a.body != "ok" {
					t.Errorf("got %d %q", a.StatusCode, a.body)
					return
				}
				sent.Add(1)
			}
		})
	}
	for i := range 50 {
		specs := []tenant.Spec{cfg.Tenants[0]}
		if i%2 == 0 {
			specs = append(specs, testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeOff))
		}
		next := *cfg
		next.Tenants = specs
		if problems := n.Reload(&next); len(problems) > 0 {
			t.Fatal(problems)
		}
	}
	stop.Store(true)
	wg.Wait()
	if c := n.Tenants()[0].Counters.Requests.Load(); int64(c) != sent.Load() {
		t.Errorf("%d requests counted, %d sent", c, sent.Load())
	}
	if up.conns > 8 {
		t.Errorf("%d connections for 4 clients: they did not survive", up.conns)
	}
}

// A tenant that the new configuration breaks answers 503, others go on.
func TestReloadBroken(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeBlock))
	n := startNode(t, cfg)
	next := *cfg
	next.Tenants = append([]tenant.Spec(nil), cfg.Tenants...)
	next.Tenants[1].Broken = errors.New("bad")
	n.Reload(&next)
	if a := n.ask(t, get("globex.example", "/")); a.StatusCode != 503 {
		t.Errorf("broken: %d", a.StatusCode)
	}
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("the other: %d", a.StatusCode)
	}
}

// Without a readable file nothing changes, and everybody can see it.
func TestReloadFileFails(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.File = filepath.Join(t.TempDir(), "node.toml")
	os.WriteFile(cfg.File, []byte("version = 1\nnonsense = 2\n"), 0o600)
	n := startNode(t, cfg)
	c := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := c.Post("http://"+n.AdminAddr().String()+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 500 {
		t.Errorf("reload answered %d %s", resp.StatusCode, b)
	}
	if a := n.ask(t, get("acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("after it: %d", a.StatusCode)
	}
	if n.metrics.reloadOK.Load() {
		t.Error("the failure is not shown")
	}
}

// A drain ends requests in flight in peace.
func TestDrain(t *testing.T) {
	started, finish := make(chan bool), make(chan bool)
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		started <- true
		<-finish
		io.WriteString(c, okReply)
		return true
	})
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/"))
	<-started
	drained := make(chan error)
	go func() { drained <- n.drain(n.cfg.Drain) }()
	for { // until nobody is let in any more
		late, err := net.Dial("tcp", n.addr)
		if err != nil {
			break
		}
		late.Close()
	}
	if n.ready.Load() {
		t.Error("ready while draining")
	}
	finish <- true
	if a := c.read(t, false); a.StatusCode != 200 || a.body != "ok" || !a.Close {
		t.Errorf("got %d %q, close %v", a.StatusCode, a.body, a.Close)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// keyPair writes a certificate for hosts into dir.
func keyPair(t *testing.T, dir, name string, hosts ...string) *tenant.KeyPair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: hosts,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	p := &tenant.KeyPair{Cert: filepath.Join(dir, name+".crt"), Key: filepath.Join(dir, name+".key")}
	os.WriteFile(p.Cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600)
	os.WriteFile(p.Key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}), 0o600)
	return p
}

// Certificates are chosen by server name; a name of one tenant carries no
// request for another. The upstreams speak TLS too, and their connections are
// looked at before reuse like plain ones.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	backend := keyPair(t, dir, "backend", "backend.example")
	pair, err := tls.LoadX509KeyPair(backend.Cert, backend.Key)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host+" "+r.Header.Get("X-Forwarded-Proto"))
	})}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	var conns atomic.Int64
	srv.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			conns.Add(1)
		}
	}
	go srv.Serve(ln)
	defer srv.Close()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", "", tenant.ModeBlock), testSpec(globexID, "globex", "globex.example", "", tenant.ModeBlock))
	for i := range cfg.Tenants {
		site := &cfg.Tenants[i].Sites[0]
		site.Upstreams = []tenant.Upstream{{Scheme: "https", Address: ln.Addr().String(), CAFile: backend.Cert, ServerName: "backend.example"}}
		site.TLS = keyPair(t, dir, cfg.Tenants[i].Name, site.Hosts[0])
	}
	cfg.Listeners = []config.Listener{{Address: "127.0.0.1:0", TLS: keyPair(t, dir, "node", "node.example"), MatchSNI: true}}
	n := startNode(t, cfg)
	f := func(sni, host, certificate string, status int, body string) {
		t.Helper()
		c, err := tls.Dial("tcp", n.addr, &tls.Config{ServerName: sni, InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if cn := c.ConnectionState().PeerCertificates[0].Subject.CommonName; cn != certificate {
			t.Errorf("%s: certificate of %s, want %s", sni, cn, certificate)
		}
		k := connect(t, n.addr)
		k.Close()
		k.Conn = c
		k.br.Reset(c)
		if a := k.send(t, get(host, "/")); a.StatusCode != status || body != "" && a.body != body {
			t.Errorf("%s for %s: %d %q", sni, host, a.StatusCode, a.body)
		}
	}
	for range 3 {
		f("acme.example", "acme.example", "acme", 200, "acme.example https")
	}
	f("globex.example", "globex.example", "globex", 200, "globex.example https")
	f("acme.example", "globex.example", "acme", 421, "")
	f("", "globex.example", "node", 200, "")
	if c := conns.Load(); c != 2 {
		t.Errorf("%d connections to the upstream, want one for each tenant", c)
	}
}

// A server that is told to stop before it came to serve stops.
func TestStopAtOnce(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	for range 50 {
		s, err := New(testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock)), Deps{NodeID: "n1"})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := s.Run(ctx); err != nil {
			t.Errorf("run: %v", err)
		}
	}
}
