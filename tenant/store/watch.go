package store

import (
	"context"
	"sync"
	"time"

	"weir/tenant"
)

// watch wakes those who wait for a tenant to change. It carries no data: the
// woken look again through their own principal.
type watch struct {
	mu      sync.Mutex
	waiting map[tenant.ID]map[chan struct{}]bool
}

func newWatch() *watch { return &watch{waiting: map[tenant.ID]map[chan struct{}]bool{}} }

// Watch returns a channel that gets a value after any of the tenants changed:
// state, policy, brand or tokens. stop must be called.
func (s *Store) Watch(ids []tenant.ID) (changed <-chan struct{}, stop func()) {
	w, ch := s.watch, make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if w.waiting[id] == nil {
			w.waiting[id] = map[chan struct{}]bool{}
		}
		w.waiting[id][ch] = true
	}
	return ch, func() { w.remove(ids, ch) }
}

func (w *watch) remove(ids []tenant.ID, ch chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		delete(w.waiting[id], ch)
		if len(w.waiting[id]) == 0 {
			delete(w.waiting, id)
		}
	}
}

// notify is called after the commit.
func (w *watch) notify(ids ...tenant.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		wake(w.waiting[id])
	}
}

func (w *watch) notifyAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, chans := range w.waiting {
		wake(chans)
	}
}

func wake(chans map[chan struct{}]bool) {
	for ch := range chans {
		select {
		case ch <- struct{}{}:
		default: // already woken
		}
	}
}

// watchOthers wakes everybody after another process (a shell beside the
// running cloud) committed: data_version of the writing connection changes
// only for commits that were made elsewhere.
func (s *Store) watchOthers(ctx context.Context) {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var seen int64
	for {
		var v int64
		if err := s.accounts.w.QueryRowContext(ctx, "PRAGMA data_version").Scan(&v); err == nil && v != seen {
			seen = v
			s.watch.notifyAll()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Watched reports whether anybody waits for the tenant.
func (s *Store) Watched(id tenant.ID) bool {
	s.watch.mu.Lock()
	defer s.watch.mu.Unlock()
	return len(s.watch.waiting[id]) > 0
}
