package uplink

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// backoff doubles its wait with every failure, from least to most; half of
// each wait is random, so that nodes do not come back all at once.
type backoff struct {
	least, most time.Duration
	fails       int
}

// next is the wait after one more failure; asked is what the server wants,
// or 0.
func (b *backoff) next(asked time.Duration) time.Duration {
	d := b.most
	if b.fails < 20 {
		d = min(b.most, b.least<<b.fails)
		b.fails++
	}
	d = d/2 + rand.N(d/2+1)
	return max(d, min(asked, maxRetryAfter))
}

func (b *backoff) reset() { b.fails = 0 }

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = 5 * time.Minute

// retryAfter reads the header in both of its forms (RFC 9110, 10.2.3); 0 is
// none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(s) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}
