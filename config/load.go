package config

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"weir/tenant"
)

// Load reads node.toml and what it includes. prev is the Specs in force: nil
// at start, Node.Tenants of the last good Load at reload.
//
// Node is nil when a problem is fatal: node.toml itself is wrong, or names no
// tenant at all. Any other problem breaks one tenant, or the tenants of one
// included file: such a tenant keeps its Spec of prev, and without one has
// Spec.Broken set. Of two tenants that claim the same host and path, or the
// same ID, the one that had it in prev keeps it, else the one that was read
// first: node.toml's before included files, those in the order of their
// names.
func Load(file string, prev []tenant.Spec) (*Node, Problems) {
	doc, p := readDocument(file)
	if p != nil {
		p.Fatal = true
		return nil, Problems{p}
	}
	return load(doc, prev)
}

// Live counts the tenants that can be served; without one there is nothing
// to start for.
func (n *Node) Live() int {
	live := 0
	for i := range n.Tenants {
		if n.Tenants[i].Broken == nil {
			live++
		}
	}
	return live
}

func load(doc document, prev []tenant.Spec) (*Node, Problems) {
	s := &scope{file: doc.file, fatal: true}
	var f nodeFile
	s.decode(doc.table, doc.at, "the top level", reflect.ValueOf(&f).Elem())
	s.version(f.Version, f.At)
	n, base := s.node(&f)
	l := loader{base: base}
	l.tenants(doc.file, f.Tenant)
	l.include(s, &f)
	if len(l.specs) == 0 && len(l.lost) == 0 && !slices.Contains(s.meant, "tenant") {
		s.noTenant(&f, l.unmatched)
	}
	n.Tenants = l.settle(prev)
	s.defaultTenants(&f, n.Tenants)
	ps := append(s.found, l.found...)
	ps.sort()
	if ps.Fatal() {
		return nil, ps
	}
	return n, ps
}

func (s *scope) noTenant(f *nodeFile, unmatched []string) {
	if len(unmatched) > 0 {
		s.report(f.At.at("include"), "include", "no tenant: include %q matches no file", unmatched)
		return
	}
	s.report(f.At, "tenant", "no tenant: neither this file nor what it includes has a [[tenant]]")
}

func (s *scope) version(v *int, at *place) {
	switch {
	case v == nil:
		s.report(at, "version", "version is missing, write: version = 1")
	case *v != 1:
		s.report(at.at("version"), "version", "version %d is not known, want 1", *v)
	}
}

// include reads the files that node.toml names.
func (l *loader) include(s *scope, f *nodeFile) {
	var files []string
	for i, pattern := range f.Include {
		names, err := filepath.Glob(s.path(pattern))
		if err != nil {
			s.report(f.At.at("include", i), "include", "include: bad pattern %q", pattern)
		} else if len(names) == 0 && !strings.ContainsAny(pattern, "*?[") {
			s.report(f.At.at("include", i), "include", "include: there is no file %q", s.path(pattern))
			l.lost = append(l.lost, s.path(pattern))
		} else if len(names) == 0 {
			l.unmatched = append(l.unmatched, pattern)
		}
		hidden := strings.HasPrefix(filepath.Base(pattern), ".")
		for _, n := range names {
			if hidden || !strings.HasPrefix(filepath.Base(n), ".") {
				files = append(files, n)
			}
		}
	}
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		if file != filepath.Clean(s.file) { // a pattern like "*.toml" matches it too
			l.file(file)
		}
	}
}

// file reads an included file. What is wrong at its top level breaks all its
// tenants: nobody can tell which was meant.
func (l *loader) file(file string) {
	doc, p := readDocument(file)
	if p != nil {
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			return
		}
		l.found, l.lost = append(l.found, p), append(l.lost, file)
		return
	}
	s := &scope{file: file}
	var f tenantFile
	s.decode(doc.table, doc.at, "the top level of an included file", reflect.ValueOf(&f).Elem())
	if f.Version != nil {
		s.version(f.Version, f.At)
	}
	from := len(l.specs)
	l.tenants(file, f.Tenant)
	if len(s.found) == 0 {
		return
	}
	l.found, l.lost = append(l.found, s.found...), append(l.lost, file)
	for i := from; i < len(l.specs); i++ {
		l.specs[i].Broken = s.found[0]
	}
}

// node makes the Node, and the Spec from which every tenant starts.
func (s *scope) node(f *nodeFile) (*Node, tenant.Spec) {
	n, spec := defaults()
	n.File = s.file
	if f.Node.State != nil {
		n.State = *f.Node.State
	}
	n.State = s.path(n.State)
	if f.Admin.Address != nil {
		n.Admin = *f.Admin.Address
	}
	if n.Admin != "" {
		s.check(f.Admin.At, "address", listenAddress(n.Admin))
	}
	s.listeners(n, f)
	s.identify(n, f.Identify)
	s.sizes(n, f)
	n.Cloud, n.HitsFile, n.Log = s.cloud(f.Cloud), s.path(f.Hits.File), s.log(f.Log)
	n.Timeouts = f.Timeouts.over(n.Timeouts)
	if f.Timeouts.Header != nil {
		n.Timeouts.Header = f.Timeouts.Header.value()
	}
	spec.Timeouts, spec.Limits = n.Timeouts, n.Limits.Tenant
	spec.File = s.file
	s.tenantKeys(&spec, &f.Defaults)
	return n, spec
}

