package detect

import (
	"bytes"
	"encoding/base64"
	"testing"
)

// field is a length-delimited protobuf field.
func field(num byte, v string) string { return string([]byte{num<<3 | 2, byte(len(v))}) + v }

// frame is a gRPC message.
func frame(flags byte, v string) string {
	return string([]byte{flags, 0, 0, byte(len(v) >> 8), byte(len(v))}) + v
}

func TestViewProtobuf(t *testing.T) {
	f := func(headers, body string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\n"+headers+"\n\n"+body, want...)
	}
	const proto = "Content-Type: application/x-protobuf"
	message := "\x08\x96\x01" + field(2, "a;b") + "\x19\x01\x02\x03\x04\x05\x06\x07\x08" + field(4, field(1, "x\u2019<y")+"\x25abcd") + field(5, "c\xff\x00")
	// strings, at any depth
	f(proto, message, `[post][protobuf][field 2]="a;b"`, `[post][protobuf][field 4][field 1]="x’<y"`)
	// a string that is a message as well is both
	long := "it's thirty-two characters long."
	f(proto, field(1, "\n "+long), `[post][protobuf][field 1][field 1]="`+long+`"`, `[post][protobuf][field 1]="\n `+long+`"`)
	// by its look
	f("Content-Type: application/octet-stream", message, `[post][text][protobuf][field 2]="a;b"`)
	// what is none
	f(proto, "no message at all;", `[post][text]="no message at all;"`)
	// JSON in a string
	f(proto, field(1, `{"a":"b;"}`), `[post][protobuf][field 1][json][hash a]="b;"`)
}

func TestViewGRPC(t *testing.T) {
	f := func(headers, body string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\n"+headers+"\n\n"+body, want...)
	}
	m := field(3, "a;b")
	const grpc = "Content-Type: application/grpc"
	f(grpc, frame(0, m)+frame(0, field(1, "c;d")), `[post][grpc 0][protobuf][field 3]="a;b"`, `[post][grpc 1][protobuf][field 1]="c;d"`)
	f(grpc+"+proto\nGrpc-Encoding: gzip", frame(1, pack(t, m, "gzip")), `[post][grpc 0][gzip][protobuf][field 3]="a;b"`)
	f(grpc+"\nGrpc-Encoding: zstd", frame(1, pack(t, m, "zstd")), `[post][grpc 0][zstd][protobuf][field 3]="a;b"`)
	f(grpc+"+json", frame(0, `{"a":"b;"}`), `[post][grpc 0][json][hash a]="b;"`)
	f(grpc+"-web-text", base64.StdEncoding.EncodeToString([]byte(frame(0, m)+frame(0x80, "grpc-message: x'y"))),
		`[post][grpc 0][protobuf][field 3]="a;b"`, `[post][grpc 1]="grpc-message: x'y"`)
	// a last message that is cut off, something else behind a message, no message
	f(grpc, frame(0, m+m)[:5+len(m)], `[post][grpc 0][protobuf][field 3]="a;b"`)
	f(grpc, frame(0, m)+"then text; ", `[post][grpc 0][protobuf][field 3]="a;b"`, `[post]="then text; "`)
	f(grpc, "only text; ", `[post][text]="only text; "`)
}

// Depth and number of messages are bounded.
func TestProtobufBounds(t *testing.T) {
	f := func(ct, rule string, body []byte) {
		t.Helper()
		v := mustPolicy(t, Options{}).Inspect(typedBody(ct, body), 1, &Scratch{})
		if len(v.Matches) != 1 || v.Matches[0].Rule != rule || !v.Partial {
			t.Errorf("%s: %s", ct, summary(v))
		}
	}
	deep := "x"
	for range 40 {
		deep = field(1, deep)
	}
	f("application/protobuf", "overlimit/nesting", []byte(deep))
	f("application/grpc", "overlimit/frames", bytes.Repeat([]byte(frame(0, field(1, "x"))), 50_000))
	f("application/protobuf", "overlimit/items", bytes.Repeat([]byte{8, 1}, 1_000_000))
}

// Whatever the bytes are, the walk ends within them and leaves the point as
// it was.
func FuzzProtobuf(f *testing.F) {
	addSeeds(f)
	p := mustPolicy(f, Options{})
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, ct := range []string{"application/grpc", "application/grpc-web-text", "application/protobuf"} {
			r := typedBody(ct, b)
			checkMatches(t, r, p.Inspect(r, 1, s))
			if s.point.n != 0 || s.depth != 0 {
				t.Errorf("%q: point has %d steps, depth %d afterwards", b, s.point.n, s.depth)
			}
		}
	})
}
