// Package account holds who may do what in the cloud: roles, passwords and
// secrets. It keeps nothing; package store does.
package account

import "fmt"

// Role is what a user or token is in its home tenant. The global roles exist
// in the technical tenant only and reach every tenant of the account.
type Role uint8

// The roles. Deploy is for node tokens alone.
const (
	Viewer Role = iota
	Analyst
	Admin
	GlobalViewer
	GlobalAnalyst
	GlobalAdmin
	Deploy

	NumRoles
)

var roleNames = [NumRoles]string{"viewer", "analyst", "admin", "global_viewer", "global_analyst", "global_admin", "deploy"}

// String returns the name that API, shell and store use.
func (r Role) String() string {
	if r < NumRoles {
		return roleNames[r]
	}
	return fmt.Sprintf("role(%d)", uint8(r))
}

// ParseRole accepts the names of String, Deploy's excepted: no user has it.
func ParseRole(s string) (Role, error) {
	for i, n := range roleNames {
		if n == s && Role(i) != Deploy {
			return Role(i), nil
		}
	}
	return 0, fmt.Errorf("unknown role %q, want admin, analyst or viewer, or in the technical tenant global_admin, global_analyst or global_viewer", s)
}

// Global reports whether r reaches every tenant of the account.
func (r Role) Global() bool { return r >= GlobalViewer && r <= GlobalAdmin }

// Action is one thing that can be done in the cloud.
type Action uint8

// The actions. Each route of the API names one.
const (
	ReadEvents    Action = iota // hits and attacks
	ReadSettings                // the tenant itself, policy, nodes, users and tokens without secrets
	EditPolicy                  // rules and lists
	SetMode                     // the general mode
	ManageUsers                 // users of a tenant
	ManageTokens                // node tokens of a tenant
	ReadAccount                 // the account, oneself, the tenants one sees
	ManageAccount               // name and brand of the account
	ManageTenants               // create, rename, deactivate, activate
	GrantGlobal                 // make or remove what reaches every tenant: global users, tokens of the technical tenant
	Report                      // nodes: deliver hits, fetch bundles

	NumActions
)

// table is ruling 7, the only place that says which role may do what. It is
// a bit set of roles for each action.
var table = [NumActions]uint16{
	ReadEvents:    viewers | analysts | admins,
	ReadSettings:  viewers | analysts | admins,
	EditPolicy:    analysts | admins,
	SetMode:       admins,
	ManageUsers:   admins,
	ManageTokens:  admins,
	ReadAccount:   viewers | analysts | admins,
	ManageAccount: 1 << GlobalAdmin,
	ManageTenants: 1 << GlobalAdmin,
	GrantGlobal:   1 << GlobalAdmin,
	Report:        1 << Deploy,
}

const (
	viewers  = 1<<Viewer | 1<<GlobalViewer
	analysts = 1<<Analyst | 1<<GlobalAnalyst
	admins   = 1<<Admin | 1<<GlobalAdmin
)

// Can reports whether r may do a on a tenant that it reaches.
func (r Role) Can(a Action) bool {
	return r < NumRoles && a < NumActions && table[a]&(1<<r) != 0
}
