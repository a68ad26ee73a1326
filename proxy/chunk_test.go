package proxy

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/valyala/fasthttp"

	"weir/tenant"
)

// chunkReader reads a body as the server would.
func chunkReader(t testing.TB, raw string) (io.Reader, *bufio.Reader) {
	t.Helper()
	br := bufio.NewReaderSize(strings.NewReader("POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n"+raw), 4<<10)
	var req fasthttp.Request
	if err := req.Header.Read(br); err != nil {
		t.Fatal(err)
	}
	if err := req.ContinueReadBodyStream(br, 1, false); err != nil {
		t.Fatal(err)
	}
	var h head
	h.chunked = true
	var b body
	b.open(req.BodyStream(), &h, nil, &tenant.Limits{}, 0)
	if b.chunks.ahead != br {
		t.Fatal("the stream's buffer was not found: the reader below has changed")
	}
	return &b, br
}

// FuzzChunks: what is accepted decodes to what a plain reading of RFC 9112
// 7.1 gives, and the reader stands exactly behind it.
func FuzzChunks(f *testing.F) {
	for _, s := range []string{"3\r\nabc\r\n0\r\n\r\nrest", "3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n", "0x3\r\nabc\r\n0\r\n\r\n", "3;\x00\r\nabc\r\n0\r\n\r\n",
		"000000000000003\r\nabc\r\n0\r\n\r\n", "0\r\nX: y\r\n z\r\n\r\n", "3\nabc\n0\n\n", "ffffffffffffffff\r\nx", "A\r\n0123456789\r\n00\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "1;" + strings.Repeat("x", 2000) + "\r\na\r\n0\r\n\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, br := chunkReader(t, string(raw))
		got, err := io.ReadAll(r)
		want, rest, ok := dechunk(raw)
		if (err == nil) != ok {
			t.Fatalf("error %v, sound %v", err, ok)
		}
		if err != nil {
			return
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("decoded %q, want %q", got, want)
		}
		if left, _ := io.ReadAll(br); !bytes.Equal(left, rest) {
			t.Fatalf("left %q, want %q", left, rest)
		}
	})
}

// dechunk is the plain reading: slow, and strict by being simple.
func dechunk(raw []byte) (body, rest []byte, ok bool) {
	for {
		line, after, found := bytes.Cut(raw, []byte("\r\n"))
		if !found || len(line)+2 > maxChunkLine || !isValue(line) {
			return nil, nil, false
		}
		digits, _, _ := bytes.Cut(line, []byte(";"))
		digits = bytes.TrimRight(digits, " \t")
		n, seen := int64(0), 0
		for _, c := range digits {
			d, hex := hexDigit(c)
			if n = n<<4 | int64(d); !hex || n > maxLength {
				return nil, nil, false
			}
			seen++
		}
		if seen == 0 || seen > maxChunkDigits {
			return nil, nil, false
		}
		if raw = after; n == 0 {
			return trailers(body, raw)
		}
		if int64(len(raw)) < n+2 || string(raw[n:n+2]) != "\r\n" {
			return nil, nil, false
		}
		body, raw = append(body, raw[:n]...), raw[n+2:]
	}
}

func trailers(body, raw []byte) (_, rest []byte, ok bool) {
	for {
		line, after, found := bytes.Cut(raw, []byte("\r\n"))
		if !found {
			return nil, nil, false
		}
		if raw = after; len(line) == 0 {
			return body, raw, true
		}
		if !isFieldLine(append(bytes.Clone(line), "\r\n"...)) {
			return nil, nil, false
		}
	}
}

func TestFirstLine(t *testing.T) {
	f := func(want lineState, pieces ...string) {
		t.Helper()
		buf := make([]byte, 64)
		var l firstLine
		at := 0
		for _, p := range pieces {
			at += copy(buf[at:], p)
			l.watch(buf[at-len(p) : at])
		}
		if l.state != want {
			t.Errorf("%q: state %d, want %d", pieces, l.state, want)
		}
	}
	f(lineDone, "GET / HTTP/1.1\r\nHost: x\n")
	f(lineDone, "\r\n\r\nGET / HTTP/1.1\r\n")
	f(lineDone, "G", "ET / HTTP/1.1\r", "\nX\n")
	f(lineDone, "\r", "\n", "G", "\r", "\n")
	f(lineBare, "GET / HTTP/1.1\nHost: x\r\n")
	f(lineBare, "GET / HTTP/1.1", "\n")
	f(lineBare, "\r\n\nGET / HTTP/1.1\r\n")
	f(lineBare, "\n")
	f(lineOpen, "GET / HT")
	f(lineOpen, "\r\n")
	// Bytes that follow others in the buffer are no first line.
	l := firstLine{size: 64}
	buf := make([]byte, 64)
	if l.watch(buf[1:5]); l.state != lineDone {
		t.Errorf("state %d", l.state)
	}
}
