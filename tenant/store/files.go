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

	closing sync.WaitGroup
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

// release gives a file back; too many idle ones are closed outside of the
// lock, because a close may write the WAL to the database.
func (fs *files) release(t *tenantFile) {
	for _, old := range fs.retire(t) {
		old.close()
		fs.closing.Done()
	}
}

// retire returns the files to close, counted in closing. Nobody uses them; a
// new user of the same tenant opens the database anew, which SQLite allows
// while the old handle closes.
func (fs *files) retire(t *tenantFile) (close []*file) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	t.users--
	if t.users > 0 {
		return nil
	}
	if t.file == nil {
		delete(fs.open, t.id)
		return nil
	}
	t.elem = fs.idle.PushBack(t)
	max := fs.max
	if fs.ended {
		max = 0
	}
	for fs.idle.Len() > max {
		oldest := fs.idle.Remove(fs.idle.Front()).(*tenantFile)
		delete(fs.open, oldest.id)
		close = append(close, oldest.file)
		fs.closing.Add(1)
	}
	return close
}

// close closes the databases that nobody uses and waits for those that are
// being closed; the others are closed by their last user.
func (fs *files) close() {
	fs.mu.Lock()
	fs.ended = true
	for e := fs.idle.Front(); e != nil; e = e.Next() {
		t := e.Value.(*tenantFile)
		delete(fs.open, t.id)
		t.file.close()
	}
	fs.idle.Init()
	fs.mu.Unlock()
	fs.closing.Wait()
}
