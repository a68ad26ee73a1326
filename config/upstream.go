package config

import (
	"cmp"
	"net/netip"
	"strings"
	"time"

	"weir/tenant"
)

// maxUpstreams bounds the upstreams of a site.
const maxUpstreams = 256

func (s *scope) upstreams(f *site, out *tenant.SiteSpec) {
	if len(f.Upstreams) == 0 {
		s.missing(f.At, "upstreams", "[[tenant.site]]")
	}
	if len(f.Upstreams) > maxUpstreams {
		s.report(f.At.at("upstreams"), "upstreams", "upstreams: %d are more than %d", len(f.Upstreams), maxUpstreams)
	}
	base := tenant.Upstream{Pool: s.pool(&f.UpstreamPool), Health: s.health(&f.HealthCheck), DNSRefresh: out.Timeouts.DNSRefresh}
	out.Balance = f.Balance
	seen := map[string]bool{}
	for i := range f.Upstreams {
		at := f.At.at("upstreams", i)
		if f.Upstreams[i].URL == "" {
			if f.Upstreams[i].At != nil { // else it was no upstream at all, as reported
				s.missing(f.Upstreams[i].At, "url", "an upstream")
			}
			continue
		}
		u, err := parseUpstream(f.Upstreams[i].URL)
		if err != nil {
			s.report(at, "upstreams", "%s", err)
		} else if seen[u.Scheme+u.Address] {
			s.report(at, "upstreams", "upstream %q stands twice, give it a weight instead", f.Upstreams[i].URL)
		}
		seen[u.Scheme+u.Address] = true
		u.Pool, u.Health, u.DNSRefresh = base.Pool, base.Health, base.DNSRefresh
		if _, err := netip.ParseAddr(hostOf(u.Address)); err == nil {
			u.DNSRefresh = 0 // an address is no name
		}
		out.Upstreams = append(out.Upstreams, u)
		s.weight(&f.Upstreams[i], i, out)
	}
	if f.UpstreamHost != nil {
		out.UpstreamHost = *f.UpstreamHost
		if _, err := tenant.CanonicalHost(nil, []byte(out.UpstreamHost)); err != nil {
			s.report(f.At.at("upstream_host"), "upstream_host", "bad upstream_host %q: %s", out.UpstreamHost, err)
		}
	}
	s.upstreamTLS(f, out)
}

// hostOf is the host of host:port, without brackets.
func hostOf(address string) string {
	return strings.Trim(address[:max(strings.LastIndexByte(address, ':'), 0)], "[]")
}

// weight notes the weight of upstream i, when any has one.
func (s *scope) weight(u *upstream, i int, out *tenant.SiteSpec) {
	w := 1
	if u.Weight != nil {
		w = s.bounded(u.At, "weight", *u.Weight, 1, tenant.MaxWeight)
	}
	if w == 1 && out.Weights == nil {
		return
	}
	for len(out.Weights) < i {
		out.Weights = append(out.Weights, 1)
	}
	out.Weights = append(out.Weights, w)
}

// bounded reports n unless it lies between low and high, and returns it.
func (s *scope) bounded(at *place, key string, n, low, high int) int {
	if n < low || n > high {
		s.report(at.at(key), key, "%s: %d is not between %d and %d", key, n, low, high)
	}
	return n
}

func (s *scope) upstreamTLS(f *site, out *tenant.SiteSpec) {
	if f.UpstreamTLS == nil {
		return
	}
	https := false
	for i := range out.Upstreams {
		https = https || out.Upstreams[i].Scheme == "https"
	}
	if !https {
		s.report(f.UpstreamTLS.At, "upstream_tls", "upstream_tls: no upstream is https")
	}
	if name := f.UpstreamTLS.ServerName; name != "" {
		_, err := tenant.CanonicalHost(nil, []byte(name))
		s.check(f.UpstreamTLS.At, "server_name", err)
	}
	ca := s.caFile(f.UpstreamTLS.At, "ca", f.UpstreamTLS.CA)
	for i := range out.Upstreams {
		if out.Upstreams[i].Scheme == "https" {
			out.Upstreams[i].CAFile, out.Upstreams[i].ServerName = ca, f.UpstreamTLS.ServerName
		}
	}
}

// pool leaves zero what is left out.
func (s *scope) pool(p *upstreamPool) (out tenant.Pool) {
	if p.Connections != nil {
		out.Connections = s.bounded(p.At, "connections", *p.Connections, 1, 1<<16)
	}
	out.Wait = time.Duration(*cmp.Or(p.Wait, new(duration)))
	return out
}

// health leaves zero what is left out.
func (s *scope) health(h *healthCheck) (out tenant.Health) {
	if out.Path = h.Path; out.Path != "" && !validCheckPath(out.Path) {
		s.report(h.At.at("path"), "path", "bad path %q, want one such as \"/healthz\"", out.Path)
	}
	if h.Path == "" && (h.Interval != nil || h.Timeout != nil || h.Passes != nil) {
		s.report(h.At, "health_check", "health_check: interval, timeout and passes say nothing without path")
	}
	if h.Fails != nil {
		out.Fails = s.bounded(h.At, "fails", *h.Fails, 1, 1000)
	}
	if h.Passes != nil {
		out.Passes = s.bounded(h.At, "passes", *h.Passes, 1, 1000)
	}
	out.Interval = time.Duration(*cmp.Or(h.Interval, new(duration)))
	out.Timeout = time.Duration(*cmp.Or(h.Timeout, new(duration)))
	out.Down = time.Duration(*cmp.Or(h.Down, new(duration)))
	return out
}

// validCheckPath accepts a target in origin form.
func validCheckPath(p string) bool {
	for _, c := range []byte(p) {
		if c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return p[0] == '/'
}
