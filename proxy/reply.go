package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"

	"weir/detect"
)

// The reader of upstreams' response heads. It is our own, because fasthttp's
// takes a declared length for memory to allocate, drops Transfer-Encoding of
// HTTP/1.0 responses while their body is still chunked, and lets statuses
// through that are none. Its guarantee: after a nil error the framing of the
// body is certain.

// Bounds of a response head.
const (
	maxReplyHead    = 64 << 10
	maxReplyHeaders = 200
	maxInterim      = 8 // 1xx responses before the final one
)

var (
	errReply    = errors.New("malformed response")
	errSwitched = errors.New("unasked 101")
)

// reply is the head of a response; views are valid until the next read.
type reply struct {
	status   int
	reason   []byte
	http10   bool
	headers  []detect.Header
	fields   []field
	length   int64 // -1: none
	chunked  bool
	close    bool // the connection cannot be used again
	switches bool // a 101 is what was asked for
	early    bool // the answer came before the request was sent whole
	bodyless bool // by the request's method or the status
	buf      []byte
}

// read reads heads from br until the final one.
func (r *reply) read(br *bufio.Reader, isHEAD bool) error {
	for range maxInterim {
		if err := r.readHead(br); err != nil {
			return err
		}
		if r.status == 101 {
			if r.switches {
				return nil
			}
			return errSwitched
		}
		if r.status >= 200 {
			r.bodyless = isHEAD || r.status == 204 || r.status == 304
			return r.checkFraming()
		}
	}
	return fmt.Errorf("%w: too many interim responses", errReply)
}

func (r *reply) readHead(br *bufio.Reader) error {
	*r = reply{length: -1, early: r.early, switches: r.switches, headers: r.headers[:0], fields: r.fields[:0], buf: r.buf[:0]}
	end, err := r.fill(br)
	if err != nil {
		return err
	}
	rest, err := r.parseStatus(r.buf[:end])
	if err != nil {
		return err
	}
	for len(rest) > 0 {
		var line []byte
		line, rest = cutLine(rest)
		if err := r.parseLine(line); err != nil {
			return err
		}
	}
	return nil
}

// fill copies the head into buf up to its empty line and returns its length
// without that.
func (r *reply) fill(br *bufio.Reader) (int, error) {
	for {
		line, err := br.ReadSlice('\n')
		if len(r.buf)+len(line) > maxReplyHead {
			return 0, fmt.Errorf("%w: head is larger than %d bytes", errReply, maxReplyHead)
		}
		if err != nil && err != bufio.ErrBufferFull {
			return 0, err
		}
		start := len(r.buf)
		r.buf = append(r.buf, line...)
		if err == nil && start > 0 && r.buf[start-1] == '\n' && isBlank(line) {
			return start, nil
		}
	}
}

func isBlank(line []byte) bool { return len(line) == 1 || len(line) == 2 && line[0] == '\r' }

// cutLine cuts a line that ends in LF; CR before it is no part of the line.
func cutLine(b []byte) (line, rest []byte) {
	i := bytes.IndexByte(b, '\n')
	line, rest = b[:i], b[i+1:]
	if i > 0 && line[i-1] == '\r' {
		line = line[:i-1]
	}
	return line, rest
}

// parseStatus reads the status line (RFC 9112 4).
func (r *reply) parseStatus(b []byte) (rest []byte, err error) {
	line, rest := cutLine(b)
	if len(line) < 12 || string(line[:7]) != "HTTP/1." || line[7] != '0' && line[7] != '1' || line[8] != ' ' {
		return nil, fmt.Errorf("%w: bad status line", errReply)
	}
	r.http10 = line[7] == '0'
	r.close = r.http10
	for _, c := range line[9:12] {
		if c < '0' || c > '9' {
			return nil, fmt.Errorf("%w: bad status", errReply)
		}
		r.status = r.status*10 + int(c-'0')
	}
	if r.status < 100 || r.status > 599 || len(line) > 12 && line[12] != ' ' {
		return nil, fmt.Errorf("%w: bad status", errReply)
	}
	if len(line) > 13 {
		r.reason = line[13:]
	}
	if !isValue(r.reason) {
		return nil, fmt.Errorf("%w: control byte in the reason", errReply)
	}
	return rest, nil
}

// isValue reports whether b may be a field's value (RFC 9110 5.5).
func isValue(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func (r *reply) parseLine(line []byte) error {
	i := 0
	for i < len(line) && foldName[line[i]] != 0 {
		i++
	}
	if i == 0 || i == len(line) || line[i] != ':' {
		return fmt.Errorf("%w: bad field name", errReply)
	}
	name, value := line[:i], trimOWS(line[i+1:])
	if !isValue(value) {
		return fmt.Errorf("%w: control byte in a field", errReply)
	}
	if len(r.headers) == maxReplyHeaders {
		return fmt.Errorf("%w: more than %d fields", errReply, maxReplyHeaders)
	}
	f := fieldOf(name)
	r.headers = append(r.headers, detect.Header{Name: name, Value: value})
	r.fields = append(r.fields, f)
	return r.note(f, value)
}

// note takes in what frames the message.
func (r *reply) note(f field, value []byte) error {
	switch f {
	case fieldContentLength:
		n, ok := parseLength(value)
		if !ok || r.length >= 0 && n != r.length {
			return fmt.Errorf("%w: bad Content-Length", errReply)
		}
		r.length = n
	case fieldTransferEncoding:
		if r.chunked || r.http10 || !foldIs(value, "chunked") {
			return fmt.Errorf("%w: bad Transfer-Encoding", errReply)
		}
		r.chunked = true
	}
	return nil
}

func (r *reply) noteConnection(list []byte) {
	for len(list) > 0 {
		var option []byte
		option, list, _ = bytes.Cut(list, comma)
		switch option = trimOWS(option); {
		case foldIs(option, "close"):
			r.close = true
		case foldIs(option, "keep-alive"):
		case fieldOf(option) == fieldOther:
			for i := range r.headers {
				if sameFold(r.headers[i].Name, option) {
					r.fields[i] = fieldHopByHop
				}
			}
		}
	}
}

// checkFraming refuses what leaves the body's end in doubt, and takes in the
// connection options, which may name fields before or after them.
func (r *reply) checkFraming() error {
	for i, f := range r.fields {
		if f == fieldConnection {
			r.noteConnection(r.headers[i].Value)
		}
	}
	if r.chunked && r.length >= 0 {
		return fmt.Errorf("%w: Transfer-Encoding with Content-Length", errReply)
	}
	if !r.bodyless && !r.chunked && r.length < 0 {
		r.close = true
	}
	return nil
}
