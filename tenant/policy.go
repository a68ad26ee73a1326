package tenant

import (
	"net/netip"

	"weir/detect"
)

// Policy is the compiled part of what applies to a tenant: shared by all
// tenants that have the same.
type Policy struct {
	Detect *detect.Policy
	deny   denylist
}

// Overlay is what the cloud says about a tenant: a bundle, ready to compile.
type Overlay struct {
	Version int64
	State   State
	Mode    Mode // ModeDefault: the node's
	Rules   []detect.Rule
	Deny    []DenyEntry
	Brand   Brand // used where the Spec has none
}

// DenyEntry is an address or network that is refused. Expires is Unix
// seconds, 0 for never.
type DenyEntry struct {
	ID      string
	Prefix  netip.Prefix
	Expires int64
	Reason  string
}

// Denied returns the entry that refuses addr at the time now, in Unix
// seconds.
func (p *Policy) Denied(addr netip.Addr, now int64) (*DenyEntry, bool) { return nil, false }
