package uplink

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"weir/tenant"
)

// The spool keeps hits on disk until the cloud has them. Its rules:
//
//   - A record counts as spooled when write has returned: from then on only
//     the loss of the machine's power, or of the disk, can lose it, and power
//     only for the time between two syncs.
//   - Nothing stops the process: every error is returned or counted, and the
//     next call tries again.
//   - What a crash, a full disk or a bad block leaves behind is skipped up to
//     the next whole record, and counted.
//   - A start always opens a new segment: nothing is appended to a file that
//     may be torn.
//   - A record may be read again after a crash: the cloud knows its ID.
type spool struct {
	dir     string
	segment int64 // bytes at which a segment is full
	create  func(name string) (segmentFile, error)
	ready   chan struct{} // has a token after a write

	spooled atomic.Uint64 // records written since start
	damaged atomic.Uint64 // bytes that were no record
	errors  atomic.Uint64 // failed writes, syncs, reads, removals

	posFile *positionFile // the reader's
	cache   cache         // the reader's
	failed  int           // reads in a row; the reader's

	mu     sync.Mutex
	segs   []*segment // oldest first
	pos    position
	next   uint64      // seq of the next segment
	file   segmentFile // of the last segment; nil: the next write makes one
	dirty  bool        // file was written since its last sync
	full   []segmentFile
	made   bool // segments were made since the folder's last sync
	shares shares
}

// cache is the part of a segment that was read last.
type cache struct {
	seq      uint64
	from, to int64
	b        []byte
}

// bounds of a segment, in bytes.
const (
	maxSegment = 4 << 20
	minSegment = 64 << 10
)

// openSpool makes the folder when there is none. room is in bytes.
func openSpool(dir string, room int64) (*spool, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make spool: %w", err)
	}
	segs, err := listSegments(dir)
	if err != nil {
		return nil, err
	}
	pf, pos, err := openPosition(filepath.Join(dir, "position"))
	if err != nil {
		return nil, err
	}
	s := &spool{
		dir: dir, segment: min(maxSegment, max(minSegment, room/16)), create: createSegment,
		ready: make(chan struct{}, 1), posFile: pf, segs: segs, pos: pos, next: pos.seq + 1, shares: newShares(room),
	}
	for _, g := range segs {
		s.next = max(s.next, g.seq+1)
		s.shares.force(tenant.ID{}, g.size) // until count knows whose it is
		if g.seq == pos.seq {
			g.from = min(pos.off, g.size)
		}
	}
	if err := pf.write(pos); err != nil { // has its place on the disk from now on
		s.errors.Add(1)
	}
	s.trim()
	if len(s.segs) > 0 {
		signal(s.ready)
	}
	return s, nil
}

// take asks for room for a record of n bytes, to be written next.
func (s *spool) take(id tenant.ID, n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shares.take(id, n)
}

func (s *spool) divide(tenants int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.shares.divide(tenants)
}

// block is a run of records, written whole or not at all.
type block struct {
	b       []byte
	records int64
	use     map[tenant.ID]int64
}

// write appends a block whose room was taken. After an error nothing of it
// counts, and the same block may be tried again.
func (s *spool) write(k *block) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.roomLocked(int64(len(k.b))); err != nil {
		s.errors.Add(1)
		return err
	}
	g := s.segs[len(s.segs)-1]
	if _, err := s.file.Write(k.b); err != nil {
		s.errors.Add(1)
		s.giveUpLocked(g)
		return fmt.Errorf("cannot write spool: %w", err)
	}
	s.dirty = true
	g.size += int64(len(k.b))
	g.records += k.records
	for id, n := range k.use {
		g.use[id] += n
	}
	s.spooled.Add(uint64(k.records))
	signal(s.ready)
	return nil
}

// giveUpLocked takes a failed write back. When that fails too, the torn end
// stays in a file that is not written any more. A segment whose records are
// all acknowledged goes: on a full disk its room is what the next needs.
func (s *spool) giveUpLocked(g *segment) {
	if err := s.file.Truncate(g.size); err != nil || g.size > 0 {
		s.retireLocked()
		s.trimLocked()
	}
}

// roomLocked makes file the one that n bytes go to.
func (s *spool) roomLocked(n int64) error {
	if s.file != nil {
		if g := s.segs[len(s.segs)-1]; g.size == 0 || g.size+n <= s.segment {
			return nil
		}
		s.retireLocked()
	}
	f, err := s.create(segmentName(s.dir, s.next))
	s.next++ // a file that could not be made may be there all the same
	if err != nil {
		return fmt.Errorf("cannot make spool segment: %w", err)
	}
	s.segs = append(s.segs, &segment{seq: s.next - 1, use: map[tenant.ID]int64{}})
	s.file, s.made = f, true
	return nil
}

func (s *spool) retireLocked() {
	s.full = append(s.full, s.file)
	s.file, s.dirty = nil, false
}

// sync makes everything written so far survive a loss of power.
func (s *spool) sync() error {
	s.mu.Lock()
	full, file, made := s.full, s.file, s.made
	if !s.dirty {
		file = nil
	}
	s.full, s.dirty, s.made = nil, false, false
	s.mu.Unlock()
	var first error
	note := func(err error) {
		if err != nil {
			s.errors.Add(1)
			first = keep(first, err)
		}
	}
	for _, f := range full {
		note(f.Sync())
		note(f.Close())
	}
	if file != nil {
		if err := file.Sync(); err != nil {
			note(err)
			s.leave(file)
		}
	}
	if made {
		note(syncDir(s.dir))
	}
	if first != nil {
		return fmt.Errorf("cannot sync spool: %w", first)
	}
	return nil
}

// leave gives up a file whose sync failed: its pages may be lost, and a
// second sync would hide that.
func (s *spool) leave(f segmentFile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == f {
		s.retireLocked()
	}
}

func keep(first, err error) error {
	if first != nil {
		return first
	}
	return err
}

// close syncs and closes; the spool is of no use afterwards.
func (s *spool) close() error {
	s.mu.Lock()
	if s.file != nil {
		s.retireLocked()
	}
	s.mu.Unlock()
	err := s.sync()
	return keep(err, s.posFile.f.Close())
}
