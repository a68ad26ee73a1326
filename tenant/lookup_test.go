package tenant

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// naive is Lookup by host as its documentation reads, over a list.
func naive(specs []Spec, host, path string) string {
	best, bestHost, bestPath := "", "", -1
	for _, t := range specs {
		for _, s := range t.Sites {
			for _, h := range s.Hosts {
				tail, wild := strings.CutPrefix(h, "*")
				if h != host && !(wild && strings.HasSuffix(host, tail) && len(host) > len(tail)) {
					continue
				}
				if !moreSpecific(h, bestHost, host) {
					continue
				}
				if h != bestHost {
					best, bestHost, bestPath = "", h, -1
				}
				under := s.Path == "" || path == s.Path || strings.HasPrefix(path, s.Path+"/")
				if under && len(s.Path) > bestPath {
					best, bestPath = fmt.Sprintf("%s.%d", t.Name, s.Line), len(s.Path)
				}
			}
		}
	}
	return best
}

// moreSpecific reports whether a is at least as good a match as b.
func moreSpecific(a, b, host string) bool {
	return a == b || a == host || b != host && len(a) > len(b)
}

func TestLookupAgreesWithItsDocumentation(t *testing.T) {
	label := rapid.SampledFrom([]string{"a", "b", "c"})
	host := rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(label, 1, 4).Draw(t, "labels"), ".") })
	path := rapid.Custom(func(t *rapid.T) string {
		return strings.Join(append([]string{""}, rapid.SliceOfN(label, 0, 3).Draw(t, "segments")...), "/")
	})
	rapid.Check(t, func(t *rapid.T) {
		var specs []Spec
		taken := map[string]bool{}
		for i := range rapid.IntRange(1, 8).Draw(t, "tenants") {
			s := spec(i+1, "own.example")
			s.Sites[0].Hosts[0] = fmt.Sprintf("own%d.example", i)
			for j := range rapid.IntRange(0, 4).Draw(t, "sites") {
				h, p := rapid.SampledFrom([]string{"", "*."}).Draw(t, "wildcard")+host.Draw(t, "host"), path.Draw(t, "path")
				if !taken[h+p] {
					taken[h+p] = true
					s.Sites = append(s.Sites, SiteSpec{Line: j + 1, Hosts: []string{h}, Path: p})
				}
			}
			specs = append(specs, s)
		}
		tb, errs := Build(specs, nil, nil)
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		for range 20 {
			h, p := host.Draw(t, "asked host"), path.Draw(t, "asked path")
			if p == "" {
				p = "/"
			}
			if got, want := name(tb.Lookup([]byte(h), ID{}, false, []byte(p))), naive(specs, h, p); got != want {
				t.Fatalf("%s%s: got %q, want %q", h, p, got, want)
			}
			id := specs[rapid.IntRange(0, len(specs)-1).Draw(t, "header")].ID
			if pl, ok := tb.Lookup([]byte(h), id, true, []byte(p)); !ok || pl.Tenant.ID != id || pl.Site.Tenant != pl.Tenant {
				t.Fatalf("header %s: got %v", id, pl.Tenant)
			}
		}
	})
}
