package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
	"go.uber.org/zap"
)

// How long a change waits for the next one: editors, package managers and
// rsync write several files. A file written in place is cut to nothing first
// and whole only some time later, which a renamed one never is. A stream of
// changes is taken in at least every settleMost, and a file that stays empty
// after emptyMost.
const (
	settle     = 50 * time.Millisecond
	settleText = 250 * time.Millisecond
	settleMost = time.Second
	emptyMost  = 10 * time.Second
)

// watch calls changed when a file among sources, which are names and
// patterns, was written, renamed or removed, until ctx ends. changed returns
// the sources that hold from then on; ready is called once no change can be
// missed any more. Folders are watched rather than files,
// because editors rename and links change.
func watch(ctx context.Context, log *zap.Logger, sources []string, changed func() []string, ready func()) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		log.Error("cannot watch the configuration, SIGHUP reloads it", zap.Error(err))
		return
	}
	defer w.Close()
	s := sourceWatch{w: w, log: log, changed: map[string]bool{}}
	s.follow(sources)
	ready()
	due := time.NewTimer(0)
	<-due.C
	var since time.Time // of the first change not taken in; zero: none
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.Events:
			if !s.concerns(e) {
				continue
			}
			if since.IsZero() {
				since = time.Now()
			}
			due.Reset(max(0, min(s.note(e), settleMost-time.Since(since))))
		case err := <-w.Errors:
			log.Error("cannot follow the configuration's files, SIGHUP reloads them", zap.Error(err))
		case <-due.C:
			if s.half() && time.Since(since) < emptyMost {
				due.Reset(settleText)
				continue
			}
			since = time.Time{}
			clear(s.changed)
			log.Info("the configuration's files changed")
			s.follow(changed())
		}
	}
}

// sourceWatch knows which changes matter.
type sourceWatch struct {
	w       *fsnotify.Watcher
	log     *zap.Logger
	sources []string
	changed map[string]bool // files whose change is not taken in yet
}

// note remembers a change and returns how long to wait for the next one.
func (s *sourceWatch) note(e fsnotify.Event) time.Duration {
	s.changed[e.Name] = true
	if e.Has(fsnotify.Write) {
		return settleText
	}
	return settle
}

// half reports whether a changed file is empty: it was cut and is about to
// be written. A tenant must not be lost in between.
func (s *sourceWatch) half() bool {
	for name := range s.changed {
		if info, err := os.Stat(name); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			return true
		}
	}
	return false
}

// follow watches the folders of sources, those that hold a link's target
// included, and no others.
func (s *sourceWatch) follow(sources []string) {
	s.sources = sources
	folders := map[string]bool{}
	for _, name := range sources {
		files, err := filepath.Glob(name)
		if err != nil || len(files) == 0 {
			files = []string{name}
		}
		for _, f := range files {
			folders[filepath.Dir(f)] = true
			if target, err := filepath.EvalSymlinks(f); err == nil {
				folders[filepath.Dir(target)] = true
			}
		}
		if dirs, err := filepath.Glob(filepath.Dir(name)); err == nil {
			for _, d := range dirs {
				folders[d] = true
			}
		}
	}
	for _, old := range s.w.WatchList() {
		if !folders[old] {
			_ = s.w.Remove(old) // it may be gone already
		}
	}
	for f := range folders {
		if err := s.w.Add(f); err != nil {
			s.log.Warn("cannot watch a folder of the configuration, SIGHUP reloads it", zap.String("folder", f), zap.Error(err))
		}
	}
}

// concerns reports whether e can have changed what the sources say: a change
// of one of them, or of a link to the folder that they are in, as
// orchestrators mount configuration.
func (s *sourceWatch) concerns(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	name := filepath.Clean(e.Name) // "./node.toml" for a relative name
	if filepath.Base(name) == "..data" {
		return true
	}
	return slices.ContainsFunc(s.sources, func(pattern string) bool {
		ok, err := filepath.Match(filepath.Clean(pattern), name)
		if target, bad := filepath.EvalSymlinks(pattern); bad == nil && target == name {
			return true
		}
		return ok && err == nil
	})
}
