package tenant

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/cespare/xxhash/v2"
)

// hosts finds sites by host and path: open addressing by xxhash of the host,
// the whole host compared. A wildcard "*.a.b" is kept under ".a.b", which is
// a tail of every host that it covers. It is filled by one goroutine and
// then immutable.
type hosts struct {
	slots   []int32 // 1 + index of the entry; 0: free. A power of two, at most half full
	entries []hostEntry
	longest int // bytes of the longest wildcard's tail; 0: no wildcard
}

// hostEntry is a host with its sites, by index in Table.Sites.
type hostEntry struct {
	host  string
	rest  int32            // the site without path, -1: none
	paths map[string]int32 // by prefix; nil: none
	depth int              // segments of the longest prefix
	first int32            // the site that came first
	mixed bool             // sites of several tenants
}

const noSite = -1

// anyTenant, as a wanted owner, means that every site will do.
const anyTenant = -1

// ErrHostPattern refuses what is more than a host, or a wildcard that is not
// the whole first label.
var ErrHostPattern = errors.New(`want a name alone, without scheme, port and path, and "*." only before it`)

// CanonicalPattern returns the canonical form of a host as it stands in
// SiteSpec.Hosts: CanonicalHost without port, or "*." before one.
func CanonicalPattern(pattern string) (string, error) {
	name, wild := strings.CutPrefix(pattern, "*.")
	if strings.ContainsAny(name, "/*") || strings.IndexByte(name, ':') >= 0 && !strings.HasSuffix(name, "]") {
		return "", ErrHostPattern
	}
	b, err := CanonicalHost(nil, []byte(name))
	if err != nil {
		return "", err
	}
	if !wild {
		return string(b), nil
	}
	if b[0] == '[' || isIPv4(b) {
		return "", ErrHostAddress
	}
	return "*." + string(b), nil
}

// CanonicalPrefix returns the form of a site's path that SiteSpec.Path
// holds: normalised, without a slash at the end, "" for the root.
func CanonicalPrefix(path string) (string, error) {
	norm := string(AppendPath(nil, []byte(path)))
	if path != norm {
		return "", fmt.Errorf("path %q can match nothing: paths are compared decoded and normalised, write %q", path, norm)
	}
	return strings.TrimSuffix(norm, "/"), nil
}

func newHosts(n int) *hosts {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &hosts{slots: make([]int32, size)}
}

// slot returns where host stands or would stand.
func (h *hosts) slot(host string) *int32 {
	mask := len(h.slots) - 1
	for i := int(xxhash.Sum64String(host)) & mask; ; i = (i + 1) & mask {
		if e := h.slots[i]; e == 0 || h.entries[e-1].host == host {
			return &h.slots[i]
		}
	}
}

// find returns the entry of a host, or of a tail for wildcards, or nil.
func (h *hosts) find(host string) *hostEntry {
	if e := *h.slot(host); e != 0 {
		return &h.entries[e-1]
	}
	return nil
}

// key is the name under which a canonical pattern is kept.
func key(pattern string) string { return strings.TrimPrefix(pattern, "*") }

// claim returns the site that has pattern and path already, or noSite.
func (h *hosts) claim(pattern, path string) int32 {
	e := h.find(key(pattern))
	if e == nil {
		return noSite
	}
	if path == "" {
		return e.rest
	}
	if i, ok := e.paths[path]; ok {
		return i
	}
	return noSite
}

// add enters a site; nothing may have claimed pattern and path before. The
// table must have been made for as many hosts. others tells whether a site
// belongs to another tenant.
func (h *hosts) add(pattern, path string, site int32, others func(int32) bool) {
	k := key(pattern)
	s := h.slot(k)
	if *s == 0 {
		h.entries = append(h.entries, hostEntry{host: k, rest: noSite, first: site})
		*s = int32(len(h.entries))
		if k != pattern {
			h.longest = max(h.longest, len(k))
		}
	}
	e := &h.entries[*s-1]
	e.mixed = e.mixed || others(e.first)
	if path == "" {
		e.rest = site
		return
	}
	if e.paths == nil {
		e.paths = map[string]int32{}
	}
	e.paths[path] = site
	e.depth = max(e.depth, strings.Count(path, "/"))
}

// site returns the site of the longest prefix of path that tenant owner has
// on the host, or noSite. The cost grows with e.depth, not with the sites.
func (e *hostEntry) site(path []byte, owner int32, owners []int32) int32 {
	found := int32(noSite)
	if e.rest != noSite && (owner == anyTenant || owners[e.rest] == owner) {
		found = e.rest
	}
	end := 0
	for d := 0; d < e.depth && end < len(path); d++ {
		end++
		if i := bytes.IndexByte(path[end:], '/'); i >= 0 {
			end += i
		} else {
			end = len(path)
		}
		if i, ok := e.paths[string(path[:end])]; ok && (owner == anyTenant || owners[i] == owner) {
			found = i
		}
	}
	return found
}
