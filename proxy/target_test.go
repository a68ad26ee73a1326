package proxy

import (
	"bytes"
	"testing"
)

// FuzzTarget: an accepted target is the origin form that stood in the request
// line, whole, and the authority before it, if any, was the host.
func FuzzTarget(f *testing.F) {
	for _, p := range clientProbes(f) {
		line, _, _ := bytes.Cut(p.send, []byte("\r\n"))
		if parts := bytes.Split(line, []byte(" ")); len(parts) == 3 {
			f.Add(parts[1], []byte("acme.example"), string(parts[0]) == "OPTIONS")
		}
	}
	f.Fuzz(func(t *testing.T, target, host []byte, options bool) {
		h := head{method: []byte("GET"), target: target, host: host}
		if options {
			h.method = []byte("OPTIONS")
		}
		if h.parseTarget() != Accepted {
			return
		}
		if string(h.target) == "*" {
			if !options || string(target) != "*" {
				t.Fatalf("%q is * of %q", target, h.method)
			}
			return
		}
		before, ok := bytes.CutSuffix(target, h.target)
		if string(h.target) == "/" && !bytes.HasSuffix(target, slash) {
			before, ok = target, true
		}
		if !ok || h.target[0] != '/' || bytes.ContainsAny(h.target, " #\r\n\t\x00") {
			t.Fatalf("%q became %q", target, h.target)
		}
		if len(before) > 0 {
			_, authority, _ := bytes.Cut(before, []byte("://"))
			if !bytes.EqualFold(authority, host) {
				t.Fatalf("%q passed for host %q", target, host)
			}
		}
	})
}
