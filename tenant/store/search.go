package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"

	"weir/tenant/wire"
)

// HitQuery selects hits; zero fields do not restrict. Times are Unix
// milliseconds, Since inclusive and Until exclusive.
type HitQuery struct {
	Class, Incident, RequestID, Host, Client string
	Attack                                   string // attack ID
	Blocked                                  *bool
	Since, Until                             int64
	Limit                                    int
	Cursor                                   string
}

// Hit is a stored hit.
type Hit struct {
	wire.Hit
	AttackID string
	Received int64 // Unix milliseconds, the cloud's clock
}

// Page is a part of a list: Next is the cursor of the following part, "" at
// the end; Total counts the whole list.
type Page[T any] struct {
	Items []T
	Total int64
	Next  string
}

// where collects conditions that are all to hold.
type where struct {
	conds []string
	args  []any
}

func (w *where) add(cond string, args ...any) {
	w.conds = append(w.conds, cond)
	w.args = append(w.args, args...)
}

func (w *where) equal(column, value string) {
	if value != "" {
		w.add(column+" = ?", value)
	}
}

// String returns the WHERE clause, "" when there is no condition.
func (w *where) String() string {
	if len(w.conds) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conds, " AND ")
}

// after restricts to rows behind the cursor in descending order of column.
func (w *where) after(cursor, column string) error {
	if cursor == "" {
		return nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	ts, ss, ok := strings.Cut(string(b), ".")
	at, err1 := strconv.ParseInt(ts, 10, 64)
	seq, err2 := strconv.ParseInt(ss, 10, 64)
	if err != nil || !ok || err1 != nil || err2 != nil {
		return &InputError{"cursor", "is not one that this list gave out"}
	}
	w.add("("+column+" < ? OR "+column+" = ? AND seq < ?)", at, at, seq)
	return nil
}

func cursorOf(at, seq int64) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d.%d", at, seq))
}

func (q *HitQuery) where() *where {
	w := &where{}
	w.equal("class", q.Class)
	w.equal("incident", q.Incident)
	w.equal("request_id", q.RequestID)
	w.equal("host", q.Host)
	w.equal("client", q.Client)
	if q.Attack != "" {
		w.add("attack = (SELECT a.seq FROM attacks a WHERE a.id = ?)", q.Attack)
	}
	if q.Blocked != nil {
		w.add("blocked = ?", *q.Blocked)
	}
	if q.Since != 0 {
		w.add("time >= ?", q.Since)
	}
	if q.Until != 0 {
		w.add("time < ?", q.Until)
	}
	return w
}

// Hits returns hits, newest first.
func (t *Tenant) Hits(ctx context.Context, q HitQuery) (p Page[Hit], err error) {
	err = t.readHits(ctx, func(tx *sql.Tx) error {
		w := q.where()
		count := `SELECT n FROM totals WHERE what = 'hits'`
		if len(w.conds) > 0 {
			count = `SELECT COUNT(*) FROM hits` + w.String()
		}
		if err := tx.QueryRowContext(ctx, count, w.args...).Scan(&p.Total); err != nil {
			return err
		}
		if err := w.after(q.Cursor, "time"); err != nil {
			return err
		}
		p.Items, p.Next, err = selectHits(ctx, tx, w, q.Limit)
		return err
	})
	return p, err
}

// Hit returns the hit with that ID, or the first one of that incident.
func (t *Tenant) Hit(ctx context.Context, id string) (h Hit, err error) {
	err = t.readHits(ctx, func(tx *sql.Tx) error {
		for _, column := range [...]string{"id", "incident"} {
			w := &where{}
			w.add(column+" = ?", id)
			list, _, err := selectHits(ctx, tx, w, 1)
			if err != nil {
				return err
			}
			if len(list) > 0 && id != "" {
				h = list[0]
				return nil
			}
		}
		return ErrNotFound
	})
	return h, err
}

func selectHits(ctx context.Context, tx *sql.Tx, w *where, limit int) (list []Hit, next string, err error) {
	// the inner query walks an index and meets no bodies but the page's
	rows, err := tx.QueryContext(ctx, `
		SELECT h.seq, h.time, h.received, a.id, b.detail, b.request, b.packed
		FROM (SELECT seq, time, received, attack FROM hits`+w.String()+` ORDER BY time DESC, seq DESC LIMIT ?) h
		JOIN attacks a ON a.seq = h.attack JOIN bodies b ON b.seq = h.seq
		ORDER BY h.time DESC, h.seq DESC`, append(w.args, limit+1)...)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	list = []Hit{}
	unpacker, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<20))
	if err != nil {
		return nil, "", err
	}
	defer unpacker.Close()
	var at, seq int64
	for rows.Next() {
		if len(list) == limit {
			return list, cursorOf(at, seq), nil
		}
		h := Hit{}
		if seq, err = scanHit(rows, &h, unpacker); err != nil {
			return nil, "", err
		}
		at = h.Time
		list = append(list, h)
	}
	return list, "", rows.Err()
}

func scanHit(rows *sql.Rows, h *Hit, unpacker *zstd.Decoder) (seq int64, err error) {
	var detail, request []byte
	var at int64
	var packed bool
	if err = rows.Scan(&seq, &at, &h.Received, &h.AttackID, &detail, &request, &packed); err != nil {
		return 0, err
	}
	if err = json.Unmarshal(detail, &h.Hit); err != nil {
		return 0, err
	}
	if packed {
		request, err = unpacker.DecodeAll(request, nil)
	}
	h.Request = request
	return seq, err
}

func (t *Tenant) readHits(ctx context.Context, do func(tx *sql.Tx) error) error {
	err := t.s.hits.use(ctx, t.ID, func(f *file) error { return f.read(ctx, do) })
	if err != nil {
		return fmt.Errorf("cannot read hits of tenant %s: %w", t.ID, err)
	}
	return nil
}
