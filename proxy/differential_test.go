package proxy

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"weir/tenant"
)

// seen is what a server saw of a request, as echo.js writes it.
type seen struct {
	Method   string   `json:"method"`
	Target   string   `json:"target"` // hex
	Host     string   `json:"host"`
	Tenant   string   `json:"tenant"`
	Trailers []string `json:"trailers"`
	Body     string   `json:"body"` // hex
}

// goEcho is Go's server.
func goEcho(t *testing.T) string {
	t.Helper()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		s := seen{Method: r.Method, Target: hex.EncodeToString([]byte(r.RequestURI)), Host: r.Host,
			Tenant: strings.Join(r.Header["X-Tenant-Id"], ","), Body: hex.EncodeToString(b)}
		for name := range r.Trailer {
			s.Trailers = append(s.Trailers, name)
		}
		json.NewEncoder(w).Encode(s)
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return ln.Addr().String()
}

// nodeEcho is Node's server.
func nodeEcho(t *testing.T) string {
	t.Helper()
	cmd := exec.Command("node", "../testdata/http/echo.js")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return "127.0.0.1:" + strings.TrimSpace(port)
}

// Whatever the node accepts, the server behind it sees the very request that
// the detector saw, and one request where there was one.
func TestDifferential(t *testing.T) {
	t.Run("go", func(t *testing.T) { differential(t, goEcho(t)) })
	t.Run("node", func(t *testing.T) { differential(t, nodeEcho(t)) })
}

func differential(t *testing.T, backend string) {
	spec := testSpec(tenant.ID{0x11}, "acme", "acme.example", backend, tenant.ModeMonitoring)
	n := startNode(t, testConfig(t, spec))
	var requests [][]byte
	for _, p := range clientProbes(t) {
		if slices.Equal(p.want, []string{"200"}) && p.to != "globex" {
			requests = append(requests, p.send)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		requests = append(requests, oddRequest(r))
	}
	in := NewRawReader(16<<10, spec.Limits)
	var compared, refused int
	for _, raw := range requests {
		req, refusal := in.Read(raw)
		before := n.snapshot.Load().sites[0].upstreams[0].requests.Load()
		status, body := n.exchangeRaw(t, raw)
		passed := n.snapshot.Load().sites[0].upstreams[0].requests.Load() - before
		if refusal != Accepted {
			refused++
			if status != refusal.Status() || passed != 0 {
				t.Errorf("refused as %s, but answered %d: %q", refusal, status, raw)
			}
			continue
		}
		if status != 200 || string(req.Target) == "*" {
			continue // refused, or answered by the server itself
		}
		var got seen
		if err := json.Unmarshal(body, &got); err != nil {
			t.Errorf("%q: %v of %q", raw, err, body)
			continue
		}
		compared++
		host, _ := tenant.CanonicalHost(nil, []byte(got.Host))
		want := seen{Method: string(req.Method), Target: hex.EncodeToString(req.Target), Body: hex.EncodeToString(req.Body)}
		if passed != 1 || got.Method != want.Method || got.Target != want.Target || got.Body != want.Body ||
			string(host) != string(req.Host) || got.Tenant != spec.ID.String() || len(got.Trailers) > 0 {
			t.Errorf("the server saw %+v, the detector %+v for %s, of %q", got, want, req.Host, raw)
		}
	}
	if compared < 250 || refused < 50 {
		t.Errorf("%d requests compared, %d refused: too few to tell", compared, refused)
	}
}

// exchangeRaw sends raw and nothing more, and returns the final answer.
func (n *node) exchangeRaw(t *testing.T, raw []byte) (int, []byte) {
	t.Helper()
	c := connect(t, n.addr)
	defer c.Close()
	c.Write(raw)
	c.Conn.(*net.TCPConn).CloseWrite()
	for {
		resp, err := http.ReadResponse(c.br, nil)
		if err != nil {
			return 0, nil
		}
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, b
	}
}

// oddRequest makes a request of sound and of odd pieces.
func oddRequest(r *rand.Rand) []byte {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	var b strings.Builder
	b.WriteString(pick("GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"))
	b.WriteString(" /")
	for range r.IntN(8) {
		b.WriteString(pick("a", "/", "..", "%2f", "%2e", "?", "&", "=", ";", "+", "%", "\xc3\xa9", "//", "\\", ".", "%00", "~", "'", "\"", "<", "[", "|", ":", "@"))
	}
	b.WriteString(" HTTP/1.1\r\nHost: ")
	b.WriteString(pick("acme.example", "acme.example", "ACME.example", "acme.example:81", "acme.example."))
	b.WriteString("\r\n")
	for range r.IntN(6) {
		b.WriteString(pick("X-A: 1\r\n", "x_b: 2\r\n", "Cookie: a=b; c=\"d\"\r\n", "Connection: X-A\r\n", "X-Empty:\r\n", "X-Obs: \xe9\r\n", "TE: trailers\r\n",
			"X-Tenant-ID: 1\r\n", "Accept:\t*/*\t\r\n", "X-Long: "+strings.Repeat("y", 2000)+"\r\n", "X-Forwarded-For: 1.2.3.4\r\n", "Upgrade: h2c\r\n"))
	}
	if r.IntN(20) == 0 {
		b.WriteString(pick("X : y\r\n", "X: a\n", " fold\r\n", "Content_Length: 1\r\n", "Trailer: X\r\n"))
	}
	body := make([]byte, r.IntN(3000))
	for i := range body {
		body[i] = byte(r.Uint32())
	}
	switch r.IntN(4) {
	case 0:
		b.WriteString("\r\n")
	case 1:
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	case 2:
		fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s", pick("text/plain", "application/json", "multipart/form-data; boundary=x"), len(body), body)
	default:
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
		for len(body) > 0 {
			k := min(len(body), 1+r.IntN(900))
			fmt.Fprintf(&b, "%x%s\r\n%s%s", k, pick("", "", ";a=b", ";x=\"y\"", " ;z", ";\x00"), body[:k], pick("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n"))
			body = body[k:]
		}
		b.WriteString("0\r\n" + pick("", "", "X-Tenant-ID: 2\r\n", " fold\r\n") + "\r\n")
	}
	return []byte(b.String())
}
