package proxy

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
)

// clockStep is how far the coarse clock may lag.
const clockStep = 100 * time.Millisecond

// clock is a coarse clock for deadlines and dates, so that a request need
// not ask the real one at each step.
type clock struct {
	now  atomic.Int64 // Unix nanoseconds
	date atomic.Pointer[[]byte]
}

func newClock() *clock {
	c := &clock{}
	c.tick(time.Now())
	return c
}

// run advances the clock until ctx ends.
func (c *clock) run(ctx context.Context) {
	t := time.NewTicker(clockStep)
	defer t.Stop()
	for {
		select {
		case now := <-t.C:
			c.tick(now)
		case <-ctx.Done():
			return
		}
	}
}

func (c *clock) tick(now time.Time) {
	old := c.now.Swap(now.UnixNano())
	if old/int64(time.Second) == now.Unix() && c.date.Load() != nil {
		return
	}
	date := fasthttp.AppendHTTPDate(nil, now)
	c.date.Store(&date)
}

// time returns a time at most clockStep old.
func (c *clock) time() time.Time { return time.Unix(0, c.now.Load()) }

// seconds returns the Unix time.
func (c *clock) seconds() int64 { return c.now.Load() / int64(time.Second) }
