package proxy

import (
	"bufio"
	"bytes"
	"io"
	"sync/atomic"
	"testing"
)

// What the reader of responses accepts has a certain end: all that is read
// of a body stands in the message, and a second response never counts to the
// first.
func FuzzReply(f *testing.F) {
	f.Add([]byte(okReply), false)
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nX: y\r\n\r\n"), false)
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 404 Not Found\nX: y\n\nrest"), true)
	f.Add([]byte("HTTP/1.1 204 No Content\r\nConnection: close, x\r\nX: 1\r\n\r\n"), false)
	for _, p := range readProbes(f, "answer.probes") {
		f.Add(p.answer, bytes.HasPrefix(p.send, []byte("HEAD ")))
	}
	var r reply
	f.Fuzz(func(t *testing.T, raw []byte, head bool) {
		br := bufio.NewReaderSize(bytes.NewReader(raw), upReader)
		if err := r.read(br, head); err != nil {
			return
		}
		if r.status < 200 || r.status > 599 || r.chunked && r.length >= 0 {
			t.Fatalf("accepted status %d, chunked %v, length %d", r.status, r.chunked, r.length)
		}
		for i := range r.headers {
			if !isValue(r.headers[i].Value) {
				t.Fatalf("accepted value %q", r.headers[i].Value)
			}
		}
		up := &upstream{clock: newClock(), slots: make(chan struct{}, 1)}
		up.slots <- struct{}{}
		up.active.Add(1)
		var out atomic.Uint64
		b := newReplyBody(up, &upConn{Conn: memConn{}, br: br}, &r, 0, 0, &out)
		n, err := io.Copy(io.Discard, b)
		b.Close()
		if n > int64(len(raw)) || err == nil && r.length >= 0 && !r.bodyless && n != r.length {
			t.Fatalf("read %d of %d bytes, length %d", n, len(raw), r.length)
		}
		if len(up.slots) != 0 || err != nil && len(up.idle) != 0 {
			t.Fatalf("%d slots taken, %d connections kept after %v", len(up.slots), len(up.idle), err)
		}
	})
}
