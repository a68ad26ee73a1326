package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"weir/tenant"
	"weir/tenant/account"
)

// Info describes a tenant.
type Info struct {
	ID      tenant.ID
	Name    string
	Kind    string // "technical" or "tenant"
	Active  bool
	Created time.Time
	Version int64 // of the policy
}

// Tenant is the handle of one tenant's rows for one principal.
type Tenant struct {
	Info
	s *Store
	p *Principal
}

const infoColumns = `id, name, kind, active, created, version`

func scanInfo(scan func(...any) error) (i Info, err error) {
	var created int64
	err = scan(textID{&i.ID}, &i.Name, &i.Kind, &i.Active, &created, &i.Version)
	i.Created = unixMS(created)
	return i, err
}

// Tenant is the only way to a tenant's rows. ErrNotFound: there is no such
// tenant, or p may not see it, which is the same thing. Deactivated tenants
// are there for those who reach every tenant, and for their own nodes.
func (s *Store) Tenant(ctx context.Context, p *Principal, id tenant.ID) (*Tenant, error) {
	if !p.wide && id != p.home {
		return nil, ErrNotFound
	}
	row := s.accounts.r.QueryRowContext(ctx, `SELECT `+infoColumns+` FROM tenants WHERE account_id = ? AND id = ?`, p.account.String(), id.String())
	i, err := scanInfo(row.Scan)
	if err != nil {
		return nil, notFound(err)
	}
	if !i.Active && !p.wide && p.role != account.Deploy {
		return nil, ErrNotFound
	}
	return &Tenant{Info: i, s: s, p: p}, nil
}

// Tenants returns the tenants that p sees, by name.
func (s *Store) Tenants(ctx context.Context, p *Principal) ([]Info, error) {
	rows, err := s.accounts.r.QueryContext(ctx, `
		SELECT `+infoColumns+` FROM tenants
		WHERE account_id = ? AND (? OR id = ?) AND (active = 1 OR ?)
		ORDER BY kind, name`, p.account.String(), p.wide, p.home.String(), p.wide || p.role == account.Deploy)
	if err != nil {
		return nil, fmt.Errorf("cannot list tenants: %w", err)
	}
	defer rows.Close()
	list := []Info{}
	for rows.Next() {
		i, err := scanInfo(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("cannot list tenants: %w", err)
		}
		list = append(list, i)
	}
	return list, rows.Err()
}

// CreateTenant adds a tenant to the account of p, under id or a new ID when
// it is nil. ErrConflict: the name is taken in the account, or the ID
// anywhere.
func (s *Store) CreateTenant(ctx context.Context, p *Principal, id *tenant.ID, name string) (*Tenant, error) {
	if err := validName(name); err != nil {
		return nil, err
	}
	if id == nil {
		fresh := newUUID()
		id = &fresh
	}
	err := s.accounts.write(ctx, func(tx *sql.Tx) error {
		return s.insertTenant(ctx, tx, p.account, *id, name, "tenant", p.id)
	})
	if err != nil {
		return nil, fmt.Errorf("cannot create tenant %q: %w", name, err)
	}
	s.watch.notify(*id)
	return s.Tenant(ctx, p, *id)
}

func (s *Store) insertTenant(ctx context.Context, tx *sql.Tx, acc, id tenant.ID, name, kind, author string) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tenants (id, account_id, name, kind, active, mode, version, created) VALUES (?, ?, ?, ?, 1, ?, 0, ?)`,
		id.String(), acc.String(), name, kind, tenant.ModeDefault.String(), s.nowMS())
	if err != nil {
		return conflict(err)
	}
	_, err = s.bump(ctx, tx, id, author, "created", struct{}{})
	return err
}

// Rename gives the tenant another name; ErrConflict when it is taken.
func (t *Tenant) Rename(ctx context.Context, name string) error {
	if err := validName(name); err != nil {
		return err
	}
	_, err := t.s.accounts.w.ExecContext(ctx, `UPDATE tenants SET name = ? WHERE id = ?`, name, t.ID.String())
	if err = conflict(err); err != nil {
		return fmt.Errorf("cannot rename tenant %q: %w", t.Name, err)
	}
	t.Name = name
	return nil
}

// SetActive activates or deactivates the tenant: a deactivated tenant's users
// and tokens are refused and its nodes stop filtering it; nothing is deleted.
// The technical tenant cannot be deactivated: ErrRefused.
func (t *Tenant) SetActive(ctx context.Context, active bool) error {
	if t.Kind == "technical" && !active {
		return fmt.Errorf("cannot deactivate the technical tenant: %w", ErrRefused)
	}
	err := t.s.accounts.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE tenants SET active = ? WHERE id = ?`, active, t.ID.String()); err != nil || active {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE user_id IN (SELECT id FROM users WHERE tenant_id = ?)`, t.ID.String())
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot change tenant %q: %w", t.Name, err)
	}
	t.Active = active
	t.s.watch.notify(t.ID)
	return nil
}

// mayGrant says whether p may make or remove what reaches every tenant.
func (t *Tenant) mayGrant(role account.Role) error {
	if role.Global() && t.Kind != "technical" {
		return &InputError{"role", "global roles exist in the technical tenant only"}
	}
	if role.Global() && !t.p.role.Can(account.GrantGlobal) {
		return ErrForbidden
	}
	return nil
}

// ErrForbidden: visible, but not allowed for this principal's role.
var ErrForbidden = errors.New("not allowed for this role")
