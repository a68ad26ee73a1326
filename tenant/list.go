package tenant

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// List says what being listed means for a client.
type List uint8

// The lists, in order of precedence: the first that holds the client counts.
const (
	ListAllow List = iota // passed on without inspection, not reported
	ListDeny              // refused
	ListGray              // refused for an attack in mode safe_blocking

	numLists
)

var listNames = [numLists]string{"allow", "deny", "gray"}

// String returns the name that TOML, API and bundles use.
func (l List) String() string { return listNames[l] }

// MarshalText is String.
func (l List) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText accepts allow, deny and gray.
func (l *List) UnmarshalText(b []byte) error {
	i := slices.Index(listNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("unknown list %q, want allow, deny or gray", b)
	}
	*l = List(i)
	return nil
}

// ListEntry is an address or network on a list.
type ListEntry struct {
	ID     string
	List   List
	Prefix netip.Prefix
	// Applications limits the entry to requests of these; empty: all of the
	// tenant's, those without a number included.
	Applications []int
	Expires      int64 // Unix seconds, 0 for never
	Reason       string
}

// concerns reports whether the entry is in force for a request of
// application app at the time now.
func (e *ListEntry) concerns(app int, now int64) bool {
	return (e.Expires == 0 || now < e.Expires) && (len(e.Applications) == 0 || slices.Contains(e.Applications, app))
}

// lists are a tenant's compiled lists: a trie by prefix each. They are
// immutable and shared. A nil *lists is empty.
type lists [numLists]*bart.Table[*listed]

// listed is one entry of a prefix, the narrower in scope and the later to
// end not told apart: any that concerns a request counts.
type listed struct {
	ListEntry
	next *listed
}

// compileLists is nil for no entries. Errors name the entry.
func compileLists(entries []ListEntry) (*lists, error) {
	if len(entries) == 0 {
		return nil, nil
	}
	var ls lists
	for i := range entries {
		e := &entries[i]
		if !e.Prefix.IsValid() {
			return nil, fmt.Errorf("entry %q of the list %s: no address or network", e.ID, e.List)
		}
		if ls[e.List] == nil {
			ls[e.List] = &bart.Table[*listed]{}
		}
		p := unmapPrefix(e.Prefix)
		first, _ := ls[e.List].Get(p)
		ls[e.List].Insert(p, &listed{*e, first})
	}
	return &ls, nil
}

// lookup returns the entry of the narrowest prefix that holds addr and
// concerns the request.
func (ls *lists) lookup(l List, addr netip.Addr, app int, now int64) *ListEntry {
	if ls == nil || ls[l] == nil {
		return nil
	}
	addr = plainAddr(addr)
	first, ok := ls[l].Lookup(addr)
	if !ok {
		return nil
	}
	if e := first.find(app, now); e != nil {
		return e
	}
	// Slow path: none of the narrowest is in force, a wider one may be.
	for _, first := range ls[l].Supernets(netip.PrefixFrom(addr, addr.BitLen())) {
		if e := first.find(app, now); e != nil {
			return e
		}
	}
	return nil
}

func (e *listed) find(app int, now int64) *ListEntry {
	for ; e != nil; e = e.next {
		if e.concerns(app, now) {
			return &e.ListEntry
		}
	}
	return nil
}

// Listed returns the entry by which addr is on list l for a request of
// application app at the time now, in Unix seconds; nil when it is not. An
// IPv4-mapped address counts as IPv4. It allocates nothing.
func (p *Policy) Listed(l List, addr netip.Addr, app int, now int64) *ListEntry {
	return p.lists.lookup(l, addr, app, now)
}
