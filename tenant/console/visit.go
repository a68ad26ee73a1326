package console

import (
	"net/http"
	"slices"
	"strings"

	"weir/tenant"
	"weir/tenant/wire"
)

// me is who the visitor is and what he may see.
type me struct {
	User    user
	Account struct {
		Name  string
		Brand wire.Brand
	}
	Tenants []summary
}

type user struct{ ID, Email, Name, Role, Tenant string }

// summary is a tenant in a list.
type summary struct {
	ID     string
	Name   string
	Kind   string // technical or tenant
	Active bool
}

func (m *me) global() bool { return m != nil && strings.HasPrefix(m.User.Role, "global_") }

// role is the visitor's role on the tenants he sees.
func (m *me) role() string { return strings.TrimPrefix(m.User.Role, "global_") }

// MayEdit reports whether rules and lists are his to change; the API decides,
// this only hides forms that would be refused.
func (s shell) MayEdit() bool { return s.Me.role() == "admin" || s.Me.role() == "analyst" }

// MayAdmin reports the same for the mode.
func (s shell) MayAdmin() bool { return s.Me.role() == "admin" }

// visit is one request of a signed-in visitor; in a tenant when shell.Tenant
// is set.
type visit struct {
	*console
	shell
	w http.ResponseWriter
	r *http.Request
}

// signedIn wraps a page of somebody signed in.
func (c *console) signedIn(page func(*visit) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := &visit{console: c, w: w, r: r}
		err := v.identify()
		if err == nil {
			err = page(v)
		}
		if err != nil {
			c.fail(w, r, err)
		}
	}
}

// inTenant wraps a page about the tenant in the path. A tenant that is not
// among the visitor's does not exist.
func (c *console) inTenant(page func(*visit) error) http.HandlerFunc {
	return c.signedIn(func(v *visit) error {
		id, err := tenant.ParseID(v.r.PathValue("tenant"))
		if err != nil {
			return errAbsent
		}
		i := slices.IndexFunc(v.Me.Tenants, func(s summary) bool { return s.ID == id.String() })
		if i < 0 {
			return errAbsent
		}
		v.Tenant = &v.Me.Tenants[i]
		return page(v)
	})
}

func (v *visit) identify() error {
	v.Me = &me{}
	if _, err := v.call(v.r, http.MethodGet, apiPath("me"), nil, v.Me); err != nil {
		return err
	}
	v.Brand = orWeir(v.Me.Account.Brand)
	return nil
}

// get asks for something below the tenant.
func (v *visit) get(out any, path string) error {
	_, err := v.call(v.r, http.MethodGet, path, nil, out)
	return err
}

// path is the API's path of something below the tenant. Segments come from
// the visitor: one that would climb is absent.
func (v *visit) path(segments ...string) (string, error) {
	for _, s := range segments {
		if s == "" || s == "." || s == ".." {
			return "", errAbsent
		}
	}
	return apiPath(append([]string{"tenants", v.Tenant.ID}, segments...)...), nil
}

// brand is what anybody may see of the account behind the request's Host.
func (c *console) brand(r *http.Request) wire.Brand {
	var b wire.Brand
	if _, err := c.call(r, http.MethodGet, apiPath("brand"), nil, &b); err != nil {
		c.log.Sugar().Errorf("cannot get the brand: %v", err)
	}
	return orWeir(b)
}

func orWeir(b wire.Brand) wire.Brand {
	if b.Name == "" {
		b.Name = "Weir"
	}
	return b
}

// home leads a tenant's user to his tenant and a global user to the list.
func home(v *visit) error {
	to := "/tenants"
	if !v.Me.global() && len(v.Me.Tenants) == 1 {
		to = "/t/" + v.Me.Tenants[0].ID + "/attacks"
	}
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}

func tenantHome(v *visit) error {
	http.Redirect(v.w, v.r, v.Base()+"/attacks", http.StatusSeeOther)
	return nil
}

// tenantsPage is the tenant switch. Who has one tenant has no switch, and
// learns nothing from the page's address.
func tenantsPage(v *visit) error {
	if !v.Me.global() {
		return errAbsent
	}
	v.Title = "Tenants"
	v.render(v.w, http.StatusOK, "tenants", v)
	return nil
}
