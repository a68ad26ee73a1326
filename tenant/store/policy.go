package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

// Bounds of a tenant's policy.
const (
	MaxRules   = 1000
	MaxEntries = 20000 // of all lists together
)

// Bundle returns the tenant's policy as nodes get it: entries that ran out
// are left out.
func (t *Tenant) Bundle(ctx context.Context) (b wire.Bundle, err error) {
	err = t.s.accounts.read(ctx, func(tx *sql.Tx) error {
		b, err = t.bundle(ctx, tx)
		return err
	})
	if err != nil {
		return b, fmt.Errorf("cannot read the policy of tenant %s: %w", t.ID, err)
	}
	return b, nil
}

func (t *Tenant) bundle(ctx context.Context, tx *sql.Tx) (b wire.Bundle, err error) {
	b.Tenant = t.ID
	var mode string
	if err = tx.QueryRowContext(ctx, `
		SELECT t.mode, t.version, a.brand_name, a.brand_support FROM tenants t JOIN accounts a ON a.id = t.account_id
		WHERE t.id = ?`, t.ID.String()).Scan(&mode, &b.Version, &b.Brand.Name, &b.Brand.Support); err != nil {
		return b, notFound(err)
	}
	if err = b.Mode.UnmarshalText([]byte(mode)); err != nil {
		return b, err
	}
	if b.Rules, err = t.rules(ctx, tx); err != nil {
		return b, err
	}
	b.Lists, err = t.entries(ctx, tx)
	return b, err
}

func (t *Tenant) rules(ctx context.Context, tx *sql.Tx) ([]wire.Rule, error) {
	rows, err := tx.QueryContext(ctx, `SELECT body FROM rules WHERE tenant_id = ? ORDER BY created, id`, t.ID.String())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []wire.Rule{}
	for rows.Next() {
		var body []byte
		var r wire.Rule
		if err := rows.Scan(&body); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &r); err != nil {
			return nil, err
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// change runs do and gives the tenant its next version, in one transaction.
func (t *Tenant) change(ctx context.Context, what string, body any, do func(tx *sql.Tx) error) error {
	err := t.s.accounts.write(ctx, func(tx *sql.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		_, err := t.s.bump(ctx, tx, t.ID, t.p.id, what, body)
		return err
	})
	if err != nil {
		return fmt.Errorf("cannot change the policy of tenant %s (%s): %w", t.ID, what, err)
	}
	t.s.watch.notify(t.ID)
	return nil
}

// SetMode sets the general mode; tenant.ModeDefault leaves it to the node.
func (t *Tenant) SetMode(ctx context.Context, m tenant.Mode) error {
	return t.change(ctx, "mode", m, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE tenants SET mode = ? WHERE id = ?`, m.String(), t.ID.String())
		return err
	})
}

// AddRule adds a rule, which the caller has validated, under a new ID.
func (t *Tenant) AddRule(ctx context.Context, r wire.Rule) (wire.Rule, error) {
	r.ID = account.NewID("rul")
	body, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	return r, t.change(ctx, "rule added", r, func(tx *sql.Tx) error {
		if err := t.room(ctx, tx, `SELECT COUNT(*) FROM rules WHERE tenant_id = ?`, MaxRules, "rules"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO rules (tenant_id, id, body, created) VALUES (?, ?, ?, ?)`, t.ID.String(), r.ID, string(body), t.s.nowMS())
		return err
	})
}

// DeleteRule removes a rule.
func (t *Tenant) DeleteRule(ctx context.Context, id string) error {
	return t.change(ctx, "rule deleted", id, func(tx *sql.Tx) error {
		return oneRow(tx.ExecContext(ctx, `DELETE FROM rules WHERE tenant_id = ? AND id = ?`, t.ID.String(), id))
	})
}

func (t *Tenant) room(ctx context.Context, tx *sql.Tx, count string, max int, what string) error {
	var n int
	if err := tx.QueryRowContext(ctx, count, t.ID.String()).Scan(&n); err != nil {
		return err
	}
	if n >= max {
		return &InputError{what, fmt.Sprintf("the tenant has %d, no more are possible", max)}
	}
	return nil
}
