package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/netip"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

// entries returns what is on the tenant's lists and has not run out.
func (t *Tenant) entries(ctx context.Context, tx *sql.Tx) ([]wire.Entry, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT id, list, prefix, applications, expires, reason FROM list_entries
		WHERE tenant_id = ? AND (expires = 0 OR expires > ?) ORDER BY created, id`, t.ID.String(), t.s.opt.Now().Unix())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []wire.Entry{}
	for rows.Next() {
		e, err := scanEntry(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, rows.Err()
}

func scanEntry(rows *sql.Rows) (e wire.Entry, err error) {
	var list, prefix string
	var applications []byte
	if err = rows.Scan(&e.ID, &list, &prefix, &applications, &e.Expires, &e.Reason); err != nil {
		return e, err
	}
	if err = e.List.UnmarshalText([]byte(list)); err != nil {
		return e, err
	}
	if e.Prefix, err = netip.ParsePrefix(prefix); err != nil {
		return e, err
	}
	return e, json.Unmarshal(applications, &e.Applications)
}

// AddEntry puts an entry on its list under a new ID and drops those that ran
// out.
func (t *Tenant) AddEntry(ctx context.Context, e wire.Entry) (wire.Entry, error) {
	e.ID = account.NewID("lst")
	e.Prefix = e.Prefix.Masked()
	applications, err := json.Marshal(e.Applications)
	if err != nil {
		return e, err
	}
	return e, t.change(ctx, "list entry added", e, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM list_entries WHERE tenant_id = ? AND expires > 0 AND expires <= ?`, t.ID.String(), t.s.opt.Now().Unix()); err != nil {
			return err
		}
		if err := t.room(ctx, tx, `SELECT COUNT(*) FROM list_entries WHERE tenant_id = ?`, MaxEntries, "entries"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO list_entries (tenant_id, id, list, prefix, applications, expires, reason, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			t.ID.String(), e.ID, e.List.String(), e.Prefix.String(), string(applications), e.Expires, e.Reason, t.s.nowMS())
		return err
	})
}

// DeleteEntry takes an entry off its list.
func (t *Tenant) DeleteEntry(ctx context.Context, l tenant.List, id string) error {
	return t.change(ctx, "list entry deleted", id, func(tx *sql.Tx) error {
		return oneRow(tx.ExecContext(ctx, `DELETE FROM list_entries WHERE tenant_id = ? AND list = ? AND id = ?`, t.ID.String(), l.String(), id))
	})
}
