package store

import (
	"context"
	"fmt"
	"time"

	"weir/tenant/account"
)

// NodeToken describes a node's token without its secret. Used is zero when
// it never was, and exact to a minute.
type NodeToken struct {
	ID, Name string
	Author   string // user ID, or "operator"
	Created  time.Time
	Used     time.Time
}

// NodeTokens returns the tenant's tokens, oldest first.
func (t *Tenant) NodeTokens(ctx context.Context) ([]NodeToken, error) {
	rows, err := t.s.accounts.r.QueryContext(ctx, `SELECT id, name, author, created, used FROM node_tokens WHERE tenant_id = ? ORDER BY created, id`, t.ID.String())
	if err != nil {
		return nil, fmt.Errorf("cannot list node tokens: %w", err)
	}
	defer rows.Close()
	list := []NodeToken{}
	for rows.Next() {
		var k NodeToken
		var created, used int64
		if err := rows.Scan(&k.ID, &k.Name, &k.Author, &created, &used); err != nil {
			return nil, fmt.Errorf("cannot list node tokens: %w", err)
		}
		k.Created = unixMS(created)
		if used > 0 {
			k.Used = unixMS(used)
		}
		list = append(list, k)
	}
	return list, rows.Err()
}

// CreateNodeToken makes a token and returns its secret, which is not kept. A
// token of the technical tenant may report for every tenant of the account,
// so only global_admin makes one: ErrForbidden for others.
func (t *Tenant) CreateNodeToken(ctx context.Context, name string) (k NodeToken, secret string, err error) {
	if err := t.mayHandleTokens(); err != nil {
		return k, "", err
	}
	if name == "" {
		name = "node"
	}
	if err := validName(name); err != nil {
		return k, "", err
	}
	secret = account.NewNodeToken()
	digest := account.DigestOf(secret)
	k = NodeToken{ID: account.NewID("tok"), Name: name, Author: t.p.id, Created: unixMS(t.s.nowMS())}
	_, err = t.s.accounts.w.ExecContext(ctx, `INSERT INTO node_tokens (tenant_id, id, name, digest, author, created, used) VALUES (?, ?, ?, ?, ?, ?, 0)`,
		t.ID.String(), k.ID, k.Name, digest[:], k.Author, k.Created.UnixMilli())
	if err != nil {
		return NodeToken{}, "", fmt.Errorf("cannot create node token: %w", err)
	}
	return k, secret, nil
}

// RevokeNodeToken ends a token at once; nodes that wait with it are woken.
func (t *Tenant) RevokeNodeToken(ctx context.Context, id string) error {
	if err := t.mayHandleTokens(); err != nil {
		return err
	}
	err := oneRow(t.s.accounts.w.ExecContext(ctx, `DELETE FROM node_tokens WHERE tenant_id = ? AND id = ?`, t.ID.String(), id))
	if err == nil {
		t.s.watch.notify(t.ID)
	}
	return err
}

func (t *Tenant) mayHandleTokens() error {
	if t.Kind == "technical" && !t.p.role.Can(account.GrantGlobal) {
		return ErrForbidden
	}
	return nil
}
