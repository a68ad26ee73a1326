package uplink

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"weir/tenant"
	"weir/tenant/wire"
)

// delivered waits until the cloud has every hit and the spool is empty.
func delivered(t *testing.T, c *fakeCloud, u *Uplink, ids []string) {
	t.Helper()
	until(t, "all hits in the cloud", func() bool { return c.count() == len(ids) && u.Status().SpoolBytes == 0 })
	for _, id := range ids {
		if _, ok := c.rows[id]; !ok {
			t.Errorf("hit %s is missing", id)
		}
	}
}

func TestPush(t *testing.T) {
	c := newCloud(t)
	u := start(t, c.options(t.TempDir()))
	ids := append(mustOffer(t, u, acme, 3000), mustOffer(t, u, bolt, 2500)...)
	delivered(t, c, u, ids)
	s := u.Status()
	if s.Accepted != 5500 || s.Pushed != 5500 || s.Spooled != 5500 || s.SpoolRecords != 0 || s.Queued != 0 || s.OldestAgeMillis != 0 {
		t.Errorf("status is %+v", s)
	}
	if s.Cloud != CloudConnected || s.LastContact.IsZero() {
		t.Errorf("cloud is %s since %s", s.Cloud, s.LastContact)
	}
}

// A cloud that fails in every way gets each hit in the end, once.
func TestPushToMisbehavingCloud(t *testing.T) {
	f := func(name string, times int, answer func(w http.ResponseWriter)) {
		t.Helper()
		c := newCloud(t)
		var calls atomic.Int32
		c.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, wire.PathHits) || calls.Add(1) > int32(times) {
				return false
			}
			answer(w)
			return true
		}
		u := start(t, c.options(t.TempDir()))
		delivered(t, c, u, mustOffer(t, u, acme, 50))
		if calls.Load() <= int32(times) || u.Status().LastError == "" {
			t.Errorf("%s: %d calls, last error %q", name, calls.Load(), u.Status().LastError)
		}
	}
	f("500", 3, func(w http.ResponseWriter) { w.WriteHeader(500) })
	f("503 with Retry-After", 2, func(w http.ResponseWriter) { w.Header().Set("Retry-After", "0"); w.WriteHeader(503) })
	f("401", 2, func(w http.ResponseWriter) { w.WriteHeader(401) })
	f("404", 2, func(w http.ResponseWriter) { w.WriteHeader(404) })
	f("redirect", 2, func(w http.ResponseWriter) { w.Header().Set("Location", "/elsewhere"); w.WriteHeader(307) })
	f("no JSON", 2, func(w http.ResponseWriter) { w.Write([]byte("<html>")) })
	f("empty acknowledgement", 2, func(w http.ResponseWriter) { w.Write([]byte("{}")) })
	f("cut answer", 2, func(w http.ResponseWriter) { w.Header().Set("Content-Length", "100"); w.Write([]byte("{")) })
	f("connection lost", 2, func(http.ResponseWriter) { panic(http.ErrAbortHandler) })
}

// The answer is lost after the commit: the hits come again and the cloud
// knows them.
func TestPushAnswerLost(t *testing.T) {
	c := newCloud(t)
	lost := 0
	c.commit = func(http.ResponseWriter) {
		if lost++; lost <= 3 {
			panic(http.ErrAbortHandler)
		}
	}
	u := start(t, c.options(t.TempDir()))
	ids := mustOffer(t, u, acme, 20)
	delivered(t, c, u, ids)
	if s := u.Status(); s.Duplicates == 0 || s.Accepted+s.Duplicates != 20 || c.again == 0 {
		t.Errorf("accepted %d, duplicates %d, cloud saw %d again", s.Accepted, s.Duplicates, c.again)
	}
}

// One hit that the cloud cannot take is dropped; its neighbours arrive.
func TestPushDropsBadHit(t *testing.T) {
	f := func(status int, reason Reason) {
		t.Helper()
		c := newCloud(t)
		c.bad = func(h *wire.Hit) int {
			if h.Path == "/bad" {
				return status
			}
			return 0
		}
		o := c.options(t.TempDir())
		var dropped atomic.Int64
		o.Dropped = func(id tenant.ID, n int) {
			if id == bolt {
				dropped.Add(int64(n))
			}
		}
		u := start(t, o)
		ids := mustOffer(t, u, acme, 333)
		for range 2 {
			h := newHit(u.IDs().Next(), bolt)
			h.Path = "/bad"
			u.Offer(h)
		}
		delivered(t, c, u, append(ids, mustOffer(t, u, acme, 100)...))
		s := u.Status()
		if s.Dropped[reason.String()] != 2 || dropped.Load() != 2 || s.Tenants[bolt].Dropped != 2 || s.Tenants[acme].Dropped != 0 {
			t.Errorf("dropped %v, callback %d, %+v", s.Dropped, dropped.Load(), s.Tenants)
		}
	}
	f(400, Invalid)
	f(422, Invalid)
	f(413, TooLarge)
}

