package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"weir/tenant"
)

// memConn is a client's connection that is only ever looked at.
type memConn struct{ net.Conn }

func (memConn) Close() error                     { return nil }
func (memConn) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
func (memConn) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 2} }
func (memConn) SetDeadline(time.Time) error      { return nil }
func (memConn) SetReadDeadline(time.Time) error  { return nil }
func (memConn) SetWriteDeadline(time.Time) error { return nil }

// cleanGet returns a function that runs the walk over a browser's GET, up to
// the point where the upstream's connection would be asked for, and the
// response's head after it: the node's own part of a clean request.
func cleanGet(t testing.TB) func() {
	up := fakeUpstream(t, func(net.Conn, *http.Request) bool { return false })
	n := oneTenant(t, up.addr(), tenant.ModeBlock)
	var ctx fasthttp.RequestCtx
	raw := "GET /a/b?c=d&e=f HTTP/1.1\r\n" + string(bytes.Replace([]byte(browserHeaders), []byte("shop.acme"), []byte("acme"), 1))
	if err := ctx.Request.Header.Read(bufio.NewReader(bytes.NewReader([]byte(raw)))); err != nil {
		t.Fatal(err)
	}
	conn := newClientConn(memConn{}, n.listeners[0])
	answer := []byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nDate: Mon, 01 Jan 2001 00:00:00 GMT\r\nServer: app\r\nX-A: b\r\nContent-Length: 2\r\n\r\nok")
	src := bytes.NewReader(answer)
	br := bufio.NewReader(src)
	ctx.Init2(conn, nil, true)
	return func() {
		x := n.begin(&ctx)
		if r := x.parseHead(); r != Accepted {
			t.Fatal(r)
		}
		if r := n.identify(x); r != Accepted {
			t.Fatal(r)
		}
		if !n.inspects(x) || n.tryDeny(x) {
			t.Fatal("not inspected")
		}
		if r := n.readBody(x, true); r != Accepted {
			t.Fatal(r)
		}
		n.inspect(x)
		n.report(x)
		if _, ok := x.blocks(); ok {
			t.Fatal("blocked")
		}
		x.appendRequest()
		src.Reset(answer)
		br.Reset(src)
		if err := x.reply.read(br, false); err != nil {
			t.Fatal(err)
		}
		n.copyHead(x)
		n.complete(x)
		n.end(x)
	}
}

func TestCleanGetAllocatesNothing(t *testing.T) {
	walk := cleanGet(t)
	for range 10 {
		walk()
	}
	// Under the race detector pools forget on purpose.
	if a := testing.AllocsPerRun(200, walk); a > 0 && !raceDetector {
		t.Errorf("%v allocations", a)
	}
}

func BenchmarkCleanGet(b *testing.B) {
	walk := cleanGet(b)
	b.ReportAllocs()
	for b.Loop() {
		walk()
	}
}

// BenchmarkRoundTrip is a whole request over sockets: client, node and a
// fake upstream on one machine.
func BenchmarkRoundTrip(b *testing.B) {
	up := fakeUpstream(b, says(okReply))
	n := oneTenant(b, up.addr(), tenant.ModeBlock)
	c := connect(b, n.addr)
	c.SetDeadline(time.Time{})
	raw := []byte("GET /a/b?c=d&e=f HTTP/1.1\r\n" + string(bytes.Replace([]byte(browserHeaders), []byte("shop.acme"), []byte("acme"), 1)))
	b.ReportAllocs()
	for b.Loop() {
		c.Write(raw)
		resp, err := http.ReadResponse(c.br, nil)
		if err != nil {
			b.Fatal(err)
		}
		io.Copy(io.Discard, resp.Body)
	}
}
