package tenant

// Table finds the tenant of a request. It is immutable and shared by any
// number of goroutines; a change makes a new Table that carries over the
// counters, scopes and, for tenants that did not change, the policies.
type Table struct {
	Tenants []*Tenant
	Sites   []*Site // every site of every tenant, by Site.Index
}

// Tenant is a tenant ready to serve.
type Tenant struct {
	Spec
	Scope    uint64    // the tenant's own number for the life of the process; keys caches
	Counters *Counters // survives reloads
	Policy   *Policy   // shared between tenants with equal rules
	State    State
	Version  int64 // of the overlay in force; 0: none
	sites    []*Site
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

// Site is a tenant's site ready to serve.
type Site struct {
	SiteSpec
	Tenant *Tenant
	Index  int // dense, in Table.Sites
	routes routes
}

// Place is where a request belongs.
type Place struct {
	Tenant      *Tenant
	Site        *Site
	Route       *RouteSpec // nil: none matched
	Application int
	Mode        Effective
	// Shared: other tenants have sites on this host, so the path decided;
	// a target that is not PathIsPlain must be refused.
	Shared bool
}

// Lookup finds the place of a request.
func (t *Table) Lookup(host []byte, header ID, believed bool, path []byte) (Place, bool) {
	return Place{}, false
}

// Default finds the place of a request that belongs to tenant id, whatever
// its host.
func (t *Table) Default(id ID, host, path []byte) (Place, bool) { return Place{}, false }

// ByID returns the tenant, nil when there is none.
func (t *Table) ByID(id ID) *Tenant { return nil }

// Rejects reports whether the tenant is deactivated and its requests are to
// be answered by 503.
func (t *Tenant) Rejects() bool {
	return t.State == StateDeactivated && t.OnDeactivated == DeactivatedReject
}
