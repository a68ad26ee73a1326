package config

import (
	"cmp"
	"fmt"
	"net/textproto"
	"reflect"
	"slices"
	"strconv"
	"time"

	"weir/tenant"
)

// maxInspect bounds inspect_body_bytes: it is memory of each request.
const maxInspect = 64 << 20

// loader gathers tenants.
type loader struct {
	base  tenant.Spec // from which every tenant starts
	specs []tenant.Spec
	lost  []string // files whose tenants are not all known
	found Problems
	// unmatched lists the patterns that matched no file.
	unmatched []string
	lists     []string // files of networks
	fallen    []bool   // by index in specs: went back to its last generation
}

func (d duration) value() time.Duration { return time.Duration(d) }

func canonicalField(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }

func (l *loader) tenants(file string, raws []rawTable) {
	for _, raw := range raws {
		s := &scope{file: file, tenant: label(raw)}
		l.specs = append(l.specs, s.spec(raw, l.base))
		l.found, l.lists = append(l.found, s.found...), append(l.lists, s.lists...)
	}
}

// label names a tenant in messages, even when the rest of it is wrong.
func label(raw rawTable) string {
	for _, key := range [...]string{"name", "id"} {
		if s, ok := raw.table[key].(string); ok && s != "" {
			return s
		}
	}
	return "in line " + strconv.Itoa(raw.at.line)
}

func (s *scope) spec(raw rawTable, base tenant.Spec) tenant.Spec {
	var t tenantTable
	s.decode(raw.table, raw.at, "[[tenant]]", reflect.ValueOf(&t).Elem())
	spec := base
	spec.File, spec.Line, spec.Name, spec.Sites = s.file, raw.at.line, cmp.Or(t.Name, label(raw)), nil
	s.id(&spec, t.ID, raw)
	s.tenantKeys(&spec, &t.tenantDefaults)
	for i := range t.Site {
		spec.Sites = append(spec.Sites, s.site(&t.Site[i], &spec))
	}
	if _, there := raw.table["site"]; !there && !slices.Contains(s.meant, "site") {
		s.report(raw.at, "site", "no [[tenant.site]], write one with hosts and upstreams")
	}
	s.ownClaims(&spec)
	if len(s.found) > 0 {
		spec.Broken = s.found[0]
	}
	return spec
}

func (s *scope) id(spec *tenant.Spec, id *tenant.ID, raw rawTable) {
	if _, there := raw.table["id"]; !there {
		s.missing(raw.at, "id", "[[tenant]]")
	}
	if id == nil {
		return
	}
	if spec.ID = *id; spec.ID == (tenant.ID{}) {
		s.report(raw.at.at("id"), "id", "id: the UUID of zeros names nobody")
	}
}

// tenantKeys puts the keys of [defaults], or of a tenant, over spec.
func (s *scope) tenantKeys(spec *tenant.Spec, t *tenantDefaults) {
	spec.Mode = tenant.Mode(*cmp.Or(t.Mode, (*localMode)(&spec.Mode)))
	spec.Override = *cmp.Or(t.Override, &spec.Override)
	spec.OnDeactivated = *cmp.Or(t.OnDeactivated, &spec.OnDeactivated)
	spec.Application = int(*cmp.Or(t.Application, (*application)(&spec.Application)))
	spec.WebSocket = *cmp.Or(t.WebSocket, &spec.WebSocket)
	spec.Fail.Panic = *cmp.Or(t.Fail.Panic, &spec.Fail.Panic)
	spec.Fail.Overlimit = *cmp.Or(t.Fail.Overlimit, &spec.Fail.Overlimit)
	spec.Fail.MissingPolicy = *cmp.Or(t.Fail.MissingPolicy, &spec.Fail.MissingPolicy)
	spec.Brand.Name = *cmp.Or(t.Brand.Name, &spec.Brand.Name)
	spec.Brand.Support = *cmp.Or(t.Brand.Support, &spec.Brand.Support)
	if !validSupport(spec.Brand.Support) {
		s.report(t.Brand.At.at("support"), "support", "bad support %q, want a mail address or an https URL", spec.Brand.Support)
	}
	spec.Limits = s.limits(&t.Limits, spec.Limits)
	spec.BufferBytes = int64(*cmp.Or(t.BufferBytes, (*size)(&spec.BufferBytes)))
	if t.BufferBytes != nil && spec.BufferBytes < spec.Limits.InspectBodyBytes {
		s.report(t.At.at("buffer_bytes"), "buffer_bytes",
			"buffer_bytes: %d is less than inspect_body_bytes, %d: such a body would never pass", spec.BufferBytes, spec.Limits.InspectBodyBytes)
	}
	spec.Timeouts = t.Timeouts.over(spec.Timeouts)
	spec.Pages = s.pages(spec.Pages, t.BlockPage)
	spec.Rates = slices.Clip(spec.Rates)
	for i := range t.RateLimit {
		spec.Rates = append(spec.Rates, s.rateLimit(&t.RateLimit[i]))
	}
	spec.Lists = slices.Clip(spec.Lists)
	for i := range t.List {
		spec.Lists = s.list(spec.Lists, &t.List[i])
	}
	for class, level := range t.Sensitivity {
		if err := spec.Sensitivity.Set(class, level); err != nil {
			s.report(t.At.at("sensitivity", class), "sensitivity", "sensitivity: %s", err)
		}
	}
}

