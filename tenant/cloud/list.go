package cloud

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// Bounds of a lifetime, in seconds: nodes and people need some minutes to
// see what an entry does, and sums of times must not overflow.
const (
	minTTL = 5 * 60
	maxTTL = 1000 * 365 * 24 * 3600
)

// maxApplications bounds those that one entry names.
const maxApplications = 1000

// entryBody is an entry of a list as the API shows it.
type entryBody struct {
	ID           string `json:"id"`
	List         string `json:"list" enum:"allow,deny,gray"`
	Prefix       string `json:"prefix"`
	Applications []int  `json:"applications,omitempty" doc:"left out for all"`
	Expires      int64  `json:"expires,omitempty" doc:"Unix seconds; left out for never"`
	Reason       string `json:"reason,omitempty"`
}

func bodyOfEntry(e wire.Entry) entryBody {
	return entryBody{e.ID, e.List.String(), e.Prefix.String(), e.Applications, e.Expires, e.Reason}
}

type entryInput struct {
	TenantPath
	List string `path:"list" enum:"allow,deny,gray"`
	Body struct {
		Prefix       string `json:"prefix" maxLength:"64" doc:"an address or a network of any width"`
		Applications []int  `json:"applications,omitempty" doc:"left out for all"`
		Expires      int64  `json:"expires,omitempty" minimum:"0" doc:"Unix seconds; with ttl_seconds left out too: never"`
		TTLSeconds   int64  `json:"ttl_seconds,omitempty" minimum:"0" doc:"instead of expires; 300 at least"`
		Reason       string `json:"reason,omitempty" maxLength:"500"`
	}
}

type entryOutput struct{ Body entryBody }

type entryPath struct {
	TenantPath
	List  string `path:"list" enum:"allow,deny,gray"`
	Entry string `path:"entry"`
}

func (s *Server) listRoutes(api huma.API) {
	const base = "/api/v1/tenants/{tenant}/lists/{list}"
	handle(s, api, huma.Operation{OperationID: "add-list-entry", Method: http.MethodPost, Path: base, Summary: "Allow, deny or graylist an address or network", DefaultStatus: http.StatusCreated}, account.EditPolicy, s.addEntry)
	handle(s, api, huma.Operation{OperationID: "delete-list-entry", Method: http.MethodDelete, Path: base + "/{entry}", Summary: "Take an entry off a list", DefaultStatus: http.StatusNoContent}, account.EditPolicy,
		func(ctx context.Context, v *visit, in *entryPath) (*empty, error) {
			var l tenant.List
			if err := l.UnmarshalText([]byte(in.List)); err != nil {
				return nil, &store.InputError{Field: "list", Problem: err.Error()}
			}
			return nil, v.t.DeleteEntry(ctx, l, in.Entry)
		})
}

func (s *Server) addEntry(ctx context.Context, v *visit, in *entryInput) (*entryOutput, error) {
	prefix, err := parsePrefix(in.Body.Prefix)
	if err != nil {
		return nil, err
	}
	e := wire.Entry{Prefix: prefix, Expires: in.Body.Expires, Reason: in.Body.Reason, Applications: in.Body.Applications}
	if err := e.List.UnmarshalText([]byte(in.List)); err != nil {
		return nil, &store.InputError{Field: "list", Problem: err.Error()}
	}
	if len(e.Applications) > maxApplications || slices.ContainsFunc(e.Applications, func(a int) bool { return a < 1 }) {
		return nil, &store.InputError{Field: "applications", Problem: "are 1000 at most, from 1 on"}
	}
	if e.Expires, err = expiry(in.Body.Expires, in.Body.TTLSeconds, time.Now().Unix()); err != nil {
		return nil, err
	}
	e, err = v.t.AddEntry(ctx, e)
	return &entryOutput{bodyOfEntry(e)}, err
}

// expiry is when an entry ends, in Unix seconds, 0 for never.
func expiry(expires, ttl, now int64) (int64, error) {
	switch {
	case ttl > 0 && expires != 0:
		return 0, &store.InputError{Field: "ttl_seconds", Problem: "and expires exclude each other"}
	case ttl > 0 && ttl < minTTL:
		return 0, &store.InputError{Field: "ttl_seconds", Problem: "is less than 300"}
	case ttl > 0:
		return now + min(ttl, maxTTL), nil
	case expires != 0 && expires <= now:
		return 0, &store.InputError{Field: "expires", Problem: "is in the past"}
	}
	return expires, nil
}

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
