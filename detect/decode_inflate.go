package detect

import (
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
)

// coding is a way of compressing a stream.
type coding uint8

const (
	codingNone    coding = iota
	codingGzip           // gzip (RFC 1952) or zlib (RFC 1950), by their magic
	codingDeflate        // the same, or raw deflate (RFC 1951), which many senders mean
	codingBrotli         // RFC 7932, which has no magic
	codingZstd           // RFC 8878
)

// codingSteps are the steps that a point shows.
var codingSteps = [...]StepKind{codingGzip: StepGzip, codingDeflate: StepGzip, codingBrotli: StepBrotli, codingZstd: StepZstd}

// codingOf knows a compressed stream by its magic.
func codingOf(b []byte) coding {
	switch {
	case len(b) < 3:
	case b[0] == 0x1f && b[1] == 0x8b,
		b[0] == 0x78 && (uint(b[0])<<8|uint(b[1]))%31 == 0 && b[1]&0x20 == 0:
		return codingGzip
	case len(b) > 3 && b[0] == 0x28 && b[1] == 0xb5 && b[2] == 0x2f && b[3] == 0xfd:
		return codingZstd
	}
	return codingNone
}

// inflater holds the decompressors of a scratch, made at first use.
type inflater struct {
	src    bytes.Reader
	gzip   *gzip.Reader
	zlib   io.ReadCloser
	raw    io.ReadCloser
	brotli *brrr.Reader
	zstd   *zstd.Decoder

	refused bool // the last stream asked for a window beyond the bound
}

// shrink lets go of the last input and of windows that the sender chose the
// size of; those of the other codings are of fixed size and stay.
func (f *inflater) shrink() {
	f.src.Reset(nil)
	if f.brotli != nil {
		f.brotli.Close()
	}
	if f.zstd != nil {
		f.zstd.Close()
		f.zstd = nil
	}
}

// errWindow is what a reader of ours says about such a stream.
var errWindow = errors.New("window beyond the bound")

// open starts to decompress b.
func (f *inflater) open(b []byte, c coding) (io.Reader, error) {
	f.src.Reset(b)
	if known := codingOf(b); c == codingDeflate && known == codingGzip {
		c = codingGzip
	}
	switch c {
	case codingGzip:
		return f.openGzip(b)
	case codingDeflate:
		if f.raw == nil {
			f.raw = flate.NewReader(&f.src)
			return f.raw, nil
		}
		return f.raw, f.raw.(flate.Resetter).Reset(&f.src, nil)
	case codingBrotli:
		return f.openBrotli(b)
	case codingZstd:
		return f.openZstd()
	}
	return nil, gzip.ErrHeader
}

func (f *inflater) openGzip(b []byte) (_ io.Reader, err error) {
	switch {
	case codingOf(b) != codingGzip:
		return nil, gzip.ErrHeader
	case b[0] == 0x1f:
		if f.gzip == nil {
			f.gzip = new(gzip.Reader)
		}
		return f.gzip, f.gzip.Reset(&f.src)
	case f.zlib == nil:
		f.zlib, err = zlib.NewReader(&f.src)
		return f.zlib, err
	}
	return f.zlib, f.zlib.(zlib.Resetter).Reset(&f.src, nil)
}

// openBrotli refuses the window of 16 MiB, which the reader would allocate.
func (f *inflater) openBrotli(b []byte) (io.Reader, error) {
	if b[0]&0x0f == 0x0f {
		return nil, errWindow
	}
	if f.brotli == nil {
		f.brotli = brrr.NewReader(&f.src)
	} else {
		f.brotli.Reset(&f.src)
	}
	return f.brotli, nil
}

// openZstd decodes in the caller's goroutine, with windows up to the 8 MiB
// that RFC 9659 allows in HTTP.
func (f *inflater) openZstd() (_ io.Reader, err error) {
	if f.zstd == nil {
		f.zstd, err = zstd.NewReader(&f.src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(maxWindow))
		return f.zstd, err
	}
	return f.zstd, f.zstd.Reset(&f.src)
}

