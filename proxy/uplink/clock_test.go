package uplink

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"weir/tenant"
	"weir/tenant/wire"
)

// Tests of what happens when, on a clock of their own.

// memory is a spool segment that notes how old its hits are when written.
type memory struct{ oldest *time.Duration }

func (m memory) Write(b []byte) (int, error) {
	for n := len(b); len(b) > 0; {
		r, damage, ok := nextRecord(b)
		if !ok || damage > 0 {
			return 0, errors.New("no record")
		}
		*m.oldest = max(*m.oldest, time.Since(time.UnixMilli(r.time)))
		if b = b[r.size():]; len(b) == 0 {
			return n, nil
		}
	}
	return 0, nil
}

func (memory) Sync() error          { time.Sleep(time.Second); return nil } // a slow disk
func (memory) Truncate(int64) error { return nil }
func (memory) Close() error         { return nil }

// A hit is written within 25 ms of its offer, also while a sync takes long.
func TestWrittenInTime(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		s, err := openSpool(dir, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		var oldest time.Duration
		s.create = func(string) (segmentFile, error) { return memory{&oldest}, nil }
		q := newQueue(1 << 30)
		w := &writer{q: q, spool: s, trouble: &trouble{log: zap.NewNop()}, written: make(chan struct{}, 1)}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{}, 2)
		go func() { w.run(ctx); ended <- struct{}{} }()
		go func() { w.syncLoop(ctx, 100*time.Millisecond); ended <- struct{}{} }()
		for range 3000 {
			h := newHit("x", acme)
			h.Time = time.Now().UnixMilli()
			q.offer(h)
			time.Sleep(time.Millisecond)
		}
		cancel()
		<-ended
		<-ended
		if oldest > 25*time.Millisecond || oldest == 0 || s.spooled.Load() != 3000 {
			t.Errorf("a hit was %s old, %d written", oldest, s.spooled.Load())
		}
		s.close()
	})
}

// trip answers calls without a network.
type trip func(*http.Request) *http.Response

func (f trip) RoundTrip(r *http.Request) (*http.Response, error) {
	if resp := f(r); resp != nil {
		return resp, nil
	}
	return nil, errors.New("no route to host")
}

func answer(code int, retryAfter, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {retryAfter}}, Body: io.NopCloser(strings.NewReader(body))}
}

func fakeClient(f trip) *client {
	return &client{base: "http://cloud", http: &http.Client{Transport: f}, token: func() (string, error) { return "secret", nil }}
}

// calls counts the polls of one minute.
func calls(t *testing.T, f trip) (n int32) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int32
		p := &puller{
			cloud: fakeClient(func(r *http.Request) *http.Response { count.Add(1); return f(r) }), ledger: new(ledger),
			trouble: &trouble{log: zap.NewNop()}, node: func() (n wire.NodeInfo) { return n },
			tenants: func() map[tenant.ID]tenant.Mode { return nil }, hold: pollHold,
			wait: backoff{least: leastWait, most: mostWait}, changed: make(chan struct{}, 1),
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		p.run(ctx)
		n = count.Load()
	})
	return n
}

// Whatever a cloud does, it is not asked in a tight loop, and not forgotten.
func TestPollPace(t *testing.T) {
	f := func(name string, least, most int32, answer trip) {
		t.Helper()
		if n := calls(t, answer); n < least || n > most {
			t.Errorf("%s: %d polls in a minute, want %d to %d", name, n, least, most)
		}
	}
	f("says nothing, at once", 59, 61, func(*http.Request) *http.Response { return answer(200, "", "{}") })
	f("holds polls", 3, 4, func(*http.Request) *http.Response { time.Sleep(pollHold); return answer(200, "", "{}") })
	f("fails", 12, 40, func(*http.Request) *http.Response { return answer(500, "", "") })
	f("is away", 12, 40, func(*http.Request) *http.Response { return nil })
	f("asks for patience", 3, 4, func(*http.Request) *http.Response { return answer(429, "20", "") })
	f("hangs", 2, 3, func(r *http.Request) *http.Response { <-r.Context().Done(); return nil })
}

// A cloud that calls every hit bad does not empty the spool in no time.
func TestDropPace(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		o := Options{State: dir, Cloud: nil}
		s, err := openSpool(dir, 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		mustPut(t, s, numbers(0, 1000)...)
		u := &Uplink{o: o.withDefaults(), spool: s}
		u.trouble.log = zap.NewNop()
		if u.cloud = fakeClient(func(*http.Request) *http.Response { return answer(400, "", "no") }); u.connect(bundles{dir}) != nil {
			t.Fatal("no encoder")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		u.push.run(ctx)
		if n := u.ledger.dropped[Invalid]; n == 0 || n > 40 {
			t.Errorf("%d hits dropped in a minute", n)
		}
		s.close()
	})
}
