package detect

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// The memo remembers values that were judged clean: user agents, accept
// lists and session cookies come again and again, and a comparison costs a
// hundredth of a judgement (BenchmarkMemo). The whole value is compared, and
// policy, scope and kind with it, so that a collision cannot make an attack
// look clean and no tenant can time what another one saw.

const (
	memoSlots = 64
	minMemo   = 16  // bytes; below, judging is as fast
	maxMemo   = 512 // bytes; bounds a scratch's memo to memoSlots * maxMemo
)

// memoEntry is one clean value.
type memoEntry struct {
	generation, scope uint64
	kind              kind
	value             []byte
}

// memoSlot returns where b belongs, nil when the memo takes no part: for
// lengths out of bounds, under virtual patches, which want to see every
// value, and for policies that prove the prefilter.
func (s *Scratch) memoSlot(b []byte, f features) *memoEntry {
	if len(b) < minMemo || len(b) > maxMemo || f&^plainBytes == 0 || len(s.rules) > 0 || s.p.noPrefilter {
		return nil
	}
	return &s.memo[xxhash.Sum64(b)%memoSlots]
}

// holds reports whether m is b under the same policy, scope and kind.
func (m *memoEntry) holds(s *Scratch, b []byte, k kind) bool {
	return m.generation == s.p.generation && m.scope == s.scope && m.kind == k && bytes.Equal(m.value, b)
}

// store puts b into m.
func (m *memoEntry) store(s *Scratch, b []byte, k kind) {
	m.generation, m.scope, m.kind = s.p.generation, s.scope, k
	m.value = append(m.value[:0], b...)
}
