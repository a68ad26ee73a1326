package tenant

import (
	"bytes"
	"net/netip"

	"github.com/gaissmai/bart"
)

// Peers is a set of addresses whose word about tenant and client is
// believed. A nil Peers trusts nobody. It is shared by any number of
// goroutines.
type Peers struct{ set bart.Lite }

// NewPeers makes the set of prefixes; IPv4-mapped ones count as IPv4.
func NewPeers(prefixes []netip.Prefix) *Peers {
	p := &Peers{}
	for _, pfx := range prefixes {
		p.set.Insert(unmapPrefix(pfx))
	}
	return p
}

// Trusts reports whether addr is in the set.
func (p *Peers) Trusts(addr netip.Addr) bool {
	return p != nil && p.set.Contains(plainAddr(addr))
}

// Client returns the address of the client behind peer. Each hop vouches for
// the one before it, so the walk goes from the right: as long as a hop is in
// p, what it says about its own client is believed. The first address that
// is not in p is the client; junk ("unknown", an obfuscated node, anything
// that is no address) ends the walk at the hop that said it. When all are
// trusted, the left-most is the client.
//
// xff and forwarded hold the values of X-Forwarded-For and Forwarded
// (RFC 7239), a line each, in order of arrival. Forwarded is read only when
// there is no X-Forwarded-For: a proxy that maintains one passes the other
// on as the client wrote it.
func Client(peer netip.Addr, xff, forwarded [][]byte, p *Peers) netip.Addr {
	client := plainAddr(peer)
	if !p.Trusts(client) {
		return client
	}
	lines, hop := xff, hopXFF
	if len(xff) == 0 {
		lines, hop = forwarded, hopForwarded
	}
	for i := len(lines) - 1; i >= 0; i-- {
		for rest, more := lines[i], true; more; {
			var item []byte
			rest, item, more = lastItem(rest)
			addr, ok := hop(item)
			if !ok {
				return client
			}
			if client = addr; !p.Trusts(client) {
				return client
			}
		}
	}
	return client
}

// lastItem cuts the last item off a list; more is false with the first.
func lastItem(list []byte) (rest, item []byte, more bool) {
	i := bytes.LastIndexByte(list, ',')
	if i < 0 {
		return nil, bytes.TrimSpace(list), false
	}
	return list[:i], bytes.TrimSpace(list[i+1:]), true
}

// hopXFF reads an address with or without a port.
func hopXFF(item []byte) (netip.Addr, bool) {
	if len(item) > 0 && item[0] == '[' {
		end := bytes.IndexByte(item, ']')
		if end < 0 || len(item) > end+1 && (item[end+1] != ':' || !digits(item[end+2:])) {
			return netip.Addr{}, false
		}
		item = item[1:end]
	} else if i := bytes.IndexByte(item, ':'); i >= 0 && bytes.IndexByte(item[i+1:], ':') < 0 {
		if !digits(item[i+1:]) {
			return netip.Addr{}, false
		}
		item = item[:i]
	}
	// The longest form is 45 bytes; a zone means nothing beyond its host.
	if len(item) == 0 || len(item) > 45 || bytes.IndexByte(item, '%') >= 0 {
		return netip.Addr{}, false
	}
	addr, err := netip.ParseAddr(view(item))
	return plainAddr(addr), err == nil
}

// hopForwarded reads the for= of a forwarded-element. A quoted value with a
// comma is junk already, because the list was cut there.
func hopForwarded(item []byte) (netip.Addr, bool) {
	for len(item) > 0 {
		var pair []byte
		if i := bytes.IndexByte(item, ';'); i >= 0 {
			pair, item = item[:i], item[i+1:]
		} else {
			pair, item = item, nil
		}
		pair = bytes.TrimSpace(pair)
		if len(pair) < 4 || !bytes.EqualFold(pair[:4], []byte("for=")) {
			continue
		}
		v := pair[4:]
		if n := len(v); n >= 2 && v[0] == '"' && v[n-1] == '"' {
			v = v[1 : n-1]
		}
		return hopXFF(v)
	}
	return netip.Addr{}, false
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) <= 5
}

// plainAddr is addr without zone, an IPv4-mapped one as IPv4.
func plainAddr(addr netip.Addr) netip.Addr { return addr.Unmap().WithZone("") }

// unmapPrefix is p masked, an IPv4-mapped one as IPv4.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked()
}
