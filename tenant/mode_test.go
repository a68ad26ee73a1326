package tenant

import (
	"strings"
	"testing"

	"weir/detect"
)

// The worked table: the cloud's mode is what its most specific rule says.
func TestResolveWorkedTable(t *testing.T) {
	f := func(what string, local Mode, o Override, cloud, want Mode, from ModeSource) {
		t.Helper()
		e := Resolve(local, FromRoute, o, cloud)
		if e.Final != want || e.Source != from || e.Local != local || e.Cloud != cloud {
			t.Errorf("%s: got %+v, want %s from %s", what, e, want, from)
		}
	}
	f("/news", ModeMonitoring, OverrideOff, ModeMonitoring, ModeMonitoring, FromRoute)
	f("/main", ModeMonitoring, OverrideOff, ModeBlock, ModeMonitoring, FromRoute)
	f("/main/login", ModeBlock, OverrideStrict, ModeMonitoring, ModeBlock, FromRoute)
	f("/main/signup", ModeMonitoring, OverrideStrict, ModeBlock, ModeBlock, FromCloud)
	f("GET /main/apply", ModeBlock, OverrideOn, ModeBlock, ModeBlock, FromCloud)
	f("POST /main/apply", ModeBlock, OverrideOn, ModeDefault, ModeBlock, FromRoute)
	f("/main/feedback", ModeSafeBlocking, OverrideOff, ModeBlock, ModeSafeBlocking, FromRoute)
	// on lets the cloud soften, strict never lets it turn analysis off
	f("soften", ModeBlock, OverrideOn, ModeMonitoring, ModeMonitoring, FromCloud)
	f("strict off", ModeMonitoring, OverrideStrict, ModeOff, ModeMonitoring, FromRoute)
	f("strict, safe_blocking over monitoring", ModeMonitoring, OverrideStrict, ModeSafeBlocking, ModeSafeBlocking, FromCloud)
	f("strict default", ModeBlock, OverrideStrict, ModeDefault, ModeBlock, FromRoute)
	f("off by the cloud", ModeBlock, OverrideOn, ModeOff, ModeOff, FromCloud)
}

// The same table through Build: mode and override are inherited
// independently from tenant, site and route.
func TestModesAreInheritedIndependently(t *testing.T) {
	mode := func(m Mode) *Mode { return &m }
	over := func(o Override) *Override { return &o }
	s := spec(1, "a.example", "b.example")
	s.Override = OverrideOff
	s.Sites[0].Routes = []RouteSpec{
		{Path: "/main/login", Mode: mode(ModeBlock), Override: over(OverrideStrict)},
		{Path: "/main/signup", Override: over(OverrideStrict)},
		{Path: "/main/apply", Mode: mode(ModeBlock), Override: over(OverrideOn)},
		{Path: "/main/feedback", Mode: mode(ModeSafeBlocking)},
	}
	s.Sites[1].Mode, s.Sites[1].Override = mode(ModeOff), over(OverrideOn)
	f := func(cloud Mode, host, path string, want Mode, from ModeSource) {
		t.Helper()
		tb, errs := Build([]Spec{s}, nil, map[ID]Overlay{tid(1): {Mode: cloud}})
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		p, _ := tb.Lookup([]byte(host), ID{}, false, []byte(path))
		if p.Mode.Final != want || p.Mode.Source != from {
			t.Errorf("cloud %s, %s%s: got %+v, want %s from %s", cloud, host, path, p.Mode, want, from)
		}
	}
	f(ModeMonitoring, "a.example", "/news", ModeMonitoring, FromTenant)
	f(ModeBlock, "a.example", "/main", ModeMonitoring, FromTenant)
	f(ModeMonitoring, "a.example", "/main/login", ModeBlock, FromRoute)
	f(ModeBlock, "a.example", "/main/signup", ModeBlock, FromCloud)
	f(ModeDefault, "a.example", "/main/apply", ModeBlock, FromRoute)
	f(ModeBlock, "a.example", "/main/feedback", ModeSafeBlocking, FromRoute)
	f(ModeDefault, "b.example", "/", ModeOff, FromSite)
	f(ModeBlock, "b.example", "/", ModeBlock, FromCloud)
}

