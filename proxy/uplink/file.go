package uplink

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"
)

// hitsFile appends hits as NDJSON. What the disk does not take is kept and
// tried again, up to maxUnwritten bytes; beyond, hits are dropped.
type hitsFile struct {
	name string
	open func(name string) (io.WriteCloser, error)

	mu    sync.Mutex
	f     io.WriteCloser // nil after an open that failed
	buf   []byte         // whole lines, not yet written whole
	done  int            // bytes of the first line that f has already
	fails uint64         // writes and opens that failed
}

const maxUnwritten = 4 << 20

func appendTo(name string) (io.WriteCloser, error) {
	return os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
}

func openHitsFile(name string) (*hitsFile, error) {
	f, err := appendTo(name)
	if err != nil {
		return nil, fmt.Errorf("cannot open hits file: %w", err)
	}
	return &hitsFile{name: name, open: appendTo, f: f}, nil
}

// add takes one line of JSON, or reports false.
func (h *hitsFile) add(line []byte) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.buf)+len(line)+1 > maxUnwritten {
		h.flushLocked()
	}
	if len(h.buf)+len(line)+1 > maxUnwritten {
		return false
	}
	h.buf = append(append(h.buf, line...), '\n')
	return true
}

// flush writes what it can.
func (h *hitsFile) flush() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.flushLocked()
}

func (h *hitsFile) flushLocked() error {
	if len(h.buf) == 0 {
		return nil
	}
	if h.f == nil {
		if err := h.openLocked(); err != nil {
			return err
		}
	}
	n, err := h.f.Write(h.buf[h.done:])
	wrote := h.done + n
	whole := bytes.LastIndexByte(h.buf[:wrote], '\n') + 1
	h.buf, h.done = h.buf[:copy(h.buf, h.buf[whole:])], wrote-whole
	if err != nil {
		h.fails++
		return fmt.Errorf("cannot write hits file: %w", err)
	}
	return nil
}

func (h *hitsFile) openLocked() error {
	f, err := h.open(h.name)
	if err != nil {
		h.fails++
		return fmt.Errorf("cannot open hits file: %w", err)
	}
	h.f = f
	return nil
}

// reopen goes on in a new file of the same name, for whoever rotated the old
// one. When that fails the old file stays in use.
func (h *hitsFile) reopen() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.flushLocked()
	old := h.f
	if oerr := h.openLocked(); oerr != nil {
		return oerr
	}
	if old != nil {
		err = keep(err, old.Close())
	}
	h.done = 0 // a line cut by an error is whole in the new file
	return err
}

func (h *hitsFile) close() error {
	err := h.flush()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.f != nil {
		err = keep(err, h.f.Close())
		h.f = nil
	}
	return err
}

func (h *hitsFile) failures() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.fails
}
