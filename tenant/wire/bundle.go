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
	Lists   []Entry     `json:"lists,omitempty"`
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

// Entry is an address or network on one of the tenant's lists. Expires is
// Unix seconds, 0 for never; the node enforces it.
type Entry struct {
	ID           string       `json:"id"`
	List         tenant.List  `json:"list"`
	Prefix       netip.Prefix `json:"prefix"`
	Applications []int        `json:"applications,omitempty"` // empty: all
	Expires      int64        `json:"expires,omitempty"`
	Reason       string       `json:"reason,omitempty"`
}

// Brand is what clients see of the partner.
type Brand struct {
	Name    string `json:"name,omitempty"`
	Support string `json:"support,omitempty"`
}
