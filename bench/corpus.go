// Package bench measures Weir: labelled requests through the detector or a
// running node, and load through whole processes side by side.
package bench

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Record is one labelled raw HTTP/1.1 request of a corpus: a JSON object a
// line.
type Record struct {
	ID      string `json:"id"`
	Source  string `json:"source"`
	Class   string `json:"class"`
	Label   string `json:"label"` // "attack" or "legit"
	Tier    string `json:"tier"`  // "core" counts in headlines
	Pos     string `json:"pos"`   // where the payload was placed
	Payload string `json:"payload,omitempty"`
	Raw     []byte `json:"raw"` // base64 in JSON
}

// Attack reports whether the record is labelled an attack.
func (r *Record) Attack() bool { return r.Label == "attack" }

// maxLine bounds a corpus line: a request of some megabytes in base64.
const maxLine = 64 << 20

// EachRecord calls fn for every record of the named files, in order. Names
// ending in .zst and .gz are unpacked. Errors name file and line; an error of
// fn ends the walk and is returned as it is.
func EachRecord(files []string, fn func(*Record) error) error {
	for _, name := range files {
		if err := eachIn(name, fn); err != nil {
			return err
		}
	}
	return nil
}

func eachIn(name string, fn func(*Record) error) error {
	f, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("cannot read corpus: %w", err)
	}
	defer f.Close()
	r, err := unpack(name, f)
	if err != nil {
		return fmt.Errorf("cannot read corpus %q: %w", name, err)
	}
	defer r.Close()
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), maxLine)
	for n := 1; lines.Scan(); n++ {
		if len(lines.Bytes()) == 0 {
			continue
		}
		rec := new(Record)
		if err := json.Unmarshal(lines.Bytes(), rec); err != nil {
			return fmt.Errorf("cannot read corpus %s:%d: %w", name, n, err)
		}
		if rec.Label != "attack" && rec.Label != "legit" {
			return fmt.Errorf("cannot read corpus %s:%d: label %q, want attack or legit", name, n, rec.Label)
		}
		if err := fn(rec); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("cannot read corpus %q: %w", name, err)
	}
	return nil
}

func unpack(name string, r io.Reader) (io.ReadCloser, error) {
	switch {
	case strings.HasSuffix(name, ".zst"):
		z, err := zstd.NewReader(r)
		if err != nil {
			return nil, err
		}
		return z.IOReadCloser(), nil
	case strings.HasSuffix(name, ".gz"):
		return gzip.NewReader(r)
	}
	return io.NopCloser(r), nil
}
