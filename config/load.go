package config

import (
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
	n.Sources = l.sources(s, &f, n)
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

// sources lists the files that say how the node runs, sorted, each once.
func (l *loader) sources(s *scope, f *nodeFile, n *Node) []string {
	names := []string{s.file}
	for _, pattern := range f.Include {
		names = append(names, s.path(pattern))
	}
	pair := func(p *tenant.KeyPair) {
		if p != nil {
			names = append(names, p.Cert, p.Key)
		}
	}
	for i := range n.Listeners {
		pair(n.Listeners[i].TLS)
	}
	for i := range n.Tenants {
		for j := range n.Tenants[i].Sites {
			pair(n.Tenants[i].Sites[j].TLS)
		}
	}
	names = append(append(names, s.lists...), l.lists...)
	slices.Sort(names)
	return slices.Compact(names)
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
