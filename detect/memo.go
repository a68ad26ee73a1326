package detect

import (
	"bytes"

	"github.com/cespare/xxhash/v2"
)

// The memo remembers values that were judged clean: user agents, accept
// lists and session cookies come again and again, and a comparison costs a
// hundredth of a judgement (BenchmarkMemo). The whole value is compared, and
// policy, scope, kind and depth with it, so that a collision cannot make an
// attack look clean and no tenant can time what another one saw.

const (
	memoSlots = 128
	minMemo   = 16  // bytes; below, judging is as fast
	maxMemo   = 512 // bytes; bounds a scratch's memo to memoSlots * maxMemo
)

// memoEntry is one clean value.
type memoEntry struct {
	generation, scope uint64
	kind              kind
	depth, xmls       uint8 // how much deeper inspection may go depends on them
	work, values      int   // what judging took from the budgets
	value             []byte
}

// holds reports whether m says that b is clean where s stands.
func (m *memoEntry) holds(s *Scratch, b []byte, k kind) bool {
	return m.generation == s.p.generation && m.scope == s.scope && m.kind == k &&
		int(m.depth) == s.depth && int(m.xmls) == s.xmls && bytes.Equal(m.value, b)
}

// memoizable reports whether the memo takes part: not for lengths out of
// bounds, not under virtual patches, which want to see every value, and not
// when every form has to reach every judge. Line ends mean something else in a
// query than in a form, so that values with some are judged anew.
func (s *Scratch) memoizable(b []byte, f features) bool {
	return len(b) >= minMemo && len(b) <= maxMemo && f&^plainBytes != 0 && f&fLine == 0 && len(s.rules) == 0 && !s.full
}

// remembered reports whether b was judged clean under the same policy, scope,
// kind and depth; then it takes from the budgets what judging would take. The hash says where to store it otherwise.
func (s *Scratch) remembered(b []byte, k kind) (h uint64, ok bool) {
	h = xxhash.Sum64(b)
	for _, m := range [...]*memoEntry{&s.memo[h%memoSlots], &s.memo[h>>32%memoSlots]} {
		if m.holds(s, b, k) && s.work+m.work <= s.budget && s.values+m.values <= maxValues {
			s.work += m.work
			s.values += m.values
			return h, true
		}
	}
	return h, false
}

// remember stores b in one of its two places, in turn, with what judging it
// took from the budgets.
func (s *Scratch) remember(h uint64, b []byte, k kind, work, values int) {
	if s.memoTurn++; s.memoTurn&1 == 0 {
		h >>= 32
	}
	m := &s.memo[h%memoSlots]
	m.generation, m.scope, m.kind = s.p.generation, s.scope, k
	m.depth, m.xmls = uint8(s.depth), uint8(s.xmls)
	m.work, m.values = work, values
	if m.value == nil {
		m.value = make([]byte, 0, maxMemo) // once for all values of the slot
	}
	m.value = append(m.value[:0], b...)
}
