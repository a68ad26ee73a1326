package tenant

import "net/netip"

// Peers is a set of addresses whose word is believed. A nil Peers trusts
// nobody.
type Peers struct{}

// NewPeers makes the set of prefixes.
func NewPeers(prefixes []netip.Prefix) *Peers { return &Peers{} }

// Trusts reports whether addr is in the set.
func (p *Peers) Trusts(addr netip.Addr) bool { return false }

// Client returns the address of the client behind peer; xff and forwarded
// hold the lines of X-Forwarded-For and Forwarded in order.
func Client(peer netip.Addr, xff, forwarded [][]byte, p *Peers) netip.Addr { return peer }
