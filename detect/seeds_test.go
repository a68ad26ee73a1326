package detect

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// seed is a value with the verdict that it must have.
type seed struct {
	class string // of the attack, or the kind of a legitimate value
	name  string // class/what
	text  string
	only  []string // positions it belongs in; empty: all that can carry it
}

// readSeeds reads the values of testdata/dir/values: txtar archives whose
// comment starts with the verdict of all members. A member named class/what
// is one value without its last line end; one named class/what/lines holds a
// value a line. " in a b" after the name limits it to the positions a and b.
func readSeeds(t testing.TB, dir, verdict string) (out []seed) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", dir, "values", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no values in %s: %v", dir, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		a := txtar.Parse(data)
		if got, _, _ := strings.Cut(string(a.Comment), "\n"); got != "verdict: "+verdict {
			t.Fatalf("%s starts with %q, want verdict: %s", file, got, verdict)
		}
		for _, m := range a.Files {
			out = append(out, memberSeeds(t, file, m)...)
		}
	}
	return out
}

func memberSeeds(t testing.TB, file string, m txtar.File) []seed {
	t.Helper()
	name, only, _ := strings.Cut(m.Name, " in ")
	class, _, ok := strings.Cut(name, "/")
	if !ok {
		t.Fatalf("%s: member %q, want class/what", file, m.Name)
	}
	for _, o := range strings.Fields(only) {
		if positionNamed(o) == nil {
			t.Fatalf("%s: member %q: no position %q", file, m.Name, o)
		}
	}
	text := strings.TrimSuffix(string(m.Data), "\n")
	texts := []string{text}
	if strings.HasSuffix(name, "/lines") {
		texts = strings.Split(text, "\n")
	}
	var out []seed
	for _, s := range texts {
		out = append(out, seed{class, name, s, strings.Fields(only)})
	}
	return out
}

// in reports whether the seed belongs in p and p can carry it.
func (s *seed) in(p *position, text string) bool {
	if p.fits != nil && !p.fits(text) {
		return false
	}
	for _, o := range s.only {
		if o == p.name {
			return true
		}
	}
	return len(s.only) == 0
}
