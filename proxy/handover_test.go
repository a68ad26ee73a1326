package proxy

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"weir/config"
	"weir/tenant"
)

// load is a number of clients that send requests as fast as they are
// answered, until it is stopped. No request may fail.
type load struct {
	stop   atomic.Bool
	sent   atomic.Int64
	failed atomic.Int64
	ticks  chan struct{}
	wg     sync.WaitGroup
}

// plain starts a client of HTTP/1.1 that keeps its connection as long as it
// may.
func (l *load) plain(t *testing.T, addr string) {
	l.wg.Go(func() {
		var c net.Conn
		var br *bufio.Reader
		for !l.stop.Load() {
			if c == nil {
				var err error
				if c, err = net.Dial("tcp", addr); err != nil {
					l.fail(t, err)
					l.count()
					return
				}
				br = bufio.NewReader(c)
			}
			last, err := roundTrip(c, br)
			if err != nil {
				l.fail(t, err)
				last = true
			}
			l.count()
			if last {
				c.Close()
				c = nil
			}
		}
		if c != nil {
			c.Close()
		}
	})
}

func roundTrip(c net.Conn, br *bufio.Reader) (last bool, err error) {
	if _, err := io.WriteString(c, get("acme.example", "/")); err != nil {
		return false, err
	}
	resp, err := http.ReadResponse(br, nil)
	if err != nil {
		return false, err
	}
	b, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != 200 || string(b) != "ok") {
		err = errors.New("answered " + resp.Status)
	}
	return resp.Close, err
}

// multiplexed starts a client of HTTP/2.
func (l *load) multiplexed(t *testing.T, c *http.Client) {
	l.wg.Go(func() {
		for !l.stop.Load() {
			resp, err := c.Get("https://acme.example/")
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if err != nil || resp.StatusCode != 200 {
				l.fail(t, errors.Join(err, errors.New("HTTP/2")))
			}
			l.count()
		}
	})
}

func (l *load) fail(t *testing.T, err error) {
	if l.failed.Add(1) < 5 {
		t.Errorf("a request failed: %v", err)
	}
}

// count notes a request.
func (l *load) count() {
	l.sent.Add(1)
	select {
	case l.ticks <- struct{}{}:
	default:
	}
}

// more waits until at least n more requests have been answered.
func (l *load) more(n int) {
	for range n {
		<-l.ticks
	}
}

func (l *load) end() {
	l.stop.Store(true)
	l.wg.Wait()
}

// A node hands its port over to a successor, again and again and reloading
// all the while, and no client sees a request fail.
func TestHandOver(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	overTLS(t, cfg)
	cfg.Listeners[0].ReusePort = true
	cfg.Listeners = append(cfg.Listeners, config.Listener{Address: "127.0.0.1:0", ReusePort: true})
	n := &node{cfg: cfg}
	start := func() (*Server, func() error) {
		s, err := New(cfg, Deps{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- s.Run(ctx) }()
		return s, func() error { cancel(); return <-done }
	}
	s, stop := start()
	for i := range cfg.Listeners {
		cfg.Listeners[i].Address = s.Addrs()[i].String()
	}
	n.addr = cfg.Listeners[0].Address
	l := load{ticks: make(chan struct{})}
	for range 4 {
		l.plain(t, cfg.Listeners[1].Address)
	}
	l.multiplexed(t, n.h2Client(t, "acme.example"))
	for range 3 {
		for i := range 10 {
			next := *cfg
			if i%2 == 0 {
				next.Tenants = append(next.Tenants[:1:1], testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeOff))
			}
			if problems := s.Reload(&next); len(problems) > 0 {
				t.Fatal(problems)
			}
			l.more(20)
		}
		next, stopNext := start()
		l.more(100)
		if err := stop(); err != nil {
			t.Error(err)
		}
		l.more(100)
		s, stop = next, stopNext
	}
	l.end()
	if err := stop(); err != nil {
		t.Error(err)
	}
	if f := l.failed.Load(); f > 0 {
		t.Errorf("%d of %d requests failed", f, l.sent.Load())
	}
}

// Of two sockets that share a port the younger gets all new connections once
// the elder has said so; those that wait are seen until they are accepted.
func TestSteer(t *testing.T) {
	c := &config.Listener{Address: "127.0.0.1:0", ReusePort: true}
	elder, err := openSocket(c)
	if err != nil {
		t.Fatal(err)
	}
	defer elder.Close()
	c.Address = elder.Addr().String()
	younger, err := openSocket(c)
	if err != nil {
		t.Fatal(err)
	}
	defer younger.Close()
	if waiting(elder) || waiting(younger) {
		t.Error("connections wait before there is one")
	}
	// A kernel that cannot be told spreads connections as before.
	if err := steer(elder, successor); err == nil {
		for range 50 {
			connect(t, c.Address)
		}
		if waiting(elder) || !waiting(younger) {
			t.Errorf("elder waits: %v, younger waits: %v", waiting(elder), waiting(younger))
		}
		for range 50 {
			conn, err := younger.Accept()
			if err != nil {
				t.Fatal(err)
			}
			conn.Close()
		}
		if waiting(younger) {
			t.Error("more than 50 connections")
		}
	}
	// The next successor takes the program off again.
	steer(younger, nobody)
	for range 200 {
		connect(t, c.Address)
	}
	if !waiting(elder) || !waiting(younger) {
		t.Errorf("elder waits: %v, younger waits: %v", waiting(elder), waiting(younger))
	}
}

// While a node drains, a connection that is in use learns from its next
// answer that it ends; readiness is off before anything else.
func TestDrainTellsClients(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	n := startNode(t, cfg)
	c := connect(t, n.addr)
	if a := c.send(t, get("acme.example", "/")); a.StatusCode != 200 || a.Close {
		t.Fatalf("before: %d, close %v", a.StatusCode, a.Close)
	}
	drained := make(chan error)
	go func() { drained <- n.drain(config.Drain{Time: 10 * time.Second}) }()
	for !n.draining.Load() {
		runtime.Gosched()
	}
	if a := c.send(t, get("acme.example", "/healthz")); a.StatusCode != 503 || !a.Close {
		t.Errorf("health: %d, close %v", a.StatusCode, a.Close)
	}
	if err := <-drained; err != nil {
		t.Error(err)
	}
}

// A request that takes longer than a drain may is cut off, and said to be.
func TestDrainEnds(t *testing.T) {
	started, finish := make(chan bool), make(chan bool)
	up := fakeUpstream(t, func(net.Conn, *http.Request) bool {
		started <- true
		<-finish
		return false
	})
	defer close(finish)
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock))
	cfg.Drain.Time = 100 * time.Millisecond
	cfg.Tenants[0].Sites[0].Timeouts.FirstByte = time.Second
	s, err := New(cfg, Deps{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	c := connect(t, s.Addrs()[0].String())
	io.WriteString(c, get("acme.example", "/"))
	<-started
	cancel()
	if err := <-done; !errors.Is(err, errCut) {
		t.Errorf("got %v", err)
	}
}
