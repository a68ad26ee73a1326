package uplink

import (
	"sync"

	"weir/tenant/wire"
)

// queue holds the hits that are not yet on disk: bounded in bytes, with a
// share per tenant. offer never waits for anything but a lock that is held
// for less than a microsecond.
type queue struct {
	wake chan struct{} // has a token after an offer

	mu     sync.Mutex
	hits   []*wire.Hit
	shares shares
	count  int // hits, those being written included
	closed bool
}

func newQueue(room int64) *queue {
	return &queue{wake: make(chan struct{}, 1), shares: newShares(room)}
}

// offer takes h, which nobody may change from now on, or reports false: the
// tenant's share is full, or the queue is closed.
func (q *queue) offer(h *wire.Hit) bool {
	n := int64(h.Size())
	q.mu.Lock()
	ok := !q.closed && q.shares.take(h.Tenant, n)
	if ok {
		q.hits = append(q.hits, h)
		q.count++
	}
	q.mu.Unlock()
	if ok {
		signal(q.wake)
	}
	return ok
}

// drain hands all hits over and takes buf for the next ones. They fill their
// share until done.
func (q *queue) drain(buf []*wire.Hit) []*wire.Hit {
	clear(buf[:cap(buf)])
	q.mu.Lock()
	defer q.mu.Unlock()
	hits := q.hits
	q.hits = buf[:0]
	return hits
}

// done frees the room of hits that were written or dropped.
func (q *queue) done(hits []*wire.Hit) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, h := range hits {
		q.shares.give(h.Tenant, int64(h.Size()))
	}
	q.count -= len(hits)
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

func (q *queue) divide(tenants int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.shares.divide(tenants)
}

func (q *queue) size() (hits int, bytes int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.count, q.shares.total
}

// signal leaves a token in a channel of capacity one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
