package proxy

import "bytes"

// gatherStep is where the buffer of a head begins to grow, in bytes.
const gatherStep = 1 << 10

// gather collects the head of a connection's first request before the reader
// above sees any of it. A client that takes its time then holds a buffer of
// what it sent, instead of the reader's, which has room for the largest head.
type gather struct {
	buf  []byte // not yet handed on
	err  error  // met after what is in buf
	over bool   // the head was there, or no head came
}

// read fills p from the head; fill reads from the client. No head is larger
// than limit: what is, the reader refuses.
func (g *gather) read(p []byte, limit int, line *firstLine, fill func([]byte) (int, error)) (int, error) {
	if !g.over {
		g.collect(limit, fill)
		line.size = 0
		line.watch(g.buf[:len(g.buf):len(g.buf)])
		line.size = 0 // the reader's buffer is another
		g.over = true
	}
	n := copy(p, g.buf)
	if g.buf = g.buf[n:]; len(g.buf) == 0 {
		g.buf = nil
	}
	if n == 0 && g.err != nil {
		return 0, g.err
	}
	return n, nil
}

// pending reports whether read has something to say yet.
func (g *gather) pending() bool { return !g.over || len(g.buf) > 0 || g.err != nil }

func (g *gather) collect(limit int, fill func([]byte) (int, error)) {
	g.buf = make([]byte, 0, gatherStep)
	begin := 0 // of the request line, behind empty lines
	for len(g.buf) < limit {
		if len(g.buf) == cap(g.buf) {
			g.buf = append(make([]byte, 0, min(2*cap(g.buf), limit)), g.buf...)
		}
		old := len(g.buf)
		n, err := fill(g.buf[old:cap(g.buf)])
		g.buf = g.buf[:old+n]
		if err != nil {
			g.err = err
			return
		}
		for begin < len(g.buf) && (g.buf[begin] == '\r' || g.buf[begin] == '\n') {
			begin++
		}
		if endsHead(g.buf[max(begin, old-3):]) {
			return
		}
	}
}

// endsHead reports whether an empty line ends in b.
func endsHead(b []byte) bool {
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 || i+1 == len(b) {
			return false
		}
		if b = b[i+1:]; b[0] == '\n' || len(b) > 1 && b[0] == '\r' && b[1] == '\n' {
			return true
		}
	}
}