func TestDeactivated(t *testing.T) {
	s := spec(1, "a.example")
	s.Override = OverrideOff
	f := func(state State, on OnDeactivated, want Mode, from ModeSource, rejects bool) {
		t.Helper()
		s.OnDeactivated = on
		tb := mustBuild(t, s, spec(2, "b.example"))
		tb, err := tb.With(tid(1), Overlay{State: state, Mode: ModeBlock})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := tb.Lookup([]byte("a.example"), ID{}, false, []byte("/"))
		if p.Mode.Final != want || p.Mode.Source != from || p.Tenant.Rejects() != rejects {
			t.Errorf("state %d: got %+v, rejects %v", state, p.Mode, p.Tenant.Rejects())
		}
		if p, _ := tb.Lookup([]byte("b.example"), ID{}, false, []byte("/")); p.Mode.Final != ModeMonitoring {
			t.Errorf("state %d: the other tenant is in mode %s", state, p.Mode.Final)
		}
	}
	f(StateActive, DeactivatedBypass, ModeMonitoring, FromTenant, false)
	f(StateUnknown, DeactivatedReject, ModeMonitoring, FromTenant, false)
	f(StateDeactivated, DeactivatedBypass, ModeOff, FromState, false)
	f(StateDeactivated, DeactivatedReject, ModeOff, FromState, true)
}

// The table of the reference: local modes of routes, the general mode, and
// mode rules of which the most specific counts.
func TestModeRules(t *testing.T) {
	monitoring, safe, block, off, strict := ModeMonitoring, ModeSafeBlocking, ModeBlock, OverrideOff, OverrideStrict
	sp := spec(1, "a.example")
	sp.Mode, sp.Override = ModeMonitoring, OverrideOff
	sp.Sites[0].Routes = []RouteSpec{
		{Path: "/main/login", Mode: &block, Override: &strict},
		{Path: "/main/signup", Override: &strict},
		{Path: "/main/apply", Mode: &block, Override: new(Override)},
		{Path: "/main/feedback", Mode: &safe, Override: &off},
	}
	rule := func(id, method, path string, m Mode) ModeRule {
		return ModeRule{ID: id, When: detect.Condition{Method: method, Path: path}, Mode: m}
	}
	tb := mustBuild(t, sp)
	tb, err := tb.With(tid(1), Overlay{Mode: monitoring, Modes: []ModeRule{
		rule("apply", "POST", "/main/apply", ModeDefault),
		rule("older", "", "/main/**", ModeOff),
		rule("main", "", "/main/**", ModeBlock),
		rule("login", "", "/main/login", ModeMonitoring),
	}})
	if err != nil {
		t.Fatal(err)
	}
	f := func(method, path string, want Mode, source ModeSource, id string) {
		t.Helper()
		p, ok := tb.Lookup([]byte("a.example"), ID{}, false, []byte(path))
		if !ok {
			t.Fatal("not found")
		}
		e := p.Tenant.Policy.Mode(p.Mode, &detect.Request{Method: []byte(method), Path: []byte(path)})
		if e.Final != want || e.Source != source || e.Rule != id {
			t.Errorf("%s %s: %s from %s, rule %q; want %s from %s, %q", method, path, e.Final, e.Source, e.Rule, want, source, id)
		}
	}
	f("GET", "/news", ModeMonitoring, FromTenant, "")
	f("GET", "/main", ModeMonitoring, FromTenant, "main")
	f("GET", "/main/login", ModeBlock, FromRoute, "login")
	f("GET", "/main/signup", ModeBlock, FromRule, "main")
	f("GET", "/main/apply", ModeBlock, FromRule, "main")
	f("POST", "/main/apply", ModeBlock, FromRoute, "apply")
	f("GET", "/main/feedback", ModeSafeBlocking, FromRoute, "main")
	// a deactivated tenant stays off
	if tb, err = tb.With(tid(1), Overlay{State: StateDeactivated, Modes: []ModeRule{rule("all", "", "/**", ModeBlock)}}); err != nil {
		t.Fatal(err)
	}
	f("GET", "/main/signup", ModeOff, FromState, "")
	// what does not compile changes nothing
	if _, err := tb.With(tid(1), Overlay{Modes: []ModeRule{rule("bad", "", "main", ModeBlock)}}); err == nil || !strings.Contains(err.Error(), `"bad"`) {
		t.Errorf("a bad rule: %v", err)
	}
}
