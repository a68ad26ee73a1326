package cmd

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap"

	"weir/config"
	"weir/tenant/account"
	"weir/tenant/cloud"
	"weir/tenant/console"
	"weir/tenant/store"
	"weir/tenant/wire"
)

const (
	acmeID      = "11111111-1111-1111-1111-111111111111"
	globexID    = "22222222-2222-2222-2222-222222222222"
	adminEmail  = "admin@partner.example"
	acmeEmail   = "ann@acme.example"
	globexEmail = "gil@globex.example"
	password    = "correct horse battery"
)

// cloudStage is a cloud on fixed addresses over one store, which can be
// stopped and started again.
type cloudStage struct {
	t              *testing.T
	dir            string
	people, nodes  string // addresses
	technical      string
	stop           context.CancelFunc
	done           chan error
	httpClient     *http.Client
	admin, acme    string // session tokens
	globex, secret string
}

// cheap makes sign-ins fast: what a password costs is tested elsewhere.
var cheap = account.Params{MemoryKiB: 64, Passes: 1, Threads: 1}

// fasthttpOwn are goroutines that fasthttp leaves for a while, or for ever,
// after a server of it has ended: its clock, and sweepers that sleep.
var fasthttpOwn = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
}

// newCloud starts a cloud with two tenants, a user each and a node token.
func newCloud(t *testing.T) *cloudStage {
	t.Helper()
	t.Cleanup(func() { goleak.VerifyNone(t, fasthttpOwn...) }) // the last: everything must be stopped by then
	c := &cloudStage{t: t, dir: filepath.Join(t.TempDir(), "cloud"), people: freeAddress(t), nodes: freeAddress(t),
		httpClient: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}}
	st := c.open()
	first, err := st.Init(t.Context(), "Partner", wire.Brand{Name: "Partner", Support: "help@partner.example"}, adminEmail, password)
	if err != nil {
		t.Fatal(err)
	}
	c.technical = first.Technical.String()
	c.serve(st)
	t.Cleanup(func() { c.halt(); c.httpClient.CloseIdleConnections() })
	c.admin = c.signIn(adminEmail)
	for _, x := range [...][3]string{{acmeID, "acme", acmeEmail}, {globexID, "globex", globexEmail}} {
		c.must(c.admin, "POST", "/tenants", map[string]string{"id": x[0], "name": x[1]}, nil)
		c.must(c.admin, "POST", "/tenants/"+x[0]+"/users", map[string]string{"email": x[2], "name": x[1], "role": "admin", "password": password}, nil)
	}
	c.acme, c.globex = c.signIn(acmeEmail), c.signIn(globexEmail)
	var token struct{ Token string }
	c.must(c.admin, "POST", "/tenants/"+c.technical+"/node-tokens", map[string]string{"name": "e2e"}, &token)
	c.secret = token.Token
	return c
}

func (c *cloudStage) open() *store.Store {
	c.t.Helper()
	st, err := store.Open(context.Background(), "sqlite://"+c.dir, store.Options{Passwords: account.NewPasswords(cheap)})
	if err != nil {
		c.t.Fatal(err)
	}
	return st
}

func (c *cloudStage) serve(st *store.Store) {
	c.t.Helper()
	people, err := net.Listen("tcp", c.people)
	if err != nil {
		c.t.Fatal(err)
	}
	nodes, err := net.Listen("tcp", c.nodes)
	if err != nil {
		c.t.Fatal(err)
	}
	srv := cloud.New(&config.CloudServer{PublicURL: "http://" + c.people}, st, zap.NewNop())
	mux := http.NewServeMux()
	mux.Handle("/api/", srv.API())
	mux.Handle("/", console.New(srv.API(), console.Options{}))
	ctx, stop := context.WithCancel(context.Background())
	c.stop, c.done = stop, make(chan error, 1)
	go func() {
		err := srv.Serve(ctx, cloud.Endpoint{Listener: people, Handler: mux}, cloud.Endpoint{Listener: nodes, Handler: srv.Ingest()})
		c.done <- errors.Join(err, st.Close())
	}()
}

// halt stops the cloud; halting twice does nothing.
func (c *cloudStage) halt() {
	c.t.Helper()
	if c.stop == nil {
		return
	}
	c.stop()
	c.stop = nil
	if err := <-c.done; err != nil {
		c.t.Errorf("the cloud stopped with %v", err)
	}
}

// resume starts the cloud again over the same store.
func (c *cloudStage) resume() {
	c.t.Helper()
	c.serve(c.open())
}

// call returns the status and the body of an API call.
func (c *cloudStage) call(token, method, path string, in any) (int, string, error) {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return 0, "", err
		}
	}
	req, err := http.NewRequest(method, "http://"+c.people+"/api/v1"+path, &body)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := c.httpClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}

func (c *cloudStage) must(token, method, path string, in, out any) {
	c.t.Helper()
	status, body, err := c.call(token, method, path, in)
	if err != nil || status < 200 || status > 299 {
		c.t.Fatalf("%s %s: %d %s %v", method, path, status, body, err)
	}
	if out != nil {
		if err := json.Unmarshal([]byte(body), out); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *cloudStage) signIn(email string) string {
	c.t.Helper()
	var out struct{ Token string }
	c.must("", "POST", "/session", map[string]string{"email": email, "password": password}, &out)
	return out.Token
}

// hits returns every hit of a tenant, page by page.
func (c *cloudStage) hits(token, id string) (hits []wire.Hit, err error) {
	cursor := ""
	for {
		status, body, err := c.call(token, "GET", "/tenants/"+id+"/hits?limit=100&cursor="+cursor, nil)
		if err != nil || status != 200 {
			return nil, fmt.Errorf("hits of %s: %d %s %w", id, status, body, err)
		}
		var page struct {
			Hits []wire.Hit
			Next string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			return nil, err
		}
		hits = append(hits, page.Hits...)
		if cursor = page.Next; cursor == "" {
			return hits, nil
		}
	}
}

// freeAddress returns an address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
