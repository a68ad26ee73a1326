package config

import (
	"strings"
	"testing"
)

func TestLocate(t *testing.T) {
	root, deep := locate(`# comment = 1
a = 1
b.c = "x # no comment" # comment

[t]   # d = 1
d = """
e = 5
[no.table]
"""
f = '''one''' 
"quoted key" = 'it''s' # broken TOML is not our business
[[list]]
g = [ 1, # one
  "]",
  [ 2 ], { h = 1, i = { j = "}" } },
]
  [[list.sub]]
  k = 1
[[list]]
  [[list.sub]]
  k = 2
  [list.sub.deep]
  l = "\"" 
  m = 2
`)
	if deep {
		t.Fatal("deep")
	}
	f := func(want int, path ...any) {
		t.Helper()
		if got := root.at(path...).line; got != want {
			t.Errorf("%v: got line %d, want %d", path, got, want)
		}
	}
	f(2, "a")
	f(3, "b", "c")
	f(5, "t")
	f(6, "t", "d")
	f(10, "t", "f")
	f(11, "t", "quoted key")
	f(12, "list")
	f(12, "list", 0)
	f(13, "list", 0, "g", 0)
	f(14, "list", 0, "g", 1)
	f(15, "list", 0, "g", 2, 0)
	f(15, "list", 0, "g", 3, "i", "j")
	f(17, "list", 0, "sub", 0)
	f(18, "list", 0, "sub", 0, "k")
	f(19, "list", 1)
	f(21, "list", 1, "sub", 0, "k")
	f(22, "list", 1, "sub", 0, "deep")
	f(24, "list", 1, "sub", 0, "deep", "m")
	// a path that ends early gives the last place; nil is no table
	f(5, "t", "unknown", "x")
	f(12, "list", 9)
	if got := (*place)(nil).at("x").line; got != 0 {
		t.Errorf("nil place: line %d", got)
	}
}

func TestLocateBoundsNesting(t *testing.T) {
	f := func(src string, want bool) {
		t.Helper()
		if _, deep := locate(src); deep != want {
			t.Errorf("%.20s...: got %v", src, deep)
		}
	}
	f("a = "+strings.Repeat("[", maxNesting)+strings.Repeat("]", maxNesting), false)
	f("a = "+strings.Repeat("[", 1000), true)
	f("a = "+strings.Repeat("{b=", 1000), true)
}

func TestNearest(t *testing.T) {
	names := []string{"hosts", "path", "upstreams", "upstream_host", "allow_override", "id"}
	f := func(key, want string) {
		t.Helper()
		if got := nearest(key, names); got != want {
			t.Errorf("%s: got %q, want %q", key, got, want)
		}
	}
	f("host", "hosts")
	f("hosst", "hosts")
	f("upstream", "upstreams")
	f("upsteram", "upstreams")
	f("paths", "path")
	f("alow_overide", "allow_override")
	f("ID", "")
	f("listen", "")
}

func FuzzLocate(f *testing.F) {
	f.Add("a = [1, {b = '''x'''}]\n[[c.d]]\ne.\"f\" = \"\\\"\"")
	f.Fuzz(func(t *testing.T, src string) {
		root, _ := locate(src)
		var walk func(p *place)
		walk = func(p *place) {
			if p.line < 1 || p.line > strings.Count(src, "\n")+1 {
				t.Fatalf("line %d", p.line)
			}
			for _, k := range p.keys {
				walk(k)
			}
			for _, i := range p.items {
				walk(i)
			}
		}
		walk(root)
	})
}

// Whatever the bytes, there is a result or a problem that names the file,
// and what is accepted has the fields that the node relies on.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"version = 1\n[[listener]]\naddress = \":8080\"\n" + tenantText(1, "block", "a.example"),
		"version = 1\n[console]\naddress = \":1\"\n[smtp]\nfrom = \"a@b\"", "[[tenant]]\nid = 5", "a = [", "limits = 1", "\xff\x00",
		"include = [\"[\"]\n[cloud]\nurl = \"http://x\"", "tls.cert = \"x\"\n[[tenant]]\n[tenant.site]\nhosts = [1]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		check := func(ps Problems) {
			for _, p := range ps {
				if !strings.HasPrefix(p.Error(), "dir/x.toml") || p.Msg == "" {
					t.Fatalf("got problem %q", p.Error())
				}
			}
		}
		doc, p := parseDocument("dir/x.toml", b)
		if p != nil {
			check(Problems{p})
			return
		}
		delete(doc.table, "include") // reads other files
		delete(doc.table, "cloud")
		n, ps := load(doc, nil)
		check(ps)
		if n != nil && (len(n.Listeners) == 0 || len(n.Tenants) == 0 || n.File != "dir/x.toml") {
			t.Fatalf("accepted %+v", n)
		}
		if _, ps := loadCloud(doc); ps != nil {
			check(ps)
		}
	})
}
