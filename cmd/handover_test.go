package cmd

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// A node is reloaded 50 times and replaced by a successor on the same port
// while clients send requests, and no request fails. WEIR_HANDOVER_RATE is
// their number a second; without it the test is short.
func TestHandOver(t *testing.T) {
	rate := 400
	if s := os.Getenv("WEIR_HANDOVER_RATE"); s != "" {
		var err error
		if rate, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	h := newHandOver(t)
	first := h.start(t, "first")
	clients := newClients(t, h.address, rate)
	for i := range 25 {
		h.reload(t, first, i)
		clients.more(rate / 20)
	}
	second := h.start(t, "second")
	clients.more(rate / 2)
	first.stop(t)
	for i := range 25 {
		h.reload(t, second, i)
		clients.more(rate / 20)
	}
	clients.end()
	second.stop(t)
	sent, failed := clients.sent.Load(), clients.failed.Load()
	if failed > 0 || sent < 500 {
		t.Errorf("%d of %d requests failed", failed, sent)
	}
	t.Logf("%d requests, %d failed", sent, failed)
}

// handOver is what the processes share: a port, a folder of tenants, an
// application.
type handOver struct {
	dir, program, address string
}

func newHandOver(t *testing.T) *handOver {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "ok") }))
	t.Cleanup(app.Close)
	h := &handOver{dir: t.TempDir(), address: freeAddress(t)}
	h.program = filepath.Join(h.dir, "weir")
	if out, err := exec.Command("go", "build", "-o", h.program, "./weir").CombinedOutput(); err != nil {
		t.Fatalf("cannot build: %v\n%s", err, out)
	}
	h.write(t, "acme.toml", fmt.Sprintf("[[tenant]]\nid = %q\nname = \"acme\"\n[[tenant.site]]\nhosts = [\"acme.example\"]\nupstreams = [%q]\n", acmeID, app.URL))
	return h
}

func (h *handOver) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(h.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// nodeProcess is a running weir.
type nodeProcess struct {
	*exec.Cmd
	admin string
}

// start runs a node and waits until it serves.
func (h *handOver) start(t *testing.T, name string) *nodeProcess {
	t.Helper()
	p := &nodeProcess{admin: freeAddress(t)}
	h.write(t, name+".node.toml", fmt.Sprintf("version = 1\ninclude = [\"acme.toml\", \"other*.toml\"]\n[node]\nstate = %q\n"+
		"[[listener]]\naddress = %q\nreuse_port = true\n[admin]\naddress = %q\n[log]\nlevel = \"warn\"\n", name, h.address, p.admin))
	h.write(t, "other.toml", "")
	p.Cmd = exec.Command(h.program, "run", "--config", filepath.Join(h.dir, name+".node.toml"))
	p.Stderr = os.Stderr
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Process.Kill() })
	eventually(t, func() error {
		resp, err := http.Get("http://" + p.admin + "/readyz")
		if err != nil {
			return err
		}
		resp.Body.Close()
		if resp.StatusCode != 200 {
			return fmt.Errorf("ready: %s", resp.Status)
		}
		return nil
	})
	return p
}

// stop ends a node as a service manager does.
func (p *nodeProcess) stop(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Errorf("the node ends with %v", err)
	}
}

// reload changes another tenant, or takes it away.
func (h *handOver) reload(t *testing.T, p *nodeProcess, i int) {
	t.Helper()
	text := ""
	if i%2 == 0 {
		text = fmt.Sprintf("[[tenant]]\nid = %q\nname = \"other %d\"\n[[tenant.site]]\nhosts = [\"other.example\"]\nupstreams = [\"http://127.0.0.1:9\"]\n", globexID, i)
	}
	h.write(t, "other.toml", text)
	resp, err := http.Post("http://"+p.admin+"/-/reload", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if b, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
		t.Fatalf("reload: %s %s", resp.Status, b)
	}
}

// clients send requests at a rate, each on a connection that it keeps as long
// as it may.
type clients struct {
	sent, failed atomic.Int64
	answered     chan struct{} // for more
	stop         chan struct{}
	wg           sync.WaitGroup
}

const clientCount = 20

func newClients(t *testing.T, address string, rate int) *clients {
	c := &clients{answered: make(chan struct{}), stop: make(chan struct{})}
	for range clientCount {
		c.wg.Go(func() { c.run(t, address, time.Second*clientCount/time.Duration(rate)) })
	}
	return c
}

// more waits until n more requests are through.
func (c *clients) more(n int) {
	for range n {
		<-c.answered
	}
}

func (c *clients) end() {
	close(c.stop)
	c.wg.Wait()
}

func (c *clients) run(t *testing.T, address string, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var conn net.Conn
	var br *bufio.Reader
	for {
		select {
		case <-tick.C:
		case <-c.stop:
			if conn != nil {
				conn.Close()
			}
			return
		}
		var err error
		if conn == nil {
			if conn, err = net.Dial("tcp", address); err == nil {
				br = bufio.NewReader(conn)
			}
		}
		last := true
		if err == nil {
			last, err = ask(conn, br)
		}
		c.sent.Add(1)
		select {
		case c.answered <- struct{}{}:
		default:
		}
		if err != nil {
			c.failed.Add(1)
			t.Errorf("a request failed: %v", err)
		}
		if last && conn != nil {
			conn.Close()
			conn = nil
		}
	}
}

func ask(conn net.Conn, br *bufio.Reader) (last bool, err error) {
	if _, err := io.WriteString(conn, "GET /?q=shoes HTTP/1.1\r\nHost: acme.example\r\n\r\n"); err != nil {
		return true, err
	}
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		return true, err
	}
	b, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != 200 || !strings.HasPrefix(string(b), "ok")) {
		err = fmt.Errorf("answered %s %q", resp.Status, b)
	}
	return resp.Close || err != nil, err
}
