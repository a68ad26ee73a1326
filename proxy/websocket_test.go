package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/config"
	"weir/tenant"
)

// wsUpgrade are the lines of a handshake; the key is that of RFC 6455 1.3.
var wsUpgrade = []string{"Connection: keep-alive, Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
	"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol: chat, superchat", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"}

const wsAccepted = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"

// wsUpstream accepts a handshake with these lines and sends back what it
// gets, until that is a Close frame.
func wsUpstream(t *testing.T, head string) *fake {
	return fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		if r.Header.Get("Upgrade") == "" {
			return says(okReply)(c, r)
		}
		io.WriteString(c, head+"\r\n")
		buf := make([]byte, 64<<10)
		for {
			n, err := c.Read(buf)
			if err != nil {
				return true
			}
			c.Write(buf[:n])
			if buf[0] == 0x88 {
				c.Close()
				return true
			}
		}
	})
}

// wsNode runs acme, which allows WebSocket, and globex, which does not.
func wsNode(t *testing.T, up *fake) *node {
	t.Helper()
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].Sites[0].WebSocket = true
	return startNode(t, cfg)
}

// open does the handshake and returns the connection after it.
func (n *node) open(t *testing.T) *client {
	t.Helper()
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/chat", wsUpgrade...))
	resp, err := http.ReadResponse(c.br, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatalf("handshake: %v, %v", resp, err)
	}
	return c
}

// echo sends a masked text frame and waits for it to come back.
func (c *client) echo(t *testing.T, text string) {
	t.Helper()
	frame := append([]byte{0x81, 0x80 | byte(len(text)), 0, 0, 0, 0}, text...)
	c.Write(frame)
	got := make([]byte, len(frame))
	if _, err := io.ReadFull(c.br, got); err != nil || !bytes.Equal(got, frame) {
		t.Errorf("echo %q, %v", got, err)
	}
}

// ends reads what is left of a tunnel.
func (c *client) ends(t *testing.T) string {
	t.Helper()
	b, err := io.ReadAll(c.br)
	if err != nil {
		t.Errorf("the tunnel ends with %v", err)
	}
	return string(b)
}

func TestWebSocket(t *testing.T) {
	up := wsUpstream(t, wsAccepted+"Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: permessage-deflate\r\nX-Node-Secret: 1\r\nKeep-Alive: 5\r\n")
	n := wsNode(t, up)
	c := connect(t, n.addr)
	io.WriteString(c, get("acme.example", "/chat", wsUpgrade...))
	resp, err := http.ReadResponse(c.br, nil)
	if err != nil {
		t.Fatal(err)
	}
	h := resp.Header
	if resp.StatusCode != 101 || h.Get("Upgrade") != "websocket" || h.Get("Connection") != "Upgrade" || h.Get("Sec-Websocket-Accept") == "" ||
		h.Get("Sec-Websocket-Protocol") != "chat" || h.Get("Keep-Alive") != "" || h.Get("X-Request-Id") == "" {
		t.Fatalf("answered %d %v", resp.StatusCode, h)
	}
	got := up.last()
	for _, want := range []string{"GET /chat HTTP/1.1\r\nHost: acme.example\r\n", "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n", "\r\nX-Tenant-ID: " + acmeID.String(),
		"\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("upstream got %q", got)
		}
	}
	for i := range 20 {
		c.echo(t, fmt.Sprint("message ", i))
	}
	counters := n.Tenants()[0].Counters
	if in, out := counters.TunnelIn.Load(), counters.TunnelOut.Load(); in == 0 || in != out || n.tunnels.count(acmeID) != 1 {
		t.Errorf("%d bytes in, %d out, %d tunnels", in, out, n.tunnels.count(acmeID))
	}
	if a := n.snapshot.Load().sites[0].upstreams[0].active.Load(); a != 0 {
		t.Errorf("the tunnel holds %d connections of the pool", a)
	}
	c.Write([]byte{0x88, 0x80, 0, 0, 0, 0})
	if b := c.ends(t); b != "\x88\x80\x00\x00\x00\x00" {
		t.Errorf("after a Close frame: %q", b)
	}
}

