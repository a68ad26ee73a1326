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
	f := func(dir, label string) {
		t.Helper()
		for _, rec := range seeds(t, dir, label) {
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

// seeds reads all requests of a folder of testdata.
func seeds(t *testing.T, dir, label string) (all []Record) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests in %s: %v", dir, err)
	}
	for _, file := range files {
		recs, err := ReadSeeds(file, label)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, recs...)
	}
	return all
}

// TestAccuracyFloor: of our own requests every attack is stopped and no other,
// whole and for each class, as the figures of a replay say it.
func TestAccuracyFloor(t *testing.T) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	limits := config.Defaults().Limits
	in := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant)
	var s detect.Scratch
	score := NewScore()
	for dir, label := range map[string]string{"attack": "attack", "benign": "legit"} {
		for _, rec := range seeds(t, dir, label) {
			o := Refused
			if req, refusal := in.Read(rec.Raw); refusal == proxy.Accepted {
				if o = Passed; policy.Inspect(req, 0, &s).Attack() {
					o = Stopped
				}
			}
			score.Add(&rec, o)
		}
	}
	for _, row := range score.Rows() {
		want := 0.0
		if row.Label == "attack" {
			want = 100
		}
		if row.Rate() != want {
			t.Errorf("%s %s: %.1f %% of %d stopped, want %.0f %%", row.Label, row.Class, row.Rate(), row.N, want)
		}
	}
	if tpr, fpr := score.Macro(); tpr != 100 || fpr != 0 {
		t.Errorf("TPR %.2f %%, FPR %.2f %%", tpr, fpr)
	}
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
