package proxy

import (
	"errors"
	"time"
)

// Bounds of what an HTTP/2 client may send beside requests and their bodies.
const (
	// frameCredit frames that carry no content may come at once, and
	// frameRefill more each second: resets, pings, settings, priorities,
	// empty data, frames of unknown types. Window updates are not counted:
	// they grow with what the client receives and cost nothing.
	frameCredit = 1000
	frameRefill = 200
	// maxContinuations bounds the frames that continue a header section.
	maxContinuations = 64
)

// errFlood says that a client sends frames without content, faster than any
// use of the protocol needs: a way of making work (CVE-2019-9512 to 9518,
// CVE-2023-44487, CVE-2023-45288).
var errFlood = errors.New("too many frames without content")

// Frame types and flags (RFC 9113 6).
const (
	frameData         = 0
	frameHeaders      = 1
	frameWindowUpdate = 8
	frameContinuation = 9

	flagEndStream = 1
	frameHead     = 9 // bytes before a frame's payload
)

// frameWatch follows the frames on an HTTP/2 connection and counts those that
// carry nothing. It understands as little as that takes; what frames mean is
// the server's business, which also answers broken ones.
type frameWatch struct {
	seen  int // of the preface, up to its length
	head  [frameHead]byte
	have  int   // of head
	left  int64 // of the payload
	spent int   // of frameCredit
	since time.Time
	parts int // continuations of the header section
}

// follow takes in the next bytes; false means a flood.
func (w *frameWatch) follow(b []byte, now time.Time) bool {
	skip := min(len(b), len(preface)-w.seen)
	w.seen += skip
	b = b[skip:]
	for len(b) > 0 {
		if w.left > 0 {
			n := min(int64(len(b)), w.left)
			w.left -= n
			b = b[n:]
			continue
		}
		n := copy(w.head[w.have:], b)
		w.have += n
		b = b[n:]
		if w.have < frameHead {
			return true
		}
		w.have = 0
		w.left = int64(w.head[0])<<16 | int64(w.head[1])<<8 | int64(w.head[2])
		if !w.count(w.head[3], w.head[4], now) {
			return false
		}
	}
	return true
}

// count accounts for a frame.
func (w *frameWatch) count(kind, flags byte, now time.Time) bool {
	switch kind {
	case frameData:
		if w.left > 0 || flags&flagEndStream != 0 {
			return true
		}
	case frameHeaders:
		w.parts = 0
		return true
	case frameContinuation:
		w.parts++
		return w.parts <= maxContinuations
	case frameWindowUpdate:
		return true
	}
	if d := now.Sub(w.since); d >= time.Second {
		w.spent = max(0, w.spent-frameRefill*int(min(d/time.Second, frameCredit)))
		w.since = now
	}
	w.spent++
	return w.spent <= frameCredit
}

// flooded counts and ends a connection.
func (c *clientConn) flooded() error {
	c.listener.server.metrics.floods.Add(1)
	c.failed = errFlood
	return errFlood
}
