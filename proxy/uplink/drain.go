package uplink

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"weir/tenant"
)

// batch is a run of unacknowledged records.
type batch struct {
	lines  []byte // NDJSON
	hits   int
	damage int // bytes skipped before and between them
	end    position
	oldest int64             // Unix milliseconds
	first  tenant.ID         // of the first hit
	hitsOf map[tenant.ID]int // hits by tenant
}

// sole is the tenant of all hits, or the zero ID when there are several.
func (k *batch) sole() tenant.ID {
	if len(k.hitsOf) == 1 {
		return k.first
	}
	return tenant.ID{}
}

// maxReads is how often a segment that the disk cannot read is tried before
// the rest of it is given up.
const maxReads = 3

// read returns the oldest unacknowledged records: at least one, at most hits,
// and not more than bytes of NDJSON unless the first alone is longer. It
// returns nil when there is none. After an error the next call tries again.
// Only one goroutine may read and ack.
func (s *spool) read(hits, bytes int) (*batch, error) {
	for {
		g, pos, ok := s.front()
		if !ok {
			return nil, nil
		}
		b, err := s.load(g, pos)
		if len(b) == 0 && err != nil {
			if err := s.unreadable(g, pos, err); err != nil {
				return nil, err
			}
			continue
		}
		s.failed = 0
		if k := gather(b, pos, hits, bytes); k.hits > 0 {
			return k, nil
		}
		s.ack(&batch{damage: int(g.size - pos.off), end: position{g.seq, g.size}})
	}
}

// unreadable returns the error as long as another try makes sense.
func (s *spool) unreadable(g segment, pos position, err error) error {
	s.errors.Add(1)
	s.failed++
	gone := errors.Is(err, os.ErrNotExist)
	if !gone && (s.failed < maxReads || !errors.Is(err, unix.EIO)) {
		return fmt.Errorf("cannot read spool: %w", err)
	}
	s.failed = 0
	s.ack(&batch{damage: int(g.size - pos.off), end: position{g.seq, g.size}})
	return nil
}

// front is a copy of the first segment that has something to read.
func (s *spool) front() (g segment, pos position, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segs {
		switch {
		case g.seq < s.pos.seq:
		case g.seq > s.pos.seq && g.size > 0:
			return *g, position{g.seq, 0}, true
		case g.seq == s.pos.seq && s.pos.off < g.size:
			return *g, s.pos, true
		}
	}
	return segment{}, position{}, false
}

// load returns a segment's bytes from pos on, valid until the next load.
// With an error they may be fewer.
func (s *spool) load(g segment, pos position) ([]byte, error) {
	c := &s.cache
	if c.seq == g.seq && c.to == g.size && c.from <= pos.off && pos.off < c.to {
		return c.b[pos.off-c.from:], nil
	}
	b, err := readSegment(segmentName(s.dir, g.seq), c.b[:0], pos.off, g.size)
	*c = cache{seq: g.seq, from: pos.off, to: pos.off + int64(len(b)), b: b}
	return b, err
}

func gather(b []byte, pos position, hits, bytes int) *batch {
	k := &batch{end: pos, hitsOf: map[tenant.ID]int{}, lines: make([]byte, 0, min(len(b), bytes, hits*2048))}
	for k.hits < hits {
		r, skip, ok := nextRecord(b)
		if !ok || k.hits > 0 && len(k.lines)+len(r.payload)+1 > bytes {
			break
		}
		if k.hits == 0 {
			k.oldest, k.first = r.time, r.tenant
		}
		k.lines = append(append(k.lines, r.payload...), '\n')
		k.hits++
		k.damage += skip
		k.hitsOf[r.tenant]++
		n := skip + int(r.size())
		k.end.off += int64(n)
		b = b[n:]
	}
	return k
}

// ack drops everything up to the end of k.
func (s *spool) ack(k *batch) {
	s.damaged.Add(uint64(k.damage))
	if err := s.posFile.write(k.end); err != nil {
		s.errors.Add(1)
	}
	s.mu.Lock()
	s.pos = k.end
	for _, g := range s.segs {
		if g.seq == k.end.seq {
			g.acked += int64(k.hits)
		}
	}
	s.mu.Unlock()
	s.trim()
}

// trim removes segments that hold nothing unacknowledged.
func (s *spool) trim() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trimLocked()
}

func (s *spool) trimLocked() {
	for len(s.segs) > 0 {
		g := s.segs[0]
		last := len(s.segs) == 1 && s.file != nil
		if last || g.seq > s.pos.seq && g.size > 0 || g.seq == s.pos.seq && s.pos.off < g.size {
			return
		}
		if err := os.Remove(segmentName(s.dir, g.seq)); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.errors.Add(1)
			return // the next ack tries again
		}
		s.forgetLocked(g)
		s.segs = s.segs[1:]
	}
}

func (s *spool) forgetLocked(g *segment) {
	if g.unknown {
		s.shares.give(tenant.ID{}, g.size)
		return
	}
	for id, n := range g.use {
		s.shares.give(id, n)
	}
}

// count finds out whose the records are that an earlier process left, until
// stop reports true. It may run beside everything else.
func (s *spool) count(stop func() bool) {
	var buf []byte
	for _, g := range s.unknown() {
		if stop() {
			return
		}
		b, err := readSegment(segmentName(s.dir, g.seq), buf[:0], 0, g.size)
		if err != nil {
			continue // read and trim deal with it
		}
		g.use = map[tenant.ID]int64{}
		g.tally(b)
		s.known(g)
		buf = b
	}
}

func (s *spool) unknown() (segs []segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segs {
		if g.unknown {
			segs = append(segs, *g)
		}
	}
	return segs
}

// known takes what count found into the segment, when it is still there.
func (s *spool) known(found segment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segs {
		if g.seq != found.seq || !g.unknown {
			continue
		}
		s.shares.give(tenant.ID{}, g.size)
		for id, n := range found.use {
			s.shares.force(id, n)
		}
		g.use, g.records, g.unknown = found.use, found.records, false
	}
}

// waiting says how much is not acknowledged.
func (s *spool) waiting() (records, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.segs {
		records += g.records - g.acked
		bytes += g.size
		if g.seq == s.pos.seq {
			bytes -= min(s.pos.off, g.size)
		}
	}
	return max(0, records), bytes
}
