package proxy

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"weir/tenant"
)

// h2Upstream serves HTTP/2 alone: without TLS by prior knowledge, or with a
// certificate.
func h2Upstream(t *testing.T, pair *tenant.KeyPair, h http.HandlerFunc) string {
	t.Helper()
	srv := &http.Server{Handler: h, Protocols: new(http.Protocols)}
	srv.Protocols.SetUnencryptedHTTP2(true)
	srv.Protocols.SetHTTP2(true)
	srv.Protocols.SetHTTP1(pair != nil)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if pair == nil {
		go srv.Serve(ln)
	} else {
		go srv.ServeTLS(ln, pair.Cert, pair.Key)
	}
	t.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

// echoH2 answers with what it got.
func echoH2(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(r.Body)
	w.Header().Set("X-Tenant-ID", "evil")
	w.Header().Set("X-App", "1")
	w.Header().Set("Trailer", "Grpc-Status")
	fmt.Fprintf(w, "%s %s %s %s\n%d %v\n", r.Proto, r.Method, r.Host, r.RequestURI, len(b), err)
	for name, v := range r.Header {
		fmt.Fprintf(w, "%s: %s\n", name, strings.Join(v, "|"))
	}
	w.Header().Set("Grpc-Status", "7")
	w.Header().Set(http.TrailerPrefix+"X-Tenant-ID", "evil")
}

func h2Node(t *testing.T, address string, change func(*tenant.SiteSpec)) *node {
	t.Helper()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", address, tenant.ModeBlock))
	cfg.Tenants[0].Sites[0].Upstreams[0].Scheme = "h2c"
	if change != nil {
		change(&cfg.Tenants[0].Sites[0])
	}
	return startNode(t, cfg)
}

// An h2c upstream gets what one of HTTP/1.1 would.
func TestH2C(t *testing.T) {
	n := h2Node(t, h2Upstream(t, nil, echoH2), nil)
	f := func(raw string, wants ...string) {
		t.Helper()
		a := n.ask(t, raw)
		if a.StatusCode != 200 || a.err != nil || a.Header.Get("X-App") != "1" || a.Header.Get("X-Tenant-ID") != "" || len(a.Trailer) > 0 {
			t.Errorf("got %d %v %v %v", a.StatusCode, a.err, a.Header, a.Trailer)
		}
		for _, w := range wants {
			if !strings.Contains(a.body, w) {
				t.Errorf("no %q in %q", w, a.body)
			}
		}
	}
	f(get("acme.example:8080", "/z%2fy//a/./%41?x=%zz&y"), "HTTP/2.0 GET acme.example:8080 /z%2fy//a/./%41?x=%zz&y\n", "0 <nil>")
	f(get("acme.example", "//x?"), "GET acme.example //x?\n")
	f(post("acme.example", "/", "text/plain", "abc"), "POST", "3 <nil>", "Content-Length: 3\n")
	big := strings.Repeat("x", 300<<10)
	f(post("acme.example", "/", "text/plain", big), "307200 <nil>")
	f(request("POST", "acme.example", "/", "Transfer-Encoding: chunked")+fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(big), big), "307200 <nil>")
	a := n.ask(t, get("acme.example", "/", "Connection: x-hop", "X-Hop: 1", "TE: trailers, deflate", "X-Tenant-ID: 1", "X_Tenant_ID: 2",
		"X-Forwarded-For: 6.6.6.6", "Cookie: a=b", "Cookie: c=d", "X-Two: 1", "x-two: 2"))
	for _, want := range []string{"Te: trailers\n", "X-Tenant-Id: " + acmeID.String() + "\n", "X-Forwarded-For: 127.0.0.1\n",
		"Cookie: a=b; c=d\n", "X-Two: 1|2\n", "X-Forwarded-Proto: http\n", "X-Forwarded-Host: acme.example\n", "X-Request-Id: "} {
		if !strings.Contains(a.body, want) {
			t.Errorf("no %q in %q", want, a.body)
		}
	}
	for _, bad := range []string{"X-Hop", "X_tenant", "6.6.6.6", "User-Agent", "Accept-Encoding"} {
		if strings.Contains(a.body, bad) {
			t.Errorf("%q in %q", bad, a.body)
		}
	}
	if a := n.ask(t, request("HEAD", "acme.example", "/")); a.StatusCode != 200 {
		t.Errorf("HEAD got %d", a.StatusCode)
	}
	up := n.snapshot.Load().sites[0].upstreams[0]
	if up.active.Load() != 0 {
		t.Errorf("%d streams are accounted for", up.active.Load())
	}
}

