package proxy

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"weir/detect"
	"weir/tenant"
)

// A body beyond the inspection limit that is a list of parts, a form or
// multipart, is inspected on while it passes: in runs of whole parts, each
// held back until it was judged. Of a part longer than the window only its
// first windowSize bytes are judged. The verdict stays partial.
const (
	windowSize = 64 << 10                // of the longest run, in bytes
	windowRoom = windowSize + copyBuffer // of the buffer
	maxRun     = 500                     // parts in a run: the detector has a bound of its own
	maxPassing = 64                      // hits that the passing parts of one request may cause
)

// errStopped says that a part that passed is an attack.
var errStopped = errors.New("a part of the body is an attack")

// window reads the rest of a body part by part. It belongs to the exchange.
type window struct {
	node    *Server
	from    func(p []byte) (int, error) // reads from the client
	stops   func(run []byte) bool       // judges a run of parts
	parts   partKind
	delim   []byte // of multipart: what every part begins with
	buf     []byte // not yet handed on; begins where a part does unless inside
	inside  bool   // a part whose head was judged: looking for its end
	cleared int    // bytes of buf that may be handed on
	eof     bool
	hits    int
	budget  share
}

// partKind says what separates the parts of a body.
type partKind uint8

const (
	notParts partKind = iota
	formParts
	multiParts
)

// maxBoundary is RFC 2046's 70 characters with room for lenient senders.
const maxBoundary = 256

// partsOf tells the kind of body and the delimiter of its parts. An encoded
// body has none that can be seen.
func (h *head) partsOf() (kind partKind, delim []byte) {
	ct := h.value(fieldContentType)
	for i := range h.headers {
		if foldIs(h.headers[i].Name, "content-encoding") && !foldIs(h.headers[i].Value, "identity") {
			return notParts, nil
		}
	}
	switch {
	case hasPrefixFold(ct, "application/x-www-form-urlencoded"):
		return formParts, nil
	case hasPrefixFold(ct, "multipart/"):
		if b := boundaryParam(ct); len(b) > 0 && len(b) <= maxBoundary {
			return multiParts, append([]byte("--"), b...)
		}
	}
	return notParts, nil
}

func hasPrefixFold(b []byte, lower string) bool {
	return len(b) >= len(lower) && bytes.EqualFold(b[:len(lower)], []byte(lower))
}

// boundaryOf returns the parameter boundary of a content type.
func boundaryParam(ct []byte) []byte {
	for {
		i := bytes.IndexByte(ct, ';')
		if i < 0 {
			return nil
		}
		ct = trimOWS(ct[i+1:])
		if !hasPrefixFold(ct, "boundary=") {
			continue
		}
		v := ct[len("boundary="):]
		if len(v) > 0 && v[0] == '"' {
			v, _, _ = bytes.Cut(v[1:], []byte{'"'})
			return v
		}
		v, _, _ = bytes.Cut(v, []byte{';'})
		return trimOWS(v)
	}
}

// openWindow begins to look at what passes, when there is anything to see.
// The part that the limit cut is seen again, whole.
func (s *Server) openWindow(x *exchange) Refusal {
	w := &x.window
	l := &x.place.Site.Limits
	if x.body.whole || x.verdict == nil || l.Beyond != tenant.BeyondStream {
		return Accepted
	}
	if w.parts, w.delim = x.head.partsOf(); w.parts == notParts {
		return Accepted
	}
	w.node, w.from, w.stops, w.budget = s, x.readOn, x.stopsPassing, x.body.budget
	if !w.budget.take(windowRoom) {
		w.parts = notParts
		return NoMemory
	}
	from := w.begin(x.body.buf, int(l.InspectBodyBytes))
	x.body.buf = x.body.buf[:from]
	return Accepted
}

// begin takes the end of the buffered head, of which the first seen bytes
// were judged, and returns where that end begins.
func (w *window) begin(head []byte, seen int) int {
	w.buf = slices.Grow(w.buf[:0], windowRoom)
	seen = min(seen, len(head))
	from := max(w.lastStart(head[:seen]), 0)
	if w.inside = seen-from >= windowSize; w.inside {
		from = seen - min(seen, w.overlap())
	}
	w.buf = append(w.buf, head[from:]...)
	return from
}

// close gives the memory back.
func (w *window) close() {
	if w.parts != notParts {
		w.budget.give(windowRoom)
	}
	*w = window{}
}

