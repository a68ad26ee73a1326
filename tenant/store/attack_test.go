package store

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"weir/tenant/wire"
)

func TestGroup(t *testing.T) {
	h := newHouse(t)
	n := 0
	// f adds hits, each in a transaction of its own, and wants attacks as
	// "hits/blocked/clients status first-last" in minutes, newest first
	f := func(hits []*wire.Hit, want ...string) {
		t.Helper()
		n++
		tt := h.newTenant(fmt.Sprint("tenant ", n))
		for _, x := range hits {
			h.add(tt, x)
		}
		got := []string{}
		for _, a := range h.attacks(tt) {
			m := func(ms int64) int64 { return (ms - 1_800_000_000_000) / 60_000 }
			got = append(got, fmt.Sprintf("%d/%d/%d %s %d-%d", a.Hits, a.Blocked, a.Clients, a.Status(), m(a.First), m(a.Last)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("attacks %q, want %q", got, want)
		}
	}
	at := func(minutes float64, change ...func(x *wire.Hit)) *wire.Hit {
		n++
		x := hit(h.one.ID, n, minutes)
		for _, c := range change {
			c(x)
		}
		return x
	}
	from := func(client string) func(x *wire.Hit) { return func(x *wire.Hit) { x.Client = client } }
	passed := func(x *wire.Hit) { x.Blocked = false }

	// payload and client do not split an attack
	f([]*wire.Hit{at(0, from("192.0.2.1")), at(1, from("192.0.2.2")), at(2, from("192.0.2.3"))}, "3/3/3 blocked 0-2")
	// another point, class, host or path does
	f([]*wire.Hit{at(0), at(1, func(x *wire.Hit) { x.Point = "[query b]" }), at(2, func(x *wire.Hit) { x.Class = "xss" }),
		at(3, func(x *wire.Hit) { x.Host = "b.example" }), at(4, func(x *wire.Hit) { x.Path = "/b" })},
		"1/1/1 blocked 4-4", "1/1/1 blocked 3-3", "1/1/1 blocked 2-2", "1/1/1 blocked 1-1", "1/1/1 blocked 0-0")
	// the window is an hour from the last hit, that included
	f([]*wire.Hit{at(0), at(59)}, "2/2/1 blocked 0-59")
	f([]*wire.Hit{at(0), at(60)}, "2/2/1 blocked 0-60")
	f([]*wire.Hit{at(0), at(61)}, "1/1/1 blocked 61-61", "1/1/1 blocked 0-0")
	f([]*wire.Hit{at(0), at(50), at(100), at(150)}, "4/4/1 blocked 0-150")
	// the status
	f([]*wire.Hit{at(0), at(1, passed)}, "2/1/1 partly_blocked 0-1")
	f([]*wire.Hit{at(0, passed), at(1, passed)}, "2/0/1 monitored 0-1")
	// late hits extend backwards, or stand alone
	f([]*wire.Hit{at(100), at(50)}, "2/2/1 blocked 50-100")
	f([]*wire.Hit{at(100), at(30)}, "1/1/1 blocked 100-100", "1/1/1 blocked 30-30")
	// a late hit between two attacks makes them one
	f([]*wire.Hit{at(0, from("192.0.2.1")), at(100, from("192.0.2.2"), passed), at(50, from("192.0.2.1"))}, "3/2/2 partly_blocked 0-100")
}

// What fields are joined to the key must not matter.
func TestKeyIsUnambiguous(t *testing.T) {
	a, b := &wire.Hit{Class: "ab", Point: "c"}, &wire.Hit{Class: "a", Point: "bc"}
	if keyOf(a) == keyOf(b) {
		t.Error("two sets of fields have one key")
	}
}

// The attacks do not depend on how hits were cut into batches, in which
// order they came, or how often.
func TestGroupIgnoresOrder(t *testing.T) {
	h := newHouse(t)
	sorted, shuffled := h.newTenant("sorted"), h.newTenant("shuffled")
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		host := fmt.Sprint("try-", n)
		minutes := rapid.SliceOfN(rapid.IntRange(0, 600), 1, 30).Draw(rt, "minutes")
		hits := make([]*wire.Hit, len(minutes))
		for i, m := range minutes {
			hits[i] = hit(h.one.ID, 1000*n+i, float64(m))
			hits[i].Host = host
			hits[i].Point = fmt.Sprintf("[query %d]", m%2)
			hits[i].Client = fmt.Sprintf("192.0.2.%d", m%3)
			hits[i].Blocked = m%5 != 0
		}
		h.add(sorted, slices.Clone(hits)...)
		order := rapid.Permutation(hits).Draw(rt, "order")
		for len(order) > 0 {
			k := rapid.IntRange(1, len(order)).Draw(rt, "batch")
			again := order[rapid.IntRange(0, k-1).Draw(rt, "again")]
			h.add(shuffled, append(slices.Clone(order[:k]), again)...)
			order = order[k:]
		}
		want, got := plain(h.attacksOn(sorted, host)), plain(h.attacksOn(shuffled, host))
		if !slices.Equal(want, got) {
			rt.Fatalf("in order %v, shuffled %v", want, got)
		}
		checkAttacks(rt, h, shuffled, host, len(hits))
	})
}

// plain drops what may differ and sorts.
func plain(list []Attack) []Attack {
	for i := range list {
		list[i].ID = ""
	}
	slices.SortFunc(list, func(a, b Attack) int {
		return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Point, b.Point))
	})
	return list
}

// checkAttacks wants the counts of the attacks to be those of their hits.
func checkAttacks(rt *rapid.T, h *house, tt *Tenant, host string, hits int) {
	sum := int64(0)
	for _, a := range h.attacksOn(tt, host) {
		p, err := tt.Hits(h.t.Context(), HitQuery{Attack: a.ID, Limit: 1000})
		if err != nil {
			rt.Fatal(err)
		}
		clients, blocked := map[string]int{}, int64(0)
		for _, x := range p.Items {
			clients[x.Client]++
			if x.Blocked {
				blocked++
			}
		}
		if p.Total != a.Hits || blocked != a.Blocked || int64(len(clients)) != a.Clients {
			rt.Fatalf("attack %+v has %d hits, %d blocked, %d clients", a, p.Total, blocked, len(clients))
		}
		for c, n := range clients {
			if n > clients[a.TopClient] {
				rt.Fatalf("attack %+v: %s has more hits than the top client", a, c)
			}
		}
		sum += a.Hits
	}
	p, err := tt.Hits(h.t.Context(), HitQuery{Host: host, Limit: 1})
	if err != nil || sum != int64(hits) || p.Total != sum {
		rt.Fatalf("attacks count %d hits, the total is %d, want %d (%v)", sum, p.Total, hits, err)
	}
}
