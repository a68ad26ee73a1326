package cloud

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant/account"
	"weir/tenant/store"
)

// tokenBody is a node token as the API lists it: without its secret.
type tokenBody struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Author    string     `json:"author" doc:"user ID, or operator"`
	CreatedAt time.Time  `json:"created_at"`
	UsedAt    *time.Time `json:"used_at,omitempty" doc:"exact to a minute"`
}

func bodyOfToken(k store.NodeToken) tokenBody {
	b := tokenBody{ID: k.ID, Name: k.Name, Author: k.Author, CreatedAt: k.Created}
	if !k.Used.IsZero() {
		b.UsedAt = &k.Used
	}
	return b
}

type tokensOutput struct {
	Body struct {
		Tokens []tokenBody `json:"tokens" nullable:"false"`
	}
}

type newTokenInput struct {
	TenantPath
	Body struct {
		Name string `json:"name,omitempty" maxLength:"200"`
	}
}

type newTokenOutput struct {
	Body struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Token string `json:"token" doc:"the secret, shown this once"`
	}
}

type tokenPath struct {
	TenantPath
	Token string `path:"token"`
}

func (s *Server) tokenRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}/node-tokens"
	handle(s, api, huma.Operation{OperationID: "list-node-tokens", Method: http.MethodGet, Path: base, Summary: "Node tokens of a tenant"}, account.ReadSettings, listTokens)
	handle(s, api, huma.Operation{OperationID: "create-node-token", Method: http.MethodPost, Path: base, Summary: "Create a node token", DefaultStatus: http.StatusCreated}, account.ManageTokens, createToken)
	handle(s, api, huma.Operation{OperationID: "revoke-node-token", Method: http.MethodDelete, Path: base + "/{token}", Summary: "Revoke a node token", DefaultStatus: http.StatusNoContent}, account.ManageTokens,
		func(ctx context.Context, v *visit, in *tokenPath) (*empty, error) {
			return nil, v.t.RevokeNodeToken(ctx, in.Token)
		})
}

func listTokens(ctx context.Context, v *visit, _ *TenantPath) (*tokensOutput, error) {
	list, err := v.t.NodeTokens(ctx)
	if err != nil {
		return nil, err
	}
	out := &tokensOutput{}
	out.Body.Tokens = make([]tokenBody, len(list))
	for i, k := range list {
		out.Body.Tokens[i] = bodyOfToken(k)
	}
	return out, nil
}

func createToken(ctx context.Context, v *visit, in *newTokenInput) (*newTokenOutput, error) {
	k, secret, err := v.t.CreateNodeToken(ctx, in.Body.Name)
	if err != nil {
		return nil, err
	}
	out := &newTokenOutput{}
	out.Body.ID, out.Body.Name, out.Body.Token = k.ID, k.Name, secret
	return out, nil
}
