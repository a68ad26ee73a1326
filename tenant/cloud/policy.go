package cloud

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// policyBody is a tenant's policy as the API shows it.
type policyBody struct {
	Version int64       `json:"version"`
	Mode    string      `json:"mode" enum:"default,off,monitoring,safe_blocking,block"`
	Rules   []wire.Rule `json:"rules" nullable:"false"`
	Lists   []entryBody `json:"lists" nullable:"false"`
}

type policyOutput struct {
	ETag string `header:"ETag"`
	Body policyBody
}

type modeInput struct {
	TenantPath
	Body struct {
		Mode string `json:"mode" enum:"default,off,monitoring,safe_blocking,block"`
	}
}

func (s *Server) policyRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}"
	handle(s, api, huma.Operation{OperationID: "get-policy", Method: http.MethodGet, Path: base + "/policy", Summary: "The policy that nodes get"}, account.ReadSettings,
		func(ctx context.Context, v *visit, _ *TenantPath) (*policyOutput, error) { return showPolicy(ctx, v) })
	handle(s, api, huma.Operation{OperationID: "set-mode", Method: http.MethodPut, Path: base + "/mode", Summary: "Set the general mode"}, account.SetMode, setMode)
}

func showPolicy(ctx context.Context, v *visit) (*policyOutput, error) {
	b, err := v.t.Bundle(ctx)
	if err != nil {
		return nil, err
	}
	out := &policyOutput{ETag: fmt.Sprintf(`"%d"`, b.Version)}
	out.Body = policyBody{Version: b.Version, Mode: b.Mode.String(), Rules: b.Rules, Lists: make([]entryBody, len(b.Lists))}
	for i, e := range b.Lists {
		out.Body.Lists[i] = bodyOfEntry(e)
	}
	return out, nil
}

func setMode(ctx context.Context, v *visit, in *modeInput) (*policyOutput, error) {
	var m tenant.Mode
	if err := m.UnmarshalText([]byte(in.Body.Mode)); err != nil {
		return nil, &store.InputError{Field: "mode", Problem: err.Error()}
	}
	if err := v.t.SetMode(ctx, m); err != nil {
		return nil, err
	}
	return showPolicy(ctx, v)
}