// Trailers are filtered like headers.
func TestH2Trailers(t *testing.T) {
	address := h2Upstream(t, nil, echoH2)
	u, err := newUpstream(tenant.Upstream{Scheme: "h2c", Address: address}, newClock())
	if err != nil {
		t.Fatal(err)
	}
	defer u.close()
	resp, err := u.h2.transport.RoundTrip(&http.Request{Method: "GET", URL: u.h2.url("acme.example", "/"), Host: "acme.example", Header: http.Header{}})
	if err != nil {
		t.Fatal(err)
	}
	b := &h2Reply{up: u, resp: resp}
	if _, err := io.Copy(io.Discard, b); err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := b.trailers(); len(got) != 1 || string(got[0].Name) != "Grpc-Status" || string(got[0].Value) != "7" {
		t.Errorf("got %q", got)
	}
}

// Over TLS gRPC goes by HTTP/2, the rest by HTTP/1.1.
func TestH2OverTLS(t *testing.T) {
	pair := keyPair(t, t.TempDir(), "app", "app.internal")
	address := h2Upstream(t, pair, echoH2)
	n := h2Node(t, address, func(site *tenant.SiteSpec) {
		site.Upstreams[0] = tenant.Upstream{Scheme: "https", Address: address, CAFile: pair.Cert, ServerName: "app.internal"}
	})
	if a := n.ask(t, post("acme.example", "/", "application/grpc+proto", "\x00\x00\x00\x00\x01a")); !strings.HasPrefix(a.body, "HTTP/2.0 POST") {
		t.Errorf("gRPC: %d %q", a.StatusCode, a.body)
	}
	if a := n.ask(t, post("acme.example", "/", "text/plain", "a")); !strings.HasPrefix(a.body, "HTTP/1.1 POST") {
		t.Errorf("plain: %d %q", a.StatusCode, a.body)
	}
	// An upstream that speaks HTTP/1.1 alone cannot take gRPC.
	cert, err := tls.LoadX509KeyPair(pair.Cert, pair.Key)
	if err != nil {
		t.Fatal(err)
	}
	old := &http.Server{Handler: http.HandlerFunc(echoH2)}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"http/1.1"}})
	if err != nil {
		t.Fatal(err)
	}
	go old.Serve(ln)
	defer old.Close()
	n = h2Node(t, address, func(site *tenant.SiteSpec) {
		site.Upstreams[0] = tenant.Upstream{Scheme: "https", Address: ln.Addr().String(), CAFile: pair.Cert, ServerName: "app.internal"}
	})
	if a := n.ask(t, post("acme.example", "/", "application/grpc", "a")); a.StatusCode != 502 {
		t.Errorf("without HTTP/2: %d", a.StatusCode)
	}
}

// An upstream over HTTP/2 that answers early, hangs or breaks off.
func TestH2Hostile(t *testing.T) {
	var seen atomic.Int64
	address := h2Upstream(t, nil, func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		switch r.URL.Path {
		case "/early":
			w.WriteHeader(413)
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/cut":
			w.Write(make([]byte, 100<<10))
			panic(http.ErrAbortHandler)
		case "/hang":
			<-r.Context().Done()
		case "/large":
			w.Write(bytes.Repeat([]byte("x"), 200<<10))
		}
	})
	n := h2Node(t, address, func(site *tenant.SiteSpec) {
		site.Timeouts.FirstByte, site.Timeouts.Connect = 1, 2e8
		site.Limits.MaxResponseBytes = 100 << 10
	})
	f := func(raw string, status int) {
		t.Helper()
		before := seen.Load()
		if a := n.ask(t, raw); a.StatusCode != status {
			t.Errorf("%.30q: %d, want %d", raw, a.StatusCode, status)
		}
		if c := seen.Load() - before; c != 1 {
			t.Errorf("%.30q: sent %d times", raw, c)
		}
	}
	f(request("PUT", "acme.example", "/abort"), 502)
	f(get("acme.example", "/hang"), 504)
	f(post("acme.example", "/early", "text/plain", strings.Repeat("x", 1<<20)), 413)
	for _, path := range []string{"/cut", "/large"} {
		if a := n.ask(t, get("acme.example", path)); a.err == nil {
			t.Errorf("%s: a cut response passed as whole", path)
		}
	}
	up := n.snapshot.Load().sites[0].upstreams[0]
	if up.active.Load() != 0 {
		t.Errorf("%d streams are accounted for", up.active.Load())
	}
}
