package cloud

import (
	"context"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant/account"
	"weir/tenant/wire"
)

type brandInput struct{ host string }

// Resolve keeps the host that the browser asked for.
func (in *brandInput) Resolve(hc huma.Context) []error {
	in.host = hc.Host()
	if h, _, err := net.SplitHostPort(in.host); err == nil {
		in.host = h
	}
	in.host = strings.ToLower(strings.TrimSuffix(in.host, "."))
	return nil
}

type brandOutput struct{ Body wire.Brand }

type accountOutput struct{ Body accountBody }

type accountInput struct {
	Body struct {
		Name  string     `json:"name" maxLength:"200"`
		Brand wire.Brand `json:"brand"`
	}
}

func (s *Server) accountRoutes(api huma.API) {
	handleOpen(s, api, huma.Operation{OperationID: "brand", Method: http.MethodGet, Path: "/api/v1/brand", Summary: "What the sign-in page shows"},
		func(ctx context.Context, in *brandInput) (*brandOutput, error) {
			b, err := s.store.BrandAt(ctx, in.host)
			return &brandOutput{b}, err
		})
	handle(s, api, huma.Operation{OperationID: "get-account", Method: http.MethodGet, Path: "/api/v1/account", Summary: "The account"}, account.ReadAccount,
		func(ctx context.Context, v *visit, _ *empty) (*accountOutput, error) { return s.showAccount(ctx, v) })
	handle(s, api, huma.Operation{OperationID: "put-account", Method: http.MethodPut, Path: "/api/v1/account", Summary: "Change name and brand of the account"}, account.ManageAccount,
		func(ctx context.Context, v *visit, in *accountInput) (*accountOutput, error) {
			if err := s.store.SetAccount(ctx, v.p, in.Body.Name, in.Body.Brand); err != nil {
				return nil, err
			}
			return s.showAccount(ctx, v)
		})
}

func (s *Server) showAccount(ctx context.Context, v *visit) (*accountOutput, error) {
	a, err := s.store.Account(ctx, v.p)
	return &accountOutput{bodyOfAccount(a)}, err
}
