package config

import (
	"fmt"
	"slices"
	"strings"

	"weir/tenant"
)

// node makes the Node, and the Spec from which every tenant starts.
func (s *scope) node(f *nodeFile) (*Node, tenant.Spec) {
	n, spec := defaults()
	n.File = s.file
	if f.Node.State != nil {
		n.State = *f.Node.State
	}
	n.State = s.path(n.State)
	n.Watch = f.Node.Watch == nil || *f.Node.Watch
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
	s.drain(n, f)
	n.DenyPhase = f.Lists.DenyPhase
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
	bounded(&n.Limits.BufferBytes, f.Limits.TotalBufferBytes, f.At.at("limits"), "total_buffer_bytes", 1<<20, 1<<40)
	requests := int64(n.Limits.MaxRequests)
	bounded(&requests, f.Limits.MaxRequests, f.At.at("limits"), "max_requests", 0, 1<<30)
	n.Limits.MaxRequests = int(requests)
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
