package detect

import (
	"math/rand"
	"strings"
	"testing"
)

func TestVirtualPatch(t *testing.T) {
	f := func(r Rule, raw string, want bool) {
		t.Helper()
		r.ID = "vp-1"
		got := false
		for _, m := range inspect(t, Options{Rules: []Rule{r}}, raw) {
			if m.Class == VPatch {
				got = m.Rule == "vp-1" && m.Why != ""
			}
		}
		if got != want {
			t.Errorf("%+v on %q: got %v", r, raw, got)
		}
	}
	const attack = "GET /shop/item?id=1'+UNION+SELECT+login,secret+FROM+staff--+&x=1\n\n"
	// the presence of a point
	f(Rule{Any: true, Point: "[query id]"}, "GET /?id=1\n\n", true)
	f(Rule{Any: true, Point: "[query][id]"}, "GET /?id=1\n\n", true)
	f(Rule{Any: true, Point: "[query id]"}, "GET /?idx=1\n\n", false)
	f(Rule{Any: true, Point: "[post][json][hash user]"}, "POST /\n\n{\"user\":{\"name\":true}}", true)
	f(Rule{Any: true, Point: "[post][json][hash user]"}, "POST /\n\n{\"name\":{\"user\":true}}", false)
	f(Rule{Any: true, Point: "[header X-DEBUG]"}, "GET /\nx-debug: 1\n\n", true)
	f(Rule{Any: true, Point: "[header][referer]"}, "GET /\nReferer: https://h/\n\n", true)
	// a class at or below a point
	f(Rule{Class: SQLi, Point: "[query id]"}, attack, true)
	f(Rule{Class: SQLi, Point: "[query]"}, attack, true)
	f(Rule{Class: SQLi}, attack, true)
	f(Rule{Class: SQLi, Point: "[query x]"}, attack, false)
	f(Rule{Class: XSS, Point: "[query id]"}, attack, false)
	// conditions
	f(Rule{Any: true, When: Condition{Path: "/shop/item"}}, attack, true)
	f(Rule{Any: true, When: Condition{Path: "/shop/*"}}, attack, true)
	f(Rule{Any: true, When: Condition{Path: "/shop"}}, attack, false)
	f(Rule{Any: true, When: Condition{Method: "POST"}}, attack, false)
	f(Rule{Any: true, When: Condition{Host: "other.example"}}, attack, false)
}

// A virtual patch sees a value that was remembered as clean without it.
func TestVirtualPatchAndMemo(t *testing.T) {
	o := Options{Cache: NewCache(0)}
	plain := mustPolicy(t, o)
	o.Rules = []Rule{{ID: "vp", Any: true, Point: "[header user-agent]"}}
	patched, s := mustPolicy(t, o), &Scratch{}
	for range 2 {
		if plain.Inspect(getRequest(rand.New(rand.NewSource(1))), 1, s).Attack() {
			t.Error("found something without rules")
		}
		if !patched.Inspect(getRequest(rand.New(rand.NewSource(1))), 1, s).Attack() {
			t.Error("found nothing with a rule")
		}
	}
}

func TestRuleErrors(t *testing.T) {
	f := func(r Rule, want ...string) {
		t.Helper()
		_, err := NewPolicy(Options{Rules: []Rule{r}})
		if err == nil {
			t.Errorf("%+v: no error", r)
			return
		}
		for _, w := range want {
			if !strings.Contains(err.Error(), w) {
				t.Errorf("%+v: got %q, want %q in it", r, err, w)
			}
		}
	}
	f(Rule{Any: true}, "id")
	f(Rule{ID: "a", Any: true, Point: "query"}, `"a"`, "point", "query")
	f(Rule{ID: "a", Any: true, Point: "[query"}, "point")
	f(Rule{ID: "a", Any: true, Point: "[nowhere]"}, "nowhere")
	f(Rule{ID: "a", Any: true, Point: "[path x]"}, "path x")
	f(Rule{ID: "a", Any: true, Point: `[query a\x4]`}, "point")
	f(Rule{ID: "a", Any: true, When: Condition{Path: "x"}}, `"a"`, "path")
	f(Rule{ID: "a", Class: Overlimit}, "class", "overlimit")
	f(Rule{ID: "a", Class: NumClasses}, "class")
}

func TestPointRoundTrip(t *testing.T) {
	f := func(printed string) {
		t.Helper()
		steps, err := parsePoint(printed)
		if err != nil {
			t.Errorf("%s: %s", printed, err)
			return
		}
		var p Point
		for i, st := range steps {
			p.steps[i] = Step{st.kind, st.index, st.name}
			p.n++
		}
		if got := p.String(); got != printed {
			t.Errorf("%s: got %s", printed, got)
		}
	}
	f("")
	f("[post][json][hash a b][array 3][base64]")
	f(`[query a\x5b\x5d\x5c\x0a]`)
	f("[header Referer][query x]")
	f("[path 2][hash color]")
	f("[post][xml][xml_tag a][xml_attr b]")
}
