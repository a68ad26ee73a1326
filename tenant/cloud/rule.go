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
		Type         string     `json:"type" enum:"virtual_patch,mode,rate_limit"`
		Comment      string     `json:"comment,omitempty" maxLength:"500"`
		Method       string     `json:"method,omitempty" maxLength:"32"`
		Host         string     `json:"host,omitempty" maxLength:"260" doc:"a host, or *.name for one label or more before name"`
		Path         string     `json:"path,omitempty" maxLength:"2048" doc:"components: literal, * one, ** any number, {{re}} a regular expression over one"`
		Applications []int      `json:"applications,omitempty" maxItems:"1000"`
		Query        []termBody `json:"query,omitempty" maxItems:"16"`
		Headers      []termBody `json:"headers,omitempty" maxItems:"16"`
		Point        string     `json:"point,omitempty" maxLength:"1024" doc:"virtual_patch: [query refresh], [header user-agent], ...: applies at or below it"`
		Class        string     `json:"class,omitempty" maxLength:"32" doc:"virtual_patch: an attack class, or any: the presence of the point is enough"`
		Rate         *rateBody  `json:"rate,omitempty" doc:"rate_limit"`
		Mode         string     `json:"mode,omitempty" enum:"default,off,monitoring,safe_blocking,block" doc:"mode: in the place of the general mode; default is the node's own"`
	}
}

// rateBody is what a rate limit allows.
type rateBody struct {
	Key    string `json:"key" maxLength:"256" doc:"remote_addr, header NAME, cookie NAME or query NAME; requests without it are not limited"`
	Rate   int    `json:"rate" minimum:"1" maximum:"1000" doc:"requests in a unit"`
	Unit   string `json:"unit" enum:"second,minute"`
	Burst  int    `json:"burst,omitempty" minimum:"0" maximum:"1000" doc:"requests that may come at once"`
	Delay  int    `json:"delay,omitempty" minimum:"0" maximum:"1000" doc:"of the burst, those that pass at once; the others are held back to the rate"`
	Status int    `json:"status,omitempty" minimum:"400" maximum:"599" doc:"of the answer to what comes beyond; left out: 503"`
}

// termBody is a condition on a parameter or header field.
type termBody struct {
	Name  string `json:"name" minLength:"1" maxLength:"256"`
	Op    string `json:"op" enum:"equal,iequal,regex,absent"`
	Value string `json:"value,omitempty" maxLength:"1024"`
}

type ruleOutput struct{ Body wire.Rule }

type rulePath struct {
	TenantPath
	Rule string `path:"rule"`
}

func (s *Server) ruleRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}/rules"
	handle(s, api, huma.Operation{OperationID: "add-rule", Method: http.MethodPost, Path: base, Summary: "Add a rule", DefaultStatus: http.StatusCreated}, account.EditPolicy, addRule)
	handle(s, api, huma.Operation{OperationID: "delete-rule", Method: http.MethodDelete, Path: base + "/{rule}", Summary: "Remove a rule", DefaultStatus: http.StatusNoContent}, account.EditPolicy,
		func(ctx context.Context, v *visit, in *rulePath) (*empty, error) {
			return nil, v.t.DeleteRule(ctx, in.Rule)
		})
}

func addRule(ctx context.Context, v *visit, in *ruleInput) (*ruleOutput, error) {
	b := in.Body
	r := wire.Rule{Type: b.Type, Comment: b.Comment, Method: strings.ToUpper(b.Method), Host: b.Host, Path: b.Path,
		Applications: b.Applications, Point: b.Point, Class: b.Class, Mode: b.Mode}
	if b.Rate != nil {
		rate := wire.Rate(*b.Rate)
		r.Rate = &rate
	}
	var err error
	if r.Query, err = terms(b.Query); err != nil {
		return nil, err
	}
	if r.Headers, err = terms(b.Headers); err != nil {
		return nil, err
	}
	if err := checkRule(&r); err != nil {
		return nil, err
	}
	r, err = v.t.AddRule(ctx, r)
	return &ruleOutput{r}, err
}

func terms(in []termBody) (out []wire.Term, err error) {
	for _, b := range in {
		t := wire.Term{Name: b.Name, Value: b.Value}
		if err := t.Op.UnmarshalText([]byte(b.Op)); err != nil {
			return nil, &store.InputError{Field: "op", Problem: err.Error()}
		}
		out = append(out, t)
	}
	return out, nil
}

// checkRule refuses what a node would refuse, and brings host into the form
// that nodes compare.
func checkRule(r *wire.Rule) error {
	if strings.ContainsFunc(r.Method, func(c rune) bool { return c < 'A' || c > 'Z' }) {
		return &store.InputError{Field: "method", Problem: "holds something else than letters"}
	}
	if r.Host != "" {
		host, err := tenant.CanonicalPattern(r.Host)
		if err != nil {
			return &store.InputError{Field: "host", Problem: err.Error()}
		}
		r.Host = host
	}
	if err := checkEffect(r); err != nil {
		return err
	}
	if _, err := detect.NewMatcher(r.When()); err != nil {
		field, problem, _ := strings.Cut(err.Error(), ": ")
		return &store.InputError{Field: field, Problem: problem}
	}
	c := *r
	c.ID = "new"
	var o tenant.Overlay
	if err := c.AddTo(&o); err != nil {
		return &store.InputError{Field: "rule", Problem: err.Error()}
	}
	if _, err := detect.NewPolicy(detect.Options{Rules: o.Rules}); err != nil {
		return &store.InputError{Field: "rule", Problem: strings.TrimPrefix(err.Error(), `rule "new": `)}
	}
	return nil
}

// checkEffect checks the fields that belong to the rule's type, and that no
// other one's are there.
func checkEffect(r *wire.Rule) error {
	switch r.Type {
	case wire.VirtualPatch:
		var c detect.Class
		if r.Class != "any" && c.UnmarshalText([]byte(r.Class)) != nil {
			return &store.InputError{Field: "class", Problem: "is neither any nor a class such as sqli, xss, rce or ptrav"}
		}
		if r.Mode != "" || r.Rate != nil {
			return &store.InputError{Field: "rule", Problem: "is a virtual patch: mode and rate are for others"}
		}
		if r.Class == "any" && everywhere(r) {
			return &store.InputError{Field: "rule", Problem: "would block every request: name a method, host, path, point or class"}
		}
	case wire.SetMode:
		switch {
		case r.Mode == "":
			return &store.InputError{Field: "mode", Problem: "is missing"}
		case r.Point+r.Class != "":
			return &store.InputError{Field: "point", Problem: "and class are for virtual patches"}
		case r.Rate != nil:
			return &store.InputError{Field: "rate", Problem: "is for rules of type rate_limit"}
		case everywhere(r):
			return &store.InputError{Field: "rule", Problem: "is for every request: set the general mode instead"}
		}
	}
	if r.Type == wire.RateLimit {
		if r.Point+r.Class+r.Mode != "" {
			return &store.InputError{Field: "rule", Problem: "is a rate limit: point, class and mode are for others"}
		}
		if r.Rate == nil {
			return &store.InputError{Field: "rate", Problem: "is missing"}
		}
	}
	return nil
}

// everywhere reports whether nothing narrows the rule down.
func everywhere(r *wire.Rule) bool {
	return r.Method+r.Host+r.Path+r.Point == "" && len(r.Applications)+len(r.Query)+len(r.Headers) == 0
}
