package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"sync"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

//go:embed schema
var schemas embed.FS

// file is one SQLite database: one writer, so that writers queue in Go and
// not in SQLite's busy loop, and a few readers, which WAL lets run beside it.
type file struct {
	w *sql.DB // one connection; transactions begin IMMEDIATE
	r *sql.DB // query_only

	mu       sync.Mutex
	prepared map[string]*sql.Stmt // on w
}

// maxReaders bounds the read connections of one file, maxIdle those that stay
// open: each has two file descriptors and a cache.
const (
	maxReaders = 4
	maxIdle    = 2
)

// openFile opens or makes the database at path and brings it to the newest
// schema of the folder schema/kind.
func openFile(ctx context.Context, path, kind string) (*file, error) {
	if err := createPrivate(path); err != nil {
		return nil, err
	}
	f := &file{}
	var err error
	if f.w, err = openPool(path, "", 1); err != nil {
		return nil, err
	}
	if err = migrate(ctx, f.w, kind); err != nil {
		f.close()
		return nil, fmt.Errorf("cannot bring the schema of %q up to date: %w", path, err)
	}
	if f.r, err = openPool(path, "&_pragma=query_only(1)", maxReaders); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

// createPrivate makes an empty file that only its owner reads: SQLite would
// make it by the umask, and gives the WAL the mode of the database.
func createPrivate(path string) error {
	fd, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("cannot open database: %w", err)
	}
	return fd.Close()
}

// openPool: synchronous FULL makes each commit in WAL survive power loss;
// NORMAL would survive only a crash of the process.
func openPool(path, more string, conns int) (*sql.DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() +
		"?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=page_size(8192)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
		"&_pragma=foreign_keys(1)&_pragma=cache_size(-4096)&_pragma=temp_store(MEMORY)&_pragma=wal_autocheckpoint(4000)&_pragma=journal_size_limit(67108864)" + more
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("cannot open database %q: %w", path, err)
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(min(conns, maxIdle))
	return db, nil
}

func migrate(ctx context.Context, db *sql.DB, kind string) error {
	dir, err := fs.Sub(schemas, "schema/"+kind)
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// close waits for running statements.
func (f *file) close() error {
	var err error
	if f.r != nil {
		err = f.r.Close()
	}
	if e := f.w.Close(); err == nil {
		err = e
	}
	return err
}

// prepare returns the query prepared on the writing connection. It must not
// be called within a transaction, which holds that connection.
func (f *file) prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.prepared[query]; s != nil {
		return s, nil
	}
	s, err := f.w.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("cannot prepare: %w", err)
	}
	if f.prepared == nil {
		f.prepared = map[string]*sql.Stmt{}
	}
	f.prepared[query] = s
	return s, nil
}

// write runs do in one transaction: all of it is durable when write returns
// nil, nothing of it otherwise.
func (f *file) write(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := f.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("cannot begin a transaction: %w", err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("cannot commit: %w", err)
	}
	return nil
}

// read runs do on one consistent state of the database.
func (f *file) read(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := f.r.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("cannot begin to read: %w", err)
	}
	defer tx.Rollback()
	return do(tx)
}
