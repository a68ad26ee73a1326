package cmd

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// may lists, for each package, which packages of ours it may import itself,
// with the reason. A package that is not listed fails the test: whoever adds
// one decides where it stands.
var may = map[string]struct {
	imports []string
	why     string
}{
	"weir/detect":         {nil, "a pure library: usable without a server, measured alone"},
	"weir/tenant":         {[]string{"weir/detect"}, "the domain root knows policies, nothing of files or networks"},
	"weir/tenant/wire":    {[]string{"weir/tenant", "weir/detect"}, "what node and cloud agree on hangs on the domain alone"},
	"weir/config":         {[]string{"weir/tenant"}, "pure data: starts nothing, so tools can read it"},
	"weir/proxy":          {[]string{"weir/detect", "weir/tenant", "weir/tenant/wire", "weir/config", "weir/proxy/uplink"}, "the node"},
	"weir/proxy/uplink":   {[]string{"weir/detect", "weir/tenant", "weir/tenant/wire", "weir/config"}, "the node's way to the cloud knows no requests"},
	"weir/tenant/account": {[]string{"weir/tenant"}, "users, roles and passwords, for the cloud alone"},
	"weir/tenant/store":   {[]string{"weir/detect", "weir/tenant", "weir/tenant/wire", "weir/tenant/account"}, "SQL, for the cloud alone"},
	"weir/tenant/cloud":   {[]string{"weir/detect", "weir/tenant", "weir/tenant/wire", "weir/tenant/account", "weir/tenant/store", "weir/config"}, "API and ingest"},
	"weir/tenant/console": {[]string{"weir/tenant", "weir/tenant/wire", "weir/config"}, "pages get their data through the API, so they cannot reach the store"},
	"weir/cmd":            {nil, "tests only"},
	"weir/bench":          {[]string{"weir/detect", "weir/tenant", "weir/config", "weir/proxy"}, "measures the node"},
	"weir/bench/hostile":  {nil, "clients of a node that is a process of its own"},
	"weir/cmd/weir":       {[]string{"weir/detect", "weir/tenant", "weir/tenant/wire", "weir/config", "weir/proxy", "weir/proxy/uplink", "weir/bench"}, "the node's program"},
	"weir/cmd/weir-cloud": {[]string{"weir/tenant", "weir/tenant/wire", "weir/tenant/account", "weir/tenant/store", "weir/tenant/cloud", "weir/tenant/console", "weir/config"}, "the cloud's program"},
	"weir/cmd/weir-demo":  {[]string{"weir/tenant", "weir/tenant/wire", "weir/tenant/account", "weir/tenant/store", "weir/tenant/cloud", "weir/tenant/console", "weir/config", "weir/proxy", "weir/proxy/uplink"}, "both halves together"},
}

// never lists what a program must not link, however far away.
var never = map[string]struct {
	links []string
	why   string
}{
	"weir/cmd/weir":       {[]string{"weir/tenant/account", "weir/tenant/store", "weir/tenant/cloud", "weir/tenant/console", "modernc.org/sqlite"}, "the node links no cloud code"},
	"weir/cmd/weir-cloud": {[]string{"weir/proxy", "weir/proxy/uplink", "github.com/valyala/fasthttp"}, "the cloud links no proxy code"},
	"weir/detect":         {[]string{"net/http", "github.com/valyala/fasthttp"}, "the detector knows no HTTP server"},
}

// topLevel is what may stand at the root, beside dot files.
var topLevel = []string{
	"cmd", "proxy", "detect", "tenant", "config", "bench", "testdata",
	"go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "CHANGELOG.md",
	"bin", // built, ignored by git
}

func TestImports(t *testing.T) {
	direct := ownImports(t)
	for pkg, imports := range direct {
		rule, ok := may[pkg]
		if !ok {
			t.Errorf("%s has no rule: add it to the table with its reason", pkg)
			continue
		}
		for _, imp := range imports {
			if strings.HasPrefix(imp, "weir/") && !slices.Contains(rule.imports, imp) {
				t.Errorf("%s imports %s: %s", pkg, imp, rule.why)
			}
		}
	}
	for pkg, rule := range never {
		linked := map[string]bool{}
		link(direct, pkg, linked)
		for _, l := range rule.links {
			if linked[l] {
				t.Errorf("%s links %s: %s", pkg, l, rule.why)
			}
		}
	}
}

func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(topLevel, e.Name()) {
			t.Errorf("%s stands at the top level: the house has no room for it", e.Name())
		}
	}
}

// ownImports maps each package of the module to what its shipped files
// import. Folders that are modules of their own are left out.
func ownImports(t *testing.T) map[string][]string {
	t.Helper()
	pkgs := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		name := d.Name()
		if path != ".." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if _, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && path != ".." {
			return fs.SkipDir
		}
		p, err := build.ImportDir(path, 0)
		if err != nil || len(p.GoFiles) == 0 {
			return nil
		}
		rel, err := filepath.Rel("..", path)
		pkgs["weir/"+filepath.ToSlash(rel)] = p.Imports
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(pkgs) < 5 {
		t.Fatalf("found %d packages only: %v", len(pkgs), pkgs)
	}
	return pkgs
}

func link(direct map[string][]string, pkg string, linked map[string]bool) {
	for _, imp := range direct[pkg] {
		if !linked[imp] {
			linked[imp] = true
			link(direct, imp, linked)
		}
	}
}
