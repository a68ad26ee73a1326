package store

import (
	"container/list"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"weir/tenant"
)

// files holds the open databases of tenants, at most max that nobody uses.
// Any number of goroutines may use it.
type files struct {
	dir string
	max int

	mu    sync.Mutex
	open  map[tenant.ID]*tenantFile
	idle  *list.List // of *tenantFile without users, least recently used first
	ended bool
}

type tenantFile struct {
	id    tenant.ID
	users int
	elem  *list.Element // in idle; nil while used
	once  sync.Once     // opening
	file  *file
	err   error
}

func newFiles(dir string, max int) *files {
	return &files{dir: dir, max: max, open: map[tenant.ID]*tenantFile{}, idle: list.New()}
}

// use runs do with the tenant's database, which it opens or makes if needed.
func (fs *files) use(ctx context.Context, id tenant.ID, do func(f *file) error) error {
	t, err := fs.acquire(id)
	if err != nil {
		return err
	}
	defer fs.release(t)
	t.once.Do(func() {
		t.file, t.err = openFile(context.WithoutCancel(ctx), filepath.Join(fs.dir, id.String()+".db"), "hits")
	})
	if t.err != nil {
		return t.err
	}
	return do(t.file)
}

func (fs *files) acquire(id tenant.ID) (*tenantFile, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if fs.ended {
		return nil, fmt.Errorf("cannot use the database of tenant %s: %w", id, os.ErrClosed)
	}
	t := fs.open[id]
	if t == nil {
		t = &tenantFile{id: id}
		fs.open[id] = t
	}
	if t.elem != nil {
		fs.idle.Remove(t.elem)
		t.elem = nil
	}
	t.users++
	return t, nil
}

func (fs *files) release(t *tenantFile) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	t.users--
	if t.users > 0 {
		return
	}
	if t.file == nil || fs.ended {
		fs.dropLocked(t)
		return
	}
	t.elem = fs.idle.PushBack(t)
	for fs.idle.Len() > fs.max {
		oldest := fs.idle.Front()
		fs.dropLocked(fs.idle.Remove(oldest).(*tenantFile))
	}
}

// dropLocked closes under the lock: a second handle on the same file, opened
// while the first checkpoints its WAL away, would only wait for it.
func (fs *files) dropLocked(t *tenantFile) {
	delete(fs.open, t.id)
	if t.file != nil {
		t.file.close()
	}
}

// close closes the idle databases; those in use are closed by their last
// user.
func (fs *files) close() {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	fs.ended = true
	for e := fs.idle.Front(); e != nil; e = e.Next() {
		fs.dropLocked(e.Value.(*tenantFile))
	}
	fs.idle.Init()
}
