package proxy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"
)

// errBody is a body that breaks its framing.
var errBody = errors.New("malformed response body")

// maxChunkLine bounds a chunk's size line with its extensions, in bytes.
const maxChunkLine = 1 << 10

// maxChunkDigits bounds the digits of a chunk's size, zeros in front included:
// the reader of requests (fasthttp) takes no more.
const maxChunkDigits = 15

// replyBody reads the body of a response from its connection, which it owns
// until Close. It is an io.ReadCloser for one reader.
type replyBody struct {
	up      *upstream
	conn    *upConn
	chunked bool
	left    int64 // of the body, or of the chunk; -1: until the upstream closes
	done    bool  // the end was read
	keep    bool  // the connection may be kept after the end
	fixed   bool  // the length was declared: a minimum rate applies
	pace    pace
	read    int64
	max     int64          // 0: none
	out     *atomic.Uint64 // counts content bytes
	err     error
}

// newReplyBody takes over conn.
func newReplyBody(up *upstream, conn *upConn, r *reply, rate, limit int64, out *atomic.Uint64) *replyBody {
	b := &replyBody{up: up, conn: conn, chunked: r.chunked, left: r.length, keep: !r.close, max: limit, out: out}
	switch {
	case r.bodyless:
		b.done = true
	case r.chunked:
		b.left = 0
	case r.length >= 0:
		b.done, b.fixed = r.length == 0, true
	}
	b.pace.reset(rate)
	return b
}

// Read implements io.Reader. An error other than io.EOF means that the
// response is cut short.
func (b *replyBody) Read(p []byte) (n int, err error) {
	if b.err != nil {
		return 0, b.err
	}
	if !b.done {
		n, err = b.next(p)
	}
	if b.done && err == nil && n == 0 {
		err = io.EOF
	}
	b.read += int64(n)
	if b.max > 0 && b.read > b.max {
		n, err = 0, fmt.Errorf("%w: larger than %d bytes", errBody, b.max)
	}
	b.err = err
	return n, err
}

func (b *replyBody) next(p []byte) (n int, err error) {
	if b.chunked && b.left == 0 {
		if err := b.nextChunk(); err != nil || b.done {
			return 0, err
		}
	}
	if b.left > 0 {
		p = p[:min(int64(len(p)), b.left)]
	}
	n, err = b.take(p)
	switch {
	case b.left < 0 && err == io.EOF:
		b.done, b.keep = true, false
		return n, nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	if b.left > 0 {
		b.left -= int64(n)
	}
	if err == nil && b.left == 0 {
		err = b.endPart()
	}
	return n, err
}

// take reads content. A declared length must arrive at the minimum rate; a
// stream may be silent as long as it likes, because it is alive by design
// and TCP keep-alive finds a dead peer.
func (b *replyBody) take(p []byte) (int, error) {
	if b.fixed && b.conn.br.Buffered() == 0 {
		return b.pace.read(b.conn, p, b.conn.br.Read)
	}
	return b.conn.br.Read(p)
}

// endPart is the end of the body or of a chunk.
func (b *replyBody) endPart() error {
	if !b.chunked {
		b.done = true
		return nil
	}
	for _, want := range [...]byte{'\r', '\n'} {
		if c, err := b.conn.br.ReadByte(); err != nil || c != want {
			return fmt.Errorf("%w: chunk without end", errBody)
		}
	}
	return nil
}

// nextChunk reads a size line; at the last one also the trailers, which do
// not cross the node.
func (b *replyBody) nextChunk() error {
	line, err := b.conn.br.ReadSlice('\n')
	if err == bufio.ErrBufferFull || len(line) > maxChunkLine {
		return fmt.Errorf("%w: chunk line is too long", errBody)
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // for io.EOF the body would pass as whole
	}
	if err != nil {
		return err
	}
	if b.left, err = parseChunk(line); err != nil || b.left > 0 {
		return err
	}
	return b.skipTrailers()
}

// parseChunk reads `size [; extension] CRLF` (RFC 9112 7.1).
func parseChunk(line []byte) (n int64, err error) {
	i := 0
	for ; i < len(line); i++ {
		d, ok := hexDigit(line[i])
		if !ok {
			break
		}
		if n = n<<4 | int64(d); n > maxLength || i == maxChunkDigits {
			return 0, fmt.Errorf("%w: chunk size", errBody)
		}
	}
	end := trimOWS(line[i:])
	if i == 0 || len(end) < 2 || end[len(end)-2] != '\r' || end[0] != ';' && end[0] != '\r' || !isValue(end[:len(end)-2]) {
		return 0, fmt.Errorf("%w: chunk line", errBody)
	}
	return n, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func (b *replyBody) skipTrailers() error {
	for size := 0; size < maxReplyHead; {
		line, err := b.conn.br.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("%w: trailers: %w", errBody, err)
		}
		if isBlank(line) {
			b.done = true
			return nil
		}
		size += len(line)
	}
	return fmt.Errorf("%w: trailers are too large", errBody)
}

// await waits at most d for the first byte of the body. Its result says
// whether there is one; the end and errors count as one.
func (b *replyBody) await(d time.Duration) bool {
	if b.done || b.conn.br.Buffered() > 0 {
		return true
	}
	if b.conn.SetReadDeadline(time.Now().Add(d)) != nil {
		return true
	}
	_, err := b.conn.br.Peek(1)
	b.conn.SetReadDeadline(time.Time{})
	return err == nil || !isTimeout(err)
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// Close implements io.Closer: it gives the connection back.
func (b *replyBody) Close() error {
	if b.conn == nil {
		return nil
	}
	b.up.put(b.conn, b.keep && b.done && (b.err == nil || b.err == io.EOF))
	b.conn = nil
	b.out.Add(uint64(b.read))
	return nil
}
