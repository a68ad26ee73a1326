package uplink

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/sys/unix"

	"weir/tenant/wire"
)

func readHits(t *testing.T, name string) (ids []string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		h, err := wire.DecodeHit(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, h.ID)
	}
	return ids
}

// Without a cloud hits go to the file, which may be rotated; nothing is lost
// or cut.
func TestHitsFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "hits.ndjson")
	u := start(t, Options{HitsFile: name})
	before := mustOffer(t, u, acme, 100)
	until(t, "written", func() bool { return len(readHits(t, name)) == 100 })
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	between := mustOffer(t, u, acme, 50)
	until(t, "written to the old file", func() bool { return len(readHits(t, name+".1")) == 150 })
	if err := u.Reopen(); err != nil {
		t.Fatal(err)
	}
	after := mustOffer(t, u, bolt, 70)
	mustClose(t, u)
	same(t, readHits(t, name+".1"), append(before, between...))
	same(t, readHits(t, name), after)
	if u.Offer(newHit("late", acme)) {
		t.Error("a closed uplink took a hit")
	}
}

func TestHitsFileAndCloud(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	o.HitsFile = filepath.Join(t.TempDir(), "hits.ndjson")
	u := start(t, o)
	ids := mustOffer(t, u, acme, 100)
	delivered(t, c, u, ids)
	same(t, readHits(t, o.HitsFile), ids)
}

// With neither file nor cloud the log gets the hits.
func TestHitsLog(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	u := start(t, Options{Log: zap.New(core)})
	mustOffer(t, u, acme, 3)
	until(t, "logged", func() bool { return logs.FilterMessage("hit").Len() == 3 })
	m := logs.All()[0].ContextMap()
	if m["tenant"] != acme.String() || m["class"] != "sqli" || m["client"] != "192.0.2.7" || m["blocked"] != true {
		t.Errorf("logged %v", m)
	}
}

// flaky is a file on a disk that takes only so many bytes.
type flaky struct {
	into *strings.Builder
	room *int
}

func (f flaky) Write(b []byte) (int, error) {
	n := min(len(b), *f.room)
	f.into.Write(b[:n])
	*f.room -= n
	if n < len(b) {
		return n, unix.ENOSPC
	}
	return n, nil
}

func (f flaky) Close() error { return nil }

// A full disk cuts a line; what follows completes it. A file that is rotated
// meanwhile gets that line whole.
func TestHitsFileDiskFull(t *testing.T) {
	var now strings.Builder
	var files []string
	room := 25
	h := &hitsFile{open: func(string) (io.WriteCloser, error) {
		files = append(files, now.String())
		now.Reset()
		return flaky{&now, &room}, nil
	}}
	add := func(from, to int) {
		t.Helper()
		for i := from; i < to; i++ {
			if !h.add(fmt.Appendf(nil, "line %04d", i)) {
				t.Fatal("line lost")
			}
		}
	}
	add(0, 5)
	if err := h.flush(); err == nil || now.String() != "line 0000\nline 0001\nline " {
		t.Errorf("%q, %v", now.String(), err)
	}
	room = 10
	if err := h.flush(); err == nil || now.String() != "line 0000\nline 0001\nline 0002\nline " {
		t.Errorf("%q, %v", now.String(), err)
	}
	if err := h.reopen(); err == nil {
		t.Error("no error")
	}
	room = 1000
	add(5, 6)
	if err := h.flush(); err != nil || now.String() != "line 0003\nline 0004\nline 0005\n" || h.failures() != 3 {
		t.Errorf("%q, %v, %d failures", now.String(), err, h.failures())
	}
	room = 0
	line := make([]byte, 1<<20)
	n := 0
	for h.add(line) {
		n++
	}
	if n != 3 {
		t.Errorf("%d lines of 1 MiB kept in memory", n)
	}
}
