package tenant

import (
	"fmt"
	"strings"
	"testing"
)

// tid is a tenant ID that ends in n.
func tid(n int) ID { return ID{14: byte(n >> 8), 15: byte(n)} }

// spec makes a tenant called tN; each site is "host host/path|host ...".
func spec(n int, sites ...string) Spec {
	s := Spec{ID: tid(n), Name: fmt.Sprintf("t%d", n), Mode: ModeMonitoring}
	for i, text := range sites {
		site := SiteSpec{Line: i}
		for _, h := range strings.Fields(text) {
			h, path, ok := strings.Cut(h, "/")
			if ok {
				site.Path = "/" + path
			}
			site.Hosts = append(site.Hosts, h)
		}
		s.Sites = append(s.Sites, site)
	}
	return s
}

func mustBuild(t testing.TB, specs ...Spec) *Table {
	t.Helper()
	tb, errs := Build(specs, nil, nil)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return tb
}

// name is "t1.0" for the first site of tenant t1, "" for nowhere.
func name(p Place, ok bool) string {
	if !ok {
		return ""
	}
	return fmt.Sprintf("%s.%d", p.Tenant.Name, p.Site.Line)
}

func TestLookupByHost(t *testing.T) {
	tb := mustBuild(t,
		spec(1, "one.example 192.0.2.1 [2001:db8::1]", "*.one.example"),
		spec(2, "two.example", "two.example/shop", "two.example/shop/cart"),
		spec(3, "*.two.example *.a.one.example", "x.one.example/only"),
		spec(4, "two.example/users"),
	)
	f := func(host, path, want string) {
		t.Helper()
		if got := name(tb.Lookup([]byte(host), ID{}, false, []byte(path))); got != want {
			t.Errorf("%s%s: got %q, want %q", host, path, got, want)
		}
	}
	f("one.example", "/", "t1.0")
	f("192.0.2.1", "/", "t1.0")
	f("[2001:db8::1]", "/", "t1.0")
	// unknown
	f("example", "/", "")
	f("three.example", "/", "")
	f("xone.example", "/", "")
	f("192.0.2.2", "/", "")
	f("", "/", "")
	// wildcards: one label or more, the longest wins, the exact host before
	f("b.one.example", "/", "t1.1")
	f("c.b.one.example", "/", "t1.1")
	f("a.one.example", "/", "t1.1")
	f("b.a.one.example", "/", "t3.0")
	f("c.b.a.one.example", "/", "t3.0")
	f("b.two.example", "/", "t3.0")
	// sites of a host: the longest path on a segment boundary
	f("two.example", "/", "t2.0")
	f("two.example", "/shop", "t2.1")
	f("two.example", "/shop/", "t2.1")
	f("two.example", "/shop/x/y/z", "t2.1")
	f("two.example", "/shopping", "t2.0")
	f("two.example", "/shop/cart", "t2.2")
	f("two.example", "/shop/carts", "t2.1")
	f("two.example", "/users/7", "t4.0")
	f("two.example", "/SHOP", "t2.0")
	// the most specific host decides alone
	f("x.one.example", "/only/this", "t3.1")
	f("x.one.example", "/", "")
}

func TestLookupShared(t *testing.T) {
	tb := mustBuild(t, spec(1, "a.example", "a.example/x", "b.example"), spec(2, "b.example/x"), spec(3, "c.example/x"), spec(4, "c.example/y"))
	f := func(host, path string, want bool) {
		t.Helper()
		if p, _ := tb.Lookup([]byte(host), ID{}, false, []byte(path)); p.Shared != want {
			t.Errorf("%s%s: shared %v, want %v", host, path, p.Shared, want)
		}
	}
	f("a.example", "/", false)
	f("a.example", "/x", false)
	f("b.example", "/", true)
	f("b.example", "/x", true)
	f("c.example", "/x", true)
}

func TestLookupByHeader(t *testing.T) {
	tb := mustBuild(t,
		spec(1, "one.example", "api.one.example", "one.example/api"),
		spec(2, "two.example", "*.example", "one.example/two"))
	f := func(host string, id ID, path, want string) {
		t.Helper()
		if got := name(tb.Lookup([]byte(host), id, true, []byte(path))); got != want {
			t.Errorf("%s%s: got %q, want %q", host, path, got, want)
		}
	}
	// its own site of the host, by path
	f("one.example", tid(1), "/", "t1.0")
	f("one.example", tid(1), "/api/v1", "t1.2")
	f("api.one.example", tid(1), "/", "t1.1")
	// the header beats the host: another tenant's host gives the first site
	f("two.example", tid(1), "/", "t1.0")
	f("nobody.test", tid(1), "/", "t1.0")
	// never another tenant's path, but a wider host of its own
	f("one.example", tid(1), "/two", "t1.0")
	f("one.example", tid(2), "/two", "t2.2")
	f("one.example", tid(2), "/api", "t2.1")
	// unknown: not found, whatever the host
	f("one.example", tid(9), "/", "")
	f("one.example", ID{}, "/", "")
}

func TestDefaultSharesNothing(t *testing.T) {
	tb := mustBuild(t, spec(1, "a.example"), spec(2, "a.example/x"))
	p, ok := tb.Default(tid(1), []byte("a.example"), []byte("/x"))
	if name(p, ok) != "t1.0" || p.Shared {
		t.Errorf("got %s, shared %v", name(p, ok), p.Shared)
	}
}

func TestLookupEmptyTable(t *testing.T) {
	for _, tb := range []*Table{{}, mustBuild(t)} {
		if _, ok := tb.Lookup([]byte("a.example"), ID{}, false, []byte("/")); ok {
			t.Error("found in an empty table")
		}
		if _, ok := tb.Lookup(nil, tid(1), true, nil); ok || tb.ByID(tid(1)) != nil {
			t.Error("found in an empty table")
		}
	}
}

func TestPlaceApplicationAndRoute(t *testing.T) {
	s := spec(1, "a.example", "b.example")
	s.Application = 7
	s.Sites[0].Application = 8
	s.Sites[0].Routes = []RouteSpec{{Path: "/login", Application: 9}, {Path: "/x"}}
	tb := mustBuild(t, s)
	f := func(host, path string, app int, route string) {
		t.Helper()
		p, _ := tb.Lookup([]byte(host), ID{}, false, []byte(path))
		got := ""
		if p.Route != nil {
			got = p.Route.Path
		}
		if p.Application != app || got != route {
			t.Errorf("%s%s: got application %d, route %q; want %d, %q", host, path, p.Application, got, app, route)
		}
	}
	f("a.example", "/login", 9, "/login")
	f("a.example", "/x", 8, "/x")
	f("a.example", "/", 8, "")
	f("b.example", "/", 7, "")
}

func TestLookupAllocatesNothing(t *testing.T) {
	s := spec(1, "a.example", "*.b.example", "b.example/x")
	s.Sites[0].Routes = []RouteSpec{{Path: "/login"}, {Path: "= /"}, {Path: `~ \.php$`}}
	tb := mustBuild(t, s, spec(2, "b.example"))
	f := func(host, path string, believed bool) {
		t.Helper()
		h, p := []byte(host), []byte(path)
		if n := testing.AllocsPerRun(100, func() { tb.Lookup(h, tid(1), believed, p) }); n != 0 {
			t.Errorf("%s%s: %v allocations", host, path, n)
		}
	}
	f("a.example", "/login/x", false)
	f("a.example", "/x.php", false)
	f("d.c.b.example", "/", false)
	f("b.example", "/x/y/z", false)
	f("nobody.example", "/", false)
	f("nobody.example", "/", true)
	f("d.c.b.example", "/", true)
}
