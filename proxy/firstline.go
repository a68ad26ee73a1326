package proxy

import "bytes"

// firstLine watches how the line ends with which a request begins: the reader
// above takes a bare LF for its end and keeps no trace of it. A request that
// came together with the one before it is not watched; what goes upstream is
// written anew in any case.
type firstLine struct {
	state lineState
	size  int  // of the buffer that is read into, when it is empty
	some  bool // the line has content
	cr    bool // the last byte was CR
}

type lineState uint8

const (
	lineNext lineState = iota // comes with the next bytes, if none are buffered before them
	lineOpen                  // has begun to come
	lineDone
	lineBare // ended in a bare LF, or an empty line before it did
)

// next is called between requests.
func (l *firstLine) next() { *l = firstLine{size: l.size} }

// watch is called with what was read, in a slice that has room to the end of
// the buffer.
func (l *firstLine) watch(b []byte) {
	switch l.state {
	case lineDone, lineBare:
		return
	case lineNext:
		if l.size == 0 {
			l.size = cap(b)
		}
		if cap(b) != l.size {
			l.state = lineDone
			return
		}
		l.state = lineOpen
	}
	for len(b) > 0 {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			l.some = l.some || len(b) > 1 || b[0] != '\r'
			l.cr = b[len(b)-1] == '\r'
			return
		}
		cr := l.cr
		if i > 0 {
			cr = b[i-1] == '\r'
		}
		if !cr {
			l.state = lineBare
			return
		}
		if l.some || i > 1 || i == 1 && b[0] != '\r' {
			l.state = lineDone
			return
		}
		b, l.cr = b[i+1:], false
	}
}
