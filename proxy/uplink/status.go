package uplink

import (
	"time"

	"weir/tenant"
)

// Status is what /status and the metrics show. Counters count since start.
type Status struct {
	Node        string     `json:"node"`
	Cloud       CloudState `json:"cloud"`
	LastContact time.Time  `json:"last_contact,omitzero"` // with the cloud
	LastError   string     `json:"last_error,omitempty"`
	LastErrorAt time.Time  `json:"last_error_at,omitzero"`

	Queued      int   `json:"queued"` // hits in memory
	QueuedBytes int64 `json:"queued_bytes"`

	Spooled         uint64 `json:"spooled"`          // counter: hits written to the spool
	SpoolRecords    int64  `json:"spool_records"`    // hits waiting there
	SpoolBytes      int64  `json:"spool_bytes"`      // of those
	SpoolDamaged    uint64 `json:"spool_damaged"`    // counter: bytes that were no record
	SpoolErrors     uint64 `json:"spool_errors"`     // counter
	HitsFileErrors  uint64 `json:"hits_file_errors"` // counter
	OldestAgeMillis int64  `json:"oldest_age_ms"`    // of the hits waiting in the spool; 0: none

	Pushed     uint64            `json:"pushed"` // counters: hits the cloud answered for
	Accepted   uint64            `json:"accepted"`
	Duplicates uint64            `json:"duplicates"`
	Refused    uint64            `json:"refused"`
	Dropped    map[string]uint64 `json:"dropped"` // counters by Reason

	Tenants map[tenant.ID]TenantStatus `json:"tenants"`
}

// Status is a copy; any goroutine may ask for it.
func (u *Uplink) Status() Status {
	s := Status{Node: u.node, Cloud: CloudNone}
	u.ledger.copyInto(&s)
	s.Queued, s.QueuedBytes = u.queue.size()
	s.LastError, s.LastErrorAt = u.trouble.lastError()
	if u.file != nil {
		s.HitsFileErrors = u.file.failures()
	}
	if u.cloud == nil {
		return s
	}
	s.Cloud, s.LastContact = u.cloud.status()
	s.Spooled, s.SpoolDamaged, s.SpoolErrors = u.spool.spooled.Load(), u.spool.damaged.Load(), u.spool.errors.Load()
	s.SpoolRecords, s.SpoolBytes = u.spool.waiting()
	s.Pushed, s.Accepted, s.Duplicates = u.push.pushed.Load(), u.push.accepted.Load(), u.push.duplicates.Load()
	if oldest := u.push.oldest.Load(); oldest > 0 {
		s.OldestAgeMillis = max(1, time.Now().UnixMilli()-oldest)
	}
	return s
}
