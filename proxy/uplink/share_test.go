package uplink

import (
	"math/rand/v2"
	"testing"

	"weir/tenant"
)

func nth(n int) tenant.ID { return tenant.ID{0: 0xee, 1: byte(n >> 8), 2: byte(n)} }

// fill takes as much as there is for a tenant, n bytes at a time.
func fill(s *shares, id tenant.ID, n int64) (got int64) {
	for s.take(id, n) {
		got += n
	}
	return got
}

// However many flood, each tenant gets its reserved half of an equal part.
func TestSharesUnderFlood(t *testing.T) {
	f := func(tenants, floods int) {
		t.Helper()
		const room = 1 << 20
		s := newShares(room)
		s.divide(tenants)
		for i := range floods {
			fill(&s, nth(i), 16)
		}
		part := int64(room / 2 / tenants)
		for i := floods; i < tenants; i++ {
			if got := fill(&s, nth(i), 16); got < part-16 {
				t.Errorf("%d of %d flood: tenant %d got %d, want %d", floods, tenants, i, got, part)
			}
		}
		if s.total > room {
			t.Errorf("%d of %d bytes in use", s.total, room)
		}
	}
	f(2, 1)
	f(20, 1)
	f(20, 19)
	f(100, 50)
	f(1000, 999)
}

// A tenant alone gets everything; one flood among many gets the most of what
// is not reserved for others.
func TestSharesLend(t *testing.T) {
	s := newShares(1000)
	if got := fill(&s, acme, 1); got != 1000 {
		t.Errorf("alone: %d of 1000", got)
	}
	s = newShares(1000)
	s.divide(10)
	if got := fill(&s, acme, 1); got < 400 || got > 500 {
		t.Errorf("flood among ten: %d of 1000", got)
	}
}

// Whatever is taken and given, the sums stay right.
func TestSharesSums(t *testing.T) {
	s := newShares(10_000)
	held := map[tenant.ID][]int64{}
	for range 20_000 {
		id := nth(rand.IntN(8))
		switch n := 1 + rand.Int64N(300); rand.IntN(5) {
		case 0, 1:
			if s.take(id, n) {
				held[id] = append(held[id], n)
			}
		case 2:
			if rand.IntN(50) == 0 {
				s.force(id, n)
				held[id] = append(held[id], n)
			}
		case 3:
			if h := held[id]; len(h) > 0 {
				s.give(id, h[0])
				held[id] = h[1:]
			}
		case 4:
			if rand.IntN(100) == 0 {
				s.divide(rand.IntN(20))
			}
		}
		check(t, &s, held)
	}
}

func check(t *testing.T, s *shares, held map[tenant.ID][]int64) {
	t.Helper()
	var total, borrowed int64
	for id, h := range held {
		var used int64
		for _, n := range h {
			used += n
		}
		if s.used[id] != used {
			t.Fatalf("%s holds %d, want %d", id, s.used[id], used)
		}
		total += used
		borrowed += max(0, used-s.reserved())
	}
	if s.total != total || s.borrowed != borrowed {
		t.Fatalf("total %d borrowed %d, want %d and %d", s.total, s.borrowed, total, borrowed)
	}
}

// One tenant's flood of the queue costs another nothing.
func TestQueueFlood(t *testing.T) {
	o := newCloud(t).options(t.TempDir())
	o.QueueBytes = 1 << 20
	dropped := map[tenant.ID]int{}
	o.Dropped = func(id tenant.ID, n int) { dropped[id] += n }
	u := mustOpen(t, o)
	u.Changed()
	flood := 0
	for u.Offer(newHit("flood", acme)) {
		flood++
	}
	for range 99 {
		u.Offer(newHit("flood", acme))
	}
	if bolts := (1 << 20) / 4 / newHit("b", bolt).Size(); len(mustOffer(t, u, bolt, bolts)) != bolts {
		t.Errorf("bolt could not offer %d", bolts)
	}
	s := u.Status()
	if dropped[acme] != 100 || dropped[bolt] != 0 || s.Dropped[QueueFull.String()] != 100 || s.Tenants[acme].Dropped != 100 {
		t.Errorf("dropped %v, %v", dropped, s.Dropped)
	}
	if s.QueuedBytes > 1<<20 {
		t.Errorf("%d bytes queued", s.QueuedBytes)
	}
}

// The spool full of one tenant's hits takes the other's; drops are counted,
// and it works again when the cloud does.
func TestSpoolFlood(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	o.SpoolBytes = 1 << 20
	u := mustOpen(t, o)
	u.Changed()
	flush := func() {
		t.Helper()
		if err := u.writer.flush(); err != nil {
			t.Fatal(err)
		}
	}
	for u.Status().Dropped[SpoolFull.String()] == 0 {
		mustOffer(t, u, acme, 100)
		flush()
	}
	mustOffer(t, u, bolt, 200)
	flush()
	s := u.Status()
	if s.Tenants[bolt].Dropped != 0 || s.SpoolBytes > 1<<20 {
		t.Errorf("bolt lost %d, spool holds %d", s.Tenants[bolt].Dropped, s.SpoolBytes)
	}
	go u.Run(t.Context())
	until(t, "drained", func() bool { return u.Status().SpoolBytes == 0 })
	lost := u.Status().Dropped[SpoolFull.String()]
	mustOffer(t, u, acme, 100)
	until(t, "hits after the flood", func() bool { return u.Status().Pushed == u.Status().Spooled && u.Status().Queued == 0 })
	if n := u.Status().Dropped[SpoolFull.String()]; n != lost {
		t.Errorf("%d more lost", n-lost)
	}
}
