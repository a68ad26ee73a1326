package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"weir/tenant"
	"weir/tenant/account"
)

// User is a person of one tenant.
type User struct {
	ID, Email, Name string
	Role            account.Role
	Created         time.Time
	hash            string
}

// maxCandidates bounds the password checks of one sign-in: the same address
// may be a user of several tenants, which must not learn of each other.
const maxCandidates = 4

// SignIn checks a password and opens a session, whose token is returned
// once. ErrCredential says no more than that; it costs at least one hash.
func (s *Store) SignIn(ctx context.Context, email, password string) (p *Principal, token string, expires time.Time, err error) {
	email, err = account.NormalEmail(email)
	if err != nil || len(password) > account.MaxPassword {
		s.opt.Passwords.Verify("", password[:min(len(password), account.MaxPassword)])
		return nil, "", expires, ErrCredential
	}
	id, err := s.userByPassword(ctx, email, password)
	if err != nil {
		return nil, "", expires, err
	}
	token = account.NewSessionToken()
	digest := account.DigestOf(token)
	now := s.opt.Now()
	expires = now.Add(s.opt.SessionLife)
	err = s.accounts.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= ? OR seen <= ?`, now.UnixMilli(), now.Add(-s.opt.SessionIdle).UnixMilli()); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (digest, user_id, created, seen, expires) VALUES (?, ?, ?, ?, ?)`,
			digest[:], id, now.UnixMilli(), now.UnixMilli(), expires.UnixMilli())
		return err
	})
	if err != nil {
		return nil, "", expires, fmt.Errorf("cannot open session: %w", err)
	}
	p, err = s.UserBySession(ctx, token)
	return p, token, expires.UTC(), err
}

func (s *Store) userByPassword(ctx context.Context, email, password string) (id string, err error) {
	users, err := s.candidates(ctx, email)
	if err != nil {
		return "", fmt.Errorf("cannot look for user: %w", err)
	}
	if len(users) == 0 {
		s.opt.Passwords.Verify("", password)
	}
	for _, u := range users {
		ok, rehash := s.opt.Passwords.Verify(u.hash, password)
		if rehash {
			_, err = s.accounts.w.ExecContext(ctx, `UPDATE users SET password = ? WHERE id = ? AND password = ?`, s.opt.Passwords.Hash(password), u.ID, u.hash)
		}
		if ok {
			return u.ID, err
		}
	}
	return "", ErrCredential
}

// candidates returns the users of active tenants with that address, oldest
// first.
func (s *Store) candidates(ctx context.Context, email string) (list []User, err error) {
	rows, err := s.accounts.r.QueryContext(ctx, `
		SELECT u.id, u.password FROM users u JOIN tenants t ON t.id = u.tenant_id
		WHERE u.email = ? AND t.active = 1 ORDER BY u.created, u.id LIMIT ?`, email, maxCandidates)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var u User
		if err := rows.Scan(&u.ID, &u.hash); err != nil {
			return nil, err
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

// SignOut ends the session of p.
func (s *Store) SignOut(ctx context.Context, p *Principal) error {
	_, err := s.accounts.w.ExecContext(ctx, `DELETE FROM sessions WHERE digest = ?`, p.session[:])
	return err
}

// Users returns the tenant's users by address.
func (t *Tenant) Users(ctx context.Context) ([]User, error) {
	rows, err := t.s.accounts.r.QueryContext(ctx, `SELECT id, email, name, role, created FROM users WHERE tenant_id = ? ORDER BY email`, t.ID.String())
	if err != nil {
		return nil, fmt.Errorf("cannot list users: %w", err)
	}
	defer rows.Close()
	list := []User{}
	for rows.Next() {
		u, err := scanUser(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("cannot list users: %w", err)
		}
		list = append(list, u)
	}
	return list, rows.Err()
}

func scanUser(scan func(...any) error) (u User, err error) {
	var role string
	var created int64
	if err = scan(&u.ID, &u.Email, &u.Name, &role, &created); err != nil {
		return u, err
	}
	u.Created = unixMS(created)
	u.Role, err = account.ParseRole(role)
	return u, err
}

// User returns one user of the tenant.
func (t *Tenant) User(ctx context.Context, id string) (User, error) {
	row := t.s.accounts.r.QueryRowContext(ctx, `SELECT id, email, name, role, created FROM users WHERE tenant_id = ? AND id = ?`, t.ID.String(), id)
	u, err := scanUser(row.Scan)
	return u, notFound(err)
}

// CreateUser adds a user to the tenant. ErrConflict: the tenant has one with
// that address; other tenants' users do not matter. ErrForbidden: a global
// role given by someone who is not global_admin.
func (t *Tenant) CreateUser(ctx context.Context, email, name string, role account.Role, password string) (User, error) {
	if err := t.mayGrant(role); err != nil {
		return User{}, err
	}
	u, err := t.s.newUser(email, name, role, password)
	if err != nil {
		return User{}, err
	}
	err = t.s.accounts.write(ctx, func(tx *sql.Tx) error { return insertUser(ctx, tx, t.ID, u) })
	if err != nil {
		return User{}, fmt.Errorf("cannot create user: %w", err)
	}
	return u, nil
}

func (s *Store) newUser(email, name string, role account.Role, password string) (u User, err error) {
	if email, err = account.NormalEmail(email); err != nil {
		return u, &InputError{"email", err.Error()}
	}
	if name == "" {
		name = email
	}
	if err := validName(name); err != nil {
		return u, err
	}
	if err := account.CheckPassword(password, email); err != nil {
		return u, &InputError{"password", err.Error()}
	}
	return User{ID: account.NewID("usr"), Email: email, Name: name, Role: role,
		Created: unixMS(s.nowMS()), hash: s.opt.Passwords.Hash(password)}, nil
}

func insertUser(ctx context.Context, tx *sql.Tx, id tenant.ID, u User) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO users (tenant_id, id, email, name, role, password, created) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		id.String(), u.ID, u.Email, u.Name, u.Role.String(), u.hash, u.Created.UnixMilli())
	return conflict(err)
}

// DeleteUser removes a user of the tenant and his sessions. ErrRefused:
// oneself. ErrForbidden: a global user, by someone who is not global_admin.
func (t *Tenant) DeleteUser(ctx context.Context, id string) error {
	u, err := t.User(ctx, id)
	if err != nil {
		return err
	}
	if err := t.mayGrant(u.Role); err != nil {
		return err
	}
	if u.ID == t.p.id {
		return fmt.Errorf("cannot delete oneself: %w", ErrRefused)
	}
	err = oneRow(t.s.accounts.w.ExecContext(ctx, `DELETE FROM users WHERE tenant_id = ? AND id = ?`, t.ID.String(), id))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("cannot delete user: %w", err)
	}
	return err
}
