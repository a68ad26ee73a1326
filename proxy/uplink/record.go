package uplink

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"

	"weir/tenant"
	"weir/tenant/wire"
)

// A record of the spool, little endian:
//
//	0  magic, 4 bytes; the last is the version of the format
//	4  CRC32C of all that follows
//	8  length of the payload
//	12 flags, 0
//	16 time, Unix milliseconds
//	24 tenant, 16 bytes
//	40 payload: a hit as JSON
//
// The magic holds bytes that never stand in JSON as wire writes it, so no
// client can plant a record inside a hit. After damage a reader goes on at
// the next magic whose CRC is right.
const (
	recordHeader = 40
	maxRecord    = recordHeader + wire.MaxLine
)

const magic = "\xf5W\x00\x01"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// record is one read back; payload is valid as long as what it was read from.
type record struct {
	tenant  tenant.ID
	time    int64
	payload []byte
}

// size is the record's length on disk.
func (r record) size() int64 { return int64(recordHeader + len(r.payload)) }

// appendRecord appends a hit; the payload is dst[len(old dst)+recordHeader:].
func appendRecord(dst []byte, h *wire.Hit) []byte {
	at := len(dst)
	dst = append(dst, make([]byte, recordHeader)...)
	dst = h.AppendJSON(dst)
	r := dst[at:]
	copy(r, magic)
	binary.LittleEndian.PutUint32(r[8:], uint32(len(r)-recordHeader))
	binary.LittleEndian.PutUint64(r[16:], uint64(h.Time))
	copy(r[24:], h.Tenant[:])
	binary.LittleEndian.PutUint32(r[4:], crc32.Checksum(r[8:], castagnoli))
	return dst
}

// nextRecord returns the first whole record in b, the bytes of damage before
// it, and whether there is one; without one, all of b is damage.
func nextRecord(b []byte) (r record, damage int, ok bool) {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte(magic))
		if i < 0 {
			return record{}, len(b), false
		}
		at += i
		if r, ok := readRecord(b[at:]); ok {
			return r, at, true
		}
	}
}

// readRecord reads the record at the start of b.
func readRecord(b []byte) (r record, ok bool) {
	if len(b) < recordHeader {
		return record{}, false
	}
	n := int64(binary.LittleEndian.Uint32(b[8:]))
	if n > wire.MaxLine || recordHeader+n > int64(len(b)) {
		return record{}, false
	}
	b = b[:recordHeader+n]
	if crc32.Checksum(b[8:], castagnoli) != binary.LittleEndian.Uint32(b[4:]) {
		return record{}, false
	}
	copy(r.tenant[:], b[24:])
	r.time = int64(binary.LittleEndian.Uint64(b[16:]))
	r.payload = b[recordHeader:]
	return r, true
}
