package tenant

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"sync"
	"weak"

	"weir/detect"
)

// Policy is the compiled part of what applies to a tenant: immutable, shared
// by all tenants that have the same.
type Policy struct {
	Detect *detect.Policy
	deny   *denylist
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
// seconds: the narrowest that has not expired. An IPv4-mapped address counts
// as IPv4.
func (p *Policy) Denied(addr netip.Addr, now int64) (*DenyEntry, bool) {
	return p.deny.lookup(addr, now)
}

// Sensitivity is a tenant's sensitivity for each class; zero is balanced.
type Sensitivity [detect.NumClasses]detect.Sensitivity

// Set sets the level of a class, both by their names in TOML.
func (s *Sensitivity) Set(class, level string) error {
	var c detect.Class
	if err := c.UnmarshalText([]byte(class)); err != nil {
		return err
	}
	return s[c].UnmarshalText([]byte(level))
}

// policies finds compiled policies by all the bytes that they were compiled
// from. It holds them weakly: what no table uses is collected.
type policies struct {
	cache  *detect.Cache // of all policies; its keys hold the tenant's scope
	detect shared[detect.Policy]
	whole  shared[Policy]
}

// cacheBytes is the memory for long values that were judged clean, of all
// tenants together; the system gives it page by page as it is used.
const cacheBytes = 8 << 20

func newPolicies() *policies {
	return &policies{cache: detect.NewCache(cacheBytes)}
}

// get compiles the policy of a tenant, or returns the one that equals it.
func (ps *policies) get(s Sensitivity, o *Overlay) (*Policy, error) {
	opts := detect.Options{Sensitivity: s, Rules: o.Rules, Cache: ps.cache}
	for _, e := range o.Deny {
		if !e.Prefix.IsValid() {
			return nil, fmt.Errorf("deny entry %q: no address or network", e.ID)
		}
	}
	key := appendOptions(nil, &opts)
	whole := appendDeny(key[:len(key):len(key)], o.Deny)
	return ps.whole.get(string(whole), func() (*Policy, error) {
		d, err := ps.detect.get(string(key), func() (*detect.Policy, error) { return detect.NewPolicy(opts) })
		if err != nil {
			return nil, err
		}
		return &Policy{Detect: d, deny: compileDeny(o.Deny)}, nil
	})
}

// shared is a weak map. The zero value is ready; any goroutines may use it.
type shared[T any] struct {
	mu sync.Mutex
	m  map[string]weak.Pointer[T]
}

func (c *shared[T]) get(key string, build func() (*T, error)) (*T, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if v := c.m[key].Value(); v != nil {
		return v, nil
	}
	v, err := build()
	if err != nil {
		return nil, err
	}
	if c.m == nil {
		c.m = map[string]weak.Pointer[T]{}
	}
	c.m[key] = weak.Make(v)
	runtime.AddCleanup(v, c.drop, key)
	return v, nil
}

func (c *shared[T]) drop(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m[key].Value() == nil {
		delete(c.m, key)
	}
}

// appendOptions writes every field, strings with their length before, so
// that different options have different bytes.
func appendOptions(b []byte, o *detect.Options) []byte {
	for _, s := range o.Sensitivity {
		b = append(b, byte(s))
	}
	b = binary.AppendUvarint(b, uint64(len(o.Rules)))
	for i := range o.Rules {
		r := &o.Rules[i]
		for _, s := range [...]string{r.ID, r.Method, r.Host, r.Path, r.Point} {
			b = appendString(b, s)
		}
		b = append(b, byte(r.Class), 0)
		if r.Any {
			b[len(b)-1] = 1
		}
	}
	return b
}

func appendDeny(b []byte, entries []DenyEntry) []byte {
	for _, e := range entries {
		b = appendString(appendString(b, e.ID), e.Reason)
		b = appendString(b, e.Prefix.String())
		b = binary.AppendVarint(b, e.Expires)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
