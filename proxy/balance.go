package proxy

import (
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"weir/tenant"
)

// balancer spreads a site's requests over its upstreams. It is immutable but
// for the turn, and safe for concurrent use.
type balancer struct {
	upstreams []*upstream
	weights   []int
	seeds     []uint64 // by client's address: of each upstream; nil: by load
	turns     []uint8  // who is first among equals, in turn
	turn      atomic.Uint32
}

// newBalancer balances over ups, which are a site's.
func newBalancer(ups []*upstream, site *tenant.Site) *balancer {
	b := &balancer{upstreams: ups, weights: site.Weights}
	if len(ups) == 1 {
		return b
	}
	if b.weights == nil {
		b.weights = slices.Repeat([]int{1}, len(ups))
	}
	if site.Balance == tenant.BalanceClientHash {
		for _, u := range ups {
			b.seeds = append(b.seeds, xxhash.Sum64String(u.Scheme+"://"+u.Address))
		}
		return b
	}
	b.turns = turns(b.weights)
	return b
}

// turns makes the sequence in which upstreams come first: each as often as
// its weight, spread evenly (the smooth weighted round robin of nginx).
func turns(weights []int) (seq []uint8) {
	total := 0
	for _, w := range weights {
		total += w
	}
	current := make([]int, len(weights))
	for range total {
		best := 0
		for i, w := range weights {
			if current[i] += w; current[i] > current[best] {
				best = i
			}
		}
		current[best] -= total
		seq = append(seq, uint8(best))
	}
	return seq
}

// pick chooses an upstream for a request of client at now (Unix
// nanoseconds), other than those tried already; nil when none is left. One
// that was left alone long enough gets one request to show what it is worth.
// When all are down they are used as if they were not.
func (b *balancer) pick(client netip.Addr, now int64, tried []*upstream) *upstream {
	if len(b.upstreams) == 1 {
		// Fast path: there is nothing to choose.
		if len(tried) > 0 {
			return nil
		}
		return b.upstreams[0]
	}
	for _, u := range b.upstreams {
		if !slices.Contains(tried, u) && u.health.tryProbe(now) {
			return u
		}
	}
	if u := b.best(client, tried, true); u != nil {
		return u
	}
	return b.best(client, tried, false)
}

func (b *balancer) best(client netip.Addr, tried []*upstream, up bool) *upstream {
	may := func(u *upstream) bool { return (!up || u.health.up()) && !slices.Contains(tried, u) }
	if b.seeds != nil {
		return b.byClient(client, may)
	}
	return b.leastLoaded(may)
}

// leastLoaded compares requests in flight by weight; among equals the turn
// decides.
func (b *balancer) leastLoaded(may func(*upstream) bool) *upstream {
	best := -1
	var load int64
	for i, u := range b.upstreams {
		if !may(u) {
			continue
		}
		if l := u.active.Load(); best < 0 || l*int64(b.weights[best]) < load*int64(b.weights[i]) {
			best, load = i, l
		}
	}
	if best < 0 {
		return nil
	}
	turn := int(b.turn.Add(1) - 1)
	for i := range b.turns {
		at := int(b.turns[(turn+i)%len(b.turns)])
		u := b.upstreams[at]
		if may(u) && u.active.Load()*int64(b.weights[best]) <= load*int64(b.weights[at]) {
			return u
		}
	}
	return b.upstreams[best]
}

// byClient is weighted rendezvous hashing: when an upstream comes or goes,
// only its own clients move.
func (b *balancer) byClient(client netip.Addr, may func(*upstream) bool) (best *upstream) {
	var key [24]byte
	ip := client.As16()
	copy(key[:], ip[:])
	top := math.Inf(-1)
	for i, u := range b.upstreams {
		if !may(u) {
			continue
		}
		binary.LittleEndian.PutUint64(key[16:], b.seeds[i])
		h := (float64(xxhash.Sum64(key[:])>>11) + 0.5) / (1 << 53)
		if score := -float64(b.weights[i]) / math.Log(h); score > top {
			top, best = score, u
		}
	}
	return best
}
