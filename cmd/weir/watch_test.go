package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

// watched runs watch over sources and returns a function that waits for a
// change to be taken in.
func watched(t *testing.T, sources ...string) func(what string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	changes, ready, done := make(chan bool, 100), make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		watch(ctx, zap.NewNop(), sources, func() []string { changes <- true; return sources }, func() { close(ready) })
	}()
	t.Cleanup(func() { cancel(); <-done })
	<-ready
	return func(what string) {
		t.Helper()
		select {
		case <-changes:
		case <-time.After(time.Minute):
			t.Fatalf("%s is not noticed", what)
		}
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Whatever way a file changes, it is noticed.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	node := filepath.Join(dir, "node.toml")
	write(t, node, "1")
	write(t, filepath.Join(dir, "tenants.d", "a.toml"), "1")
	wait := watched(t, node, filepath.Join(dir, "tenants.d", "*.toml"))
	write(t, node, "2")
	wait("a file written in place")
	write(t, node+".new", "3")
	if err := os.Rename(node+".new", node); err != nil {
		t.Fatal(err)
	}
	wait("a file renamed over another")
	write(t, filepath.Join(dir, "tenants.d", "b.toml"), "1")
	wait("a new file")
	if err := os.Remove(filepath.Join(dir, "tenants.d", "a.toml")); err != nil {
		t.Fatal(err)
	}
	wait("a removed file")
}

// A relative name, as it stands on most command lines.
func TestWatchRelative(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "node.toml", "1")
	wait := watched(t, "node.toml")
	write(t, "node.toml", "2")
	wait("a file written in place")
}

// A file that was cut to be written again is waited for: its tenants would
// be gone in between.
func TestWatchHalf(t *testing.T) {
	dir := t.TempDir()
	acme := filepath.Join(dir, "acme.toml")
	write(t, acme, "")
	s := sourceWatch{changed: map[string]bool{}}
	if s.half() {
		t.Error("nothing has changed")
	}
	if in, renamed := s.note(fsnotify.Event{Name: acme, Op: fsnotify.Write}), s.note(fsnotify.Event{Name: dir + "/gone", Op: fsnotify.Create}); in <= renamed {
		t.Errorf("a file written in place waits %s, a renamed one %s", in, renamed)
	}
	if !s.half() {
		t.Error("an empty file is taken for whole")
	}
	write(t, acme, "x")
	if s.half() {
		t.Error("a written file is taken for empty")
	}
}

// Only what can change the configuration counts.
func TestWatchConcerns(t *testing.T) {
	dir := t.TempDir()
	node, real := filepath.Join(dir, "etc", "node.toml"), filepath.Join(dir, "store", "node-7.toml")
	write(t, real, "1")
	write(t, filepath.Join(dir, "etc", "x"), "1")
	if err := os.Symlink(real, node); err != nil {
		t.Fatal(err)
	}
	s := sourceWatch{sources: []string{node, filepath.Join(dir, "etc", "tenants.d", "*.toml")}}
	f := func(name string, op fsnotify.Op, want bool) {
		t.Helper()
		if got := s.concerns(fsnotify.Event{Name: filepath.Join(dir, name), Op: op}); got != want {
			t.Errorf("%s %s: %v", op, name, got)
		}
	}
	f("etc/node.toml", fsnotify.Write, true)
	f("etc/node.toml", fsnotify.Remove, true)
	f("etc/node.toml", fsnotify.Chmod, false)
	f("store/node-7.toml", fsnotify.Write, true)
	f("store/node-8.toml", fsnotify.Write, false)
	f("etc/tenants.d/acme.toml", fsnotify.Create, true)
	f("etc/tenants.d/.acme.toml.swp", fsnotify.Write, false)
	f("etc/hits.ndjson", fsnotify.Write, false)
	f("etc/..data", fsnotify.Create, true)
}
