package cloud

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

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
	Deny    []denyBody  `json:"deny" nullable:"false"`
}

// denyBody is an entry of the denylist as the API shows it.
type denyBody struct {
	ID      string `json:"id"`
	Prefix  string `json:"prefix"`
	Expires int64  `json:"expires,omitempty" doc:"Unix seconds; left out for never"`
	Reason  string `json:"reason,omitempty"`
}

func bodyOfDeny(d wire.Deny) denyBody {
	return denyBody{ID: d.ID, Prefix: d.Prefix.String(), Expires: d.Expires, Reason: d.Reason}
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

type denyInput struct {
	TenantPath
	Body struct {
		Prefix     string `json:"prefix" maxLength:"64" doc:"an address or a network"`
		Expires    int64  `json:"expires,omitempty" minimum:"0" doc:"Unix seconds"`
		TTLSeconds int64  `json:"ttl_seconds,omitempty" minimum:"0" doc:"instead of expires"`
		Reason     string `json:"reason,omitempty" maxLength:"500"`
	}
}

type denyOutput struct{ Body denyBody }

type denyPath struct {
	TenantPath
	Entry string `path:"entry"`
}

func (s *Server) policyRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}"
	handle(s, api, huma.Operation{OperationID: "get-policy", Method: http.MethodGet, Path: base + "/policy", Summary: "The policy that nodes get"}, account.ReadSettings,
		func(ctx context.Context, v *visit, _ *TenantPath) (*policyOutput, error) { return showPolicy(ctx, v) })
	handle(s, api, huma.Operation{OperationID: "set-mode", Method: http.MethodPut, Path: base + "/mode", Summary: "Set the general mode"}, account.SetMode, setMode)
	handle(s, api, huma.Operation{OperationID: "add-deny", Method: http.MethodPost, Path: base + "/deny", Summary: "Deny an address or network", DefaultStatus: http.StatusCreated}, account.EditPolicy, s.addDeny)
	handle(s, api, huma.Operation{OperationID: "delete-deny", Method: http.MethodDelete, Path: base + "/deny/{entry}", Summary: "Remove an entry of the denylist", DefaultStatus: http.StatusNoContent}, account.EditPolicy,
		func(ctx context.Context, v *visit, in *denyPath) (*empty, error) {
			return nil, v.t.DeleteDeny(ctx, in.Entry)
		})
}

func showPolicy(ctx context.Context, v *visit) (*policyOutput, error) {
	b, err := v.t.Bundle(ctx)
	if err != nil {
		return nil, err
	}
	out := &policyOutput{ETag: fmt.Sprintf(`"%d"`, b.Version)}
	out.Body = policyBody{Version: b.Version, Mode: b.Mode.String(), Rules: b.Rules, Deny: make([]denyBody, len(b.Deny))}
	for i, d := range b.Deny {
		out.Body.Deny[i] = bodyOfDeny(d)
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

func (s *Server) addDeny(ctx context.Context, v *visit, in *denyInput) (*denyOutput, error) {
	prefix, err := parsePrefix(in.Body.Prefix)
	if err != nil {
		return nil, err
	}
	d := wire.Deny{Prefix: prefix, Expires: in.Body.Expires, Reason: in.Body.Reason}
	now := time.Now().Unix()
	if ttl := in.Body.TTLSeconds; ttl > 0 {
		if d.Expires != 0 {
			return nil, &store.InputError{Field: "ttl_seconds", Problem: "and expires exclude each other"}
		}
		d.Expires = now + min(ttl, maxTTL)
	}
	if d.Expires != 0 && d.Expires <= now {
		return nil, &store.InputError{Field: "expires", Problem: "is in the past"}
	}
	d, err = v.t.AddDeny(ctx, d)
	return &denyOutput{bodyOfDeny(d)}, err
}

// maxTTL keeps sums of times from overflowing: a thousand years in seconds.
const maxTTL = 1000 * 365 * 24 * 3600

// parsePrefix accepts an address or a network, of any width. An IPv4 address
// in IPv6 form is the IPv4 address.
func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return p, &store.InputError{Field: "prefix", Problem: "is neither an address nor a network such as 192.0.2.0/24 or 2001:db8::/32"}
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, &store.InputError{Field: "prefix", Problem: "mixes IPv4 and IPv6: write IPv4 networks as 192.0.2.0/24"}
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}
