package cloud

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
)

// tenantBody is a tenant as the API shows it.
type tenantBody struct {
	ID        tenant.ID `json:"id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind" enum:"technical,tenant"`
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
}

func bodyOfTenant(i store.Info) tenantBody {
	return tenantBody{ID: i.ID, Name: i.Name, Kind: i.Kind, Active: i.Active, CreatedAt: i.Created}
}

func bodiesOfTenants(list []store.Info) []tenantBody {
	out := make([]tenantBody, len(list))
	for i, t := range list {
		out[i] = bodyOfTenant(t)
	}
	return out
}

type tenantsOutput struct {
	Body struct {
		Tenants []tenantBody `json:"tenants" nullable:"false"`
	}
}

type tenantOutput struct{ Body tenantBody }

// TenantPath is the input of calls that need nothing but the tenant. The
// guard has made a handle of it. Like the other embedded parts of inputs it is
// exported because huma fills no others.
type TenantPath struct {
	Tenant string `path:"tenant"`
}

type newTenantInput struct {
	Body struct {
		ID   string `json:"id,omitempty" doc:"UUID; made when left out"`
		Name string `json:"name" maxLength:"200"`
	}
}

type changeTenantInput struct {
	TenantPath
	Body struct {
		Name        *string `json:"name,omitempty" maxLength:"200"`
		Active      *bool   `json:"active,omitempty"`
		ConfirmName string  `json:"confirm_name,omitempty" doc:"the tenant's name, to deactivate it"`
	}
}

func (s *Server) tenantRoutes(api huma.API) {
	handle(s, api, huma.Operation{OperationID: "list-tenants", Method: http.MethodGet, Path: "/api/v1/tenants", Summary: "The tenants that one sees"}, account.ReadAccount, s.listTenants)
	handle(s, api, huma.Operation{OperationID: "create-tenant", Method: http.MethodPost, Path: "/api/v1/tenants", Summary: "Create a tenant", DefaultStatus: http.StatusCreated}, account.ManageTenants, s.createTenant)
	handle(s, api, huma.Operation{OperationID: "get-tenant", Method: http.MethodGet, Path: "/api/v1/tenants/{tenant}", Summary: "A tenant"}, account.ReadSettings,
		func(_ context.Context, v *visit, _ *TenantPath) (*tenantOutput, error) {
			return &tenantOutput{bodyOfTenant(v.t.Info)}, nil
		})
	handle(s, api, huma.Operation{OperationID: "change-tenant", Method: http.MethodPatch, Path: "/api/v1/tenants/{tenant}", Summary: "Rename, deactivate or activate a tenant"}, account.ManageTenants, s.changeTenant)
}

func (s *Server) listTenants(ctx context.Context, v *visit, _ *empty) (*tenantsOutput, error) {
	list, err := s.store.Tenants(ctx, v.p)
	if err != nil {
		return nil, err
	}
	out := &tenantsOutput{}
	out.Body.Tenants = bodiesOfTenants(list)
	return out, nil
}

func (s *Server) createTenant(ctx context.Context, v *visit, in *newTenantInput) (*tenantOutput, error) {
	var id *tenant.ID
	if in.Body.ID != "" {
		parsed, err := tenant.ParseID(in.Body.ID)
		if err != nil {
			return nil, &store.InputError{Field: "id", Problem: err.Error()}
		}
		id = &parsed
	}
	t, err := s.store.CreateTenant(ctx, v.p, id, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &tenantOutput{bodyOfTenant(t.Info)}, nil
}

func (s *Server) changeTenant(ctx context.Context, v *visit, in *changeTenantInput) (*tenantOutput, error) {
	b := in.Body
	if b.Active != nil && !*b.Active && v.t.Active && b.ConfirmName != v.t.Name {
		return nil, &store.InputError{Field: "confirm_name", Problem: "must be the tenant's name to deactivate it"}
	}
	if b.Name != nil && *b.Name != v.t.Name {
		if err := v.t.Rename(ctx, *b.Name); err != nil {
			return nil, err
		}
	}
	if b.Active != nil && *b.Active != v.t.Active {
		if err := v.t.SetActive(ctx, *b.Active); err != nil {
			return nil, err
		}
	}
	return &tenantOutput{bodyOfTenant(v.t.Info)}, nil
}
