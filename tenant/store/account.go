package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

// Account is the global account of a principal: its name and brand.
type Account struct {
	ID    tenant.ID
	Name  string
	Brand wire.Brand
}

// First is what Init makes.
type First struct {
	Account, Technical tenant.ID
	UserID             string
}

// Init makes the global account, its technical tenant and the first
// global_admin; ErrInitialised when there is an account already.
func (s *Store) Init(ctx context.Context, name string, brand wire.Brand, email, password string) (f First, err error) {
	if err := validName(name); err != nil {
		return f, err
	}
	if err := validBrand(brand); err != nil {
		return f, err
	}
	u, err := s.newUser(email, "", account.GlobalAdmin, password)
	if err != nil {
		return f, err
	}
	f = First{Account: newUUID(), Technical: newUUID(), UserID: u.ID}
	err = s.accounts.write(ctx, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM accounts`).Scan(&n); err != nil || n > 0 {
			return errors.Join(err, ErrInitialised)
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO accounts (id, name, brand_name, brand_support, created) VALUES (?, ?, ?, ?, ?)`,
			f.Account.String(), name, brand.Name, brand.Support, s.nowMS()); err != nil {
			return err
		}
		if err := s.insertTenant(ctx, tx, f.Account, f.Technical, name, "technical", "init"); err != nil {
			return err
		}
		return insertUser(ctx, tx, f.Technical, u)
	})
	if err != nil {
		return First{}, fmt.Errorf("cannot initialise: %w", err)
	}
	return f, nil
}

// Account returns the account of p.
func (s *Store) Account(ctx context.Context, p *Principal) (a Account, err error) {
	a.ID = p.account
	err = s.accounts.r.QueryRowContext(ctx, `SELECT name, brand_name, brand_support FROM accounts WHERE id = ?`, p.account.String()).
		Scan(&a.Name, &a.Brand.Name, &a.Brand.Support)
	return a, notFound(err)
}

// BrandAt returns what the sign-in page at a host shows: the brand of the
// account with that console domain, else of the only account, else nothing.
func (s *Store) BrandAt(ctx context.Context, host string) (b wire.Brand, err error) {
	err = s.accounts.r.QueryRowContext(ctx, `
		SELECT brand_name, brand_support FROM accounts
		WHERE console_domain = ? OR (SELECT COUNT(*) FROM accounts) = 1
		ORDER BY console_domain = ? DESC LIMIT 1`, host, host).Scan(&b.Name, &b.Support)
	if err == sql.ErrNoRows {
		err = nil
	}
	return b, err
}

// SetAccount changes name and brand of p's account. A new brand is a new
// policy version of every tenant: block pages carry it.
func (s *Store) SetAccount(ctx context.Context, p *Principal, name string, brand wire.Brand) error {
	if err := validName(name); err != nil {
		return err
	}
	if err := validBrand(brand); err != nil {
		return err
	}
	var changed []tenant.ID
	err := s.accounts.write(ctx, func(tx *sql.Tx) error {
		var old wire.Brand
		if err := tx.QueryRowContext(ctx, `SELECT brand_name, brand_support FROM accounts WHERE id = ?`, p.account.String()).
			Scan(&old.Name, &old.Support); err != nil {
			return notFound(err)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE accounts SET name = ?, brand_name = ?, brand_support = ? WHERE id = ?`,
			name, brand.Name, brand.Support, p.account.String()); err != nil {
			return err
		}
		if old == brand {
			return nil
		}
		var err error
		if changed, err = tenantIDs(ctx, tx, p.account); err != nil {
			return err
		}
		for _, id := range changed {
			if _, err := s.bump(ctx, tx, id, p.id, "brand", brand); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot change account: %w", err)
	}
	s.watch.notify(changed...)
	return nil
}

func tenantIDs(ctx context.Context, tx *sql.Tx, acc tenant.ID) (ids []tenant.ID, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT id FROM tenants WHERE account_id = ?`, acc.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id tenant.ID
		if err := rows.Scan(textID{&id}); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// bump gives a tenant its next policy version and records what changed.
func (s *Store) bump(ctx context.Context, tx *sql.Tx, id tenant.ID, author, what string, body any) (version int64, err error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	if err := tx.QueryRowContext(ctx, `UPDATE tenants SET version = version + 1 WHERE id = ? RETURNING version`, id.String()).Scan(&version); err != nil {
		return 0, notFound(err)
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO policy_changes (tenant_id, version, time, author, what, body) VALUES (?, ?, ?, ?, ?, ?)`,
		id.String(), version, s.nowMS(), author, what, string(b))
	return version, err
}

// maxName bounds the names of accounts, tenants, users and tokens, in bytes.
const maxName = 200

// InputError is a value that a person gave and that cannot be used.
type InputError struct{ Field, Problem string }

// Error names the field and the problem.
func (e *InputError) Error() string { return e.Field + ": " + e.Problem }

func validName(s string) error {
	switch {
	case strings.TrimSpace(s) == "":
		return &InputError{"name", "is empty"}
	case s != strings.TrimSpace(s):
		return &InputError{"name", "begins or ends with white space"}
	case len(s) > maxName:
		return &InputError{"name", fmt.Sprintf("is longer than %d bytes", maxName)}
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return &InputError{"name", "holds a character that cannot be shown"}
	}
	return nil
}

func validBrand(b wire.Brand) error {
	if len(b.Name) > maxName || len(b.Support) > maxName {
		return &InputError{"brand", fmt.Sprintf("is longer than %d bytes", maxName)}
	}
	if strings.ContainsFunc(b.Name+b.Support, unicode.IsControl) {
		return &InputError{"brand", "holds a character that cannot be shown"}
	}
	return nil
}

// newUUID returns a random UUID (RFC 9562 version 4).
func newUUID() (id tenant.ID) {
	rand.Read(id[:])
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

// conflict turns a violated unique index into ErrConflict.
func conflict(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY) {
		return ErrConflict
	}
	return err
}

func unixMS(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
