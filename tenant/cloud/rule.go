package cloud

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"weir/detect"
	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

type ruleInput struct {
	TenantPath
	Body struct {
		Type    string `json:"type" enum:"virtual_patch"`
		Comment string `json:"comment,omitempty" maxLength:"500"`
		Method  string `json:"method,omitempty" maxLength:"32"`
		Host    string `json:"host,omitempty" maxLength:"260"`
		Path    string `json:"path,omitempty" maxLength:"2048" doc:"exact, or a prefix when it ends in *"`
		Point   string `json:"point,omitempty" maxLength:"1024" doc:"[query refresh], [header user-agent], ...: the rule applies at or below it"`
		Class   string `json:"class" maxLength:"32" doc:"an attack class, or any: the presence of the point is enough"`
	}
}

type ruleOutput struct{ Body wire.Rule }

type rulePath struct {
	TenantPath
	Rule string `path:"rule"`
}

func (s *Server) ruleRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}/rules"
	handle(s, api, huma.Operation{OperationID: "add-rule", Method: http.MethodPost, Path: base, Summary: "Add a virtual patch", DefaultStatus: http.StatusCreated}, account.EditPolicy, addRule)
	handle(s, api, huma.Operation{OperationID: "delete-rule", Method: http.MethodDelete, Path: base + "/{rule}", Summary: "Remove a rule", DefaultStatus: http.StatusNoContent}, account.EditPolicy,
		func(ctx context.Context, v *visit, in *rulePath) (*empty, error) {
			return nil, v.t.DeleteRule(ctx, in.Rule)
		})
}

func addRule(ctx context.Context, v *visit, in *ruleInput) (*ruleOutput, error) {
	b := in.Body
	r := wire.Rule{Type: b.Type, Comment: b.Comment, Method: strings.ToUpper(b.Method), Host: b.Host, Path: b.Path, Point: b.Point, Class: b.Class}
	if err := checkRule(&r); err != nil {
		return nil, err
	}
	r, err := v.t.AddRule(ctx, r)
	return &ruleOutput{r}, err
}

// checkRule refuses what a node would refuse, and brings host into the form
// that nodes compare.
func checkRule(r *wire.Rule) error {
	c := detect.Rule{ID: "new", Method: r.Method, Path: r.Path, Point: r.Point, Any: r.Class == "any"}
	if !c.Any {
		if err := c.Class.UnmarshalText([]byte(r.Class)); err != nil {
			return &store.InputError{Field: "class", Problem: "is neither any nor a class of attack, such as sqli, xss, rce, xxe or ssrf"}
		}
	}
	if strings.ContainsFunc(r.Method, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return &store.InputError{Field: "method", Problem: "holds something else than letters"}
	}
	if r.Host != "" {
		host, err := tenant.CanonicalHost(nil, []byte(r.Host))
		if err != nil {
			return &store.InputError{Field: "host", Problem: err.Error()}
		}
		r.Host = string(host)
		c.Host = r.Host
	}
	if r.Path != "" && r.Path[0] != '/' {
		return &store.InputError{Field: "path", Problem: "does not begin with /"}
	}
	if c.Any && r.Method+r.Host+r.Path+r.Point == "" {
		return &store.InputError{Field: "rule", Problem: "would block every request: name a method, host, path, point or class"}
	}
	if _, err := detect.NewPolicy(detect.Options{Rules: []detect.Rule{c}}); err != nil {
		return &store.InputError{Field: "rule", Problem: strings.TrimPrefix(err.Error(), `rule "new": `)}
	}
	return nil
}
