package cloud

import (
	"math"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// limiter slows the guessing of passwords: a token bucket for each key. Any
// number of goroutines may use it.
type limiter struct {
	now func() time.Time
	mu  sync.Mutex
	// two generations bound the memory: a full one becomes the old one
	young, old map[string]bucket
}

type bucket struct {
	tokens float64
	at     time.Time
}

// rate is the size of a bucket and how fast it fills.
type rate struct {
	burst  float64
	refill time.Duration // of one token
}

// The rates of sign-in. A success gives its tokens back, so only failures
// count. An address may stand for an office; a mail address is one person.
var (
	perAddress = rate{burst: 30, refill: 2 * time.Second}
	perEmail   = rate{burst: 10, refill: 30 * time.Second}
)

// maxBuckets bounds one generation.
const maxBuckets = 10000

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, young: map[string]bucket{}, old: map[string]bucket{}}
}

// take takes a token of key; when there is none it returns the time until
// there is.
func (l *limiter) take(key string, r rate) (wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.getLocked(key, r)
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) * float64(r.refill))
	}
	b.tokens--
	l.setLocked(key, b)
	return 0
}

// giveBack returns a token.
func (l *limiter) giveBack(key string, r rate) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.getLocked(key, r)
	b.tokens = math.Min(r.burst, b.tokens+1)
	l.setLocked(key, b)
}

func (l *limiter) getLocked(key string, r rate) bucket {
	b, ok := l.young[key]
	if !ok {
		b, ok = l.old[key]
	}
	now := l.now()
	if !ok {
		return bucket{r.burst, now}
	}
	b.tokens = math.Min(r.burst, b.tokens+float64(now.Sub(b.at))/float64(r.refill))
	b.at = now
	return b
}

func (l *limiter) setLocked(key string, b bucket) {
	if len(l.young) >= maxBuckets {
		l.old, l.young = l.young, map[string]bucket{}
	}
	l.young[key] = b
}

// addressKey is the client's address; of IPv6 the /64, which is what one
// subscriber has.
func addressKey(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		return "a:" + host
	}
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, _ := a.Prefix(64)
		return "a:" + p.String()
	}
	return "a:" + a.String()
}
