package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"weir/tenant/wire"
)

// packFrom is the size in bytes from which a stored request is compressed.
const packFrom = 512

// maxTime is the latest time of a hit that is taken for one: the year 2200.
const maxTime = 7258118400000

// Added says what became of hits.
type Added struct{ New, Known, Invalid int }

// AddHits stores hits of this tenant that are not known by ID, grouped into
// attacks, in one transaction: after it returned nil they survive the loss of
// power. The handle decides whose they are, not the tag in the hit. hits is
// reordered.
func (t *Tenant) AddHits(ctx context.Context, hits []*wire.Hit) (a Added, err error) {
	hits, a.Invalid = valid(hits)
	if len(hits) == 0 {
		return a, nil
	}
	// a context that can end costs the driver a goroutine per statement
	ctx = context.WithoutCancel(ctx)
	err = t.s.hits.use(ctx, t.ID, func(f *file) error {
		if err := prepareAll(ctx, f); err != nil {
			return err
		}
		return f.write(ctx, func(tx *sql.Tx) error {
			fresh, err := unknown(ctx, tx, hits)
			if err != nil {
				return err
			}
			a.New, a.Known = len(fresh), len(hits)-len(fresh)
			return addHits(ctx, f, tx, fresh, t.s.nowMS())
		})
	})
	if err != nil {
		return Added{}, fmt.Errorf("cannot store hits of tenant %s: %w", t.ID, err)
	}
	return a, nil
}

func valid(hits []*wire.Hit) (ok []*wire.Hit, invalid int) {
	n := len(hits)
	ok = slices.DeleteFunc(hits, func(h *wire.Hit) bool {
		return h.ID == "" || len(h.ID) > 200 || h.Class == "" || h.Time <= 0 || h.Time > maxTime
	})
	return ok, n - len(ok)
}

// unknown returns the hits that are neither stored nor twice in the batch,
// in order of time.
func unknown(ctx context.Context, tx *sql.Tx, hits []*wire.Hit) ([]*wire.Hit, error) {
	seen := make(map[string]bool, len(hits))
	for chunk := range slices.Chunk(hits, 200) {
		args := make([]any, len(chunk))
		for i, h := range chunk {
			args[i] = h.ID
		}
		rows, err := tx.QueryContext(ctx, `SELECT id FROM hits WHERE id IN (?`+strings.Repeat(",?", len(chunk)-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		if err := scanInto(rows, seen); err != nil {
			return nil, err
		}
	}
	fresh := make([]*wire.Hit, 0, len(hits))
	for _, h := range hits {
		if !seen[h.ID] {
			seen[h.ID] = true
			fresh = append(fresh, h)
		}
	}
	slices.SortStableFunc(fresh, func(a, b *wire.Hit) int { return cmp.Compare(a.Time, b.Time) })
	return fresh, nil
}

func scanInto(rows *sql.Rows, seen map[string]bool) error {
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		seen[id] = true
	}
	return rows.Err()
}

func addHits(ctx context.Context, f *file, tx *sql.Tx, hits []*wire.Hit, now int64) error {
	if len(hits) == 0 {
		return nil
	}
	of, err := group(ctx, f, tx, hits)
	if err != nil {
		return err
	}
	if err := insertHits(ctx, f, tx, hits, of, now); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE totals SET n = n + ? WHERE what = 'hits'`, len(hits))
	return err
}

// insertHits writes the rows; of[i] is the attack of hits[i].
func insertHits(ctx context.Context, f *file, tx *sql.Tx, hits []*wire.Hit, of []*attack, now int64) error {
	var seq int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM hits`).Scan(&seq); err != nil {
		return err
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer packer.Close()
	heads, bodies := headTable.into(f, tx), bodyTable.into(f, tx)
	for i, h := range hits {
		seq++
		if err := heads.add(ctx, seq, h.ID, of[i].root().seq, h.Time, now, h.Incident, h.RequestID, h.Class, h.Host, h.Client, h.Blocked); err != nil {
			return err
		}
		detail, request, packed := body(h, packer)
		if err := bodies.add(ctx, seq, detail, request, packed); err != nil {
			return err
		}
	}
	if err := heads.flush(ctx); err != nil {
		return err
	}
	return bodies.flush(ctx)
}

// body returns what is stored of h beside its row.
func body(h *wire.Hit, packer *zstd.Encoder) (detail, request []byte, packed bool) {
	head := *h
	head.Request = nil
	detail = head.AppendJSON(make([]byte, 0, 1024))
	request = h.Request
	if len(request) >= packFrom {
		if z := packer.EncodeAll(request, nil); len(z) < len(request) {
			return detail, z, true
		}
	}
	if request == nil {
		request = []byte{}
	}
	return detail, request, false
}
