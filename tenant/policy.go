package tenant

import (
	"crypto/sha256"
	"encoding/binary"
	"runtime"
	"sync"
	"weak"

	"weir/detect"
)

// Policy is the compiled part of what applies to a tenant: immutable, shared
// by all tenants that have the same.
type Policy struct {
	Detect *detect.Policy
	lists  *lists
	modes  []modeRule // the most specific first
}

// Overlay is what the cloud says about a tenant: a bundle, ready to compile.
type Overlay struct {
	Version int64
	State   State
	Mode    Mode // ModeDefault: the node's
	Rules   []detect.Rule
	Lists   []ListEntry
	Modes   []ModeRule
	Rates   []RateRule
	Brand   Brand // used where the Spec has none
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
func (ps *policies) get(s Sensitivity, entries []ListEntry, o *Overlay) (*Policy, error) {
	opts := detect.Options{Sensitivity: s, Rules: o.Rules, Cache: ps.cache}
	key := appendOptions(nil, &opts)
	whole := appendLists(key[:len(key):len(key)], entries)
	whole = appendModes(whole, o.Modes)
	return ps.whole.get(shortKey(whole), func() (*Policy, error) {
		d, err := ps.detect.get(string(key), func() (*detect.Policy, error) { return detect.NewPolicy(opts) })
		if err != nil {
			return nil, err
		}
		ls, err := compileLists(entries)
		if err != nil {
			return nil, err
		}
		modes, err := compileModes(o.Modes)
		return &Policy{Detect: d, lists: ls, modes: modes}, err
	})
}

// maxKey is the longest key that is kept as it is, in bytes.
const maxKey = 4 << 10

// shortKey is b itself or, so that long lists are not held twice, its
// SHA-256, for which no collision is known.
func shortKey(b []byte) string {
	if len(b) <= maxKey {
		return string(b)
	}
	sum := sha256.Sum256(b)
	return string(sum[:])
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
		b = appendString(appendString(b, r.ID), r.Point)
		b = appendCondition(b, &r.When)
		b = append(b, byte(r.Class), 0)
		if r.Any {
			b[len(b)-1] = 1
		}
	}
	return b
}

func appendCondition(b []byte, c *detect.Condition) []byte {
	for _, s := range [...]string{c.Method, c.Host, c.Path} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(c.Applications)))
	for _, a := range c.Applications {
		b = binary.AppendVarint(b, int64(a))
	}
	for _, terms := range [...][]detect.Term{c.Query, c.Headers} {
		b = binary.AppendUvarint(b, uint64(len(terms)))
		for _, t := range terms {
			b = appendString(appendString(append(b, byte(t.Op)), t.Name), t.Value)
		}
	}
	return b
}

func appendModes(b []byte, rules []ModeRule) []byte {
	for i := range rules {
		r := &rules[i]
		b = appendCondition(appendString(append(b, byte(r.Mode)), r.ID), &r.When)
	}
	return b
}

func appendLists(b []byte, entries []ListEntry) []byte {
	b = binary.AppendUvarint(b, uint64(len(entries)))
	for _, e := range entries {
		b = appendString(appendString(b, e.ID), e.Reason)
		b = appendString(append(b, byte(e.List)), e.Prefix.String())
		b = binary.AppendVarint(b, e.Expires)
		b = binary.AppendUvarint(b, uint64(len(e.Applications)))
		for _, a := range e.Applications {
			b = binary.AppendVarint(b, int64(a))
		}
	}
	return b
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}
