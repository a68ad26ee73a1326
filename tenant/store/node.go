package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"weir/tenant"
	"weir/tenant/wire"
)

// Node is a node as the cloud last heard of it.
type Node struct {
	wire.NodeInfo
	Seen   time.Time
	Tenant wire.SyncTenant // what it said about the tenant asked for; zero for nodes that do not hold it
}

// Refused counts hits that were not taken.
type Refused struct {
	Tenant tenant.ID // as claimed by the node
	State  wire.TenantState
	Hits   int64
	Last   time.Time
}

// maxRefused bounds the claimed tenants remembered for one home.
const maxRefused = 1000

// Heartbeat records what a node said. Only tenants that p may report for are
// kept.
func (s *Store) Heartbeat(ctx context.Context, p *Principal, n wire.NodeInfo, tenants map[tenant.ID]wire.SyncTenant, known map[tenant.ID]Info) error {
	err := s.accounts.write(ctx, func(tx *sql.Tx) error {
		old, err := nodeTenants(ctx, tx, p.home, n.ID)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO nodes (home, id, hostname, version, dropped, seen) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (home, id) DO UPDATE SET hostname = excluded.hostname, version = excluded.version, dropped = excluded.dropped, seen = excluded.seen`,
			p.home.String(), n.ID, n.Hostname, n.Version, int64(n.Dropped), s.nowMS()); err != nil {
			return err
		}
		for id, st := range tenants {
			prev, had := old[id]
			delete(old, id)
			if _, ok := known[id]; !ok || had && prev == st {
				continue
			}
			if err := upsertNodeTenant(ctx, tx, p.home, n.ID, id, st); err != nil {
				return err
			}
		}
		for id := range old {
			if _, err := tx.ExecContext(ctx, `DELETE FROM node_tenants WHERE tenant_id = ? AND home = ? AND node_id = ?`, id.String(), p.home.String(), n.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("cannot record node %q: %w", n.ID, err)
	}
	return nil
}

func nodeTenants(ctx context.Context, tx *sql.Tx, home tenant.ID, node string) (map[tenant.ID]wire.SyncTenant, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT n.tenant_id, n.version, n.applied, n.error, n.mode, n.state
		FROM tenants h JOIN tenants t ON t.account_id = h.account_id JOIN node_tenants n ON n.tenant_id = t.id
		WHERE h.id = ? AND n.home = h.id AND n.node_id = ?`, home.String(), node)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	m := map[tenant.ID]wire.SyncTenant{}
	for rows.Next() {
		var id tenant.ID
		var st wire.SyncTenant
		if err := rows.Scan(textID{&id}, &st.Version, &st.Applied, &st.Error, &st.Mode, &st.State); err != nil {
			return nil, err
		}
		m[id] = st
	}
	return m, rows.Err()
}

func upsertNodeTenant(ctx context.Context, tx *sql.Tx, home tenant.ID, node string, id tenant.ID, st wire.SyncTenant) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO node_tenants (tenant_id, home, node_id, version, applied, error, mode, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (tenant_id, home, node_id) DO UPDATE SET version = excluded.version, applied = excluded.applied,
			error = excluded.error, mode = excluded.mode, state = excluded.state`,
		id.String(), home.String(), node, st.Version, st.Applied, st.Error, st.Mode, st.State)
	return err
}

// Nodes returns the nodes that hold the tenant; for the technical tenant all
// nodes of the account.
func (t *Tenant) Nodes(ctx context.Context) ([]Node, error) {
	rows, err := t.s.accounts.r.QueryContext(ctx, `
		SELECT n.id, n.hostname, n.version, n.dropped, n.seen,
			COALESCE(x.version, 0), COALESCE(x.applied, 0), COALESCE(x.error, ''), COALESCE(x.mode, ''), COALESCE(x.state, '')
		FROM tenants h JOIN nodes n ON n.home = h.id
		LEFT JOIN node_tenants x ON x.tenant_id = ? AND x.home = n.home AND x.node_id = n.id
		WHERE h.account_id = ? AND (? OR x.tenant_id IS NOT NULL)
		ORDER BY n.hostname, n.id`, t.ID.String(), t.p.account.String(), t.Kind == "technical")
	if err != nil {
		return nil, fmt.Errorf("cannot list nodes: %w", err)
	}
	defer rows.Close()
	list := []Node{}
	for rows.Next() {
		var n Node
		var dropped, seen int64
		if err := rows.Scan(&n.ID, &n.Hostname, &n.Version, &dropped, &seen,
			&n.Tenant.Version, &n.Tenant.Applied, &n.Tenant.Error, &n.Tenant.Mode, &n.Tenant.State); err != nil {
			return nil, fmt.Errorf("cannot list nodes: %w", err)
		}
		n.Dropped, n.Seen = uint64(dropped), unixMS(seen)
		list = append(list, n)
	}
	return list, rows.Err()
}

// CountRefused records that p delivered hits for tenants that were not taken.
func (s *Store) CountRefused(ctx context.Context, p *Principal, refused map[tenant.ID]wire.Refusal) error {
	if len(refused) == 0 {
		return nil
	}
	return s.accounts.write(ctx, func(tx *sql.Tx) error {
		for id, r := range refused {
			if _, err := tx.ExecContext(ctx, `
				INSERT INTO refusals (home, claimed, state, hits, last)
				SELECT ?, ?, ?, ?, ? WHERE (SELECT COUNT(*) FROM refusals WHERE home = ?) < ?
					OR EXISTS (SELECT 1 FROM refusals WHERE home = ? AND claimed = ?)
				ON CONFLICT (home, claimed) DO UPDATE SET state = excluded.state, hits = hits + excluded.hits, last = excluded.last`,
				p.home.String(), id.String(), string(r.State), r.Hits, s.nowMS(), p.home.String(), maxRefused, p.home.String(), id.String()); err != nil {
				return fmt.Errorf("cannot count refused hits: %w", err)
			}
		}
		return nil
	})
}

// Refused returns what the tenant's own tokens delivered in vain.
func (t *Tenant) Refused(ctx context.Context) ([]Refused, error) {
	rows, err := t.s.accounts.r.QueryContext(ctx, `SELECT claimed, state, hits, last FROM refusals WHERE home = ? ORDER BY last DESC`, t.ID.String())
	if err != nil {
		return nil, fmt.Errorf("cannot list refused hits: %w", err)
	}
	defer rows.Close()
	list := []Refused{}
	for rows.Next() {
		var r Refused
		var last int64
		if err := rows.Scan(textID{&r.Tenant}, &r.State, &r.Hits, &last); err != nil {
			return nil, fmt.Errorf("cannot list refused hits: %w", err)
		}
		r.Last = unixMS(last)
		list = append(list, r)
	}
	return list, rows.Err()
}
