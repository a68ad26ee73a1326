package detect

import (
	"encoding/binary"

	"github.com/coocood/freecache"
)

// The cache is to long values what a scratch's memo is to short ones: shared
// by all goroutines, it remembers values that passed the prefilter, were
// judged and found clean. The key is policy generation, scope, kind, depth and
// the whole value.

const (
	// minCached is the length from which a lookup, about 0.7 µs, is cheaper
	// than judging (BenchmarkCache).
	minCached = maxMemo + 1
	// maxCached bounds keys: freecache takes entries of up to a quarter of a
	// 256th of the cache, 8 KiB of 8 MiB.
	maxCached = 8<<10 - 64
	// cacheSeconds is how long an entry lives, so that a generation that is
	// gone makes room.
	cacheSeconds = 600
)

// Cache remembers clean values for any number of policies and goroutines.
type Cache struct {
	c *freecache.Cache
}

// NewCache makes a cache of the given number of bytes, 512 KiB at least; all
// of them are allocated at once.
func NewCache(bytes int) *Cache {
	return &Cache{freecache.NewCache(bytes)}
}

// cacheKey appends the key of b to the arena; the caller frees it.
func (s *Scratch) cacheKey(b []byte, k kind) []byte {
	out := binary.LittleEndian.AppendUint64(s.arena, s.p.generation)
	out = binary.LittleEndian.AppendUint64(out, s.scope)
	out = append(out, byte(k), byte(s.depth), byte(s.xmls))
	return s.keep(append(out, b...))
}

// cacheable reports whether b is looked up.
func (s *Scratch) cacheable(b []byte) bool {
	return s.p.cache != nil && len(b) >= minCached && len(b) <= maxCached && len(s.rules) == 0 && !s.full
}

// cached reports whether key is a clean value.
func (c *Cache) cached(key []byte) bool { return c.c.GetFn(key, ignoreValue) == nil }

// store remembers key. freecache refuses what is too large for it; then the
// value is judged again, which is all that can be done.
func (c *Cache) store(key []byte) { _ = c.c.Set(key, cleanMark, cacheSeconds) }

var cleanMark = []byte{1}

func ignoreValue([]byte) error { return nil }
