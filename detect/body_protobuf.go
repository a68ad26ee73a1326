package detect

import (
	"bytes"
	"encoding/binary"
)

const (
	maxFrames    = 1000 // messages of one gRPC body
	maxMessages  = 32   // protobuf messages inside one another
	maxFieldBits = 29   // of a field number
)

// grpc inspects the length-prefixed messages of a gRPC or gRPC-Web body. It
// reports false when b does not start like one.
func (s *Scratch) grpc(b, ct []byte, pl place) bool {
	m := s.mark()
	if containsFold(ct, "grpc-web-text") {
		out, ok := appendMIME(s.arena, b)
		if !ok {
			return false
		}
		b, pl = s.keep(out), pl.inexact()
	}
	if _, rest := grpcFrame(b); rest == nil {
		s.free(m)
		return false
	}
	for n, at := 0, 0; at < len(b); n++ {
		if n == maxFrames {
			s.bound(Overlimit, "overlimit/frames", "more messages than the bound", b[at:], pl)
			break
		}
		msg, rest := grpcFrame(b[at:])
		if rest == nil {
			s.blob(b[at:], kindText, pl.sub(at, len(b)))
			break
		}
		from := len(b) - len(rest) - len(msg)
		s.push(StepGRPC, n, nil)
		s.grpcMessage(msg, b[at], ct, pl.sub(from, from+len(msg)))
		s.pop()
		at = len(b) - len(rest)
	}
	s.free(m)
	return true
}

// grpcFrame splits a message from b: a byte of flags, four of length. A last
// message that is cut off is what there is of it. rest is nil when b does not
// start with a frame.
func grpcFrame(b []byte) (msg, rest []byte) {
	if len(b) < 5 || b[0]&^0x81 != 0 {
		return nil, nil
	}
	n := binary.BigEndian.Uint32(b[1:])
	b = b[5:]
	if uint64(n) > uint64(len(b)) {
		return b, b[len(b):]
	}
	return b[:n], b[n:]
}

// grpcMessage inspects one message: compressed, JSON, trailers or protobuf.
func (s *Scratch) grpcMessage(b []byte, flags byte, ct []byte, pl place) {
	if flags&1 != 0 {
		c := codingNamed(s.r.header("grpc-encoding"))
		if c == codingNone {
			c = codingOf(b)
		}
		if v, ok := s.decompress(b, c, pl); ok {
			s.budget += workRate * len(v)
			s.push(codingSteps[c], -1, nil)
			s.grpcMessage(v, flags&^1, ct, pl.inexact())
			s.pop()
			return
		}
	}
	switch {
	case flags&0x80 != 0:
		s.blob(b, kindHeader, pl)
	case containsFold(ct, "json") && looksJSON(b):
		s.jsonBody(b, pl)
	default:
		s.protobuf(b, pl)
	}
}

// protobuf inspects a body or message in protobuf's wire format; what is none
// is a blob.
func (s *Scratch) protobuf(b []byte, pl place) {
	if !validProtobuf(b) {
		s.push(StepText, -1, nil)
		s.blob(b, kindText, pl)
		s.pop()
		return
	}
	s.push(StepProtobuf, -1, nil)
	s.protobufFields(b, 0, pl)
	s.pop()
}

// protobufFields inspects the strings of a valid message.
func (s *Scratch) protobufFields(b []byte, nesting int, pl place) {
	if nesting > maxMessages {
		s.bound(Overlimit, "overlimit/nesting", "protobuf nested deeper than the bound", b, pl)
		return
	}
	for at := 0; at < len(b); {
		if s.items++; s.items > maxItems {
			s.bound(Overlimit, "overlimit/items", "more protobuf fields than the bound", b[at:], pl)
			return
		}
		num, v, n := protobufField(b[at:])
		at += n
		if len(v) > 0 {
			s.push(StepField, int(num), nil)
			s.protobufBytes(v, nesting, pl.sub(at-len(v), at))
			s.pop()
		}
	}
}

// protobufBytes inspects a length-delimited field, of which the wire format
// does not tell whether it is a string, bytes or a message: what may be
// several is inspected as each of them.
func (s *Scratch) protobufBytes(v []byte, nesting int, pl place) {
	message, text := validProtobuf(v), !isBinary(v)
	if message {
		s.protobufFields(v, nesting+1, pl)
	}
	switch {
	case text && message:
		s.value(v, kindText, pl) // tags and lengths among it are no part of a URL
	case text:
		s.value(v, kindParam, pl)
	case !message:
		s.blob(v, kindParam, pl)
	}
}

// validProtobuf reports whether b is a sequence of fields. A nested message
// is looked at when its turn comes.
func validProtobuf(b []byte) bool {
	if len(b) < 2 {
		return false
	}
	for len(b) > 0 {
		_, _, n := protobufField(b)
		if n == 0 {
			return false
		}
		b = b[n:]
	}
	return true
}

// protobufField reads a field: its number, the content when it is
// length-delimited, and its length in b, 0 when it is broken.
func protobufField(b []byte) (num uint64, v []byte, n int) {
	tag, n := binary.Uvarint(b)
	num = tag >> 3
	if n <= 0 || num == 0 || num >= 1<<maxFieldBits {
		return 0, nil, 0
	}
	switch tag & 7 {
	case 0:
		_, k := binary.Uvarint(b[n:])
		if k <= 0 {
			return 0, nil, 0
		}
		return num, nil, n + k
	case 1:
		n += 8
	case 2:
		size, k := binary.Uvarint(b[n:])
		if k <= 0 || size > uint64(len(b)-n-k) {
			return 0, nil, 0
		}
		n += k
		return num, b[n : n+int(size)], n + int(size)
	case 5:
		n += 4
	default:
		return 0, nil, 0
	}
	if n > len(b) {
		return 0, nil, 0
	}
	return num, nil, n
}

// isProtobufType reports whether a content type names protobuf.
func isProtobufType(ct []byte) bool {
	return bytes.IndexByte(ct, '/') > 0 && (containsFold(ct, "protobuf") || containsFold(ct, "x-proto"))
}
