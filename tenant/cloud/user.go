package cloud

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant/account"
	"weir/tenant/store"
)

// memberBody is a user of a tenant as the API lists him.
type memberBody struct {
	UserBody
	CreatedAt time.Time `json:"created_at"`
}

func bodyOfUser(t *store.Tenant, u store.User) memberBody {
	return memberBody{UserBody{ID: u.ID, Email: u.Email, Name: u.Name, Role: u.Role.String(), Tenant: t.ID}, u.Created}
}

type usersOutput struct {
	Body struct {
		Users []memberBody `json:"users" nullable:"false"`
	}
}

type userOutput struct{ Body memberBody }

type userPath struct {
	TenantPath
	User string `path:"user"`
}

type newUserInput struct {
	TenantPath
	Body struct {
		Email    string `json:"email" maxLength:"254"`
		Name     string `json:"name,omitempty" maxLength:"200"`
		Role     string `json:"role" doc:"admin, analyst or viewer; in the technical tenant also global_admin, global_analyst or global_viewer"`
		Password string `json:"password" maxLength:"1024"`
	}
}

func (s *Server) userRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}/users"
	handle(s, api, huma.Operation{OperationID: "list-users", Method: http.MethodGet, Path: base, Summary: "Users of a tenant"}, account.ReadSettings, listUsers)
	handle(s, api, huma.Operation{OperationID: "create-user", Method: http.MethodPost, Path: base, Summary: "Create a user", DefaultStatus: http.StatusCreated}, account.ManageUsers, createUser)
	handle(s, api, huma.Operation{OperationID: "get-user", Method: http.MethodGet, Path: base + "/{user}", Summary: "A user"}, account.ReadSettings,
		func(ctx context.Context, v *visit, in *userPath) (*userOutput, error) {
			u, err := v.t.User(ctx, in.User)
			return &userOutput{bodyOfUser(v.t, u)}, err
		})
	handle(s, api, huma.Operation{OperationID: "delete-user", Method: http.MethodDelete, Path: base + "/{user}", Summary: "Delete a user", DefaultStatus: http.StatusNoContent}, account.ManageUsers,
		func(ctx context.Context, v *visit, in *userPath) (*empty, error) {
			return nil, v.t.DeleteUser(ctx, in.User)
		})
}

func listUsers(ctx context.Context, v *visit, _ *TenantPath) (*usersOutput, error) {
	list, err := v.t.Users(ctx)
	if err != nil {
		return nil, err
	}
	out := &usersOutput{}
	out.Body.Users = make([]memberBody, len(list))
	for i, u := range list {
		out.Body.Users[i] = bodyOfUser(v.t, u)
	}
	return out, nil
}

func createUser(ctx context.Context, v *visit, in *newUserInput) (*userOutput, error) {
	role, err := account.ParseRole(in.Body.Role)
	if err != nil {
		return nil, &store.InputError{Field: "role", Problem: err.Error()}
	}
	u, err := v.t.CreateUser(ctx, in.Body.Email, in.Body.Name, role, in.Body.Password)
	return &userOutput{bodyOfUser(v.t, u)}, err
}