// decompress appends to the arena what b decompresses to, as far as the
// bounds allow and the stream is whole. ok is false when nothing came out.
// Of a bomb only the head is worth judging.
func (s *Scratch) decompress(b []byte, c coding, pl place) (v []byte, ok bool) {
	if len(b) == 0 {
		return nil, false
	}
	r, err := s.inflate.open(b, c)
	limit := max(0, min(maxInflated-s.inflated, max(growthFloor, len(b)*maxGrowth)))
	start := len(s.arena)
	out := s.arena
	for err == nil && len(out)-start <= limit {
		var n int
		out = inflateRoom(out, start, limit)
		n, err = r.Read(out[len(out):cap(out)])
		out = out[:len(out)+n]
	}
	n := len(out) - start
	s.inflated += n
	s.inflate.refused = errors.Is(err, errWindow) || errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded)
	if n > limit {
		out = out[:start+s.overgrown(b, limit, pl)]
	}
	if len(out) == start {
		return nil, false
	}
	return s.keep(out), true
}

// overgrown says what it means that the stream b did not end within the
// bounds, n bytes having come out, and returns how many of them to judge. A
// large body at an ordinary ratio is judged in part, like one that is not
// compressed; anything else is a bomb.
func (s *Scratch) overgrown(b []byte, n int, pl place) int {
	taken := len(b) - s.inflate.src.Len()
	if n == maxInflated && n <= taken*maxOrdinary {
		s.verdict.Partial = true
		return n
	}
	s.bomb(b, pl)
	return min(n, growthFloor)
}

func (s *Scratch) bomb(b []byte, pl place) {
	s.bound(DataBomb, "data_bomb/inflate", "a compressed stream grows beyond the bound", b, pl)
}

// inflateRoom returns out with capacity for more. Steps of four keep what is
// allocated on the way to limit near to limit.
func inflateRoom(out []byte, start, limit int) []byte {
	if cap(out)-len(out) >= 512 {
		return out
	}
	room := min(max(4096, 3*(len(out)-start)), limit+512-(len(out)-start))
	grown := make([]byte, len(out), len(out)+max(room, 512))
	copy(grown, out)
	return grown
}

// minDeflated is the length from which base64 is tried as raw deflate.
const minDeflated = 32

// inSAML reports whether the current point is a parameter that SAML's
// redirect binding names (Bindings 3.4.4.1): only there base64 is of raw
// deflate, which has no magic.
func (s *Scratch) inSAML() bool {
	p := &s.point
	if p.n == 0 || p.n > MaxSteps {
		return false
	}
	name := p.steps[p.n-1].Name
	return len(name) >= len("saml") && foldEqual(name[:len("saml")], "saml")
}

// deflated inspects a value that is base64 of raw deflate.
func (s *Scratch) deflated(b []byte, k kind, pl place, base int) bool {
	out, ok := appendMIME(s.arena, b)
	if !ok {
		return false
	}
	v, ok := s.decompress(s.keep(out), codingDeflate, pl)
	if !ok || !isText(v) {
		return false
	}
	s.push(StepBase64, -1, nil)
	s.push(StepGzip, -1, nil)
	s.depth += 2
	s.form(v, scan(v), k, pl.inexact(), base)
	s.depth -= 2
	s.pop()
	s.pop()
	return true
}

// compressed inspects a value that is a compressed stream; false when it is
// none.
func (s *Scratch) compressed(b []byte, k kind, pl place, base int) bool {
	c := codingOf(b)
	if c == codingNone || s.depth >= maxDepth {
		return false
	}
	v, ok := s.decompress(b, c, pl)
	if !ok {
		return false
	}
	s.push(codingSteps[c], -1, nil)
	s.depth++
	s.form(v, scan(v), k, pl.inexact(), base)
	s.depth--
	s.pop()
	return true
}
