package store

import (
	"context"
	"database/sql"
	"strings"
)

// insertRows is the number of rows of one INSERT: a statement per row would
// cost more than the row.
const insertRows = 50

// table is how rows are inserted; conflict stands behind the values.
type table struct {
	start    string
	columns  int
	conflict string
}

// The tables of a tenant's file that are written in bulk.
var (
	headTable = table{columns: 11, start: `INSERT INTO hits (seq, id, attack, time, received, incident, request_id, class, host, client, blocked) VALUES `}
	bodyTable = table{columns: 4, start: `INSERT INTO bodies (seq, detail, request, packed) VALUES `}
	clients   = table{columns: 3, start: `INSERT INTO attack_clients (attack, client, hits) VALUES `,
		conflict: ` ON CONFLICT (attack, client) DO UPDATE SET hits = hits + excluded.hits RETURNING attack, client, hits`}
)

func (t table) query(rows int) string {
	row := "(?" + strings.Repeat(",?", t.columns-1) + ")"
	return t.start + row + strings.Repeat(","+row, rows-1) + t.conflict
}

// prepareAll prepares full INSERTs of every table.
func prepareAll(ctx context.Context, f *file) error {
	for _, t := range [...]table{headTable, bodyTable, clients} {
		if _, err := f.prepare(ctx, t.query(insertRows)); err != nil {
			return err
		}
	}
	return nil
}

// inserter collects rows and inserts them insertRows at a time.
type inserter struct {
	table
	tx   *sql.Tx
	full *sql.Stmt
	args []any
	// each gets the rows of RETURNING; nil when there is none
	each func(scan func(...any) error) error
}

func (t table) into(f *file, tx *sql.Tx) *inserter {
	f.mu.Lock()
	defer f.mu.Unlock()
	return &inserter{table: t, tx: tx, full: f.prepared[t.query(insertRows)], args: make([]any, 0, insertRows*t.columns)}
}

func (in *inserter) add(ctx context.Context, row ...any) error {
	in.args = append(in.args, row...)
	if len(in.args) < insertRows*in.columns {
		return nil
	}
	defer func() { in.args = in.args[:0] }()
	if in.each == nil {
		_, err := in.tx.StmtContext(ctx, in.full).ExecContext(ctx, in.args...)
		return err
	}
	return in.scan(in.tx.StmtContext(ctx, in.full).QueryContext(ctx, in.args...))
}

// flush inserts what is left.
func (in *inserter) flush(ctx context.Context) error {
	if len(in.args) == 0 {
		return nil
	}
	defer func() { in.args = in.args[:0] }()
	query := in.query(len(in.args) / in.columns)
	if in.each == nil {
		_, err := in.tx.ExecContext(ctx, query, in.args...)
		return err
	}
	return in.scan(in.tx.QueryContext(ctx, query, in.args...))
}

func (in *inserter) scan(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := in.each(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
