package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func pack(t testing.TB, b []byte) []byte {
	t.Helper()
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	return z.EncodeAll(b, nil)
}

func lines(n int) []byte {
	var b []byte
	for i := range n {
		h := full()
		h.ID = fmt.Sprint("id", i)
		b = append(h.AppendJSON(b), '\n')
	}
	return b
}

func TestReadBatch(t *testing.T) {
	f := func(body []byte, wantHits, wantInvalid int, wantErr error) {
		t.Helper()
		var got []*Hit
		n, invalid, err := ReadBatch(bytes.NewReader(body), func(h *Hit) error { got = append(got, h); return nil })
		if n != wantHits || len(got) != wantHits || invalid != wantInvalid || !errors.Is(err, wantErr) {
			t.Errorf("%d hits (%d calls), %d invalid, %v; want %d, %d, %v", n, len(got), invalid, err, wantHits, wantInvalid, wantErr)
		}
		for i, h := range got {
			if want := fmt.Sprint("id", i); h.ID != want {
				t.Errorf("hit %d is %q, want %q", i, h.ID, want)
			}
		}
	}
	f(pack(t, lines(100)), 100, 0, nil)
	f(pack(t, bytes.TrimSuffix(lines(2), []byte("\n"))), 2, 0, nil)
	f(pack(t, nil), 0, 0, nil)
	f(nil, 0, 0, nil)
	// empty lines are none; bad ones do not harm their neighbours
	f(pack(t, []byte("\n"+string(lines(2))+"\nnull\n{}\n{]\n[1]\n")), 2, 4, nil)
	// a line of exactly the bound is read, a longer one is skipped whole
	f(pack(t, []byte(padded(MaxLine)+"\n")), 1, 0, nil)
	f(pack(t, []byte(padded(MaxLine+1)+"\n"+string(lines(3)))), 3, 1, nil)
	f(pack(t, []byte(padded(MaxLine))), 1, 0, nil)
	f(pack(t, []byte(string(lines(1))+padded(5*MaxLine))), 1, 1, nil)
	// no zstd, cut zstd
	f([]byte("{}"), 0, 0, ErrBatch)
	f(pack(t, lines(1))[:20], 0, 0, ErrBatch)
	// bombs: small when packed, or packed too large
	f(pack(t, bytes.Repeat([]byte("\n"), MaxUnpacked+1)), 0, 0, ErrTooLarge)
	f(append(pack(t, lines(1)), skippable(MaxBatch)...), 1, 0, ErrTooLarge)
}

// padded is a hit in n bytes of JSON.
func padded(n int) string {
	s := `{"id":"id0","tenant":"11111111-1111-1111-1111-111111111111"`
	return s + strings.Repeat(" ", n-len(s)-1) + "}"
}

// skippable is a zstd frame without content, n bytes long (RFC 8878, 3.1.2).
func skippable(n int) []byte {
	b := make([]byte, n)
	b[0], b[1], b[2], b[3] = 0x50, 0x2a, 0x4d, 0x18
	b[4], b[5], b[6] = byte(n-8), byte((n-8)>>8), byte((n-8)>>16)
	return b
}

func TestReadBatchStopsAtError(t *testing.T) {
	own := errors.New("store is away")
	n, _, err := ReadBatch(bytes.NewReader(pack(t, lines(3))), func(h *Hit) error {
		if h.ID == "id1" {
			return own
		}
		return nil
	})
	if n != 1 || err != own {
		t.Errorf("n = %d, err = %v", n, err)
	}
	broken := errors.New("connection lost")
	_, _, err = ReadBatch(io.MultiReader(bytes.NewReader(pack(t, lines(3))[:30]), failing{broken}), func(*Hit) error { return nil })
	if !errors.Is(err, broken) || errors.Is(err, ErrBatch) {
		t.Errorf("err = %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestDecodeHitFailure(t *testing.T) {
	f := func(change func(*Hit)) {
		t.Helper()
		h := full()
		change(h)
		if _, err := DecodeHit(h.AppendJSON(nil)); err == nil {
			t.Errorf("accepted %s", h.AppendJSON(nil))
		}
	}
	f(func(h *Hit) { h.ID = "" })
	f(func(h *Hit) { h.ID = strings.Repeat("x", MaxID+1) })
	f(func(h *Hit) { h.Tenant = [16]byte{} })
	f(func(h *Hit) { h.Path = strings.Repeat("x", 3*MaxPath+1) })
	f(func(h *Hit) { h.Request = make([]byte, MaxRequest+1) })
	f(func(h *Hit) { h.Evidence.Text = make([]byte, MaxEvidence+1) })
	f(func(h *Hit) { h.Evidence.End = len(h.Evidence.Text) + 1 })
	f(func(h *Hit) { h.Evidence.Start = -1 })
	f(func(h *Hit) { h.Evidence.Start, h.Evidence.End = 3, 2 })
	f(func(h *Hit) { h.Mark.To = len(h.Request) + 1 })
	f(func(h *Hit) { h.Mark.From = -1 })
}

// A newer node sends fields that this cloud does not know.
func TestDecodeHitIgnoresUnknownFields(t *testing.T) {
	line := append([]byte(`{"of_tomorrow":{"a":[1]},`), full().AppendJSON(nil)[1:]...)
	if _, err := DecodeHit(line); err != nil {
		t.Error(err)
	}
}

func FuzzReadBatch(f *testing.F) {
	f.Add(lines(2), true)
	f.Add(pack(f, lines(2)), false)
	f.Add([]byte("{\n\n"), true)
	z, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte, raw bool) {
		if raw {
			body = z.EncodeAll(body, nil)
		}
		n, _, err := ReadBatch(bytes.NewReader(body), func(h *Hit) error {
			again, err := DecodeHit(h.AppendJSON(nil))
			if err != nil || again.ID != h.ID || !bytes.Equal(again.Request, h.Request) {
				t.Errorf("%+v came back as %+v, %v", h, again, err)
			}
			return nil
		})
		if raw && err != nil {
			t.Errorf("after %d hits: %v", n, err)
		}
	})
}
