package cloud

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// UserBody is a user as the API shows him.
type UserBody struct {
	ID     string    `json:"id"`
	Email  string    `json:"email"`
	Name   string    `json:"name"`
	Role   string    `json:"role"`
	Tenant tenant.ID `json:"tenant" doc:"the tenant that the user belongs to"`
}

func bodyOfPrincipal(p *store.Principal) UserBody {
	return UserBody{ID: p.ID(), Email: p.Email(), Name: p.Name(), Role: p.Role().String(), Tenant: p.Home()}
}

type signInInput struct {
	address string
	Body    struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

// Resolve keeps the client's address for the rate limit.
func (in *signInInput) Resolve(hc huma.Context) []error {
	r, _ := humago.Unwrap(hc)
	in.address = addressKey(r)
	return nil
}

type sessionOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Token     string    `json:"token"`
		ExpiresAt time.Time `json:"expires_at"`
		User      UserBody  `json:"user"`
	}
}

type empty struct{}

type meOutput struct {
	Body struct {
		User    UserBody     `json:"user"`
		Account accountBody  `json:"account"`
		Tenants []tenantBody `json:"tenants" nullable:"false"`
	}
}

func (s *Server) sessionRoutes(api huma.API) {
	handleOpen(s, api, huma.Operation{OperationID: "sign-in", Method: http.MethodPost, Path: "/api/v1/session", Summary: "Sign in"}, s.signIn)
	handle(s, api, huma.Operation{OperationID: "sign-out", Method: http.MethodDelete, Path: "/api/v1/session", Summary: "Sign out", DefaultStatus: http.StatusNoContent}, account.ReadAccount, s.signOut)
	handle(s, api, huma.Operation{OperationID: "me", Method: http.MethodGet, Path: "/api/v1/me", Summary: "Who is signed in and what he sees"}, account.ReadAccount, s.me)
}

func (s *Server) signIn(ctx context.Context, in *signInInput) (*sessionOutput, error) {
	email := "e:" + strings.ToLower(strings.TrimSpace(in.Body.Email))
	wait := s.signIns.take(in.address, perAddress)
	if wait == 0 { // an address that is held back must not use up a person's tries
		wait = s.signIns.take(email, perEmail)
	}
	if wait > 0 {
		err := huma.NewError(http.StatusTooManyRequests, "too many failed sign-ins, wait a little")
		return nil, huma.ErrorWithHeaders(err, http.Header{"Retry-After": {strconv.Itoa(int(math.Ceil(wait.Seconds())))}})
	}
	p, token, expires, err := s.store.SignIn(ctx, in.Body.Email, in.Body.Password)
	if errors.Is(err, store.ErrCredential) {
		return nil, huma.NewError(http.StatusUnauthorized, "mail address or password is wrong")
	}
	if err != nil {
		return nil, err
	}
	s.signIns.giveBack(in.address, perAddress)
	s.signIns.giveBack(email, perEmail)
	out := &sessionOutput{SetCookie: s.cookie(token, expires)}
	out.Body.Token, out.Body.ExpiresAt, out.Body.User = token, expires, bodyOfPrincipal(p)
	return out, nil
}

// cookie returns the Set-Cookie value of a session; of none when token is
// empty.
func (s *Server) cookie(token string, expires time.Time) string {
	c := http.Cookie{Name: cookieName, Value: token, Path: "/", HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode, Expires: expires}
	if token == "" {
		c.MaxAge = -1
	}
	return c.String()
}

type signOutOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

func (s *Server) signOut(ctx context.Context, v *visit, _ *empty) (*signOutOutput, error) {
	return &signOutOutput{SetCookie: s.cookie("", time.Time{})}, s.store.SignOut(ctx, v.p)
}

func (s *Server) me(ctx context.Context, v *visit, _ *empty) (*meOutput, error) {
	acc, err := s.store.Account(ctx, v.p)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Tenants(ctx, v.p)
	if err != nil {
		return nil, err
	}
	out := &meOutput{}
	out.Body.User = bodyOfPrincipal(v.p)
	out.Body.Account = bodyOfAccount(acc)
	out.Body.Tenants = bodiesOfTenants(list)
	return out, nil
}

// accountBody is an account as the API shows it.
type accountBody struct {
	ID    tenant.ID  `json:"id"`
	Name  string     `json:"name"`
	Brand wire.Brand `json:"brand"`
}

func bodyOfAccount(a store.Account) accountBody {
	return accountBody{ID: a.ID, Name: a.Name, Brand: a.Brand}
}
