package tenant

import (
	"net/netip"

	"github.com/gaissmai/bart"
)

// denylist is a compiled set of DenyEntry: a trie by prefix. It is immutable
// and shared. A nil *denylist is empty.
type denylist struct{ trie bart.Table[*DenyEntry] }

// compileDeny is nil for no entries. Of two entries for one prefix the one
// that ends later stays.
func compileDeny(entries []DenyEntry) *denylist {
	if len(entries) == 0 {
		return nil
	}
	d := &denylist{}
	for i := range entries {
		e := entries[i]
		if !e.Prefix.IsValid() {
			continue
		}
		p := unmapPrefix(e.Prefix)
		if old, ok := d.trie.Get(p); !ok || !endsLater(old, &e) {
			d.trie.Insert(p, &e)
		}
	}
	return d
}

func endsLater(a, b *DenyEntry) bool {
	return a.Expires == 0 || b.Expires != 0 && a.Expires >= b.Expires
}

// lookup returns the narrowest entry that holds addr and has not expired.
func (d *denylist) lookup(addr netip.Addr, now int64) (*DenyEntry, bool) {
	if d == nil {
		return nil, false
	}
	addr = plainAddr(addr)
	e, ok := d.trie.Lookup(addr)
	if !ok || e.inForce(now) {
		return e, ok
	}
	// Slow path: the narrowest has expired, a wider one may be in force.
	for _, e := range d.trie.Supernets(netip.PrefixFrom(addr, addr.BitLen())) {
		if e.inForce(now) {
			return e, true
		}
	}
	return nil, false
}

func (e *DenyEntry) inForce(now int64) bool { return e.Expires == 0 || now < e.Expires }