// What is no handshake gets no tunnel; where none is allowed, the request
// goes on as any other.
func TestWebSocketRefused(t *testing.T) {
	up := wsUpstream(t, wsAccepted)
	n := wsNode(t, up)
	without := func(name string, more ...string) []string {
		var lines []string
		for _, l := range wsUpgrade {
			if !strings.HasPrefix(l, name+": ") {
				lines = append(lines, l)
			}
		}
		return append(lines, more...)
	}
	f := func(raw string, status int) {
		t.Helper()
		before := up.count()
		a := n.ask(t, raw)
		if a.StatusCode != status {
			t.Errorf("%q: %d, want %d", raw, a.StatusCode, status)
		}
		if status >= 400 && up.count() != before {
			t.Errorf("%q reached the upstream", raw)
		}
		if status == 200 && strings.Contains(strings.ToLower(up.last()), "\r\nupgrade:") {
			t.Errorf("%q: upstream got %q", raw, up.last())
		}
		if status == 426 && (a.Header.Get("Sec-WebSocket-Version") != "13" || a.Header.Get("Upgrade") != "websocket") {
			t.Errorf("426 with %v", a.Header)
		}
	}
	f(request("POST", "acme.example", "/", wsUpgrade...), 400)
	f(get("acme.example", "/", append(wsUpgrade[:6:6], "Content-Length: 1")...)+"x", 400)
	f(get("acme.example", "/", without("Connection")...), 400)
	f(get("acme.example", "/", without("Connection", "Connection: close")...), 400)
	f(get("acme.example", "/", without("Sec-WebSocket-Key")...), 400)
	f(get("acme.example", "/", without("Sec-WebSocket-Key", "Sec-WebSocket-Key: short")...), 400)
	f(get("acme.example", "/", without("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZR==")...), 400)
	f(get("acme.example", "/", append(wsUpgrade[:6:6], wsUpgrade[3])...), 400)
	f(get("acme.example", "/", without("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8")...), 426)
	f(get("acme.example", "/", without("Sec-WebSocket-Version")...), 426)
	f(get("acme.example", attack, wsUpgrade...), 403)
	f(get("acme.example", "/", append(wsUpgrade[:6:6], "X-A: 1' UNION SELECT login,password FROM users-- -")...), 403)
	// Other protocols, and sites that allow none.
	f(get("acme.example", "/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"), 200)
	f(get("globex.example", "/", wsUpgrade...), 200)
}

// An upstream that does not agree to exactly what was asked gets no tunnel.
func TestWebSocketBadUpstream(t *testing.T) {
	f := func(head string, status int) {
		t.Helper()
		up := wsUpstream(t, head)
		n := wsNode(t, up)
		if a := n.ask(t, get("acme.example", "/", wsUpgrade...)); a.StatusCode != status {
			t.Errorf("%q: %d, want %d", head, a.StatusCode, status)
		}
		if up.count() != 1 || n.tunnels.count(acmeID) != 0 {
			t.Errorf("%q: sent %d times, %d tunnels", head, up.count(), n.tunnels.count(acmeID))
		}
		if a := n.snapshot.Load().sites[0].upstreams[0].active.Load(); a != 0 {
			t.Errorf("%q: %d connections are accounted for", head, a)
		}
	}
	f(strings.Replace(wsAccepted, "s3pP", "s3pQ", 1), 502)
	f(strings.Replace(wsAccepted, "Upgrade: WebSocket\r\n", "", 1), 502)
	f(strings.Replace(wsAccepted, "WebSocket\r\n", "h2c\r\n", 1), 502)
	f(strings.Replace(wsAccepted, "Connection: Upgrade\r\n", "", 1), 502)
	f(wsAccepted+"Sec-WebSocket-Protocol: other\r\n", 502)
	f(wsAccepted+"Sec-WebSocket-Extensions: permessage-deflate, other\r\n", 502)
	f("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n", 404)
	f("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", 200)
}

