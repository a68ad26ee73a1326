package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"weir/tenant/wire"
)

// api is the cloud's API as one user sees it.
type api struct {
	base  string // http://127.0.0.1:PORT
	token string // "" before signIn
}

// statusError is an answer that is not 2xx.
type statusError struct {
	Status int
	Body   string
}

func (e *statusError) Error() string { return fmt.Sprintf("status %d: %s", e.Status, e.Body) }

var apiClient = &http.Client{Timeout: 10 * time.Second}

// call sends in as JSON unless nil and decodes the answer to out unless nil.
func (a *api) call(ctx context.Context, method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+"/api/v1"+path, &body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	res, err := apiClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return err
	}
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return fmt.Errorf("%s %s: %w", method, path, &statusError{res.StatusCode, string(b)})
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(b, out)
}

// status returns an answer that is not 2xx, or the zero statusError.
func (a *api) status(ctx context.Context, path string) statusError {
	var e *statusError
	if errors.As(a.call(ctx, http.MethodGet, path, nil, nil), &e) {
		return *e
	}
	return statusError{}
}

// signIn opens a session.
func signIn(ctx context.Context, base, email, password string) (*api, error) {
	a := &api{base: base}
	var out struct{ Token string }
	err := a.call(ctx, http.MethodPost, "/session", map[string]string{"email": email, "password": password}, &out)
	if err != nil {
		return nil, fmt.Errorf("cannot sign in as %s: %w", email, err)
	}
	a.token = out.Token
	return a, nil
}

// hits returns the newest hits of a tenant.
func (a *api) hits(ctx context.Context, tenantID, query string) ([]wire.Hit, error) {
	var out struct{ Hits []wire.Hit }
	err := a.call(ctx, http.MethodGet, "/tenants/"+tenantID+"/hits?limit=1000"+query, nil, &out)
	return out.Hits, err
}

// populate makes the tenants, their users and the node's token; it returns
// the token. The token is the technical tenant's: it reports for all.
func (a *api) populate(ctx context.Context, technical, password string, places []*place) (string, error) {
	for _, p := range places {
		if err := a.call(ctx, http.MethodPost, "/tenants", map[string]string{"id": p.ID, "name": p.Name}, nil); err != nil {
			return "", fmt.Errorf("cannot make the tenant %q: %w", p.Name, err)
		}
		user := map[string]string{"email": p.Email, "name": p.Company, "role": "admin", "password": password}
		if err := a.call(ctx, http.MethodPost, "/tenants/"+p.ID+"/users", user, nil); err != nil {
			return "", fmt.Errorf("cannot make the user %q: %w", p.Email, err)
		}
	}
	var out struct{ Token string }
	err := a.call(ctx, http.MethodPost, "/tenants/"+technical+"/node-tokens", map[string]string{"name": "demo"}, &out)
	return out.Token, err
}
