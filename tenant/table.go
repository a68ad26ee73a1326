package tenant

import "bytes"

// Table finds the tenant of a request. It is immutable and shared by any
// number of goroutines; a change makes a new Table that carries over the
// counters, scopes and, for tenants that did not change, the policies.
type Table struct {
	Tenants []*Tenant
	Sites   []*Site // every site of every tenant, by Site.Index

	hosts    *hosts
	owners   []int32 // index in Tenants of each site's tenant
	byID     map[ID]int32
	scopes   uint64 // given out so far
	policies *policies
}

// Tenant is a tenant ready to serve.
type Tenant struct {
	Spec
	Scope    uint64    // the tenant's own number for the life of the process; keys caches
	Counters *Counters // survives reloads
	Policy   *Policy   // shared between tenants with equal rules; never nil
	State    State
	Version  int64 // of the overlay in force; 0: none
	overlay  Overlay
	ownBrand Brand // of the Spec, before the overlay's
	sites    []*Site
	rates    []rateLimit // with the tenant's own buckets, which survive reloads
}

// State is what the cloud says about the tenant.
type State uint8

// The states. StateUnknown: the cloud does not know the tenant or refuses
// its hits; the node filters on.
const (
	StateActive State = iota
	StateDeactivated
	StateUnknown
)

// Rejects reports whether the tenant is deactivated and its requests are to
// be answered by 503. A deactivated tenant that does not reject has ModeOff
// everywhere.
func (t *Tenant) Rejects() bool {
	return t.State == StateDeactivated && t.OnDeactivated == DeactivatedReject
}

// Site is a tenant's site ready to serve.
type Site struct {
	SiteSpec
	Tenant *Tenant
	Index  int // dense, in Table.Sites
	routes *routes
	modes  []Effective // of the routes, and last of the site itself
}

// Place is where a request belongs.
type Place struct {
	Tenant      *Tenant    // Tenant.Broken != nil: answer 503
	Site        *Site      // nil only when the tenant is broken
	Route       *RouteSpec // nil: none matched
	Application int        // of route, site or tenant, the most local; 0: none
	Mode        Effective
	// Shared: other tenants have sites on this host, so the path decided;
	// a target that is not PathIsPlain must be refused.
	Shared bool
}

// Lookup finds the place of a request. host is from CanonicalHost, path from
// AppendPath.
//
// With believed, header alone selects the tenant, whatever the host: then
// its own site of that host and path, else its first site; an unknown tenant
// is not found. Otherwise the host selects: the exact host before wildcards,
// of the wildcards the longest; of the sites of one host that with the
// longest path that is a prefix of path on a segment boundary. The most
// specific host decides alone: when it has no site for path, the request
// belongs to nobody, even if a wider wildcard would take it.
//
// It allocates nothing and costs the same with any number of tenants.
func (t *Table) Lookup(host []byte, header ID, believed bool, path []byte) (Place, bool) {
	if believed {
		return t.Default(header, host, path)
	}
	if t.hosts == nil {
		return Place{}, false
	}
	e := t.hosts.find(view(host))
	for dot := t.nextTail(host, 0); e == nil && dot >= 0; dot = t.nextTail(host, dot+1) {
		e = t.hosts.find(view(host[dot:]))
	}
	if e == nil {
		return Place{}, false
	}
	i := e.site(path, anyTenant, t.owners)
	if i == noSite {
		return Place{}, false
	}
	return t.Sites[i].place(path, e.mixed), true
}

// Default finds the place of a request that belongs to tenant id, whatever
// its host: the tenant's own site of that host and path by the rules of
// Lookup, else its first site.
func (t *Table) Default(id ID, host, path []byte) (Place, bool) {
	owner, ok := t.byID[id]
	if !ok {
		return Place{}, false
	}
	if i := t.ownSite(owner, host, path); i != noSite {
		return t.Sites[i].place(path, false), true
	}
	tn := t.Tenants[owner]
	if len(tn.sites) == 0 {
		return Place{Tenant: tn}, true
	}
	return tn.sites[0].place(path, false), true
}

// ByID returns the tenant, nil when there is none.
func (t *Table) ByID(id ID) *Tenant {
	if i, ok := t.byID[id]; ok {
		return t.Tenants[i]
	}
	return nil
}

// ownSite is the site of one tenant: here a wider host may help out.
func (t *Table) ownSite(owner int32, host, path []byte) int32 {
	if e := t.hosts.find(view(host)); e != nil {
		if i := e.site(path, owner, t.owners); i != noSite {
			return i
		}
	}
	for dot := t.nextTail(host, 0); dot >= 0; dot = t.nextTail(host, dot+1) {
		if e := t.hosts.find(view(host[dot:])); e != nil {
			if i := e.site(path, owner, t.owners); i != noSite {
				return i
			}
		}
	}
	return noSite
}

// nextTail returns the first offset from on at which a wildcard's tail can
// begin, -1 when there is none. A tail has a label before it.
func (t *Table) nextTail(host []byte, from int) int {
	from = max(from, len(host)-t.hosts.longest, 1)
	if t.hosts.longest == 0 || from >= len(host) {
		return -1
	}
	if i := bytes.IndexByte(host[from:], '.'); i >= 0 {
		return from + i
	}
	return -1
}

func (s *Site) place(path []byte, shared bool) Place {
	p := Place{Tenant: s.Tenant, Site: s, Application: s.Application, Mode: s.modes[len(s.modes)-1], Shared: shared}
	if p.Application == 0 {
		p.Application = s.Tenant.Application
	}
	if i := s.routes.match(path); i >= 0 {
		p.Route, p.Mode = &s.Routes[i], s.modes[i]
		if p.Route.Application != 0 {
			p.Application = p.Route.Application
		}
	}
	return p
}
