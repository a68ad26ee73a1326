package detect

import (
	"fmt"
	"strings"
	"testing"
)

func massMatch(m []Match) *Match {
	for i := range m {
		if m[i].Class == MassAssignment {
			return &m[i]
		}
	}
	return nil
}

func TestMassCaught(t *testing.T) {
	f := func(raw, point string) {
		t.Helper()
		m := massMatch(inspect(t, Options{}, raw))
		if m == nil {
			t.Errorf("%q: not found", raw)
		} else if got := m.Point.String(); got != point {
			t.Errorf("%q: got point %s, want %s", raw, got, point)
		}
	}
	const js = "POST /\nContent-Type: application/json\n\n"
	// The three of the class file.
	f("GET /?__proto__[polluted]=1\n\n", "[query_name]")
	f(js+`{"constructor":{"prototype":{"a":1}}}`, "[post][json][hash constructor][hash_name]")
	f("GET /?class.module.classLoader.x=y\n\n", "[query_name]")
	// Other spellings and places of names.
	f("GET /?__proto__=1\n\n", "[query_name]")
	f("GET /?a[__proto__][b]=1\n\n", "[query_name]")
	f("GET /?a.__proto__.b=1\n\n", "[query_name]")
	f("GET /?%5f_proto__%5Ba%5D=1\n\n", "[query_name]")
	f("GET /?constructor[prototype][a]=b\n\n", "[query_name]")
	f("GET /?constructor.prototype.a=b\n\n", "[query_name]")
	f("GET /?class[module][classLoader][x]=y\n\n", "[query_name]")
	f("GET /?user.class.classLoader.x=y\n\n", "[query_name]")
	f("GET /?a.__class__.__init__.__globals__.x=y\n\n", "[query_name]")
	f("POST /\nContent-Type: application/x-www-form-urlencoded\n\na=b&__proto__.c=d", "[post][form_name]")
	f(js+`{"a":[{"__proto__":{"b":true}}]}`, "[post][json][hash a][array 0][hash_name]")
	f(js+`{"a":{"\u005f_proto__":{"b":true}}}`, "[post][json][hash a][hash_name]")
	f(js+`{"a":"{\"__proto__\":{\"b\":1}}"}`, "[post][json][hash a][json][hash_name]")
	f(js+`{"__class__":{"__init__":{"__globals__":{}}}}`, "[post][json][hash __class__][hash __init__][hash_name]")
	f(js+`{"__base__":{"a":1}}`, "[post][json][hash_name]")
	// Paths of properties as values.
	f("GET /?path=__proto__.isAdmin\n\n", "[query path]")
	f(js+`{"path":"constructor.prototype.a"}`, "[post][json][hash path]")
	f("GET /?q=__proto__%5Ba%5D\n\n", "[query q]")
}

func TestMassClean(t *testing.T) {
	f := func(raw string) {
		t.Helper()
		if m := massMatch(inspect(t, Options{}, raw)); m != nil {
			t.Errorf("%q: got %s at %s: %q", raw, m.Rule, &m.Point, m.Value)
		}
	}
	const js = "POST /\nContent-Type: application/json\n\n"
	f(js + `{"__typename":"User","role":"admin","isAdmin":false}`)
	f("GET /?class[name]=5b&class[teacher]=Li\n\n")
	f("GET /?name__icontains=proto&class=x&module=y\n\n")
	f(js + `{"constructor":"Ferrari","prototype":"P1","class":{"name":"5b"}}`)
	f(js + `{"car":{"prototype":{"speed":1}},"__class__":"Point","__v":0,"__init__":true}`)
	f(js + `{"dag":{"__var":{"x":1},"__type":"dict"}}`)
	f("GET /?__RequestVerificationToken=abc&__VIEWSTATE=x&__EVENTTARGET=y\n\n")
	f("GET /?q=what+is+__proto__+in+javascript\n\n")
	f("GET /?q=Foo.prototype.bar\n\n")
	f(js + `{"text":"Object.prototype and constructor.prototype are the same for {}; __proto__ is old"}`)
	f(js + `{"code":"class A { constructor() { this.__proto__ = B; } }"}`)
}

// Privileged fields count at high sensitivity only, in every spelling of
// names.
func TestMassPrivilege(t *testing.T) {
	high := Options{Sensitivity: [NumClasses]Sensitivity{MassAssignment: High}}
	for _, name := range []string{"isAdmin", "is_admin", "role", "Roles", "is_staff", "user[role]", "account.is_superuser"} {
		raw := "GET /?" + name + "=1\n\n"
		if massMatch(inspect(t, high, raw)) == nil {
			t.Errorf("%s: not found at high", name)
		}
		if m := massMatch(inspect(t, Options{}, raw)); m != nil {
			t.Errorf("%s: found at balanced", name)
		}
		if strings.ContainsAny(name, "[.") {
			continue
		}
		if massMatch(inspect(t, high, fmt.Sprintf("POST /\nContent-Type: application/json\n\n{%q:true}", name))) == nil {
			t.Errorf("%s: key not found at high", name)
		}
	}
	for _, name := range []string{"name", "rolex", "admins", "roles[0][title]", "administration"} {
		if m := massMatch(inspect(t, high, "GET /?"+name+"=1\n\n")); m != nil {
			t.Errorf("%s: found %s", name, m.Rule)
		}
	}
}

// TestMassMetamorphic spells paths through shared objects as binders read
// them.
func TestMassMetamorphic(t *testing.T) {
	paths := [][]string{
		{"__proto__", "x"}, {"a", "__proto__", "x"}, {"constructor", "prototype", "x"}, {"a", "constructor", "prototype", "b", "c"},
		{"class", "module", "classLoader", "x"}, {"a", "class", "classLoader", "x"}, {"x", "__class__", "__init__", "__globals__", "y"},
	}
	styles := []func([]string) string{
		func(p []string) string { return strings.Join(p, ".") },
		func(p []string) string { return p[0] + "[" + strings.Join(p[1:], "][") + "]" },
		func(p []string) string { return p[0] + "['" + strings.Join(p[1:], "']['") + "']" },
		func(p []string) string { return p[0] + `["` + strings.Join(p[1:], `"]["`) + `"]` },
		func(p []string) string { return strings.Join(p, "/") },
		func(p []string) string { return "a." + strings.Join(p, ".") + "[0]" },
	}
	for _, p := range paths {
		for _, style := range styles {
			name := style(p)
			mustFind(t, MassAssignment, kindName, name)
			mustFind(t, MassAssignment, kindName, strings.ToUpper(name[:1])+name[1:])
		}
	}
}
