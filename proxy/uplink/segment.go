package uplink

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"weir/tenant"
)

// segment is one file of the spool: records, appended only, removed when all
// are acknowledged.
type segment struct {
	seq  uint64
	size int64 // written; what stands behind it in the file is torn
	// from is where this process found the first unacknowledged record;
	// records and acked count from there.
	from           int64
	records, acked int64
	use            map[tenant.ID]int64 // bytes
	unknown        bool                // use and records are not counted yet
}

// segmentFile is what a spool writes to: *os.File, or a test's broken disk.
type segmentFile interface {
	io.WriteCloser
	Sync() error
	Truncate(size int64) error
}

const segmentSuffix = ".seg"

func segmentName(dir string, seq uint64) string {
	return filepath.Join(dir, fmt.Sprintf("%016x%s", seq, segmentSuffix))
}

// createSegment makes a file that must not exist; writes go to its end.
func createSegment(name string) (segmentFile, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL|os.O_APPEND, 0o600)
}

// listSegments returns the segments of a folder, oldest first. Other files
// are left alone.
func listSegments(dir string) ([]*segment, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list spool: %w", err)
	}
	var segs []*segment
	for _, e := range entries {
		hex, ok := strings.CutSuffix(e.Name(), segmentSuffix)
		seq, err := strconv.ParseUint(hex, 16, 64)
		if !ok || err != nil || len(hex) != 16 || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("cannot list spool: %w", err)
		}
		segs = append(segs, &segment{seq: seq, size: info.Size(), unknown: true})
	}
	slices.SortFunc(segs, func(a, b *segment) int {
		if a.seq < b.seq {
			return -1
		}
		return 1
	})
	return segs, nil
}

// readSegment reads bytes [from, to) of a segment into buf, or as many as
// there are.
func readSegment(name string, buf []byte, from, to int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if n := to - from; int64(cap(buf)) < n {
		buf = make([]byte, n)
	}
	n, err := f.ReadAt(buf[:max(0, to-from)], from)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return buf[:n], err
}

// tally counts the records of b, all of the segment's bytes.
func (g *segment) tally(b []byte) {
	for off := int64(0); ; {
		r, skip, ok := nextRecord(b[off:])
		if !ok {
			return
		}
		if off += int64(skip); off >= g.from {
			g.records++
		}
		g.use[r.tenant] += r.size()
		off += r.size()
	}
}
