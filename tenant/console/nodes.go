package console

import (
	"net/http"
	"time"
)

// freshNode is how long after its last word a node counts as connected: a
// node's long poll comes back at least every minute.
const freshNode = 3 * time.Minute

// node is a node that filters for the tenant.
type node struct {
	ID          string
	Hostname    string
	Version     string
	LastSeen    moment `json:"last_seen"`
	Active      bool
	DroppedHits int64 `json:"dropped_hits"`
	Tenant      struct {
		Version int64
		Applied int64
		Error   string
		Mode    string
		State   string
	}
}

// Alive reports whether the node was heard of lately.
func (n node) Alive() bool { return time.Since(n.LastSeen.Time) < freshNode }

// Behind reports whether the node filters by an older policy than it knows.
func (n node) Behind() bool { return n.Tenant.Applied != n.Tenant.Version }

// nodes asks for the nodes of the visit's tenant.
func (v *visit) nodes() ([]node, error) {
	var a struct{ Nodes []node }
	err := v.get(&a, apiPath("tenants", v.Tenant.ID, "nodes"))
	return a.Nodes, err
}

type nodesView struct {
	*visit
	Nodes []node
}

// nodesPage lists the nodes that filter for the tenant.
func nodesPage(v *visit) error {
	nodes, err := v.nodes()
	if err != nil {
		return err
	}
	v.Title, v.Section = "Nodes", "nodes"
	v.render(v.w, http.StatusOK, "nodes", nodesView{v, nodes})
	return nil
}
