package detect

import (
	"bytes"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// compressed reports whether b starts like a gzip (RFC 1952) or zlib (RFC
// 1950) stream.
func compressed(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	if b[0] == 0x1f && b[1] == 0x8b {
		return true
	}
	return b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1]&0x20 == 0
}

// inflater holds the decompressors of a scratch, made at first use.
type inflater struct {
	src  bytes.Reader
	gzip *gzip.Reader
	zlib io.ReadCloser
	raw  io.ReadCloser
}

// shrink lets go of the last input; the decompressors' windows are of fixed
// size and stay.
func (f *inflater) shrink() { f.src.Reset(nil) }

// open starts to decompress b: gzip and zlib by their magic, raw deflate when
// raw allows it.
func (f *inflater) open(b []byte, raw bool) (io.Reader, error) {
	f.src.Reset(b)
	var err error
	switch {
	case compressed(b) && b[0] == 0x1f:
		if f.gzip == nil {
			f.gzip = new(gzip.Reader)
		}
		return f.gzip, f.gzip.Reset(&f.src)
	case compressed(b):
		if f.zlib == nil {
			f.zlib, err = zlib.NewReader(&f.src)
			return f.zlib, err
		}
		return f.zlib, f.zlib.(zlib.Resetter).Reset(&f.src, nil)
	case !raw:
		return nil, gzip.ErrHeader
	case f.raw == nil:
		f.raw = flate.NewReader(&f.src)
		return f.raw, nil
	}
	return f.raw, f.raw.(flate.Resetter).Reset(&f.src, nil)
}

// decompress appends to the arena what b decompresses to, as far as the
// bounds allow and the stream is whole. ok is false when nothing came out.
func (s *Scratch) decompress(b []byte, raw bool, pl place) (v []byte, ok bool) {
	r, err := s.inflate.open(b, raw)
	if err != nil {
		return nil, false
	}
	limit := min(maxInflated-s.inflated, max(growthFloor, len(b)*maxGrowth))
	start := len(s.arena)
	out := s.arena
	for len(out)-start <= limit {
		if cap(out)-len(out) < 512 {
			out = append(out, make([]byte, max(4096, len(out)-start))...)[:len(out)]
		}
		n, err := r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
		if err != nil {
			break
		}
	}
	s.inflated += len(out) - start
	if len(out)-start > limit {
		out = out[:start+limit]
		s.bound(DataBomb, "data_bomb/inflate", "a compressed stream grows beyond the bound", b, pl)
	}
	if len(out) == start {
		return nil, false
	}
	return s.keep(out), true
}

// gzip inspects a value that is a compressed stream; false when it is none.
func (s *Scratch) gzip(b []byte, k kind, pl place, base int) bool {
	if !compressed(b) || s.depth >= maxDepth {
		return false
	}
	v, ok := s.decompress(b, false, pl)
	if !ok {
		return false
	}
	s.push(StepGzip, -1, nil)
	s.depth++
	s.form(v, scan(v), k, pl.inexact(), base)
	s.depth--
	s.pop()
	return true
}
