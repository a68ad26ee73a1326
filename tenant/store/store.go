// Package store keeps what the cloud knows: accounts, tenants, users, tokens,
// nodes, policies, hits and attacks.
//
// The rule of this package: a tenant's rows are reached through a *Tenant,
// and a *Tenant is made only by Store.Tenant from a *Principal, and a
// *Principal only by presenting a credential. There is no other way in, so
// there is no filter that a caller could leave out. What a principal may not
// see is ErrNotFound, exactly as what does not exist.
//
// On SQLite, accounts.db holds everything but hits, and hits/<tenant>.db the
// hits and attacks of one tenant: deleting old rows or a whole tenant frees
// the disk, and one tenant's volume does not slow another's search.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"weir/tenant/account"
)

// Errors that callers decide by.
var (
	// ErrNotFound: absent, or not for this principal.
	ErrNotFound = errors.New("not found")
	// ErrConflict: the name, ID or address is taken.
	ErrConflict = errors.New("already taken")
	// ErrCredential: no such token, session or password.
	ErrCredential = errors.New("credential not accepted")
	// ErrInitialised: the store already has an account.
	ErrInitialised = errors.New("already initialised")
	// ErrRefused: the change would leave something unusable.
	ErrRefused = errors.New("refused")
)

// Options of a store; zero values are the defaults.
type Options struct {
	Now          func() time.Time
	Passwords    *account.Passwords
	SessionIdle  time.Duration // a session ends after this without a request; 12 h
	SessionLife  time.Duration // a session ends after this in any case; 7 days
	MaxOpenFiles int           // databases of tenants held open while nobody uses them; 64
}

// Store is a cloud's data. Any number of goroutines may use it, and several
// processes may have the same one open.
type Store struct {
	opt      Options
	accounts *file
	hits     *files
	watch    *watch
	stop     context.CancelFunc
	done     sync.WaitGroup
}

// Open opens or makes the store at url: sqlite:///absolute/folder.
func Open(ctx context.Context, url string, opt Options) (*Store, error) {
	dir, ok := strings.CutPrefix(url, "sqlite://")
	if !ok || !filepath.IsAbs(dir) {
		return nil, fmt.Errorf("cannot open store %q: want sqlite:///absolute/folder", url)
	}
	if err := os.MkdirAll(filepath.Join(dir, "hits"), 0o700); err != nil {
		return nil, fmt.Errorf("cannot make store: %w", err)
	}
	f, err := openFile(ctx, filepath.Join(dir, "accounts.db"), "accounts")
	if err != nil {
		return nil, err
	}
	for _, d := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "hits")} {
		if err := syncDir(d); err != nil {
			f.close()
			return nil, err
		}
	}
	s := &Store{opt: defaults(opt), accounts: f, watch: newWatch()}
	s.hits = newFiles(filepath.Join(dir, "hits"), s.opt.MaxOpenFiles)
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.done.Go(func() { s.watchOthers(ctx) })
	return s, nil
}

func defaults(o Options) Options {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Passwords == nil {
		o.Passwords = account.NewPasswords(account.DefaultParams)
	}
	if o.SessionIdle == 0 {
		o.SessionIdle = 12 * time.Hour
	}
	if o.SessionLife == 0 {
		o.SessionLife = 7 * 24 * time.Hour
	}
	if o.MaxOpenFiles == 0 {
		o.MaxOpenFiles = 64
	}
	return o
}

// syncDir makes the entries of a folder durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("cannot sync folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("cannot sync folder %q: %w", path, err)
	}
	return nil
}

// Close waits for running transactions.
func (s *Store) Close() error {
	s.stop()
	s.done.Wait()
	s.hits.close()
	return s.accounts.close()
}

func (s *Store) nowMS() int64 { return s.opt.Now().UnixMilli() }

// notFound turns sql.ErrNoRows into ErrNotFound.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// oneRow turns "no row was changed" into ErrNotFound.
func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}
