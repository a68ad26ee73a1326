package config

import (
	"errors"
	"time"

	"weir/tenant"
)

// scoped is what tenant, site and route may each set; the most local wins,
// each key for itself.
type scoped struct {
	// mode is off, monitoring, safe_blocking or block.
	Mode *localMode `toml:"mode"`
	// allow_override says whether the cloud may change the mode: on, strict
	// (only to a stronger one), off.
	Override *tenant.Override `toml:"allow_override"`
	// application numbers what the requests belong to, from 1.
	Application *application `toml:"application"`
}

// served is what tenant and site may each set.
type served struct {
	scoped
	// websocket lets clients upgrade.
	WebSocket *bool    `toml:"websocket"`
	Limits    limits   `toml:"limits"`
	Timeouts  timeouts `toml:"timeouts"`
}

// tenantDefaults is [defaults]: every key of a tenant but those that make it
// this one.
type tenantDefaults struct {
	served
	// on_deactivated is what becomes of the requests of a tenant that the
	// cloud deactivated: "bypass" (proxied, not inspected), "reject" (503).
	OnDeactivated *tenant.OnDeactivated `toml:"on_deactivated"`
	// buffer_bytes bounds the memory of the tenant's bodies held at once;
	// beyond it its requests with a body get 503.
	BufferBytes *size `toml:"buffer_bytes"`
	Brand       brand `toml:"brand"`
	// sensitivity = { sqli = "high" }: low, balanced or high for a class.
	Sensitivity map[string]string `toml:"sensitivity"`
	// fail says what becomes of requests that could not be judged.
	Fail fail `toml:"fail"`
	// [[tenant.block_page]] is shown in the place of the node's own page.
	BlockPage []blockPage `toml:"block_page"`
	// [[tenant.rate_limit]] limits how often requests may come.
	RateLimit []rateLimit `toml:"rate_limit"`
	// [[tenant.list]] lists clients by their addresses.
	List []list `toml:"list"`
	At   *place
}

// fail = { panic, overlimit, missing_policy }: "open" (such a request
// passes) or "closed" (503 where an attack would be refused).
type fail struct {
	// panic: the detector failed.
	Panic *tenant.FailMode `toml:"panic"`
	// overlimit: a bound of inspection was crossed.
	Overlimit *tenant.FailMode `toml:"overlimit"`
	// missing_policy: [cloud] is set, and the tenant's policy has never come.
	MissingPolicy *tenant.FailMode `toml:"missing_policy"`
}

// blockPage is [[tenant.block_page]]. Its templates know .Incident,
// .RequestID, .Time, .Client, .Host, .Brand, .Support and .Status.
type blockPage struct {
	// for lists what it is shown for: attack, denied, rate_limit; left out,
	// all.
	For []tenant.PageReason `toml:"for"`
	// html is the file of an HTML template, at most 1 MiB.
	HTML string `toml:"html"`
	// json is the file of a JSON template; variables bring their quotes.
	JSON string `toml:"json"`
	// redirect is an address or path to send clients to instead.
	Redirect string `toml:"redirect"`
	// status of the answer; left out, the node's, and 302 for a redirect.
	Status *int `toml:"status"`
	At     *place
}

// rateLimit is [[tenant.rate_limit]].
type rateLimit struct {
	// name is what metrics and logs call it; left out, file and line.
	Name string `toml:"name"`
	// path, method and host say which requests it is for; left out, all.
	// path is a pattern over components: "*" one, "**" any number.
	Path   string `toml:"path"`
	Method string `toml:"method"`
	Host   string `toml:"host"`
	// key tells clients apart: "remote_addr", "header NAME", "cookie NAME",
	// "query NAME". Requests without it are not limited.
	Key *tenant.RateKey `toml:"key"`
	// rate is "5/second" or "300/minute".
	Rate string `toml:"rate"`
	// burst requests may come at once, delay of them pass at once, the rest
	// is held back to the rate.
	Burst *int `toml:"burst"`
	Delay *int `toml:"delay"`
	// status of the answer to what comes beyond; 503 when left out.
	Status *int `toml:"status"`
	At     *place
}

