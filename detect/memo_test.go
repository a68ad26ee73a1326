package detect

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"sync"
	"testing"
)

// The memo and the cache may only shorten the way to the same verdict: the
// counters of judged values tell that they did.
func TestMemoShortens(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	r := getRequest(rand.New(rand.NewSource(1)))
	r.Headers = append(r.Headers, Header{[]byte("X-Note"), []byte("boil (5 < 6 min); date it")})
	p.Inspect(r, 1, s)
	first := s.judged
	p.Inspect(r, 1, s)
	if s.judged >= first {
		t.Errorf("judged %d values again, %d at first", s.judged, first)
	}
	// another scope is another tenant: nothing may be known
	p.Inspect(r, 2, s)
	if s.judged < first {
		t.Errorf("judged %d values for another scope, %d at first", s.judged, first)
	}
}

func TestCacheShortens(t *testing.T) {
	p := mustPolicy(t, Options{Cache: NewCache(1 << 20)})
	r := getRequest(rand.New(rand.NewSource(1)))
	r.Headers = browserHeaders(rand.New(rand.NewSource(1)), "X-Note", strings.Repeat("a list; of (things), and more; ", 30))
	f := func(scope uint64) int {
		s := &Scratch{}
		p.Inspect(r, scope, s)
		return s.judged
	}
	first, again, other := f(1), f(1), f(2)
	if again >= first || other != first {
		t.Errorf("judged %d, then %d, %d in another scope", first, again, other)
	}
}

// One policy and one cache serve many goroutines at once.
func TestPolicyShared(t *testing.T) {
	p := mustPolicy(t, Options{Cache: NewCache(512 << 10)})
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			s := &Scratch{}
			r := rand.New(rand.NewSource(int64(g)))
			for range 20 {
				if v := p.Inspect(cookieRequest(r), uint64(g), s); v.Attack() {
					t.Errorf("clean request: %+v", v.Matches)
				}
				if v := p.Inspect(rawRequest("GET /\nX: "+injection+"\n\n"), uint64(g), s); !v.Attack() {
					t.Error("attack passed")
				}
			}
		})
	}
	wg.Wait()
}

// What is dirty is never remembered, nor what came after it.
func TestMemoNeverHidesAttacks(t *testing.T) {
	p, s := mustPolicy(t, Options{Cache: NewCache(1 << 20)}), &Scratch{}
	long := injection + strings.Repeat("x", minCached)
	for _, v := range []string{injection, long} {
		for i := range 3 {
			r := rawRequest("GET /\nX-A: " + v + "\nX-B: " + v + "\n\n")
			if !p.Inspect(r, 1, s).Attack() {
				t.Errorf("round %d: %.40q passed", i, v)
			}
		}
	}
}

// What the prefilter said of a value that the memo knows counts for no other.
func TestMemoLeavesNothingBehind(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	r := rawRequest("GET /\nX-A: see the list; date it\nX-B: 1' UNION SELECT a,b FROM c -- &amp;\n\n")
	for i := range 3 {
		if v := p.Inspect(r, 1, s); len(v.Matches) != 1 || v.Matches[0].Class != SQLi {
			t.Errorf("round %d: got %v", i, v.Matches)
		}
		clean := *r
		clean.Headers = r.Headers[:1]
		p.Inspect(&clean, 1, s)
	}
}

func BenchmarkMemo(b *testing.B) {
	for _, n := range []int{16, 64, 256} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			benchmarkValue(b, plainPolicy(b), n)
		})
	}
}

func BenchmarkCache(b *testing.B) {
	for _, n := range []int{minCached, 1024, 4096} {
		b.Run(fmt.Sprintf("cached/%d", n), func(b *testing.B) {
			p, err := NewPolicy(Options{Cache: NewCache(8 << 20)})
			if err != nil {
				b.Fatal(err)
			}
			benchmarkValue(b, p, n)
		})
		b.Run(fmt.Sprintf("judged/%d", n), func(b *testing.B) { benchmarkValue(b, plainPolicy(b), n) })
	}
}

// plainPolicy returns a policy without cache.
func plainPolicy(b *testing.B) *Policy {
	b.Helper()
	p, err := NewPolicy(Options{})
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func benchmarkValue(b *testing.B, p *Policy, n int) {
	v := bytes.Repeat([]byte("k1=v-1; (mixed) text, x;"), n/24+1)[:n]
	r := &Request{Target: []byte("/"), Headers: []Header{{[]byte("x-value"), v}}}
	s := &Scratch{}
	b.SetBytes(int64(n))
	b.ReportAllocs()
	for b.Loop() {
		p.Inspect(r, 1, s)
	}
}
