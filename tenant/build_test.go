package tenant

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"weir/detect"
)

func TestBuildBreaksOnlyTheWrongTenant(t *testing.T) {
	f := func(want string, lookup, place string, specs ...Spec) {
		t.Helper()
		tb, errs := Build(specs, nil, nil)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), want) {
			t.Errorf("got errors %v, want one with %q", errs, want)
		}
		p, ok := tb.Lookup([]byte(lookup), ID{}, false, []byte("/"))
		got := name(p, ok)
		if ok && p.Tenant.Broken != nil {
			got += " broken"
		}
		if got != place {
			t.Errorf("%s: got %q, want %q", lookup, got, place)
		}
	}
	clash := func() (a, b Spec) { return spec(1, "a.example"), spec(2, "a.example", "b.example") }
	// the second claimant is broken, the first one stands
	a, b := clash()
	f(`tenant "t2": host "a.example" with path "" belongs to tenant "t1"`, "a.example", "t1.0", a, b)
	// its other hosts are found, so that they can be answered
	f(`tenant "t2"`, "b.example", "t2.1 broken", a, b)
	f(`tenant "t1": host "a.example" with path "" belongs to tenant "t2"`, "a.example", "t2.0", b, a)
	// hosts are compared in canonical form
	f(`belongs to tenant "t1"`, "a.example", "t1.0", spec(1, "a.example"), spec(2, "A.Example."))
	// twice the same ID
	f(`tenant "t1": ID 00000000-0000-0000-0000-000000000001 belongs to tenant "t1"`, "b.example", "t1.0 broken",
		spec(1, "a.example"), spec(1, "b.example"))
	// within one tenant
	f(`tenant "t1": host "a.example" with path "/x" stands twice`, "b.example", "t2.0",
		spec(1, "a.example/x", "a.example/x"), spec(2, "b.example"))
	f(`tenant "t1": host "a@b"`, "b.example", "t2.0", spec(1, "a@b"), spec(2, "b.example"))
	f(`tenant "t1": no site`, "b.example", "t2.0", spec(1), spec(2, "b.example"))
	bad := spec(1, "a.example")
	bad.Sites[0].Routes = []RouteSpec{{Path: "~ (?=x)"}}
	f(`tenant "t1": cannot compile route "~ (?=x)"`, "a.example", "t1.0 broken", bad, spec(2, "b.example"))
}

func TestBuildKeepsBrokenOfTheSpec(t *testing.T) {
	cause := errors.New("unknown key")
	b := spec(1, "a.example", "b.example")
	b.Broken = cause
	tb, errs := Build([]Spec{b, spec(2, "a.example")}, nil, nil)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	// a broken tenant claims nothing from a good one
	if got := name(tb.Lookup([]byte("a.example"), ID{}, false, []byte("/"))); got != "t2.0" {
		t.Errorf("got %s", got)
	}
	if p, _ := tb.Lookup([]byte("b.example"), ID{}, false, []byte("/")); p.Tenant == nil || p.Tenant.Broken != cause {
		t.Errorf("got %v", p.Tenant)
	}
}

func TestBuildCarriesState(t *testing.T) {
	first := mustBuild(t, spec(1, "a.example"), spec(2, "b.example"))
	first.ByID(tid(2)).Counters.Requests.Add(5)
	second, errs := Build([]Spec{spec(3, "c.example"), spec(2, "d.example")}, first, nil)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	old, kept, added := first.ByID(tid(2)), second.ByID(tid(2)), second.ByID(tid(3))
	if kept.Counters.Requests.Load() != 5 || kept.Scope != old.Scope || kept.Policy != old.Policy {
		t.Errorf("counters %d, scope %d, policy shared %v", kept.Counters.Requests.Load(), kept.Scope, kept.Policy == old.Policy)
	}
	for _, tn := range append(first.Tenants, kept) {
		if added.Scope == tn.Scope || added.Scope == 0 {
			t.Errorf("scope %d of t3 is that of %s", added.Scope, tn.Name)
		}
	}
	// a tenant that comes back is a new one
	third, _ := Build([]Spec{spec(1, "a.example")}, second, nil)
	if s := third.ByID(tid(1)).Scope; s == first.ByID(tid(1)).Scope || s == added.Scope {
		t.Errorf("scope %d was given out before", s)
	}
}

