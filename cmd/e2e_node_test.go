package cmd

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"

	"weir/config"
	"weir/proxy"
)

// patience is how long these tests wait for what must come true.
const patience = 20 * time.Second

// eventually calls f until it succeeds.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	eventuallyWithin(t, patience, f)
}

func eventuallyWithin(t *testing.T, limit time.Duration, f func() error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("gave up waiting: %v", err)
		case <-tick.C:
		}
	}
}

// nodeStage is a node on a fixed address in front of one application, which
// can be stopped and started again over the same state.
type nodeStage struct {
	t       *testing.T
	file    string // node.toml
	address string
	client  *http.Client
	running *runningNode // nil: halted
}

// newNode starts a node for acme, which blocks, and globex, which monitors.
func newNode(t *testing.T, c *cloudStage) *nodeStage {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s", r.Header.Get("X-Tenant-ID"), r.URL.Path)
	}))
	t.Cleanup(app.Close)
	n := &nodeStage{t: t, address: freeAddress(t)}
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, n.address)
	}
	n.client = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dial}}
	n.file = n.write(t.TempDir(), app.URL, c)
	n.start()
	t.Cleanup(func() { n.client.CloseIdleConnections(); n.halt() })
	return n
}

func (n *nodeStage) write(dir, app string, c *cloudStage) string {
	n.t.Helper()
	token := filepath.Join(dir, "node.token")
	text := fmt.Sprintf(`version = 1
[node]
state = %q
[[listener]]
address = %q
health = "/healthz"
[admin]
address = ""
[identify]
trusted = ["127.0.0.0/8"]
[cloud]
url = "http://%s"
token_file = %q
`, filepath.Join(dir, "state"), n.address, c.nodes, token)
	for _, x := range [...][3]string{{acmeID, "acme", "block"}, {globexID, "globex", "monitoring"}} {
		text += fmt.Sprintf(`[[tenant]]
id = %q
name = %q
mode = %q
  [[tenant.site]]
  hosts = ["%s.example"]
  upstreams = [%q]
`, x[0], x[1], x[2], x[1], app)
	}
	for name, content := range map[string]string{token: c.secret, filepath.Join(dir, "node.toml"): text} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			n.t.Fatal(err)
		}
	}
	return filepath.Join(dir, "node.toml")
}

// start runs the node and waits until it answers.
func (n *nodeStage) start() {
	n.t.Helper()
	r, err := runNode(n.file)
	if err != nil {
		n.t.Fatal(err)
	}
	n.running = r
	n.eventually("127.0.0.1", "/healthz", 200)
}

// halt stops the node; halting twice does nothing.
func (n *nodeStage) halt() {
	n.t.Helper()
	if n.running == nil {
		return
	}
	n.client.CloseIdleConnections()
	if err := n.running.stop(); err != nil {
		n.t.Errorf("the node stopped with %v", err)
	}
	n.running = nil
}

// send returns status and body; the status is 0 when there is no answer.
func (n *nodeStage) send(host, target string, header ...string) (int, string) {
	req, err := http.NewRequest("GET", "http://"+host+target, nil)
	if err != nil {
		return 0, err.Error()
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := n.client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

func (n *nodeStage) want(host, target string, status int, header ...string) {
	n.t.Helper()
	if got, body := n.send(host, target, header...); got != status {
		n.t.Fatalf("%s%s: status %d, want %d: %s", host, target, got, status, body)
	}
}

func (n *nodeStage) eventually(host, target string, status int, header ...string) {
	n.t.Helper()
	eventually(n.t, func() error {
		if got, body := n.send(host, target, header...); got != status {
			return fmt.Errorf("%s%s: status %d, want %d: %s", host, target, got, status, body)
		}
		return nil
	})
}

// browser is acme's user with a cookie jar.
type browser struct {
	c      *cloudStage
	client *http.Client
}

// browser signs acme's user in at the console.
func (c *cloudStage) browser() *browser {
	c.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		c.t.Fatal(err)
	}
	b := &browser{c, &http.Client{Timeout: 10 * time.Second, Jar: jar, Transport: c.httpClient.Transport}}
	res, err := b.client.PostForm("http://"+c.people+"/sign-in", url.Values{"email": {acmeEmail}, "password": {password}})
	if err != nil {
		c.t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 200 || res.Request.URL.Path != "/t/"+acmeID+"/attacks" {
		c.t.Fatalf("signing in leads to %s with status %d", res.Request.URL, res.StatusCode)
	}
	return b
}

func (b *browser) get(path string, status int) string {
	b.c.t.Helper()
	res, err := b.client.Get("http://" + b.c.people + path)
	if err != nil {
		b.c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.c.t.Fatal(err)
	}
	if res.StatusCode != status {
		b.c.t.Fatalf("%s: status %d, want %d", path, res.StatusCode, status)
	}
	return string(body)
}

// runningNode is a node in this process.
type runningNode struct {
	cancel context.CancelFunc
	done   chan error
}

// runNode starts a node as weir run does.
func runNode(file string) (*runningNode, error) {
	cfg, problems := config.Load(file, nil)
	if len(problems) > 0 {
		return nil, problems
	}
	node, err := proxy.OpenNode(cfg, "e2e", zap.NewNop())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &runningNode{cancel, make(chan error, 1)}
	go func() { r.done <- node.Run(ctx) }()
	return r, nil
}

// stop drains the node and brings its last hits to disk.
func (r *runningNode) stop() error {
	r.cancel()
	return <-r.done
}