// check reports err at a key of a table.
func (s *scope) check(at *place, key string, err error) {
	if err != nil {
		s.report(at.at(key), key, "%s", err)
	}
}

func (s *scope) listeners(n *Node, f *nodeFile) {
	if len(f.Listener) == 0 && !slices.Contains(s.meant, "listener") {
		s.report(f.At, "listener", "no [[listener]], write one with address = \":8080\"")
	}
	seen := map[string]int{}
	for i := range f.Listener {
		l := &f.Listener[i]
		if err := listenAddress(l.Address); err != nil {
			s.report(l.At.at("address"), "address", "%s", err)
		} else if first, ok := seen[l.Address]; ok && !strings.HasSuffix(l.Address, ":0") {
			s.report(l.At.at("address"), "address", "address %q belongs to the listener in line %d", l.Address, first)
		}
		seen[l.Address] = l.At.at("address").line
		if l.Health != "" && string(tenant.AppendPath(nil, []byte(l.Health))) != l.Health {
			s.report(l.At.at("health"), "health", "health: bad path %q, want one such as \"/healthz\"", l.Health)
		}
		n.Listeners = append(n.Listeners, Listener{
			Line: l.At.line, Address: l.Address, TLS: s.keyPair(l.TLS),
			ProxyProtocol: l.ProxyProtocol, Health: l.Health, DefaultTenant: l.DefaultTenant,
		})
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

func (s *scope) sizes(n *Node, f *nodeFile) {
	n.Limits.Tenant = s.limits(&f.Limits.limits, n.Limits.Tenant)
	bounded := func(dst *int64, src *size, at *place, key string, low, high int64) {
		if src == nil {
			return
		}
		if *dst = int64(*src); *dst < low || *dst > high {
			s.report(at.at(key), key, "%s: %d is not between %d and %d", key, *dst, low, high)
		}
	}
	header := int64(n.Limits.MaxHeaderBytes)
	bounded(&header, f.Limits.MaxHeaderBytes, f.At.at("limits"), "max_header_bytes", 4<<10, 1<<20)
	n.Limits.MaxHeaderBytes = int(header)
	bounded(&n.Limits.QueueBytes, f.Hits.QueueBytes, f.At.at("hits"), "queue_bytes", 1<<20, 1<<34)
	bounded(&n.Limits.SpoolBytes, f.Hits.SpoolBytes, f.At.at("hits"), "spool_bytes", 1<<20, 1<<44)
}

func (s *scope) identify(n *Node, t identifyTable) {
	for i, text := range t.Trusted {
		p, err := parseNetwork(text)
		if err != nil {
			s.report(t.At.at("trusted", i), "trusted", "trusted: %s", err)
		}
		n.Identify.Trusted = append(n.Identify.Trusted, p)
	}
	if t.Header == "" {
		return
	}
	if !fieldName(t.Header) {
		s.report(t.At.at("header"), "header", "header: %q cannot say the tenant, want a name such as \"X-Tenant-ID\"", t.Header)
	}
	if len(t.Trusted) == 0 {
		s.report(t.At.at("header"), "header", "header: nobody is believed, write who in trusted = [\"...\"]")
	}
	n.Identify.Header = canonicalField(t.Header)
}

func (s *scope) cloud(t *cloudTable) *Cloud {
	if t == nil {
		return nil
	}
	if u, err := httpURL(t.URL); err != nil {
		s.report(t.At.at("url"), "url", "%s", err)
	} else if u.Scheme == "http" && !loopback(u.Hostname()) && !t.Insecure {
		s.report(t.At.at("url"), "url", "url: http to %q would show token and hits to everybody, use https, or set insecure = true", u.Hostname())
	}
	c := &Cloud{URL: strings.TrimSuffix(t.URL, "/"), TokenFile: s.path(t.TokenFile), Insecure: t.Insecure}
	c.CAFile = s.caFile(t.At.at("ca_file"), "ca_file", t.CAFile)
	if t.TokenFile == "" {
		s.missing(t.At, "token_file", "[cloud]")
	} else if _, err := ReadToken(c.TokenFile); err != nil {
		s.report(t.At.at("token_file"), "token_file", "%s", err)
	}
	return c
}

func (s *scope) log(t logTable) Log {
	out := Log{Level: "info", File: s.path(t.File)}
	if t.Level != nil {
		out.Level = *t.Level
		if !slices.Contains(logLevels[:], out.Level) {
			s.check(t.At, "level", fmt.Errorf("unknown level %q, want debug, info, warn or error", out.Level))
		}
	}
	return out
}