// Tunnels survive every reload of other tenants; when their own goes, or a
// node stops, both sides are told by a Close frame between two others.
func TestWebSocketReloads(t *testing.T) {
	up := wsUpstream(t, wsAccepted)
	n := wsNode(t, up)
	var clients []*client
	for range 100 {
		clients = append(clients, n.open(t))
	}
	for i := range 50 {
		next := *n.cfg
		next.Tenants = append([]tenant.Spec(nil), n.cfg.Tenants[:1]...)
		if i%2 == 0 {
			next.Tenants = append(next.Tenants, testSpec(tenant.ID{byte(0x33 + i)}, "other", "other.example", up.addr(), tenant.ModeOff))
		}
		if problems := n.Reload(&next); len(problems) > 0 {
			t.Fatal(problems)
		}
		clients[i].echo(t, "still here")
	}
	for _, c := range clients {
		c.echo(t, "and here")
	}
	f := func(what string, c *client) {
		t.Helper()
		close := make([]byte, 4)
		if _, err := io.ReadFull(c.br, close); err != nil || !bytes.Equal(close, goingAway) {
			t.Errorf("%s: %q, %v", what, close, err)
		}
		c.Write([]byte{0x88, 0x82, 0, 0, 0, 0, 3, 0xe9})
		if b := c.ends(t); b != "" {
			t.Errorf("%s: after the Close frame %q", what, b)
		}
	}
	gone := *n.cfg
	gone.Tenants = n.cfg.Tenants[1:]
	n.Reload(&gone)
	for _, c := range clients {
		f("the tenant is gone", c)
	}
	n.Reload(n.cfg)
	forbidden := *n.cfg
	forbidden.Tenants = append([]tenant.Spec(nil), n.cfg.Tenants...)
	forbidden.Tenants[0].Sites = append([]tenant.SiteSpec(nil), n.cfg.Tenants[0].Sites...)
	forbidden.Tenants[0].Sites[0].WebSocket = false
	c := n.open(t)
	n.Reload(&forbidden)
	f("no longer allowed", c)
	n.Reload(n.cfg)
	c = n.open(t)
	drained := make(chan error)
	go func() { drained <- n.drain(config.Drain{Time: 10 * time.Second}) }()
	f("the node stops", c)
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// A tunnel in which both sides are silent for too long ends; while one side
// speaks, the other may be silent.
func TestWebSocketIdle(t *testing.T) {
	up := wsUpstream(t, wsAccepted)
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].Sites[0].WebSocket = true
	cfg.Tenants[0].Sites[0].Timeouts.TunnelIdle = 200 * time.Millisecond
	c := startNode(t, cfg).open(t)
	c.echo(t, "x")
	if b := c.ends(t); b != "" {
		t.Errorf("got %q", b)
	}
}

// frameWalk finds the ends of frames however they arrive.
func TestFrameWalk(t *testing.T) {
	frames := [][]byte{
		{0x81, 3, 'a', 'b', 'c'}, {0x89, 0}, {0x01, 0x80, 1, 2, 3, 4},
		append([]byte{0x82, 126, 1, 0}, make([]byte, 256)...),
		append([]byte{0x82, 0xfe, 0, 200, 1, 2, 3, 4}, make([]byte, 200)...),
		append([]byte{0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0}, make([]byte, 65536)...),
		append([]byte{0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3, 4}, make([]byte, 9)...),
	}
	all := bytes.Join(frames, nil)
	var ends []int
	for i, n := 0, 0; i < len(frames); i++ {
		n += len(frames[i])
		ends = append(ends, n)
	}
	for _, step := range []int{1, 2, 7, len(all)} {
		var w frameWalk
		var got []int
		for i := 0; i < len(all); {
			// A frame that has not begun is begun by one byte.
			if w.between() {
				i += w.walk(all[i:i+1], false)
				if !w.between() {
					continue
				}
			}
			i += w.walk(all[i:min(len(all), i+step)], true)
			if w.between() {
				got = append(got, i)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(ends) {
			t.Errorf("in steps of %d: %v, want %v", step, got, ends)
		}
	}
}