func (s *scope) limits(l *limits, base tenant.Limits) tenant.Limits {
	out := l.over(base)
	if l.InspectBodyBytes != nil && out.InspectBodyBytes > maxInspect {
		s.report(l.At.at("inspect_body_bytes"), "inspect_body_bytes",
			"inspect_body_bytes: %d is more than %d: it is memory of each request", out.InspectBodyBytes, maxInspect)
	}
	return out
}

func (s *scope) site(f *site, t *tenant.Spec) tenant.SiteSpec {
	out := tenant.SiteSpec{
		Line: f.At.at("hosts").line, TLS: s.keyPair(f.TLS),
		Mode: (*tenant.Mode)(f.Mode), Override: f.Override, Application: applicationOf(f.Application),
		Limits: s.limits(&f.Limits, t.Limits), Timeouts: f.Timeouts.over(t.Timeouts),
		WebSocket: *cmp.Or(f.WebSocket, &t.WebSocket),
	}
	out.Pages = s.pages(nil, f.BlockPage)
	s.hosts(f, &out)
	s.upstreams(f, &out)
	if f.Path != nil {
		p, err := tenant.CanonicalPrefix(*f.Path)
		s.check(f.At, "path", err)
		out.Path = p
	}
	for i := range f.Route {
		out.Routes = append(out.Routes, s.route(&f.Route[i]))
	}
	s.routesTogether(f, out.Routes)
	return out
}

func applicationOf(a *application) int {
	if a == nil {
		return 0
	}
	return int(*a)
}

func (s *scope) hosts(f *site, out *tenant.SiteSpec) {
	if len(f.Hosts) == 0 {
		s.missing(f.At, "hosts", "[[tenant.site]]")
	}
	for i, h := range f.Hosts {
		p, err := tenant.CanonicalPattern(h)
		if err != nil {
			s.report(f.At.at("hosts", i), "hosts", "bad host %q: %s", h, err)
			continue
		}
		out.Hosts = append(out.Hosts, p)
	}
}

func (s *scope) route(f *route) tenant.RouteSpec {
	if f.Path == "" {
		s.missing(f.At, "path", "[[tenant.site.route]]")
	} else {
		s.check(f.At, "path", tenant.CheckRoute(f.Path))
	}
	return tenant.RouteSpec{
		Line: f.At.line, Path: f.Path, Mode: (*tenant.Mode)(f.Mode), Override: f.Override, Application: applicationOf(f.Application),
	}
}

// routesTogether reports a path that an earlier route of the site has.
func (s *scope) routesTogether(f *site, routes []tenant.RouteSpec) {
	seen := map[string]int{}
	for i, r := range routes {
		k := tenant.RouteKey(r.Path)
		if first, ok := seen[k]; ok && k != "" {
			s.report(f.Route[i].At.at("path"), "path", "route %q belongs to the route in line %d", r.Path, first)
			continue
		}
		seen[k] = r.Line
	}
}

// ownClaims reports a host and path that two sites of the tenant share.
func (s *scope) ownClaims(spec *tenant.Spec) {
	seen := map[claim]int{}
	for i := range spec.Sites {
		site := &spec.Sites[i]
		for _, h := range site.Hosts {
			c := claim{h, site.Path}
			if first, ok := seen[c]; ok {
				s.report(&place{line: site.Line}, "hosts", "%s is claimed in line %d too", c, first)
				continue
			}
			seen[c] = site.Line
		}
	}
}

// claim is a host and a path below it.
type claim struct{ host, path string }

func (c claim) String() string {
	if c.path == "" {
		return fmt.Sprintf("host %q", c.host)
	}
	return fmt.Sprintf("host %q with path %q", c.host, c.path)
}

// claims lists what a tenant claims, in order.
func claims(spec *tenant.Spec, f func(c claim, line int) bool) {
	for i := range spec.Sites {
		for _, h := range spec.Sites[i].Hosts {
			if !f(claim{h, spec.Sites[i].Path}, spec.Sites[i].Line) {
				return
			}
		}
	}
}
