package bench

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// Our own requests get the verdict that their file says, with a hit at a
// point of the request and evidence inside the value.
func TestSeeds(t *testing.T) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	limits := config.Defaults().Limits
	in := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant)
	var s detect.Scratch
	f := func(file, label string) {
		t.Helper()
		recs, err := ReadSeeds(filepath.Join("..", "testdata", file, "requests.txtar"), label)
		if err != nil {
			t.Fatal(err)
		}
		for _, rec := range recs {
			req, refusal := in.Read(rec.Raw)
			if refusal != proxy.Accepted {
				t.Errorf("%s: refused: %s", rec.ID, refusal)
				continue
			}
			v := policy.Inspect(req, 0, &s)
			if v.Attack() != rec.Attack() {
				t.Errorf("%s: attack is %t, want %t: %+v", rec.ID, v.Attack(), rec.Attack(), v.Matches)
				continue
			}
			if rec.Attack() && !found(v, rec.Class) {
				t.Errorf("%s: found %s, want %s", rec.ID, v.Matches[0].Class, rec.Class)
			}
		}
	}
	f("attack", "attack")
	f("benign", "legit")
}

func found(v *detect.Verdict, class string) bool {
	for _, m := range v.Matches {
		if m.Class.String() == class && m.Point.Len() > 0 && m.Start < m.End && m.End <= len(m.Value) {
			return true
		}
	}
	return false
}

func TestWorkloadsAreClean(t *testing.T) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	limits := config.Defaults().Limits
	in := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant)
	var s detect.Scratch
	for _, name := range Workloads {
		raw, err := Workload(name)
		if err != nil {
			t.Fatal(err)
		}
		req, refusal := in.Read(raw)
		if refusal != proxy.Accepted {
			t.Fatalf("%s: refused: %s", name, refusal)
		}
		if v := policy.Inspect(req, 0, &s); v.Attack() {
			t.Errorf("%s: found %s at %s", name, v.Matches[0].Rule, v.Matches[0].Point.String())
		}
	}
	if _, err := Workload("nothing"); err == nil {
		t.Error("an unknown workload has no error")
	}
}

func TestEachRecordFailure(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "corpus.jsonl")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := EachRecord([]string{file}, func(*Record) error { return nil })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	// not JSON
	f("{\"id\":\"a\",\"label\":\"legit\"}\nnonsense\n", "corpus.jsonl:2:")
	// a label that says nothing
	f("{\"id\":\"a\",\"label\":\"maybe\"}\n", `corpus.jsonl:1: label "maybe"`)
}

func TestScore(t *testing.T) {
	s := NewScore()
	add := func(source, label string, o Outcome, n int) {
		for range n {
			s.Add(&Record{Source: source, Label: label, Class: "c", Tier: "core", Pos: "query"}, o)
		}
	}
	add("one", "attack", Stopped, 3)
	add("one", "attack", Passed, 1)
	add("two", "attack", Refused, 1)
	add("one", "legit", Passed, 9)
	add("one", "legit", Stopped, 1)
	// the mean over sources, not over requests: (75 + 100) / 2
	if tpr, fpr := s.Macro(); tpr != 87.5 || fpr != 10 {
		t.Errorf("macro is %v, %v, want 87.5, 10", tpr, fpr)
	}
	rows := s.Sources()
	if len(rows) != 3 || rows[0].N != 4 || rows[0].Stopped != 3 || rows[0].Rate() != 75 {
		t.Errorf("sources are %+v", rows)
	}
}