// lastStart returns where the last part of b begins, -1 when none does after
// its first byte.
func (w *window) lastStart(b []byte) int {
	if w.parts == formParts {
		if i := bytes.LastIndexByte(b, '&'); i >= 0 {
			return i + 1
		}
		return -1
	}
	for end := len(b); ; {
		i := bytes.LastIndex(b[:end], w.delim)
		if i <= 0 || b[i-1] == '\n' {
			return max(i, -1)
		}
		end = i
	}
}

// nextStart returns where the next part of b begins, -1 when none does.
func (w *window) nextStart(b []byte) int {
	if w.parts == formParts {
		if i := bytes.IndexByte(b, '&'); i >= 0 {
			return i + 1
		}
		return -1
	}
	for from := 0; ; {
		i := bytes.Index(b[from:], w.delim)
		if i < 0 {
			return -1
		}
		if i += from; i > 0 && b[i-1] == '\n' {
			return i
		}
		from = i + 1
	}
}

// overlap is how many bytes may be the beginning of a delimiter.
func (w *window) overlap() int {
	if w.parts == formParts {
		return 0
	}
	return len(w.delim) + 1
}

// step decides on what is in the buffer: how much of it to judge, and how
// much may pass then.
func (w *window) step() (judge, pass int) {
	b := w.buf
	if w.inside {
		at := w.nextStart(b)
		switch {
		case at >= 0:
			w.inside = false
			return 0, at
		case w.eof:
			return 0, len(b)
		}
		return 0, max(0, len(b)-w.overlap())
	}
	if len(b) < windowSize && !w.eof {
		return 0, 0
	}
	end, full := w.runEnd(b)
	switch {
	case full:
		return end, end
	case w.eof:
		return len(b), len(b)
	case end > 0:
		return end, end
	}
	w.inside = true
	return len(b), len(b) - w.overlap()
}

// runEnd returns where the last part of b begins that is not in the run, 0
// when b is one part; full says that the run has all the parts it may have.
func (w *window) runEnd(b []byte) (end int, full bool) {
	for range maxRun {
		i := w.nextStart(b[end:])
		if i < 0 {
			return end, false
		}
		end += i
	}
	return end, true
}

// readRest reads the body beyond what is buffered, as far as it may pass. It
// returns io.EOF with or after the last byte.
func (x *exchange) readRest(p []byte) (int, error) {
	if x.window.parts == notParts {
		return x.readOn(p)
	}
	return x.window.read(p)
}

func (w *window) read(p []byte) (int, error) {
	for w.cleared == 0 && !(w.eof && len(w.buf) == 0) {
		judge, pass := w.step()
		if judge > 0 && w.stops(w.buf[:judge]) {
			return 0, errStopped
		}
		if w.cleared = pass; pass > 0 || w.eof {
			break
		}
		n, err := w.from(w.buf[len(w.buf):windowRoom])
		w.buf = w.buf[:len(w.buf)+n]
		if w.eof = err == io.EOF; err != nil && !w.eof {
			return 0, err
		}
	}
	n := copy(p, w.buf[:w.cleared])
	w.cleared -= n
	w.buf = w.buf[:copy(w.buf, w.buf[n:])]
	if w.eof && len(w.buf) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// readOn reads from the client; io.EOF comes with the last byte where the
// length says which that is.
func (x *exchange) readOn(p []byte) (int, error) {
	if x.body.length >= 0 && x.body.read >= x.body.length {
		return 0, io.EOF
	}
	n, err := x.body.Read(p)
	if err == nil && x.body.read == x.body.length {
		err = io.EOF
	}
	return n, err
}

// stopsPassing judges a run of parts and reports what it finds. It reports
// whether the request must not go on.
func (x *exchange) stopsPassing(run []byte) bool {
	s := x.window.node
	x.req.Body, x.req.BodyPartial = run, true
	s.judge(x)
	if x.verdict == nil {
		return x.failed
	}
	// What stands outside of the body was seen before.
	x.verdict.Matches = slices.DeleteFunc(x.verdict.Matches, func(m detect.Match) bool { return m.Part != detect.PartBody })
	if len(x.verdict.Matches) == 0 {
		return false
	}
	x.place.Tenant.Counters.Attacks.Add(oneIf(x.incident == ""))
	s.lookGray(x)
	_, stop := x.blocks()
	if x.window.hits += len(x.verdict.Matches); x.window.hits <= maxPassing || stop {
		denied := x.denied // reported once, with the head
		x.denied = nil
		s.report(x)
		x.denied = denied
	}
	return stop
}
