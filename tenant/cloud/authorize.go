package cloud

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
)

// cookieName is the session's cookie.
const cookieName = "weir_session"

// visit is an authorised call: who, and the tenant of the path (nil when the
// path has none).
type visit struct {
	p *store.Principal
	t *store.Tenant
}

// route is a registered operation and the action that it is.
type route struct {
	method, path string
	action       account.Action
	open         bool // needs no session
}

// handle registers an operation that needs a session and is the action a.
func handle[I, O any](s *Server, api huma.API, op huma.Operation, a account.Action, do func(context.Context, *visit, *I) (*O, error)) {
	s.routes = append(s.routes, route{method: op.Method, path: op.Path, action: a})
	op.Middlewares = huma.Middlewares{s.guard(api, strings.Contains(op.Path, "{tenant}"), a)}
	op.Security = []map[string][]string{{"cookie": {}}, {"bearer": {}}}
	register(s, api, op, func(ctx context.Context, in *I) (*O, error) {
		return do(ctx, ctx.Value(visitKey{}).(*visit), in)
	})
}

// handleOpen registers an operation that anybody may call.
func handleOpen[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	s.routes = append(s.routes, route{method: op.Method, path: op.Path, open: true})
	register(s, api, op, do)
}

func register[I, O any](s *Server, api huma.API, op huma.Operation, do func(context.Context, *I) (*O, error)) {
	op.MaxBodyBytes = maxBody
	op.BodyReadTimeout = -1 // the server's own holds; in process there is none
	huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		var done huma.StatusError
		if err == nil || errors.As(err, &done) { // huma knows what to answer
			return out, err
		}
		return nil, s.problem(ctx, err)
	})
}

// visitKey is the key of a *visit in a context.
type visitKey struct{}

// guard runs before a call's parameters and body are looked at, so that
// nothing about them can tell a foreign tenant from an absent one.
func (s *Server) guard(api huma.API, inTenant bool, a account.Action) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		r, _ := humago.Unwrap(hc)
		v := &visit{}
		var err error
		if v.p, err = s.principal(r); err == nil {
			if inTenant {
				v.t, err = s.authorize(r.Context(), v.p, hc.Param("tenant"), a)
			} else if !v.p.Role().Can(a) {
				err = store.ErrForbidden
			}
		}
		if err != nil {
			e := s.problem(r.Context(), err)
			huma.WriteErr(api, hc, e.GetStatus(), e.Error())
			return
		}
		next(huma.WithValue(hc, visitKey{}, v))
	}
}

// principal returns whose session the request carries.
func (s *Server) principal(r *http.Request) (*store.Principal, error) {
	token, ok := bearer(r)
	if !ok {
		c, err := r.Cookie(cookieName)
		if err != nil {
			return nil, store.ErrCredential
		}
		token = c.Value
	}
	return s.store.UserBySession(r.Context(), token)
}

// bearer returns the token of the Authorization header (RFC 6750).
func bearer(r *http.Request) (string, bool) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// authorize is the only place where a tenant ID from outside becomes a
// handle.
func (s *Server) authorize(ctx context.Context, p *store.Principal, id string, a account.Action) (*store.Tenant, error) {
	tid, err := tenant.ParseID(id)
	if err != nil {
		return nil, store.ErrNotFound
	}
	t, err := s.store.Tenant(ctx, p, tid)
	if err != nil {
		return nil, err
	}
	if !p.Role().Can(a) {
		return nil, store.ErrForbidden
	}
	return t, nil
}

// problem is the only place where an error becomes a status.
func (s *Server) problem(ctx context.Context, err error) huma.StatusError {
	var in *store.InputError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return huma.NewError(http.StatusNotFound, "not found")
	case errors.Is(err, store.ErrCredential):
		return huma.NewError(http.StatusUnauthorized, "not signed in")
	case errors.Is(err, store.ErrForbidden):
		return huma.NewError(http.StatusForbidden, "your role does not allow this")
	case errors.Is(err, store.ErrConflict):
		return huma.NewError(http.StatusConflict, "already taken")
	case errors.Is(err, store.ErrRefused):
		return huma.NewError(http.StatusConflict, err.Error())
	case errors.As(err, &in):
		return huma.NewError(http.StatusBadRequest, in.Error())
	case ctx.Err() != nil:
		return huma.NewError(http.StatusServiceUnavailable, "the request ended before its answer")
	}
	s.log.Error("request failed", errorField(err))
	return huma.NewError(http.StatusInternalServerError, "the cloud failed; its log says why")
}