// list is [[tenant.list]]: entries that share all but their addresses.
type list struct {
	// list is allow (passed uninspected), deny (refused) or gray (their
	// attacks are refused in safe_blocking); allow counts before deny.
	List string `toml:"list"`
	// name is what hits call the entry; left out, file and line.
	Name string `toml:"name"`
	// networks are addresses and networks of any width.
	Networks []string `toml:"networks"`
	// file holds further ones, one a line; "#" begins a comment.
	File string `toml:"file"`
	// applications that the entry is for; left out, all.
	Applications []application `toml:"applications"`
	// expires is a time with its zone; left out, never.
	Expires *time.Time `toml:"expires"`
	Reason  string     `toml:"reason"`
	At      *place
}

// brand = { name, support } is what clients see on a block page.
type brand struct {
	Name *string `toml:"name"`
	// support is a mail address or a URL.
	Support *string `toml:"support"`
	At      *place
}

// tenantTable is [[tenant]].
type tenantTable struct {
	// id is the tenant's UUID, 8-4-4-4-12 hex digits.
	ID *tenant.ID `toml:"id"`
	// name is for people; left out, the ID.
	Name string `toml:"name"`
	tenantDefaults
	Site []site `toml:"site"`
}

// site is [[tenant.site]].
type site struct {
	// hosts that the site serves: names without port, IP addresses (IPv6 in
	// brackets), "*.name" for one label or more before name.
	Hosts []string `toml:"hosts"`
	// path limits the site to a prefix, on a segment boundary.
	Path *string `toml:"path"`
	// upstreams are http, https or h2c URLs without a path, or tables
	// { url, weight }.
	Upstreams []upstream `toml:"upstreams"`
	// balance is "least_loaded" or "client_hash".
	Balance tenant.Balance `toml:"balance"`
	// upstream_pool bounds the connections to each upstream.
	UpstreamPool upstreamPool `toml:"upstream_pool"`
	// health_check says when an upstream is left alone.
	HealthCheck healthCheck `toml:"health_check"`
	// upstream_host replaces the client's Host.
	UpstreamHost *string `toml:"upstream_host"`
	// upstream_tls is for https upstreams.
	UpstreamTLS *upstreamTLS `toml:"upstream_tls"`
	// tls = { cert, key } is chosen by the name that the client asks for.
	TLS *keyPair `toml:"tls"`
	served
	// [[tenant.site.block_page]] goes before the tenant's.
	BlockPage []blockPage `toml:"block_page"`
	Route     []route     `toml:"route"`
	At        *place
}

// upstream is an entry of upstreams: a URL, or { url, weight }.
type upstream struct {
	URL string `toml:"url"`
	// weight is the share of the requests beside the others', 1 to 100.
	Weight *int `toml:"weight"`
	At     *place
}

// UnmarshalText takes the URL alone.
func (u *upstream) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		return errors.New("a URL is missing, want one such as \"http://127.0.0.1:8080\"")
	}
	u.URL = string(b)
	return nil
}

// upstreamPool is upstream_pool = { connections, wait }.
type upstreamPool struct {
	// connections open at once, 1 to 65536.
	Connections *int `toml:"connections"`
	// wait is how long a request may wait for one before it gets 503.
	Wait *duration `toml:"wait"`
	At   *place
}

// healthCheck is health_check.
type healthCheck struct {
	// path is asked of each upstream; any status below 400 is good. Left
	// out, only the requests themselves tell.
	Path string `toml:"path"`
	// interval and timeout of the checks.
	Interval *duration `toml:"interval"`
	Timeout  *duration `toml:"timeout"`
	// fails in a row, of requests or checks, and the upstream is left alone.
	Fails *int `toml:"fails"`
	// passes of checks in a row, and it is used again.
	Passes *int `toml:"passes"`
	// down is how long it is left alone where nothing checks it.
	Down *duration `toml:"down"`
	At   *place
}

// upstreamTLS is upstream_tls = { ca, server_name }.
type upstreamTLS struct {
	// ca is a PEM file; left out, the system's roots.
	CA string `toml:"ca"`
	// server_name that the certificate must have; left out, the upstream's.
	ServerName string `toml:"server_name"`
	At         *place
}

// route is [[tenant.site.route]].
type route struct {
	// path is a prefix, or "= /exact", "^~ /prefix", "~ regex", "~* regex"
	// with the precedence of nginx.
	Path string `toml:"path"`
	scoped
	At *place
}
