package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// try is a request to the node: printed as a curl line, and sent by -check.
type try struct {
	Why    string
	Host   string
	Target string
	Header [][2]string
	Want   int // status
}

// Payloads as they stand in a query. Percent-encoded, so that no shell and no
// curl reads anything into them.
const (
	sqlPayload    = "%27%20OR%201%3D1%20--%20"
	scriptPayload = "%3Cscript%3Ealert(1)%3C%2Fscript%3E"
)

// tries are the lines to copy.
func tries() []try {
	return []try{
		{"a clean request to Acme: the shop answers", "acme.localhost", "/search?q=shoes", nil, 200},
		{"an SQL injection against Acme, which blocks: the block page", "acme.localhost", "/search?q=" + sqlPayload, nil, 403},
		{"a script against Globex, which monitors: passes, and is reported", "globex.localhost", "/search?q=" + scriptPayload, nil, 200},
		{"a host that belongs to no tenant: misdirected", "unknown.localhost", "/", nil, 421},
		{"the block page for programs, of Initech's production", "shop-prod.localhost", "/search?q=" + sqlPayload,
			[][2]string{{"Accept", "application/json"}}, 403},
	}
}

// Curl is the line to copy.
func (t try) Curl(port string) string {
	var b strings.Builder
	b.WriteString("curl -i")
	for _, h := range t.Header {
		fmt.Fprintf(&b, " -H '%s: %s'", h[0], h[1])
	}
	fmt.Fprintf(&b, " 'http://%s:%s%s'", t.Host, port, t.Target)
	return b.String()
}

// reply is what came back.
type reply struct {
	Status int
	Header http.Header
	Body   string
}

// client speaks to the node at one address, whatever host a request names:
// not every resolver knows names below localhost.
type client struct {
	http *http.Client
	port string
}

func newClient(address string) *client {
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, network, address)
	}
	_, port, _ := net.SplitHostPort(address)
	return &client{&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dial}}, port}
}

func (c *client) send(ctx context.Context, t try) (reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.Host+":"+c.port+t.Target, nil)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Accept", "text/html")
	for _, h := range t.Header {
		req.Header.Set(h[0], h[1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return reply{res.StatusCode, res.Header, string(b)}, err
}

// expect sends t and compares the status.
func (c *client) expect(ctx context.Context, t try) (reply, error) {
	r, err := c.send(ctx, t)
	if err == nil && r.Status != t.Want {
		err = fmt.Errorf("%s%s: status %d, want %d", t.Host, t.Target, r.Status, t.Want)
	}
	return r, err
}
