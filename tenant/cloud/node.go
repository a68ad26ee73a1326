package cloud

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
)

// activeFor is how long after its last sync a node counts as active: a node
// asks again at the latest after maxWait.
const activeFor = maxWait + 30*time.Second

// nodeBody is a node as the API shows it.
type nodeBody struct {
	ID          string         `json:"id"`
	Hostname    string         `json:"hostname"`
	Version     string         `json:"version"`
	LastSeen    time.Time      `json:"last_seen"`
	Active      bool           `json:"active"`
	DroppedHits uint64         `json:"dropped_hits" doc:"lost before they were on the node's disk, since its start"`
	Tenant      nodeTenantBody `json:"tenant" doc:"what the node says about this tenant"`
}

type nodeTenantBody struct {
	Version int64  `json:"version" doc:"last bundle seen"`
	Applied int64  `json:"applied" doc:"bundle in force"`
	Error   string `json:"error" doc:"why the last one is not in force"`
	Mode    string `json:"mode" doc:"the node's own mode"`
	State   string `json:"state" doc:"the state that the node last heard"`
}

func bodyOfNode(n store.Node) nodeBody {
	t := n.Tenant
	return nodeBody{ID: n.ID, Hostname: n.Hostname, Version: n.Version, LastSeen: n.Seen, Active: time.Since(n.Seen) < activeFor,
		DroppedHits: n.Dropped, Tenant: nodeTenantBody{t.Version, t.Applied, t.Error, t.Mode, t.State}}
}

// refusedBody is what nodes delivered in vain.
type refusedBody struct {
	Tenant tenant.ID `json:"tenant" doc:"as the node claimed"`
	State  string    `json:"state" enum:"unknown,deactivated"`
	Hits   int64     `json:"hits"`
	LastAt time.Time `json:"last_at"`
}

type nodesOutput struct {
	Body struct {
		Nodes   []nodeBody    `json:"nodes" nullable:"false"`
		Refused []refusedBody `json:"refused" nullable:"false" doc:"hits that this tenant's tokens delivered and that were not taken"`
	}
}

func (s *Server) nodeRoutes(api huma.API) {
	handle(s, api, huma.Operation{OperationID: "list-nodes", Method: http.MethodGet, Path: "/api/v1/tenants/{tenant}/nodes", Summary: "Nodes that hold a tenant"}, account.ReadSettings, listNodes)
}

func listNodes(ctx context.Context, v *visit, _ *TenantPath) (*nodesOutput, error) {
	nodes, err := v.t.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	refused, err := v.t.Refused(ctx)
	if err != nil {
		return nil, err
	}
	out := &nodesOutput{}
	out.Body.Nodes = make([]nodeBody, len(nodes))
	for i, n := range nodes {
		out.Body.Nodes[i] = bodyOfNode(n)
	}
	out.Body.Refused = make([]refusedBody, len(refused))
	for i, r := range refused {
		out.Body.Refused[i] = refusedBody{r.Tenant, string(r.State), r.Hits, r.Last}
	}
	return out, nil
}
