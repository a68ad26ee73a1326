package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"weir/tenant"
)

// listener is [[listener]].
type listener struct {
	// address is host:port, where an empty host means all, IPv4 and IPv6; or
	// "unix:" and the path of a socket, whose clients count as 127.0.0.1.
	Address string `toml:"address"`
	// mode is the permissions of a unix socket, as "0660".
	Mode *fileMode `toml:"mode"`
	// tls = { cert, key } is for hosts whose site has no tls of its own.
	TLS *keyPair `toml:"tls"`
	// http2 offers HTTP/2 to TLS clients; true when left out.
	HTTP2 *bool `toml:"http2"`
	// h2c takes HTTP/2 without TLS from clients that begin with it.
	H2C bool `toml:"h2c"`
	// match_sni refuses (421) requests for a host of another tenant, or of
	// another certificate, than the server name of the TLS handshake; true
	// when left out.
	MatchSNI *bool `toml:"match_sni"`
	// proxy_protocol takes the client's address from the PROXY protocol,
	// version 1 or 2, which peers in identify.trusted must then speak. From
	// others it is not believed and not understood.
	ProxyProtocol bool `toml:"proxy_protocol"`
	// reuse_port lets another process listen on the same address, so that a
	// successor can take over without a gap.
	ReusePort bool `toml:"reuse_port"`
	// health is a path that answers by readiness before host and tenant are
	// looked at. Off when left out.
	Health string `toml:"health"`
	// default_tenant is the ID of the tenant that serves unknown hosts. When
	// left out they get 421.
	DefaultTenant *tenant.ID `toml:"default_tenant"`
	At            *place
}

// fileMode is permissions in octal.
type fileMode uint32

func (m *fileMode) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 8, 32)
	if err != nil || n == 0 || n > 0o777 {
		return fmt.Errorf("bad mode %q, want permissions such as \"0660\"", b)
	}
	*m = fileMode(n)
	return nil
}

// socketMode is for sockets whose listener says nothing: front ends of the
// same group may connect.
const socketMode = 0o660

func (s *scope) listeners(n *Node, f *nodeFile) {
	if len(f.Listener) == 0 && !slices.Contains(s.meant, "listener") {
		s.report(f.At, "listener", "no [[listener]], write one with address = \":8080\"")
	}
	seen := map[string]int{}
	for i := range f.Listener {
		l := &f.Listener[i]
		if err := listenerAddress(l.Address); err != nil {
			s.report(l.At.at("address"), "address", "%s", err)
		} else if first, ok := seen[l.Address]; ok && !strings.HasSuffix(l.Address, ":0") {
			s.report(l.At.at("address"), "address", "address %q belongs to the listener in line %d", l.Address, first)
		}
		seen[l.Address] = l.At.at("address").line
		if l.Health != "" && string(tenant.AppendPath(nil, []byte(l.Health))) != l.Health {
			s.report(l.At.at("health"), "health", "health: bad path %q, want one such as \"/healthz\"", l.Health)
		}
		s.protocols(l, f)
		n.Listeners = append(n.Listeners, s.listener(l))
	}
}

func (s *scope) defaultTenants(f *nodeFile, specs []tenant.Spec) {
	for i := range f.Listener {
		id := f.Listener[i].DefaultTenant
		if id != nil && !slices.ContainsFunc(specs, func(t tenant.Spec) bool { return t.ID == *id }) {
			s.report(f.Listener[i].At.at("default_tenant"), "default_tenant", "default_tenant: there is no tenant %s", *id)
		}
	}
}

func (s *scope) listener(l *listener) Listener {
	out := Listener{
		Line: l.At.line, Address: l.Address, TLS: s.keyPair(l.TLS),
		HTTP2: l.TLS != nil && isOn(l.HTTP2), H2C: l.H2C, MatchSNI: l.TLS != nil && isOn(l.MatchSNI),
		ProxyProtocol: l.ProxyProtocol, ReusePort: l.ReusePort, Health: l.Health, DefaultTenant: l.DefaultTenant,
	}
	if path, ok := UnixPath(l.Address); ok {
		out.Address, out.Mode = "unix:"+s.path(path), socketMode
		if l.Mode != nil {
			out.Mode = uint32(*l.Mode)
		}
	}
	return out
}

func isOn(b *bool) bool { return b == nil || *b }

// UnixPath returns the path of a unix socket's address.
func UnixPath(address string) (path string, ok bool) {
	return strings.CutPrefix(address, "unix:")
}

// maxSocketPath bounds the path of a unix socket, in bytes: unix(7) has room
// for 107, of which a new socket's temporary name takes some.
const maxSocketPath = 100

func listenerAddress(address string) error {
	path, ok := UnixPath(address)
	switch {
	case !ok:
		return listenAddress(address)
	case path == "" || strings.HasSuffix(path, "/") || strings.ContainsRune(path, 0):
		return errors.New("bad address: want the path of a socket, as in \"unix:/run/weir/weir.sock\"")
	case len(path) > maxSocketPath:
		return fmt.Errorf("bad address: the path of a socket has at most %d bytes, this one %d", maxSocketPath, len(path))
	}
	return nil
}

// protocols reports keys that make no sense together.
func (s *scope) protocols(l *listener, f *nodeFile) {
	path, unix := UnixPath(l.Address)
	if unix && len(s.path(path)) > maxSocketPath && len(path) <= maxSocketPath {
		s.report(l.At.at("address"), "address", "bad address: %q has more than %d bytes", filepath.Clean(s.path(path)), maxSocketPath)
	}
	if !unix && l.Mode != nil {
		s.report(l.At.at("mode"), "mode", "mode: only a unix socket has permissions")
	}
	if unix && l.ReusePort {
		s.report(l.At.at("reuse_port"), "reuse_port", "reuse_port: a unix socket has no port; a successor takes its path over anyway")
	}
	if l.TLS == nil && l.HTTP2 != nil && *l.HTTP2 {
		s.report(l.At.at("http2"), "http2", "http2 is for listeners with tls; h2c = true takes HTTP/2 without it")
	}
	if l.TLS != nil && l.H2C {
		s.report(l.At.at("h2c"), "h2c", "h2c is for listeners without tls; with it clients choose HTTP/2 in the handshake")
	}
	if l.TLS == nil && l.MatchSNI != nil {
		s.report(l.At.at("match_sni"), "match_sni", "match_sni: without tls there is no server name")
	}
	if l.ProxyProtocol && len(f.Identify.Trusted) == 0 {
		s.report(l.At.at("proxy_protocol"), "proxy_protocol", "proxy_protocol: nobody is believed, write who in [identify] trusted = [\"...\"]")
	}
}

func (s *scope) drain(n *Node, f *nodeFile) {
	if f.Timeouts.Drain != nil {
		n.Drain.Time = f.Timeouts.Drain.value()
	}
	if f.Timeouts.DrainDelay != nil {
		n.Drain.Delay = f.Timeouts.DrainDelay.value()
	}
}
