package store

import (
	"context"
	"database/sql"
	"fmt"

	"weir/tenant"
	"weir/tenant/account"
)

// Principal is who presented a credential: a user by session or password, a
// node by its token, or the operator who can open the store's files. Its
// fields are closed so that only this package makes one.
type Principal struct {
	account tenant.ID
	home    tenant.ID
	role    account.Role
	wide    bool   // reaches every tenant of the account
	id      string // of the user or token
	email   string
	name    string
	session account.Digest
}

// ID returns the user's or token's ID.
func (p *Principal) ID() string { return p.id }

// Email returns a user's address; "" for nodes.
func (p *Principal) Email() string { return p.email }

// Name returns the user's or token's name.
func (p *Principal) Name() string { return p.name }

// Role returns what the principal is in its home tenant.
func (p *Principal) Role() account.Role { return p.role }

// Home returns the tenant that the principal belongs to.
func (p *Principal) Home() tenant.ID { return p.home }

// UserBySession returns the user of a session token and prolongs its idle
// time. ErrCredential: no such session, ended, or the tenant is deactivated.
func (s *Store) UserBySession(ctx context.Context, token string) (*Principal, error) {
	p := &Principal{session: account.DigestOf(token)}
	now := s.nowMS()
	var seen int64
	var role string
	err := s.accounts.r.QueryRowContext(ctx, `
		SELECT t.account_id, t.id, u.id, u.email, u.name, u.role, s.seen
		FROM sessions s JOIN users u ON u.id = s.user_id JOIN tenants t ON t.id = u.tenant_id
		WHERE s.digest = ? AND s.expires > ? AND s.seen > ? AND t.active = 1`,
		p.session[:], now, now-s.opt.SessionIdle.Milliseconds()).
		Scan(textID{&p.account}, textID{&p.home}, &p.id, &p.email, &p.name, &role, &seen)
	if err == sql.ErrNoRows {
		return nil, ErrCredential
	}
	if err == nil {
		p.role, err = account.ParseRole(role)
		p.wide = p.role.Global()
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read session: %w", err)
	}
	// a write per request would be a commit per request
	if now-seen > s.opt.SessionIdle.Milliseconds()/20 {
		_, err = s.accounts.w.ExecContext(ctx, `UPDATE sessions SET seen = ? WHERE digest = ?`, now, p.session[:])
	}
	return p, err
}

// NodeByToken returns the node side of a token; ErrCredential when there is
// none. A token of a deactivated tenant is still one: the node must learn
// that it is deactivated.
func (s *Store) NodeByToken(ctx context.Context, token string) (*Principal, error) {
	if !account.LooksLikeNodeToken(token) {
		return nil, ErrCredential
	}
	digest := account.DigestOf(token)
	p := &Principal{role: account.Deploy}
	var used int64
	err := s.accounts.r.QueryRowContext(ctx, `
		SELECT t.account_id, t.id, t.kind = 'technical', k.id, k.name, k.used FROM node_tokens k JOIN tenants t ON t.id = k.tenant_id
		WHERE k.digest = ?`, digest[:]).
		Scan(textID{&p.account}, textID{&p.home}, &p.wide, &p.id, &p.name, &used)
	if err == sql.ErrNoRows {
		return nil, ErrCredential
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read node token: %w", err)
	}
	if now := s.nowMS(); now-used > 60_000 {
		_, err = s.accounts.w.ExecContext(ctx, `UPDATE node_tokens SET used = ? WHERE tenant_id = ? AND id = ?`, now, p.home.String(), p.id)
	}
	return p, err
}

// Operator returns the principal of whoever runs a shell on the cloud's
// machine: a global_admin of the only account. The credential is the access
// to the store's files.
func (s *Store) Operator(ctx context.Context) (*Principal, error) {
	p := &Principal{role: account.GlobalAdmin, wide: true, id: "operator", name: "operator"}
	rows, err := s.accounts.r.QueryContext(ctx, `SELECT account_id, id FROM tenants WHERE kind = 'technical' LIMIT 2`)
	if err != nil {
		return nil, fmt.Errorf("cannot read accounts: %w", err)
	}
	defer rows.Close()
	n := 0
	for ; rows.Next(); n++ {
		if err := rows.Scan(textID{&p.account}, textID{&p.home}); err != nil {
			return nil, fmt.Errorf("cannot read accounts: %w", err)
		}
	}
	switch {
	case rows.Err() != nil:
		return nil, fmt.Errorf("cannot read accounts: %w", rows.Err())
	case n == 0:
		return nil, fmt.Errorf("the store is empty: run weir-cloud init first: %w", ErrNotFound)
	case n > 1:
		return nil, fmt.Errorf("the store has several accounts: %w", ErrRefused)
	}
	return p, nil
}

// textID scans a UUID column.
type textID struct{ id *tenant.ID }

// Scan implements sql.Scanner.
func (t textID) Scan(v any) (err error) {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("bad UUID column of type %T", v)
	}
	*t.id, err = tenant.ParseID(s)
	return err
}
