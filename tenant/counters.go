package tenant

import "sync/atomic"

// Counters counts a tenant's traffic; exact, monotonic, kept over reloads.
// Its size is a multiple of 128 bytes, and so is its address on the heap: two
// tenants' counters share no cache line, nor a pair that is fetched at once.
type Counters struct {
	Requests    atomic.Uint64 // not in mode off
	Uninspected atomic.Uint64 // in mode off, bypassed or deactivated
	Attacks     atomic.Uint64 // requests with at least one match
	Blocked     atomic.Uint64 // requests refused for an attack
	Denied      atomic.Uint64 // requests refused for the client's address
	Allowed     atomic.Uint64 // requests passed uninspected because the client is on the allowlist
	Partial     atomic.Uint64 // requests inspected in part
	Hits        atomic.Uint64 // hits made
	HitsDropped atomic.Uint64 // hits lost before the spool: the share of the queue was full
	HitsRefused atomic.Uint64 // hits the cloud refused
	Upstream    atomic.Uint64 // requests that failed at the upstream
	BytesIn     atomic.Uint64 // bodies
	BytesOut    atomic.Uint64
	FailOpen    atomic.Uint64 // requests forwarded although inspection failed
	Buffered    atomic.Int64  // bytes of bodies held now
	RateDelayed atomic.Uint64 // requests held back by a rate limit
	RateRefused atomic.Uint64 // requests refused by a rate limit
	FailClosed  atomic.Uint64 // requests refused because they could not be judged
	Tunnels     atomic.Uint64 // WebSockets opened
	TunnelIn    atomic.Uint64 // bytes that clients sent through them
	TunnelOut   atomic.Uint64
	_           [104]byte
	_           [112]byte
}
