package uplink

import (
	"maps"
	"sync"

	"weir/tenant"
	"weir/tenant/wire"
)

// Reason says why a hit was lost.
type Reason uint8

// The reasons.
const (
	QueueFull Reason = iota // the tenant's share of the memory queue was full, or the node was stopping
	SpoolFull               // the tenant's share of the spool was full
	DiskError               // the spool could not be written until the node stopped
	TooLarge                // more than wire.MaxLine of JSON, or the cloud calls it too large
	Invalid                 // the cloud cannot read it
	FileError               // the hits file could not be written for long
	reasons
)

var reasonNames = [reasons]string{"queue_full", "spool_full", "disk_error", "too_large", "invalid", "file_error"}

// String returns the label that metrics use.
func (r Reason) String() string { return reasonNames[r] }

// TenantStatus is what the uplink knows of a tenant.
type TenantStatus struct {
	Version int64            `json:"version"` // of the bundle seen last; 0: none
	Applied int64            `json:"applied"` // in force; 0: none
	Error   string           `json:"error,omitempty"`
	State   wire.TenantState `json:"state,omitempty"` // "": the cloud has not said
	Dropped uint64           `json:"dropped"`         // hits lost, for whatever Reason
	Refused uint64           `json:"refused"`         // hits that the cloud did not take
	// RefusedState is why it did not take the last one refused.
	RefusedState wire.TenantState `json:"refused_state,omitempty"`
}

// ledger keeps what is known of each tenant, and what was lost.
type ledger struct {
	mu      sync.Mutex
	tenants map[tenant.ID]TenantStatus
	dropped [reasons]uint64
	refused uint64
}

// edit changes a tenant's entry.
func (l *ledger) edit(id tenant.ID, change func(*TenantStatus)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.editLocked(id, change)
}

func (l *ledger) editLocked(id tenant.ID, change func(*TenantStatus)) {
	if l.tenants == nil {
		l.tenants = map[tenant.ID]TenantStatus{}
	}
	t := l.tenants[id]
	change(&t)
	l.tenants[id] = t
}

func (l *ledger) of(id tenant.ID) TenantStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tenants[id]
}

// drop counts lost hits; the zero ID says that nobody knows whose they were.
func (l *ledger) drop(id tenant.ID, why Reason, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropped[why] += uint64(n)
	if id != (tenant.ID{}) {
		l.editLocked(id, func(t *TenantStatus) { t.Dropped += uint64(n) })
	}
}

// refuse counts hits that the cloud did not take, and reports whether it gave
// another state than for the last ones.
func (l *ledger) refuse(id tenant.ID, r wire.Refusal) (news bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused += uint64(r.Hits)
	l.editLocked(id, func(t *TenantStatus) {
		news = t.RefusedState != r.State
		t.Refused += uint64(r.Hits)
		t.RefusedState = r.State
	})
	return news
}

// copyInto fills the parts of a Status that the ledger has.
func (l *ledger) copyInto(s *Status) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.Refused = l.refused
	s.Dropped = make(map[string]uint64, reasons)
	for r, n := range l.dropped {
		s.Dropped[Reason(r).String()] = n
	}
	s.Tenants = maps.Clone(l.tenants)
}

// lost is the number of hits dropped since start.
func (l *ledger) lost() (n uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.dropped {
		n += d
	}
	return n
}
