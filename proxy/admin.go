package proxy

import (
	"cmp"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"time"

	"weir/config"
	"weir/tenant"
)

// adminServer serves operators: health, metrics, status, reload. It has no
// authentication; its address is a loopback one unless configured.
type adminServer struct {
	http     http.Server
	listener net.Listener
	node     *Server
}

func newAdmin(s *Server, ln net.Listener) *adminServer {
	a := &adminServer{listener: ln, node: s}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", a.livez)
	mux.HandleFunc("GET /readyz", a.readyz)
	mux.HandleFunc("GET /metrics", a.metrics)
	mux.HandleFunc("GET /status", a.status)
	mux.HandleFunc("POST /-/reload", a.reload)
	a.http = http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute}
	return a
}

func (a *adminServer) serve() error {
	if err := a.http.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *adminServer) close() error { return a.http.Close() }

func (a *adminServer) livez(w http.ResponseWriter, _ *http.Request) {
	w.Write([]byte("ok\n"))
}

// readiness is the answer of /readyz.
type readiness struct {
	Ready  bool     `json:"ready"`
	Reason string   `json:"reason,omitempty"`
	Broken []string `json:"broken_tenants,omitempty"` // answered by 503; the others are served
}

func (a *adminServer) readyz(w http.ResponseWriter, _ *http.Request) {
	r := readiness{Ready: a.node.ready.Load(), Broken: a.node.snapshot.Load().broken()}
	status := http.StatusOK
	switch {
	case !r.Ready:
		r.Reason, status = "not serving", http.StatusServiceUnavailable
	case len(r.Broken) > 0:
		r.Ready, r.Reason, status = false, "tenants cannot be served", http.StatusServiceUnavailable
	}
	answer(w, status, r)
}

func (a *adminServer) metrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	a.node.writeMetrics(w)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.Encode(v)
}

// Reloaded is the answer of POST /-/reload: Exit is the exit code of the
// contract (0, 3 nothing changed, 4 partly applied).
type Reloaded struct {
	Exit     int             `json:"exit"`
	Problems config.Problems `json:"problems"`
	Errors   []string        `json:"errors"` // the problems as lines of text
}

func (a *adminServer) reload(w http.ResponseWriter, _ *http.Request) {
	load := a.node.deps.Reload
	if load == nil {
		load = a.node.ReloadFile
	}
	r := Reloaded{Problems: load()}
	for _, p := range r.Problems {
		r.Errors = append(r.Errors, p.Error())
	}
	status := http.StatusOK
	switch {
	case r.Problems.Fatal():
		r.Exit, status = 3, http.StatusInternalServerError
	case len(r.Problems) > 0:
		r.Exit, status = 4, http.StatusConflict
	}
	answer(w, status, r)
}

// Status is the answer of /status.
type Status struct {
	Version   string         `json:"version"`
	Node      string         `json:"node"`
	Started   time.Time      `json:"started"`
	Ready     bool           `json:"ready"`
	Bypass    bool           `json:"bypass"` // the kill switch is on, for all or for some
	Listeners []string       `json:"listeners"`
	Tenants   []TenantStatus `json:"tenants"`
	Uplink    any            `json:"uplink,omitempty"`
}

// TenantStatus is a tenant in Status. Counters are since start.
type TenantStatus struct {
	ID          tenant.ID   `json:"id"`
	Name        string      `json:"name"`
	Mode        tenant.Mode `json:"mode"` // the tenant's local mode
	Bundle      int64       `json:"bundle"`
	State       string      `json:"state"`
	Broken      string      `json:"broken,omitempty"`
	Requests    uint64      `json:"requests"`
	Uninspected uint64      `json:"uninspected"`
	Attacks     uint64      `json:"attacks"`
	Blocked     uint64      `json:"blocked"`
	Denied      uint64      `json:"denied"`
	Hits        uint64      `json:"hits"`
	HitsDropped uint64      `json:"hits_dropped"`
	FailOpen    uint64      `json:"fail_open"`
}

func (a *adminServer) status(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, a.node.Status())
}

// Status describes the node.
func (s *Server) Status() Status {
	st := Status{Version: s.deps.Version, Node: s.deps.NodeID, Started: s.started.UTC(),
		Ready: s.ready.Load(), Bypass: s.bypass.Load() != nil}
	for _, a := range s.Addrs() {
		st.Listeners = append(st.Listeners, a.String())
	}
	for _, t := range s.Tenants() {
		st.Tenants = append(st.Tenants, tenantStatus(t))
	}
	if s.deps.Uplink != nil {
		st.Uplink = s.deps.Uplink()
	}
	return st
}

var stateNames = [...]string{tenant.StateActive: "active", tenant.StateDeactivated: "deactivated", tenant.StateUnknown: "unknown"}

func tenantStatus(t *tenant.Tenant) TenantStatus {
	c := t.Counters
	st := TenantStatus{ID: t.ID, Name: t.Name, Mode: t.Mode, Bundle: t.Version, State: stateNames[t.State],
		Requests: c.Requests.Load(), Uninspected: c.Uninspected.Load(), Attacks: c.Attacks.Load(),
		Blocked: c.Blocked.Load(), Denied: c.Denied.Load(), Hits: c.Hits.Load(),
		HitsDropped: c.HitsDropped.Load(), FailOpen: c.FailOpen.Load()}
	if t.Broken != nil {
		st.Broken = t.Broken.Error()
	}
	return st
}

// namedPool is a pool with its tenant, for metrics.
type namedPool struct {
	tenant tenant.ID
	*upstream
}

// sortedPools lists the pools in a stable order.
func (s *snapshot) sortedPools() []namedPool {
	pools := make([]namedPool, 0, len(s.pools))
	for k, up := range s.pools {
		pools = append(pools, namedPool{k.tenant, up})
	}
	slices.SortFunc(pools, func(a, b namedPool) int {
		return cmp.Or(cmp.Compare(a.tenant.String(), b.tenant.String()), cmp.Compare(a.Address, b.Address), cmp.Compare(a.Scheme, b.Scheme))
	})
	return pools
}
