package uplink

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"weir/tenant"
	"weir/tenant/wire"
)

func mustSpool(t testing.TB, dir string, room int64) *spool {
	t.Helper()
	s, err := openSpool(dir, room)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close() })
	return s
}

// put writes one block of hits.
func put(s *spool, hits ...*wire.Hit) error {
	k := &block{use: map[tenant.ID]int64{}}
	for _, h := range hits {
		at := len(k.b)
		k.b = appendRecord(k.b, h)
		n := int64(len(k.b) - at)
		if !s.take(h.Tenant, n) {
			return errFull
		}
		k.use[h.Tenant] += n
		k.records++
	}
	return s.write(k)
}

var (
	errFull   = errors.New("share is full")
	errBroken = errors.New("disk is broken")
)

func mustPut(t testing.TB, s *spool, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := put(s, newHit(id, acme)); err != nil {
			t.Fatal(err)
		}
	}
}

// take reads and acknowledges everything.
func takeAll(t testing.TB, s *spool, hits int) (ids []string) {
	t.Helper()
	for {
		k, err := s.read(hits, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		if k == nil {
			return ids
		}
		ids = append(ids, idsOf(t, k)...)
		s.ack(k)
	}
}

func idsOf(t testing.TB, k *batch) (ids []string) {
	t.Helper()
	for line := range strings.Lines(string(k.lines)) {
		h, err := wire.DecodeHit([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, h.ID)
	}
	if len(ids) != k.hits {
		t.Errorf("%d lines for %d hits", len(ids), k.hits)
	}
	return ids
}

func numbers(from, to int) (ids []string) {
	for i := from; i < to; i++ {
		ids = append(ids, fmt.Sprint(i))
	}
	return ids
}

func same(t testing.TB, got, want []string) {
	t.Helper()
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %.200q, want %.200q", got, want)
	}
}

func TestSpoolKeepsOrder(t *testing.T) {
	f := func(records, batch int) {
		t.Helper()
		s := mustSpool(t, t.TempDir(), 64<<20)
		s.segment = 4 << 10
		mustPut(t, s, numbers(0, records)...)
		same(t, takeAll(t, s, batch), numbers(0, records))
		if n, b := s.waiting(); n != 0 || b != 0 {
			t.Errorf("%d records, %d bytes are left", n, b)
		}
		if len(s.segs) > 1 {
			t.Errorf("%d segments are left", len(s.segs))
		}
	}
	f(0, 1)
	f(1, 1)
	f(100, 1)
	f(100, 7)
	f(100, 1000)
}

// A batch that is not acknowledged comes again, whatever its size, also
// after a restart; what is acknowledged does not.
func TestSpoolAck(t *testing.T) {
	dir := t.TempDir()
	s := mustSpool(t, dir, 64<<20)
	mustPut(t, s, numbers(0, 10)...)
	for range 2 {
		k, _ := s.read(4, 1<<20)
		same(t, idsOf(t, k), numbers(0, 4))
	}
	k, _ := s.read(3, 1<<20)
	s.ack(k)
	k, _ = s.read(100, 1) // one at least
	same(t, idsOf(t, k), numbers(3, 4))
	again := mustSpool(t, dir, 64<<20)
	again.count(func() bool { return false })
	if n, _ := again.waiting(); n != 7 {
		t.Errorf("%d records wait, want 7", n)
	}
	mustPut(t, again, numbers(10, 15)...)
	same(t, takeAll(t, again, 2), numbers(3, 15))
	last := mustSpool(t, dir, 64<<20)
	same(t, takeAll(t, last, 2), nil)
}

// Whatever byte of a segment is changed, and wherever it is cut, all records
// before and after the damage are read.
func TestSpoolDamage(t *testing.T) {
	origin := t.TempDir()
	s := mustSpool(t, origin, 64<<20)
	var ends []int
	size := 0
	for i := range 5 {
		mustPut(t, s, fmt.Sprint(i))
		_, b := s.waiting()
		size = int(b)
		ends = append(ends, size)
	}
	whole, err := os.ReadFile(segmentName(origin, 1))
	if err != nil || len(whole) != size {
		t.Fatal(len(whole), err)
	}
	inFile := func(name string, damaged []byte, want []string) {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(segmentName(dir, 1), damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		s := mustSpool(t, dir, 64<<20)
		mustPut(t, s, "after")
		if got := takeAll(t, s, 2); strings.Join(got, " ") != strings.Join(append(want, "after"), " ") {
			t.Fatalf("%s: got %q, want %q", name, got, want)
		}
	}
	f := func(name string, damaged []byte, want []string) {
		t.Helper()
		if got := idsOf(t, gather(damaged, position{}, 100, 1<<20)); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%s: got %q, want %q", name, got, want)
		}
	}
	without := func(at int) (ids []string) {
		for i, end := range ends {
			if begin := end - ends[0]; at < begin || at >= end {
				ids = append(ids, fmt.Sprint(i))
			}
		}
		return ids
	}
	for at := range whole {
		flip := bytes.Clone(whole)
		flip[at] ^= byte(1 + rand.IntN(255))
		hole := append(bytes.Clone(whole[:at]), whole[min(len(whole), at+3):]...)
		for _, f := range []func(string, []byte, []string){f, inFile}[:1+boolInt(at%61 == 0)] {
			f(fmt.Sprint("flip at ", at), flip, without(at))
			f(fmt.Sprint("cut at ", at), whole[:at], numbers(0, at/ends[0]))
			f(fmt.Sprint("hole at ", at), hole, holed(ends, at, at+3))
		}
	}
	// a header that lies about its length
	b := bytes.Clone(whole)
	copy(b[8:], "\xff\xff\xff\xff")
	f("length", b, numbers(1, 5))
	f("garbage before and after", append(append([]byte("garbage"+magic), whole...), magic+"\x00\x00"...), numbers(0, 5))
	f("only garbage", bytes.Repeat([]byte(magic), 1000), nil)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// holed are the records that [from, to) does not touch.
func holed(ends []int, from, to int) (ids []string) {
	for i, end := range ends {
		if begin := end - ends[0]; to <= begin || from >= end {
			ids = append(ids, fmt.Sprint(i))
		}
	}
	return ids
}

func TestSpoolDamageIsCounted(t *testing.T) {
	dir := t.TempDir()
	s := mustSpool(t, dir, 64<<20)
	mustPut(t, s, numbers(0, 3)...)
	b, err := os.ReadFile(segmentName(dir, 1))
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(segmentName(dir, 1), b, 0o600); err != nil {
		t.Fatal(err)
	}
	s = mustSpool(t, dir, 64<<20)
	s.count(func() bool { return false })
	same(t, takeAll(t, s, 10), []string{"0", "2"})
	if got := s.damaged.Load(); got != uint64(len(b)/3) {
		t.Errorf("%d bytes damaged, want %d", got, len(b)/3)
	}
	if s.shares.total != 0 {
		t.Errorf("%d bytes are still in use", s.shares.total)
	}
}

// A position that is torn, gone, or of files that are gone, costs duplicates
// at most.
func TestSpoolPositionLost(t *testing.T) {
	f := func(position []byte, want []string) {
		t.Helper()
		dir := t.TempDir()
		s := mustSpool(t, dir, 64<<20)
		mustPut(t, s, numbers(0, 4)...)
		k, _ := s.read(2, 1<<20)
		s.ack(k)
		if position != nil {
			if err := os.WriteFile(filepath.Join(dir, "position"), position, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		same(t, takeAll(t, mustSpool(t, dir, 64<<20), 10), want)
	}
	f(nil, numbers(2, 4))
	f([]byte{}, numbers(0, 4))
	f(make([]byte, 20), numbers(0, 4))
	f(bytes.Repeat([]byte{0xff}, 20), numbers(0, 4))
}

// No segment number is used twice, even when only the position remembers it.
func TestSpoolNumbersGrow(t *testing.T) {
	dir := t.TempDir()
	s := mustSpool(t, dir, 64<<20)
	mustPut(t, s, "0")
	takeAll(t, s, 1)
	if err := os.Remove(segmentName(dir, 1)); err != nil {
		t.Fatal(err)
	}
	s = mustSpool(t, dir, 64<<20)
	mustPut(t, s, "1")
	same(t, takeAll(t, s, 1), []string{"1"})
}

// brokenDisk fails from the byte on that room says, as a full disk does.
type brokenDisk struct {
	room     int
	err      error
	create   error
	truncate error
	syncs    error
}

func (d *brokenDisk) open(name string) (segmentFile, error) {
	if d.create != nil {
		return nil, d.create
	}
	f, err := createSegment(name)
	return &brokenFile{f, d}, err
}

type brokenFile struct {
	segmentFile
	d *brokenDisk
}

func (f *brokenFile) Write(b []byte) (int, error) {
	if len(b) <= f.d.room {
		f.d.room -= len(b)
		return f.segmentFile.Write(b)
	}
	n, _ := f.segmentFile.Write(b[:f.d.room])
	f.d.room = 0
	return n, f.d.err
}

func (f *brokenFile) Truncate(n int64) error {
	if f.d.truncate != nil {
		return f.d.truncate
	}
	return f.segmentFile.Truncate(n)
}

func (f *brokenFile) Sync() error {
	if f.d.syncs != nil {
		return f.d.syncs
	}
	return f.segmentFile.Sync()
}

// A write that fails half-way leaves nothing behind that harms, whether or
// not the disk can take it back; the same block goes in later.
func TestSpoolDiskFull(t *testing.T) {
	f := func(truncate error) {
		t.Helper()
		dir := t.TempDir()
		s := mustSpool(t, dir, 64<<20)
		d := &brokenDisk{err: unix.ENOSPC, truncate: truncate, room: 1000}
		s.create = d.open
		var done int
		for i := range 20 {
			k := &block{b: appendRecord(nil, newHit(fmt.Sprint(i), acme)), records: 1}
			for err := s.write(k); err != nil; err = s.write(k) {
				if !errors.Is(err, unix.ENOSPC) {
					t.Fatal(err)
				}
				done++
				d.room = rand.IntN(3000)
			}
		}
		if done == 0 || s.errors.Load() == 0 {
			t.Errorf("%d failures, %d counted", done, s.errors.Load())
		}
		same(t, takeAll(t, s, 3), numbers(0, 20))
	}
	f(nil)
	f(unix.EIO)
}

func TestSpoolCannotCreate(t *testing.T) {
	s := mustSpool(t, t.TempDir(), 64<<20)
	d := &brokenDisk{room: 1 << 20, create: unix.EROFS}
	s.create = d.open
	for range 3 {
		if err := put(s, newHit("0", acme)); !errors.Is(err, unix.EROFS) {
			t.Errorf("err = %v", err)
		}
	}
	d.create = nil
	mustPut(t, s, "1")
	same(t, takeAll(t, s, 3), []string{"1"})
}

// A sync that failed is not tried on the same file: its pages may be gone.
func TestSpoolSyncFails(t *testing.T) {
	s := mustSpool(t, t.TempDir(), 64<<20)
	d := &brokenDisk{room: 1 << 20, syncs: unix.EIO}
	s.create = d.open
	mustPut(t, s, "0")
	if err := s.sync(); !errors.Is(err, unix.EIO) {
		t.Errorf("err = %v", err)
	}
	d.syncs = nil
	mustPut(t, s, "1")
	if err := s.sync(); err != nil {
		t.Error(err)
	}
	if len(s.segs) != 2 {
		t.Errorf("%d segments, want 2", len(s.segs))
	}
	same(t, takeAll(t, s, 3), []string{"0", "1"})
}

// What one tenant leaves is counted to it after a restart, so that it cannot
// take the others' share then either.
func TestSpoolSharesAfterRestart(t *testing.T) {
	dir := t.TempDir()
	const room = 1 << 20
	s := mustSpool(t, dir, room)
	s.divide(2)
	for put(s, newHit("flood", acme)) == nil {
	}
	s = mustSpool(t, dir, room)
	s.divide(2)
	s.count(func() bool { return false })
	if err := put(s, newHit("flood", acme)); err != errFull {
		t.Errorf("flood goes on: %v", err)
	}
	n := 0
	for put(s, newHit("b", bolt)) == nil {
		n += len(appendRecord(nil, newHit("b", bolt)))
	}
	if n < room/4-2000 {
		t.Errorf("bolt got %d bytes, want a quarter of %d", n, room)
	}
	takeAll(t, s, 1000)
	if s.shares.used[acme] > s.segment {
		t.Errorf("acme still holds %d", s.shares.used[acme])
	}
}

func FuzzNextRecord(f *testing.F) {
	one := appendRecord(nil, newHit("x", acme))
	f.Add(one, 3)
	f.Add(append([]byte(magic), one...), 40)
	f.Fuzz(func(t *testing.T, junk []byte, cut int) {
		for b := junk; len(b) > 0; {
			r, damage, ok := nextRecord(b)
			if !ok {
				break
			}
			if n := damage + int(r.size()); n <= 0 || n > len(b) {
				t.Fatalf("record of %d bytes in %d", n, len(b))
			} else {
				b = b[n:]
			}
		}
		// a whole record after junk is found, unless the junk swallowed it
		b := append(bytes.Clone(junk), one...)
		for {
			r, damage, ok := nextRecord(b)
			if !ok {
				t.Fatal("record after junk is lost")
			}
			if bytes.Equal(r.payload, one[recordHeader:]) {
				return
			}
			b = b[damage+int(r.size()):]
		}
	})
}

// A full disk does not keep room for what is acknowledged: a segment that
// cannot be added to goes when all of it is.
func TestSpoolDiskFullGivesRoomBack(t *testing.T) {
	dir := t.TempDir()
	s := mustSpool(t, dir, 64<<20)
	d := &brokenDisk{err: unix.ENOSPC, room: 1 << 20}
	s.create = d.open
	mustPut(t, s, "0")
	takeAll(t, s, 1)
	d.room = 0
	if err := put(s, newHit("1", acme)); !errors.Is(err, unix.ENOSPC) {
		t.Errorf("err = %v", err)
	}
	if _, err := os.Stat(segmentName(dir, 1)); err == nil {
		t.Error("an acknowledged segment is still there")
	}
}

// A segment that disappears, or cannot be read, keeps the others from nobody.
func TestSpoolUnreadable(t *testing.T) {
	dir := t.TempDir()
	s := mustSpool(t, dir, 64<<20)
	s.segment = 1 // a segment a record
	mustPut(t, s, numbers(0, 4)...)
	if err := os.Remove(segmentName(dir, 2)); err != nil {
		t.Fatal(err)
	}
	same(t, takeAll(t, s, 1), []string{"0", "2", "3"})
	if s.damaged.Load() == 0 || s.errors.Load() == 0 {
		t.Errorf("%d bytes, %d errors counted", s.damaged.Load(), s.errors.Load())
	}
	g := segment{seq: 9, size: 100}
	for i := range maxReads {
		err := s.unreadable(g, position{9, 40}, unix.EIO)
		if (err == nil) != (i == maxReads-1) {
			t.Errorf("try %d: %v", i, err)
		}
	}
	if err := s.unreadable(g, position{9, 40}, unix.EMFILE); err == nil {
		t.Error("gave a segment up for want of descriptors")
	}
}