func TestPushHalvesLargeBatch(t *testing.T) {
	c := newCloud(t)
	in := 0
	c.bad = func(*wire.Hit) int { in++; return 0 }
	var refused atomic.Int32
	c.answer = func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, wire.PathHits) || r.ContentLength < 2000 {
			return false
		}
		refused.Add(1)
		w.WriteHeader(413)
		return true
	}
	u := mustOpen(t, c.options(t.TempDir()))
	ids := mustOffer(t, u, acme, 1500)
	if err := u.writer.flush(); err != nil {
		t.Fatal(err)
	}
	go u.Run(t.Context())
	delivered(t, c, u, ids)
	if refused.Load() == 0 || u.Status().Dropped[TooLarge.String()] != 0 {
		t.Errorf("%d refused, %+v", refused.Load(), u.Status().Dropped)
	}
}

func TestPushRefusedTenant(t *testing.T) {
	c := newCloud(t)
	c.refuse[bolt] = wire.StateDeactivated
	o := c.options(t.TempDir())
	var refused atomic.Int64
	o.Refused = func(id tenant.ID, n int) {
		if id == bolt {
			refused.Add(int64(n))
		}
	}
	u := start(t, o)
	mustOffer(t, u, bolt, 30)
	delivered(t, c, u, mustOffer(t, u, acme, 30))
	s := u.Status()
	b := s.Tenants[bolt]
	if s.Refused != 30 || b.Refused != 30 || refused.Load() != 30 || b.RefusedState != wire.StateDeactivated || s.Tenants[acme].Refused != 0 {
		t.Errorf("refused %d, callback %d, %+v", s.Refused, refused.Load(), s.Tenants)
	}
}

// A token that is revoked shows as state; a new one in the file is used
// without a restart, and no hit is lost.
func TestPushTokenRotated(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	var token atomic.Value
	token.Store("old")
	o.ReadToken = func(string) (string, error) { return token.Load().(string), nil }
	u := start(t, o)
	ids := mustOffer(t, u, acme, 10)
	until(t, "unauthorized", func() bool { return u.Status().Cloud == CloudUnauthorized })
	token.Store("secret")
	delivered(t, c, u, ids)
	until(t, "connected", func() bool { return u.Status().Cloud == CloudConnected })
}

// A cloud that takes the call and says nothing does not keep Close waiting.
func TestCloseWhileCloudHangs(t *testing.T) {
	c := newCloud(t)
	called, release := make(chan struct{}, 10), make(chan struct{})
	c.answer = func(_ http.ResponseWriter, r *http.Request) bool {
		called <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return true
	}
	defer close(release)
	o := c.options(t.TempDir())
	u := start(t, o)
	mustOffer(t, u, acme, 10)
	<-called
	<-called
	mustClose(t, u)
	c.answer = nil
	u = start(t, o)
	until(t, "hits of the process before", func() bool { return c.count() == 10 })
}

func TestBackoff(t *testing.T) {
	b := backoff{least: 100 * time.Millisecond, most: time.Second}
	f := func(least, most time.Duration, asked time.Duration) {
		t.Helper()
		if d := b.next(asked); d < least || d > most {
			t.Errorf("waits %s, want %s to %s", d, least, most)
		}
	}
	f(50*time.Millisecond, 100*time.Millisecond, 0)
	f(100*time.Millisecond, 200*time.Millisecond, 0)
	f(200*time.Millisecond, 400*time.Millisecond, 0)
	for range 100 {
		f(200*time.Millisecond, time.Second, 0)
	}
	f(7*time.Second, 7*time.Second, 7*time.Second)
	f(maxRetryAfter, maxRetryAfter, time.Hour)
	b.reset()
	f(50*time.Millisecond, 100*time.Millisecond, 0)
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f := func(v string, want time.Duration) {
		t.Helper()
		if got := retryAfter(http.Header{"Retry-After": {v}}, now); got != want {
			t.Errorf("%q: %s, want %s", v, got, want)
		}
	}
	f("", 0)
	f("3", 3*time.Second)
	f("-3", 0)
	f("soon", 0)
	f("99999999999999", 0)
	f("Fri, 02 Jan 2026 03:04:15 GMT", 10*time.Second)
	f("Fri, 02 Jan 2026 03:04:00 GMT", 0)
}

// Neither hits nor token go where a redirect points.
func TestPushFollowsNoRedirect(t *testing.T) {
	var elsewhere, calls atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	t.Cleanup(other.Close)
	c := newCloud(t)
	c.answer = func(w http.ResponseWriter, r *http.Request) bool {
		calls.Add(1)
		http.Redirect(w, r, other.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}
	u := start(t, c.options(t.TempDir()))
	mustOffer(t, u, acme, 1)
	until(t, "some calls", func() bool { return calls.Load() > 5 })
	if n := elsewhere.Load(); n != 0 {
		t.Errorf("%d calls elsewhere", n)
	}
}
