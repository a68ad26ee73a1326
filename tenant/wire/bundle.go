package wire

import (
	"net/netip"

	"weir/tenant"
)

// Bundle is a tenant's policy as the cloud has it: applied whole or refused
// whole. Versions grow by one with every change.
type Bundle struct {
	Tenant  tenant.ID   `json:"tenant"`
	Version int64       `json:"version"`
	Mode    tenant.Mode `json:"mode"` // general mode; "default" leaves it to the node
	Rules   []Rule      `json:"rules,omitempty"`
	Deny    []Deny      `json:"deny,omitempty"`
	Brand   Brand       `json:"brand"` // of the tenant's account; the node's own TOML wins
}

// Rule is a virtual patch: blocks in every mode but off.
type Rule struct {
	ID      string `json:"id"`
	Type    string `json:"type"` // "virtual_patch"
	Comment string `json:"comment,omitempty"`
	Method  string `json:"method,omitempty"`
	Host    string `json:"host,omitempty"`
	Path    string `json:"path,omitempty"`  // exact, or a prefix when it ends in "*"
	Point   string `json:"point,omitempty"` // "[query refresh]"
	Class   string `json:"class"`           // a detect.Class code, or "any"
}

// Deny is an entry of the denylist. Expires is Unix seconds, 0 for never;
// the node enforces it.
type Deny struct {
	ID      string       `json:"id"`
	Prefix  netip.Prefix `json:"prefix"`
	Expires int64        `json:"expires,omitempty"`
	Reason  string       `json:"reason,omitempty"`
}

// Brand is what clients see of the partner.
type Brand struct {
	Name    string `json:"name,omitempty"`
	Support string `json:"support,omitempty"`
}
