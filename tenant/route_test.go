package tenant

import (
	"strings"
	"testing"
)

func TestRoutePrecedence(t *testing.T) {
	specs := []RouteSpec{
		{Path: "/"}, {Path: "= /"}, {Path: "/documents/"}, {Path: "^~ /images/"}, {Path: `~* \.(gif|jpg)$`},
		{Path: "/login"}, {Path: "= /login"}, {Path: `~ ^/Login`}, {Path: `~* ^/login/x`}, {Path: "^~ /documents/static/"},
	}
	r, err := compileRoutes(specs)
	if err != nil {
		t.Fatal(err)
	}
	f := func(target, want string) {
		t.Helper()
		got := ""
		if i := r.match(AppendPath(nil, []byte(target))); i >= 0 {
			got = specs[i].Path
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
	}
	f("/", "= /")
	f("/index.html", "/")
	f("/documents/a.html", "/documents/")
	// "^~" stops the regular expressions, a plain prefix does not
	f("/images/1.gif", "^~ /images/")
	f("/documents/1.jpg", `~* \.(gif|jpg)$`)
	f("/documents/1.JPG", `~* \.(gif|jpg)$`)
	f("/documents/static/1.jpg", "^~ /documents/static/")
	// exact before all; prefixes are of the string
	f("/login", "= /login")
	f("/login/", "/login")
	f("/loginx", "/login")
	f("/Login", `~ ^/Login`)
	f("/LOGIN", "/")
	// the first regular expression in order
	f("/login/x.gif", `~* \.(gif|jpg)$`)
	f("/login/X", `~* ^/login/x`)
	// after normalisation
	f("/%6cogin", "= /login")
	f("//login", "= /login")
	f("/a/../login", "= /login")
	f("/login?x=.gif", "= /login")
	f("/images%2f1.gif", "^~ /images/")
}

func TestRoutesNone(t *testing.T) {
	r, err := compileRoutes(nil)
	if r != nil || err != nil || r.match([]byte("/")) != -1 {
		t.Errorf("got %v, %v", r, err)
	}
	r, err = compileRoutes([]RouteSpec{{Path: "/a"}})
	if err != nil || r.match([]byte("/b")) != -1 {
		t.Errorf("got a match, or %v", err)
	}
}

func TestCheckRouteFailure(t *testing.T) {
	f := func(path string, wants ...string) {
		t.Helper()
		err := CheckRoute(path)
		if err == nil {
			t.Errorf("%q: no error", path)
			return
		}
		for _, w := range append(wants, path) {
			if !strings.Contains(err.Error(), strings.ReplaceAll(w, `\`, `\\`)) {
				t.Errorf("%q: error %q does not name %q", path, err, w)
			}
		}
	}
	f("", `write "/"`)
	f("login", `write "/login"`)
	f("= login", `write "/login"`)
	f("//login", `write "/login"`)
	f("/%6cogin", `write "/login"`)
	f("^~ /a/../b", `write "/b"`)
	f("~", "empty")
	f("~ (?=x)y", "(?=")
	f("~ (?<!x)y", "(?<")
	f(`~ (a)\1`, `\1`)
	f("~* (a", "missing closing )")
}

func TestCompileRoutesTwice(t *testing.T) {
	f := func(want string, paths ...string) {
		t.Helper()
		var specs []RouteSpec
		for _, p := range paths {
			specs = append(specs, RouteSpec{Path: p})
		}
		if _, err := compileRoutes(specs); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", paths, err, want)
		}
	}
	f("stands twice", "/a", "/a")
	f("stands twice", "/a", "^~ /a")
	f("stands twice", "= /a", "=/a")
	f("", "/a", "= /a", "~ /a", "~ /a")
}
