package detect

import (
	"strings"
	"testing"
)

func mustMatcher(t testing.TB, c Condition) *Matcher {
	t.Helper()
	m, err := NewMatcher(c)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPathPattern(t *testing.T) {
	f := func(pattern, path string, want bool) {
		t.Helper()
		m := mustMatcher(t, Condition{Path: pattern})
		if got := m.Match(&Request{Target: []byte("/raw"), Path: []byte(path)}); got != want {
			t.Errorf("%s on %s: %v", pattern, path, got)
		}
	}
	f("/", "/", true)
	f("/", "/a", false)
	f("/a", "/a", true)
	f("/a", "/A", false)
	f("/a", "/a/", false)
	f("/a", "/a/b", false)
	f("/a/", "/a/", true)
	// one component that is not empty
	f("/a/*", "/a/b", true)
	f("/a/*", "/a/", false)
	f("/a/*", "/a/b/c", false)
	f("/*/x", "/a/x", true)
	// any number, none included
	f("/a/**", "/a", true)
	f("/a/**", "/a/", true)
	f("/a/**", "/a/b/c", true)
	f("/a/**", "/ab", false)
	f("/**", "/", true)
	f("**", "/x/y", true)
	f("**/login", "/login", true)
	f("**/login", "/de/shop/login", true)
	f("**/login", "/login/x", false)
	f("/**/a/*/b/**", "/x/a/y/a/z/b/c", true)
	f("/**/a/*/b", "/a/a/a/b/b", true)
	f("/**/a/*/b", "/a/a/a/b/b/c", false)
	f("/a/**/b/**/c", "/a/b/b/x/c/c", true)
	f("/*/**", "/", false)
	// stars inside
	f("/img*.png", "/img-1.png", true)
	f("/img*.png", "/img/1.png", false)
	f("/*.*", "/a.b.c", true)
	f("/*.*", "/abc", false)
	// regular expressions of one component
	f("/v{{2}}", "/v{{2}}", true) // braces inside a component are literal
	f("/{{^v\\d+$}}/x", "/v12/x", true)
	f("/{{^v\\d+$}}/x", "/v/x", false)
	f("/{{^a{2}$}}", "/aa", true)
	f("/{{a/b}}/c", "/x/c", false)
}

func TestCondition(t *testing.T) {
	f := func(c Condition, want bool) {
		t.Helper()
		r := &Request{Method: []byte("GET"), Target: []byte("/shop/item?id=1&na%6De=O+K&id=2"), Host: []byte("a.shop.example"), Application: 7,
			Headers: []Header{{[]byte("X-Kind"), []byte("Beta 2")}, {[]byte("x-kind"), []byte("gamma")}}}
		if got := mustMatcher(t, c).Match(r); got != want {
			t.Errorf("%+v: %v", c, got)
		}
	}
	f(Condition{}, true)
	f(Condition{Method: "GET"}, true)
	f(Condition{Method: "get"}, false)
	f(Condition{Host: "a.shop.example"}, true)
	f(Condition{Host: "shop.example"}, false)
	f(Condition{Host: "*.shop.example"}, true)
	f(Condition{Host: "*.a.shop.example"}, false)
	f(Condition{Path: "/shop/*"}, true) // without a normalised path the target's
	f(Condition{Path: "/shop/*", Method: "POST"}, false)
	f(Condition{Applications: []int{6, 7}}, true)
	f(Condition{Applications: []int{6}}, false)
	q := func(name string, op Op, value string) Condition { return Condition{Query: []Term{{name, op, value}}} }
	f(q("id", OpEqual, "2"), true)
	f(q("id", OpEqual, "3"), false)
	f(q("name", OpEqual, "O K"), true)
	f(q("name", OpIEqual, "o k"), true)
	f(q("name", OpEqual, "o k"), false)
	f(q("name", OpRegex, "^O.K$"), true)
	f(q("x", OpAbsent, ""), true)
	f(q("id", OpAbsent, ""), false)
	h := func(name string, op Op, value string) Condition { return Condition{Headers: []Term{{name, op, value}}} }
	f(h("X-KIND", OpEqual, "gamma"), true)
	f(h("x-kind", OpIEqual, "BETA 2"), true)
	f(h("x-kind", OpRegex, `\d$`), true)
	f(h("x-kind", OpRegex, `^\d`), false)
	f(h("x-other", OpAbsent, ""), true)
	f(h("x-kind", OpAbsent, ""), false)
	f(h("x-other", OpRegex, ".*"), false)
}

func TestConditionFailure(t *testing.T) {
	f := func(c Condition, want ...string) {
		t.Helper()
		_, err := NewMatcher(c)
		if err == nil {
			t.Errorf("%+v: no error", c)
			return
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%+v: got %q, want %q in it", c, err, w)
			}
		}
	}
	f(Condition{Path: "shop"}, "path", "begin")
	f(Condition{Path: "/{{a"}, "path", "}}")
	f(Condition{Path: "/{{a}}b"}, "path", "whole component")
	f(Condition{Path: "/{{(?=a)}}"}, "path", "(?=")
	f(Condition{Path: strings.Repeat("/a", 65)}, "components")
	f(Condition{Path: "/*a*b*c*d*e*f*g*h*i"}, "stars")
	f(Condition{Query: []Term{{"", OpEqual, ""}}}, "query", "name")
	f(Condition{Headers: []Term{{"a", OpRegex, "("}}}, "headers", "a:")
	f(Condition{Headers: make([]Term, 17)}, "16 at most")
	f(Condition{Headers: []Term{{"a", OpRegex, strings.Repeat("a", 1025)}}}, "1024 at most")
}

// Every pair in order, the more general first.
func TestSpecificity(t *testing.T) {
	order := []Condition{
		{},
		{Path: "/{{a}}/**"},
		{Method: "GET"},
		{Path: "/**", Method: "GET"},
		{Path: "/a/**"},
		{Path: "/a/**", Headers: []Term{{"x", OpIEqual, "1"}}},
		{Path: "/a/**", Headers: []Term{{"x", OpEqual, "1"}}},
		{Path: "/a/b/**"},
		{Path: "/{{a}}"},
		{Path: "/*/*"},
		{Path: "/a/*"},
		{Path: "/a/b"},
		{Path: "/a/b", Method: "GET"},
	}
	for i := range order {
		for j := range order {
			a, b := mustMatcher(t, order[i]), mustMatcher(t, order[j])
			if got := a.Compare(b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%+v against %+v: %d", order[i], order[j], got)
			}
		}
	}
}

// A pattern that invites backtracking: what does not match is found not to.
func TestPatternBound(t *testing.T) {
	m := mustMatcher(t, Condition{Path: "/**/" + strings.Repeat("*a*b/**/", 20) + "x"})
	if m.Match(&Request{Path: []byte(strings.Repeat("/aabab", 5000))}) {
		t.Error("matches")
	}
}
