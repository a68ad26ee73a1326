package wire

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"weir/tenant"
)

// ErrTooLarge says that a batch is larger than MaxBatch, or than MaxUnpacked
// once unpacked. The sender halves it: answer 413.
var ErrTooLarge = errors.New("batch too large")

// ErrBatch says that a batch is no zstd stream, or a broken one: answer 400.
var ErrBatch = errors.New("cannot unpack batch")

// maxWindow bounds the memory that a zstd frame may ask for.
const maxWindow = 8 << 20

// ReadBatch reads a batch as a node sends it, zstd of NDJSON, and calls each
// with every hit that can be read; the hit is each's to keep. n counts the
// calls, invalid the lines that are no hit (their neighbours are read all the
// same). err is each's own error, at which reading ends, or wraps ErrTooLarge
// or ErrBatch, or is r's. Memory stays below 16 MiB whatever r holds.
func ReadBatch(r io.Reader, each func(*Hit) error) (n, invalid int, err error) {
	packed := &bounded{r: r, left: MaxBatch}
	z, err := zstd.NewReader(packed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(MaxUnpacked))
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %w", ErrBatch, err)
	}
	defer z.Close()
	n, invalid, own, err := readLines(&bounded{r: z, left: MaxUnpacked}, each)
	switch {
	case err == nil || own:
		return n, invalid, err
	case packed.err != nil:
		return n, invalid, fmt.Errorf("cannot read batch: %w", packed.err)
	case errors.Is(err, zstd.ErrDecoderSizeExceeded), errors.Is(err, zstd.ErrWindowSizeExceeded):
		return n, invalid, fmt.Errorf("%w: %w", ErrTooLarge, err)
	case errors.Is(err, ErrTooLarge):
		return n, invalid, err
	}
	return n, invalid, fmt.Errorf("%w: %w", ErrBatch, err)
}

// readLines walks NDJSON; own says that err is each's.
func readLines(r io.Reader, each func(*Hit) error) (n, invalid int, own bool, err error) {
	br := bufio.NewReaderSize(r, MaxLine+1)
	for {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			invalid++
			if err = skipLine(br); err == nil {
				continue
			}
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return n, invalid, false, err
		}
		if len(line) > 1 && len(line) <= MaxLine+1 && !isLong(line) {
			h, herr := DecodeHit(line)
			if herr != nil {
				invalid++
			} else if err := each(h); err != nil {
				return n, invalid, true, err
			} else {
				n++
			}
		}
		if err != nil {
			return n, invalid, false, nil
		}
	}
}

// isLong reports whether line is the cut-off start of a longer one.
func isLong(line []byte) bool { return len(line) == MaxLine+1 && line[MaxLine] != '\n' }

func skipLine(br *bufio.Reader) error {
	for {
		_, err := br.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// DecodeHit reads one line of a batch or of the hits file and checks that it
// is within the bounds of Hit. Unknown fields are ignored, so that a newer
// node can talk to an older cloud.
func DecodeHit(line []byte) (*Hit, error) {
	h := new(Hit)
	if err := json.Unmarshal(line, h); err != nil {
		return nil, fmt.Errorf("cannot read hit: %w", err)
	}
	if err := h.check(); err != nil {
		return nil, fmt.Errorf("cannot accept hit %.80q: %w", h.ID, err)
	}
	return h, nil
}

// MaxID bounds Hit.ID, in bytes.
const MaxID = 128

func (h *Hit) check() error {
	switch {
	case h.ID == "" || len(h.ID) > MaxID:
		return errors.New("ID missing or too long")
	case h.Tenant == tenant.ID{}:
		return errors.New("tenant missing")
	case len(h.Path) > 3*MaxPath: // U+FFFD is three bytes
		return errors.New("path too long")
	case len(h.Request) > MaxRequest:
		return errors.New("request too long")
	case len(h.Evidence.Text) > MaxEvidence:
		return errors.New("evidence too long")
	case !within(h.Evidence.Start, h.Evidence.End, len(h.Evidence.Text)):
		return errors.New("evidence out of its text")
	case h.Mark.To != 0 && !within(h.Mark.From, h.Mark.To, len(h.Request)):
		return errors.New("mark out of the request")
	}
	return nil
}

func within(from, to, n int) bool { return 0 <= from && from <= to && to <= n }

// bounded is io.LimitReader with an error of its own at the bound.
type bounded struct {
	r    io.Reader
	left int64
	err  error // the last error but io.EOF
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		b.err = ErrTooLarge
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		b.err = ErrTooLarge
		return 0, b.err
	}
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}
