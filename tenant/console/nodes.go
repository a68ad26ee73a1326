package console

import "net/http"

// node is a node that filters for the tenant.
type node struct {
	ID          string
	Hostname    string
	Version     string
	LastSeen    moment `json:"last_seen"`
	Active      bool   // heard of within the last minutes
	DroppedHits int64  `json:"dropped_hits"`
	Tenant      struct {
		Version int64
		Applied int64
		Error   string
		Mode    string
		State   string
	}
}

// Behind reports whether the node filters by an older policy than it knows.
func (n node) Behind() bool { return n.Tenant.Applied != n.Tenant.Version }

// refusedHits are hits that came by a token of this tenant and were not taken,
// because they claimed to be of Tenant.
type refusedHits struct {
	Tenant string
	State  string // unknown or deactivated
	Hits   int64
	LastAt moment `json:"last_at"`
}

// nodeList is the API's answer.
type nodeList struct {
	Nodes   []node
	Refused []refusedHits
}

// nodes asks for the nodes of the visit's tenant.
func (v *visit) nodes() (l nodeList, err error) {
	return l, v.get(&l, apiPath("tenants", v.Tenant.ID, "nodes"))
}

type nodesView struct {
	*visit
	nodeList
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
