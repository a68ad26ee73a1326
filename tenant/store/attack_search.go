package store

import (
	"context"
	"database/sql"
)

// AttackQuery selects attacks that had hits between Since and Until.
type AttackQuery struct {
	Class, Host, Status string
	Since, Until        int64
	Limit               int
	Cursor              string
}

// Attack is hits of one class, point, host and path, each within an hour of
// the next. Times are Unix milliseconds.
type Attack struct {
	ID, Class, Point, Host, Path string
	First, Last                  int64
	Hits, Blocked, Clients       int64
	TopClient                    string
}

// Statuses of attacks.
const (
	StatusBlocked   = "blocked"
	StatusPartly    = "partly_blocked"
	StatusMonitored = "monitored"
)

// Status says how much of the attack was blocked.
func (a *Attack) Status() string {
	switch a.Blocked {
	case 0:
		return StatusMonitored
	case a.Hits:
		return StatusBlocked
	}
	return StatusPartly
}

func (q *AttackQuery) where() *where {
	w := &where{}
	w.equal("class", q.Class)
	w.equal("host", q.Host)
	switch q.Status {
	case StatusBlocked:
		w.add("blocked = hits")
	case StatusMonitored:
		w.add("blocked = 0")
	case StatusPartly:
		w.add("blocked > 0 AND blocked < hits")
	}
	if q.Since != 0 {
		w.add("last >= ?", q.Since)
	}
	if q.Until != 0 {
		w.add("first < ?", q.Until)
	}
	return w
}

const attackColumns = `seq, id, class, point, host, path, first, last, hits, blocked, clients, top_client`

func scanAttack(scan func(...any) error) (a Attack, seq int64, err error) {
	err = scan(&seq, &a.ID, &a.Class, &a.Point, &a.Host, &a.Path, &a.First, &a.Last, &a.Hits, &a.Blocked, &a.Clients, &a.TopClient)
	return a, seq, err
}

// Attacks returns attacks, the one with the newest hit first.
func (t *Tenant) Attacks(ctx context.Context, q AttackQuery) (p Page[Attack], err error) {
	err = t.readHits(ctx, func(tx *sql.Tx) error {
		w := q.where()
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM attacks`+w.String(), w.args...).Scan(&p.Total); err != nil {
			return err
		}
		if err := w.after(q.Cursor, "last"); err != nil {
			return err
		}
		p.Items, p.Next, err = selectAttacks(ctx, tx, w, q.Limit)
		return err
	})
	return p, err
}

func selectAttacks(ctx context.Context, tx *sql.Tx, w *where, limit int) (list []Attack, next string, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT `+attackColumns+` FROM attacks`+w.String()+` ORDER BY last DESC, seq DESC LIMIT ?`, append(w.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	list = []Attack{}
	var seq int64
	for rows.Next() {
		if len(list) == limit {
			return list, cursorOf(list[limit-1].Last, seq), nil
		}
		var a Attack
		if a, seq, err = scanAttack(rows.Scan); err != nil {
			return nil, "", err
		}
		list = append(list, a)
	}
	return list, "", rows.Err()
}

// Attack returns one attack.
func (t *Tenant) Attack(ctx context.Context, id string) (a Attack, err error) {
	err = t.readHits(ctx, func(tx *sql.Tx) error {
		a, _, err = scanAttack(tx.QueryRowContext(ctx, `SELECT `+attackColumns+` FROM attacks WHERE id = ?`, id).Scan)
		return notFound(err)
	})
	return a, err
}
