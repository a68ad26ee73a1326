package proxy

import (
	"sync"

	"weir/tenant"
)

// maxTunnels bounds the tunnels of a tenant: each holds two connections. A
// few more may be opened at the same moment.
const maxTunnels = 8 << 10

// tunnels are the open tunnels, so that they survive reloads but not their
// tenant. It is safe for concurrent use.
type tunnels struct {
	mu     sync.Mutex
	open   map[*tunnel]struct{}
	of     map[tenant.ID]int
	closed bool
}

func newTunnels() *tunnels {
	return &tunnels{open: map[*tunnel]struct{}{}, of: map[tenant.ID]int{}}
}

func (l *tunnels) add(t *tunnel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open[t] = struct{}{}
	l.of[t.tenant]++
	t.counters.Tunnels.Add(1)
	if l.closed {
		t.leave()
	}
}

func (l *tunnels) remove(t *tunnel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.open, t)
	if l.of[t.tenant]--; l.of[t.tenant] == 0 {
		delete(l.of, t.tenant)
	}
}

// count returns how many a tenant has.
func (l *tunnels) count(id tenant.ID) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.of[id]
}

// keep sends those away that may not live on under next.
func (l *tunnels) keep(next *snapshot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for t := range l.open {
		if !t.stays(next) {
			t.leave()
		}
	}
}

// close sends all away, and those that are still to come.
func (l *tunnels) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for t := range l.open {
		t.leave()
	}
}
