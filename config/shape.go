package config

import "weir/tenant"

// nodeFile is node.toml. All file names in it are relative to its folder.
type nodeFile struct {
	// version is 1.
	Version *int `toml:"version"`
	// include lists files with [[tenant]] tables: names or patterns, as
	// ["tenants.d/*.toml"]. They are read in the order of their names; files
	// that begin with a dot only when the pattern does.
	Include []string `toml:"include"`

	Node     nodeTable      `toml:"node"`
	Listener []listener     `toml:"listener"`
	Admin    adminTable     `toml:"admin"`
	Identify identifyTable  `toml:"identify"`
	Timeouts nodeTimeouts   `toml:"timeouts"`
	Limits   nodeLimits     `toml:"limits"`
	Defaults tenantDefaults `toml:"defaults"`
	Cloud    *cloudTable    `toml:"cloud"`
	Hits     hitsTable      `toml:"hits"`
	Log      logTable       `toml:"log"`
	Lists    listsTable     `toml:"lists"`
	// [[tenant]] may stand here too.
	Tenant []rawTable `toml:"tenant"`
	At     *place
}

// tenantFile is an included file.
type tenantFile struct {
	Version *int       `toml:"version"` // may be left out
	Tenant  []rawTable `toml:"tenant"`
	At      *place
}

// nodeTable is [node].
type nodeTable struct {
	// state is the folder of spool, last good bundles and identity; made
	// only when [cloud] is set.
	State *string `toml:"state"`
	// watch reads the configuration again when a file of it changes; true
	// when left out.
	Watch *bool `toml:"watch"`
}

// keyPair is tls = { cert = "...", key = "..." }: PEM files.
type keyPair struct {
	Cert string `toml:"cert"`
	Key  string `toml:"key"`
	At   *place
}

// adminTable is [admin].
type adminTable struct {
	// address of /livez, /readyz, /metrics, /status, POST /-/reload. ""
	// turns them off.
	Address *string `toml:"address"`
	At      *place
}

// identifyTable is [identify].
type identifyTable struct {
	// header names the field whose value is a tenant's ID.
	Header string `toml:"header"`
	// trusted lists the networks whose header, X-Forwarded-* and Forwarded
	// are believed; from all others these fields are removed.
	Trusted []string `toml:"trusted"`
	At      *place
}

// timeouts may stand in [timeouts], [defaults.timeouts], a tenant and a
// site; the most local wins. Durations are "30s" or whole seconds.
type timeouts struct {
	// connect bounds the connection to the upstream.
	Connect *duration `toml:"connect"`
	// first_byte bounds the wait for the first byte of its response.
	FirstByte *duration `toml:"first_byte"`
	// idle bounds the silence of a kept connection, on both sides.
	Idle *duration `toml:"idle"`
	// min_rate is the least speed of a body in bytes a second, both ways,
	// averaged over ten seconds; 0 is none.
	MinRate *size `toml:"min_rate"`
	// dns_refresh is how often the names of upstreams are resolved again;
	// while that fails, the last good addresses hold.
	DNSRefresh *duration `toml:"dns_refresh"`
	// tunnel_idle bounds the silence of a WebSocket, both ways together.
	TunnelIdle *duration `toml:"tunnel_idle"`
}

// nodeTimeouts is [timeouts].
type nodeTimeouts struct {
	timeouts
	// header bounds the arrival of a request's header; it ends before the
	// tenant is known.
	Header *duration `toml:"header"`
	// drain bounds how long a stopping node waits for requests in flight.
	Drain *duration `toml:"drain"`
	// drain_delay is how long a stopping node, no longer ready, goes on
	// taking connections: the time that load balancers need to notice.
	DrainDelay *duration `toml:"drain_delay"`
}

// limits may stand where timeouts may. Sizes are bytes or "1MiB".
type limits struct {
	// inspect_body_bytes is the head of a body that is buffered and
	// inspected, at most 64 MiB.
	InspectBodyBytes *size `toml:"inspect_body_bytes"`
	// max_body_bytes refuses larger requests with 413; 0 is none.
	MaxBodyBytes *size `toml:"max_body_bytes"`
	// beyond_inspection is what becomes of a larger body: "stream" (head
	// inspected, rest passed), "reject" (413), "bypass" (not inspected).
	Beyond *tenant.Beyond `toml:"beyond_inspection"`
	// max_response_bytes ends larger responses; 0 is none.
	MaxResponseBytes *size `toml:"max_response_bytes"`
	At               *place
}

// nodeLimits is [limits].
type nodeLimits struct {
	limits
	// max_header_bytes bounds request line and fields together, 4 KiB to
	// 1 MiB; larger ones get 431.
	MaxHeaderBytes *size `toml:"max_header_bytes"`
	// total_buffer_bytes bounds the memory of all bodies held at once, all
	// tenants together; beyond it requests with a body get 503.
	TotalBufferBytes *size `toml:"total_buffer_bytes"`
	// max_requests of one connection: the last is answered with
	// "Connection: close"; 0 is no bound.
	MaxRequests *size `toml:"max_requests"`
}

// cloudTable is [cloud].
type cloudTable struct {
	// url of the cloud's ingest; http only to loopback, or with insecure.
	URL string `toml:"url"`
	// token_file holds the node's token; nobody else may read it.
	TokenFile string `toml:"token_file"`
	// ca_file holds the roots in PEM; left out, the system's.
	CAFile   string `toml:"ca_file"`
	Insecure bool   `toml:"insecure"`
	At       *place
}

// hitsTable is [hits].
type hitsTable struct {
	// file gets each hit as a line of JSON.
	File string `toml:"file"`
	// queue_bytes bounds the memory of hits not yet spooled.
	QueueBytes *size `toml:"queue_bytes"`
	// spool_bytes bounds the disk for hits that the cloud does not have yet.
	SpoolBytes *size `toml:"spool_bytes"`
}

// listsTable is [lists].
type listsTable struct {
	// deny_phase is "first" (denied clients are refused before inspection,
	// in every mode but off) or "after_inspection" (attacks of theirs are
	// reported; they are refused in safe_blocking and block only).
	DenyPhase DenyPhase `toml:"deny_phase"`
}

// logTable is [log].
type logTable struct {
	// level is debug, info, warn or error.
	Level *string `toml:"level"`
	// file is the log's; left out, standard error.
	File string `toml:"file"`
	At   *place
}
