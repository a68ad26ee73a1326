package config

import "weir/tenant"

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
	Brand         brand                 `toml:"brand"`
	// sensitivity = { sqli = "high" }: low, balanced or high for a class.
	Sensitivity map[string]string `toml:"sensitivity"`
	At          *place
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
	// upstreams are http, https or h2c URLs without a path.
	Upstreams []string `toml:"upstreams"`
	// upstream_host replaces the client's Host.
	UpstreamHost *string `toml:"upstream_host"`
	// upstream_tls is for https upstreams.
	UpstreamTLS *upstreamTLS `toml:"upstream_tls"`
	// tls = { cert, key } is chosen by the name that the client asks for.
	TLS *keyPair `toml:"tls"`
	served
	Route []route `toml:"route"`
	At    *place
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
