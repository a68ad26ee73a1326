package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/tenant"
)

// The cases in testdata/config are files, or folders with a node.toml or a
// cloud.toml. Lines at the beginning of the file say what is expected:
//
//	# want: a problem, as printed, its file relative to the folder of the case
//	# exit: the code of "weir check"
//	# run: that of "weir run"; 0 for starting with the good tenants
//	# chmod: MODE FILE..., which a checkout does not keep
type testCase struct {
	file    string
	wants   []string
	run     string
	isCloud bool
}

// openCase copies a case to a folder of the test's own and reads its head.
func openCase(t *testing.T, path string) testCase {
	t.Helper()
	dir := t.TempDir()
	c := testCase{file: filepath.Join(dir, filepath.Base(path))}
	if info, err := os.Stat(path); err != nil {
		t.Fatal(err)
	} else if info.IsDir() {
		if err := os.CopyFS(dir, os.DirFS(path)); err != nil {
			t.Fatal(err)
		}
		c.file = filepath.Join(dir, "node.toml")
		if _, err := os.Stat(c.file); err != nil {
			c.file, c.isCloud = filepath.Join(dir, "cloud.toml"), true
		}
	} else if b, err := os.ReadFile(path); err != nil {
		t.Fatal(err)
	} else if err := os.WriteFile(c.file, b, 0o644); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(c.file)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		switch key {
		case "# want":
			c.wants = append(c.wants, value)
		case "# run":
			c.run = value
		case "# chmod":
			chmod(t, dir, strings.Fields(value))
		}
	}
	return c
}

func chmod(t *testing.T, dir string, args []string) {
	t.Helper()
	var mode os.FileMode
	if _, err := fmt.Sscanf(args[0], "%o", &mode); err != nil {
		t.Fatal(err)
	}
	for _, name := range args[1:] {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
}

func cases(t *testing.T, pattern string, least int) []string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) < least {
		t.Fatalf("%s: %d cases, want %d, %v", pattern, len(paths), least, err)
	}
	return paths
}

func TestBadConfigurations(t *testing.T) {
	for _, path := range cases(t, "../testdata/config/bad/*", 60) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".toml"), func(t *testing.T) {
			c := openCase(t, path)
			var ps Problems
			run := "3"
			if c.isCloud {
				_, ps = LoadCloud(c.file)
			} else {
				var n *Node
				n, ps = Load(c.file, nil)
				if n != nil && n.Live() > 0 {
					run = "0"
				}
				if (n == nil) != ps.Fatal() {
					t.Errorf("node %v, fatal %v", n, ps.Fatal())
				}
			}
			if len(c.wants) == 0 || run != c.run {
				t.Errorf("starting gives %s, want %s", run, c.run)
			}
			got := strings.ReplaceAll(ps.Error(), filepath.Dir(c.file)+"/", "")
			if want := strings.Join(c.wants, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestGoodConfigurations(t *testing.T) {
	for _, path := range cases(t, "../testdata/config/ok/*", 5) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".toml"), func(t *testing.T) {
			c := openCase(t, path)
			if c.isCloud {
				if _, ps := LoadCloud(c.file); len(ps) > 0 {
					t.Fatal(ps)
				}
				return
			}
			n, ps := Load(c.file, nil)
			if len(ps) > 0 || n.Live() != len(n.Tenants) {
				t.Fatal(ps)
			}
			if _, errs := tenant.Build(n.Tenants, nil, nil); len(errs) > 0 {
				t.Errorf("the specs do not build: %v", errs)
			}
		})
	}
}
