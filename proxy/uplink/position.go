package uplink

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
)

// position is where the unacknowledged records begin.
type position struct {
	seq uint64 // of the segment
	off int64
}

// positionFile keeps a position over restarts. It is overwritten in place,
// so that it works on a full disk too. A torn or lost one costs duplicates,
// which the cloud drops by ID, never a hit.
type positionFile struct{ f *os.File }

// openPosition returns the zero position when there is no good one.
func openPosition(name string) (*positionFile, position, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, position{}, fmt.Errorf("cannot open spool position: %w", err)
	}
	var b [20]byte
	if _, err := f.ReadAt(b[:], 0); err != nil || crc32.Checksum(b[:16], castagnoli) != binary.LittleEndian.Uint32(b[16:]) {
		return &positionFile{f}, position{}, nil
	}
	return &positionFile{f}, position{binary.LittleEndian.Uint64(b[:]), int64(binary.LittleEndian.Uint64(b[8:]))}, nil
}

func (p *positionFile) write(at position) error {
	var b [20]byte
	binary.LittleEndian.PutUint64(b[:], at.seq)
	binary.LittleEndian.PutUint64(b[8:], uint64(at.off))
	binary.LittleEndian.PutUint32(b[16:], crc32.Checksum(b[:16], castagnoli))
	if _, err := p.f.WriteAt(b[:], 0); err != nil {
		return fmt.Errorf("cannot write spool position: %w", err)
	}
	return nil
}
