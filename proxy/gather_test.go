package proxy

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Whatever the pieces, the reader gets every byte, and nothing before the
// head is whole.
func TestGather(t *testing.T) {
	f := func(raw string, head int, want lineState) {
		t.Helper()
		src := strings.NewReader(raw)
		var g gather
		var line firstLine
		one := make([]byte, 1)
		fill := iotest.OneByteReader(src).Read
		n, err := g.read(one, 100, &line, fill)
		if taken := len(raw) - src.Len(); taken != head || line.state != want {
			t.Errorf("%q: took %d bytes, want %d; line is %d, want %d", raw, taken, head, line.state, want)
		}
		got := string(one[:n])
		for err == nil && g.pending() {
			n, err = g.read(one, 100, &line, fill)
			got += string(one[:n])
		}
		if err != nil && err != io.EOF || got != raw[:head] {
			t.Errorf("%q: read %q, %v", raw, got, err)
		}
	}
	f("GET / HTTP/1.1\r\nHost: a\r\n\r\nbody", 27, lineDone)
	f("GET / HTTP/1.1\nHost: a\n\nbody", 24, lineBare)
	// Empty lines before it are no end.
	f("\r\n\r\nGET / HTTP/1.1\r\n\r\nbody", 22, lineDone)
	// Cut short, and longer than the bound.
	f("GET / HT", 8, lineOpen)
	f("GET / HTTP/1.1\r\nX: "+strings.Repeat("y", 200), 100, lineDone)
	f("", 0, lineOpen)
}

// An error comes after what came before it.
func TestGatherError(t *testing.T) {
	broken := errors.New("broken")
	var g gather
	var line firstLine
	fill := io.MultiReader(strings.NewReader("GET"), iotest.ErrReader(broken)).Read
	buf := make([]byte, 10)
	if n, err := g.read(buf, 100, &line, fill); n != 3 || err != nil {
		t.Errorf("read %d bytes, %v", n, err)
	}
	if n, err := g.read(buf, 100, &line, fill); n != 0 || !errors.Is(err, broken) {
		t.Errorf("read %d bytes, %v", n, err)
	}
}
