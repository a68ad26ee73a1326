package wire

import "weir/tenant"

// Paths of the cloud's node-facing listener. Every call carries
// "Authorization: Bearer <node token>" and Version in "X-Weir-Wire".
const (
	Version     = 1
	PathHits    = "/ingest/v1/hits" // POST: zstd of NDJSON, a Hit a line -> Ack
	PathSync    = "/ingest/v1/sync" // POST: Sync -> SyncAnswer, a long poll
	ContentHits = "application/x-ndjson"
	MaxBatch    = 4 << 20  // bytes compressed
	MaxUnpacked = 64 << 20 // bytes after zstd
)

// Ack answers a batch after its durable commit.
type Ack struct {
	Accepted   int `json:"accepted"`   // new
	Duplicates int `json:"duplicates"` // known by ID
	// Refused names the tenants whose hits were not taken, with the state
	// that says why; the node counts and drops those.
	Refused map[tenant.ID]Refusal `json:"refused,omitempty"`
	// Invalid counts hits that could not be read.
	Invalid int `json:"invalid,omitempty"`
}

// Refusal says how many hits of a tenant were refused and why.
type Refusal struct {
	Hits  int         `json:"hits"`
	State TenantState `json:"state"`
}

// TenantState is how the cloud sees a tenant of a node's.
type TenantState string

// The states.
const (
	StateActive      TenantState = "active"
	StateDeactivated TenantState = "deactivated"
	StateUnknown     TenantState = "unknown" // no such tenant, or the token may not report for it
)

// Sync is a node's long poll: what it has, what it wants to know.
type Sync struct {
	Node    NodeInfo                 `json:"node"`
	Tenants map[tenant.ID]SyncTenant `json:"tenants"`
	WaitMS  int                      `json:"wait_ms"` // answer at once when something differs, else after this; at most 60000
}

// NodeInfo identifies a node; ID is made at its first start.
type NodeInfo struct {
	ID       string `json:"id"`
	Hostname string `json:"hostname"`
	Version  string `json:"version"`
	Dropped  uint64 `json:"dropped_hits"` // since start
}

// SyncTenant is what the node has of a tenant: the last bundle version seen,
// whether it was applied, and the error when it was refused.
type SyncTenant struct {
	Version int64  `json:"version"`         // last seen; 0: none
	Applied int64  `json:"applied"`         // in force; 0: none
	Error   string `json:"error,omitempty"` // why Version is not in force
	Mode    string `json:"mode,omitempty"`  // the tenant's local mode
	State   string `json:"state,omitempty"` // the TenantState last seen
}

// SyncAnswer carries the bundles that are newer than the node's, and the
// state of each tenant it asked about.
type SyncAnswer struct {
	Tenants map[tenant.ID]TenantState `json:"tenants"`
	Bundles []Bundle                  `json:"bundles,omitempty"`
}
