package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// chunkGuard checks the framing of a request's chunks before the reader below
// (fasthttp) takes it: that reader lets through control bytes in extensions,
// extensions of any length and folded trailers, in which others see the end
// of a message. It looks ahead in that reader's buffer and consumes nothing.
type chunkGuard struct {
	src   io.Reader     // of the decoded body
	ahead *bufio.Reader // what src reads from
	left  int64         // of the chunk
	last  bool          // the last chunk and the trailers were seen
}

// errChunk is a body whose chunks break their framing.
var errChunk = errors.New("malformed chunks")

// aheadOf returns the buffer that a body stream of fasthttp reads from; nil
// when stream is none.
func aheadOf(stream io.Reader) *bufio.Reader {
	v := reflect.ValueOf(stream)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return nil
	}
	f := v.Elem().FieldByName("reader")
	if !f.IsValid() || f.Type() != reflect.TypeFor[*bufio.Reader]() {
		return nil
	}
	return (*bufio.Reader)(f.UnsafePointer())
}

// Read implements io.Reader.
func (g *chunkGuard) Read(p []byte) (int, error) {
	if g.left == 0 && !g.last {
		if err := g.look(); err != nil {
			return 0, err
		}
	}
	if !g.last {
		p = p[:min(int64(len(p)), g.left)]
	}
	n, err := g.src.Read(p)
	g.left -= int64(n)
	return n, err
}

// look checks the size line that comes next, and after the last one the
// trailers.
func (g *chunkGuard) look() error {
	line, err := g.line(0)
	if err != nil {
		return err
	}
	if len(line) > maxChunkLine {
		return fmt.Errorf("%w: size line is too long", errChunk)
	}
	if g.left, err = parseChunk(line); err != nil || g.left > 0 {
		return err
	}
	g.last = true
	for at := len(line); ; at += len(line) {
		if line, err = g.line(at); err != nil {
			return err
		}
		if len(line) == 2 && line[0] == '\r' {
			return nil
		}
		if !isFieldLine(line) {
			return fmt.Errorf("%w: trailer", errChunk)
		}
	}
}

// line returns the line at offset at of what comes, its LF included.
func (g *chunkGuard) line(at int) ([]byte, error) {
	for {
		b, _ := g.ahead.Peek(g.ahead.Buffered())
		if at < len(b) {
			if i := bytes.IndexByte(b[at:], '\n'); i >= 0 {
				return b[at : at+i+1], nil
			}
			if len(b)-at > maxChunkLine {
				return nil, fmt.Errorf("%w: line is too long", errChunk)
			}
		}
		if _, err := g.ahead.Peek(len(b) + 1); err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
}

// isFieldLine reports whether line is `name: value CRLF` (RFC 9112 5).
func isFieldLine(line []byte) bool {
	i := 0
	for i < len(line) && foldName[line[i]] != 0 {
		i++
	}
	end := len(line) - 2
	return i > 0 && i < end && line[i] == ':' && line[end] == '\r' && isValue(line[i+1:end])
}