func TestWithChangesOneTenant(t *testing.T) {
	s := spec(1, "a.example", "*.a.example")
	s.Sites[0].Routes = []RouteSpec{{Path: "/x"}}
	before := mustBuild(t, s, spec(2, "b.example"))
	after, err := before.With(tid(1), Overlay{
		Version: 3, Mode: ModeBlock, Brand: Brand{Name: "Partner"},
		Rules: []detect.Rule{{ID: "r1", When: detect.Condition{Path: "/refresh"}, Any: true}},
		Lists: []ListEntry{{ID: "d1", List: ListDeny, Prefix: netip.MustParsePrefix("192.0.2.0/24")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f := func(tb *Table, host, path string, mode Mode, version int64, brand string, denied bool) {
		t.Helper()
		p, ok := tb.Lookup([]byte(host), ID{}, false, []byte(path))
		if !ok {
			t.Fatalf("%s not found", host)
		}
		d := p.Tenant.Policy.Listed(ListDeny, netip.MustParseAddr("192.0.2.7"), 0, 0) != nil
		if p.Mode.Final != mode || p.Tenant.Version != version || p.Tenant.Brand.Name != brand || d != denied {
			t.Errorf("%s%s: got %s, version %d, brand %q, denied %v", host, path, p.Mode.Final, p.Tenant.Version, p.Tenant.Brand.Name, d)
		}
		if tb.Sites[p.Site.Index] != p.Site || tb.ByID(p.Tenant.ID) != p.Tenant || p.Site.Tenant != p.Tenant {
			t.Errorf("%s%s: place, site list and tenant list disagree", host, path)
		}
	}
	f(before, "a.example", "/x", ModeMonitoring, 0, "", false)
	f(after, "a.example", "/", ModeBlock, 3, "Partner", true)
	f(after, "a.example", "/x", ModeBlock, 3, "Partner", true)
	f(after, "z.a.example", "/", ModeBlock, 3, "Partner", true)
	f(after, "b.example", "/", ModeMonitoring, 0, "", false)
	b, a := before.ByID(tid(1)), after.ByID(tid(1))
	if a.Counters != b.Counters || a.Scope != b.Scope || before.ByID(tid(2)) != after.ByID(tid(2)) {
		t.Error("counters, scope or the other tenant were not shared")
	}
	// back to nothing
	again, err := after.With(tid(1), Overlay{Mode: ModeDefault})
	if err != nil {
		t.Fatal(err)
	}
	f(again, "a.example", "/x", ModeMonitoring, 0, "", false)
	if again.ByID(tid(1)).Policy != b.Policy {
		t.Error("the same policy was compiled twice")
	}
}

func TestWithFailure(t *testing.T) {
	tb := mustBuild(t, spec(1, "a.example"))
	if got, err := tb.With(tid(2), Overlay{}); err == nil || got != nil {
		t.Errorf("unknown tenant: got %v, %v", got, err)
	}
	if got, err := tb.With(tid(1), Overlay{Lists: []ListEntry{{ID: "d"}}}); err == nil || got != nil {
		t.Errorf("entry without prefix: got %v, %v", got, err)
	}
}

func TestBuildKeepsOverlayThatWorked(t *testing.T) {
	specs := []Spec{spec(1, "a.example")}
	good := map[ID]Overlay{tid(1): {Version: 1, Mode: ModeBlock}}
	first, errs := Build(specs, nil, good)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	bad := map[ID]Overlay{tid(1): {Version: 2, Mode: ModeOff, Lists: []ListEntry{{ID: "d"}}}}
	second, errs := Build(specs, first, bad)
	if len(errs) != 1 || !strings.Contains(errs[0].Error(), `tenant "t1": cannot apply version 2`) {
		t.Errorf("got errors %v", errs)
	}
	if tn := second.ByID(tid(1)); tn.Version != 1 || tn.Broken != nil || tn.sites[0].modes[0].Final != ModeBlock {
		t.Errorf("got version %d, broken %v", tn.Version, tn.Broken)
	}
}

func TestPoliciesAreShared(t *testing.T) {
	a, b, c := spec(1, "a.example"), spec(2, "b.example"), spec(3, "c.example")
	if err := c.Sensitivity.Set("sqli", "high"); err != nil {
		t.Fatal(err)
	}
	rule := func(id string) map[ID]Overlay {
		o := Overlay{Mode: ModeDefault, Rules: []detect.Rule{{ID: id}}}
		return map[ID]Overlay{tid(1): o, tid(2): {Mode: ModeBlock, Rules: o.Rules}}
	}
	tb, errs := Build([]Spec{a, b, c}, nil, rule("r"))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	pa, pb, pc := tb.ByID(tid(1)).Policy, tb.ByID(tid(2)).Policy, tb.ByID(tid(3)).Policy
	if pa != pb || pa == pc || pa.Detect == pc.Detect {
		t.Errorf("equal policies shared: %v; different ones: %v", pa == pb, pa == pc)
	}
	// a deny entry makes a policy of its own, around the same detector
	next, err := tb.With(tid(1), Overlay{Rules: rule("r")[tid(1)].Rules, Lists: []ListEntry{{List: ListDeny, Prefix: netip.MustParsePrefix("::/0")}}})
	if err != nil {
		t.Fatal(err)
	}
	if p := next.ByID(tid(1)).Policy; p == pb || p.Detect != pb.Detect {
		t.Errorf("policy shared %v, detector shared %v", p == pb, p.Detect == pb.Detect)
	}
	// a field that moves to its neighbour is another rule
	x, y := detect.Options{Rules: []detect.Rule{{ID: "ab"}}}, detect.Options{Rules: []detect.Rule{{ID: "a", Point: "b"}}}
	if string(appendOptions(nil, &x)) == string(appendOptions(nil, &y)) {
		t.Error("different options have the same key")
	}
}
