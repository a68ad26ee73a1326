package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"slices"

	"weir/tenant/account"
	"weir/tenant/wire"
)

// window is how long after (or before) the hits of an attack another hit
// still belongs to it, in milliseconds.
const window = 3600_000

// key identifies what the hits of an attack have in common: class, point,
// host and path, each with its length so that no two sets look alike.
type key [sha256.Size]byte

func keyOf(h *wire.Hit) key {
	b := make([]byte, 0, 256)
	for _, s := range [...]string{h.Class, h.Point, h.Host, h.Path} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return sha256.Sum256(b)
}

// attack is a row of attacks while hits are added.
type attack struct {
	seq         int64
	first, last int64
	hits        int64
	blocked     int64
	clients     int64
	topClient   string
	topHits     int64
	sample      *wire.Hit // the hit that opened it; nil: it is stored already
	into        *attack   // it was found to be one with that
	added       map[string]int64
	key         key
	absorbed    []int64 // stored attacks that became part of this one
	dirty       bool
}

func (a *attack) root() *attack {
	for a.into != nil {
		a = a.into
	}
	return a
}

// group assigns hits, sorted by time, to attacks and stores the attacks:
// of[i] is the attack of hits[i]. The result does not depend on the order in
// which hits arrive: a late hit that closes the gap between two attacks makes
// them one.
func group(ctx context.Context, f *file, tx *sql.Tx, hits []*wire.Hit) (of []*attack, err error) {
	of = make([]*attack, len(hits))
	known := map[key][]*attack{}
	for i, h := range hits {
		k := keyOf(h)
		list, loaded := known[k]
		if !loaded {
			if list, err = loadAttacks(ctx, tx, k, h.Time, hits[len(hits)-1].Time); err != nil {
				return nil, err
			}
		}
		a, list := join(list, h, k)
		known[k] = list
		a.count(h)
		of[i] = a
	}
	return of, storeAttacks(ctx, f, tx, known)
}

// loadAttacks returns the attacks of k that hits between from and to may
// belong to.
func loadAttacks(ctx context.Context, tx *sql.Tx, k key, from, to int64) (list []*attack, err error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT seq, first, last, hits, blocked, clients, top_client, top_hits FROM attacks
		WHERE key = ? AND last >= ? AND first <= ? ORDER BY seq`, k[:], from-window, to+window)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		a := &attack{key: k}
		if err := rows.Scan(&a.seq, &a.first, &a.last, &a.hits, &a.blocked, &a.clients, &a.topClient, &a.topHits); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}

// join returns the attack of h, which is new, one of list, or several of
// list made one; and the list after that.
func join(list []*attack, h *wire.Hit, k key) (*attack, []*attack) {
	var a *attack
	list = slices.DeleteFunc(list, func(b *attack) bool {
		if h.Time < b.first-window || h.Time > b.last+window {
			return false
		}
		if a == nil {
			a = b
			return false
		}
		a.absorb(b)
		return true
	})
	if a == nil {
		a = &attack{first: h.Time, last: h.Time, sample: h, key: k}
		list = append(list, a)
	}
	return a, list
}

// absorb makes b part of a. Stored attacks stand first in their list, so a
// is stored when b is.
func (a *attack) absorb(b *attack) {
	b.into, a.dirty = a, true
	a.first, a.last = min(a.first, b.first), max(a.last, b.last)
	a.hits += b.hits
	a.blocked += b.blocked
	if b.sample == nil {
		a.absorbed = append(a.absorbed, b.seq)
	}
	a.absorbed = append(a.absorbed, b.absorbed...)
	for c, n := range b.added {
		a.addClient(c, n)
	}
}

func (a *attack) count(h *wire.Hit) {
	a.dirty = true
	a.first, a.last = min(a.first, h.Time), max(a.last, h.Time)
	a.hits++
	if h.Blocked {
		a.blocked++
	}
	a.addClient(h.Client, 1)
}

func (a *attack) addClient(client string, n int64) {
	if a.added == nil {
		a.added = map[string]int64{}
	}
	a.added[client] += n
}

func storeAttacks(ctx context.Context, f *file, tx *sql.Tx, known map[key][]*attack) error {
	var seq int64
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM attacks`).Scan(&seq); err != nil {
		return err
	}
	bySeq := map[int64]*attack{}
	for _, list := range known {
		for _, a := range list {
			if !a.dirty {
				continue
			}
			if a.sample != nil {
				seq++
				a.seq = seq
			}
			bySeq[a.seq] = a
			for _, b := range a.absorbed {
				if err := a.absorbStored(ctx, tx, b); err != nil {
					return err
				}
			}
		}
	}
	if err := storeClients(ctx, clients.into(f, tx), bySeq); err != nil {
		return err
	}
	for _, a := range bySeq {
		if err := a.store(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// storeClients adds the hits of each client and keeps the number of distinct
// clients and the busiest one, so that a list needs no count over them.
func storeClients(ctx context.Context, in *inserter, bySeq map[int64]*attack) error {
	in.each = func(scan func(...any) error) error {
		var seq, hits int64
		var client string
		if err := scan(&seq, &client, &hits); err != nil {
			return err
		}
		a := bySeq[seq]
		if hits == a.added[client] {
			a.clients++
		}
		if hits > a.topHits || hits == a.topHits && client < a.topClient {
			a.topClient, a.topHits = client, hits
		}
		return nil
	}
	for seq, a := range bySeq {
		for c, n := range a.added {
			if err := in.add(ctx, seq, c, n); err != nil {
				return err
			}
		}
	}
	return in.flush(ctx)
}

func (a *attack) store(ctx context.Context, tx *sql.Tx) error {
	if a.sample == nil {
		_, err := tx.ExecContext(ctx, `
			UPDATE attacks SET first = ?, last = ?, hits = ?, blocked = ?, clients = ?, top_client = ?, top_hits = ? WHERE seq = ?`,
			a.first, a.last, a.hits, a.blocked, a.clients, a.topClient, a.topHits, a.seq)
		return err
	}
	h := a.sample
	_, err := tx.ExecContext(ctx, `
		INSERT INTO attacks (seq, id, key, class, point, host, path, first, last, hits, blocked, clients, top_client, top_hits)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.seq, account.NewID("att"), a.key[:], h.Class, h.Point, h.Host, h.Path, a.first, a.last, a.hits, a.blocked, a.clients, a.topClient, a.topHits)
	return err
}

// absorbStored takes the rows of the stored attack b: its clients join those
// that are added, its hits point to a.
func (a *attack) absorbStored(ctx context.Context, tx *sql.Tx, b int64) error {
	rows, err := tx.QueryContext(ctx, `DELETE FROM attack_clients WHERE attack = ? RETURNING client, hits`, b)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var c string
		var n int64
		if err := rows.Scan(&c, &n); err != nil {
			return err
		}
		a.addClient(c, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM attacks WHERE seq = ?`, b); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `UPDATE hits SET attack = ? WHERE attack = ?`, a.seq, b)
	return err
}
