package tenant

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"weir/detect"
)

func rateTenant(t *testing.T, rules ...RateRule) *Tenant {
	t.Helper()
	rates, err := compileRates(rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Tenant{rates: rates}
}

func byAddress(addr string) func(RateKey) ([]byte, bool) {
	return func(k RateKey) ([]byte, bool) { return []byte(addr), k.From == KeyAddress }
}

// Sixteen at once with a rate of 5, a burst of 12 and a delay of 8: eight
// pass, four are paced, four are refused; another client is not concerned.
func TestRateBurst(t *testing.T) {
	tn := rateTenant(t, RateRule{ID: "r", Rate: 5, Per: time.Second, Burst: 12, Delay: 8, Status: 429})
	r := &detect.Request{}
	for i := range 16 {
		got := tn.Limit(r, 1, byAddress("a"))
		want := Limited{}
		switch {
		case i >= 12:
			want = Limited{Rule: "r", Refuse: true, Status: 429, Retry: 200 * time.Millisecond}
		case i >= 8:
			want = Limited{Rule: "r", Wait: time.Duration(i-7) * 200 * time.Millisecond}
		}
		if got != want {
			t.Errorf("request %d: %+v, want %+v", i, got, want)
		}
	}
	if got := tn.Limit(r, 1, byAddress("b")); got != (Limited{}) {
		t.Errorf("another client: %+v", got)
	}
	// what was refused costs nothing: a step later there is room for one
	if got := tn.Limit(r, 1+int64(200*time.Millisecond), byAddress("a")); got.Refuse {
		t.Errorf("a step later: %+v", got)
	}
	if got := tn.Limit(r, 1+int64(time.Minute), byAddress("a")); got != (Limited{}) {
		t.Errorf("a minute later: %+v", got)
	}
}

// Nobody waits for longer than the bound.
func TestRateWait(t *testing.T) {
	tn := rateTenant(t, RateRule{ID: "r", Rate: 1, Per: time.Minute, Burst: 9, Delay: 1, Status: 429})
	if got := tn.Limit(&detect.Request{}, 1, byAddress("a")); got != (Limited{}) {
		t.Errorf("first: %+v", got)
	}
	if got := tn.Limit(&detect.Request{}, 1, byAddress("a")); !got.Refuse {
		t.Errorf("second: %+v", got)
	}
}

// A steady client at the rate is never held up, one above it is refused.
func TestRateSteady(t *testing.T) {
	f := func(every time.Duration, refused int) {
		t.Helper()
		tn := rateTenant(t, RateRule{ID: "r", Rate: 60, Per: time.Minute, Status: 503})
		n := 0
		for i := range 100 {
			if tn.Limit(&detect.Request{}, int64(i)*int64(every), byAddress("a")).Refuse {
				n++
			}
		}
		if n != refused {
			t.Errorf("every %s: %d refused, want %d", every, n, refused)
		}
	}
	f(time.Second, 0)
	f(2*time.Second, 0)
	f(500*time.Millisecond, 50)
}

// Conditions, keys that a request lacks, and of two rules the stricter.
func TestRateRules(t *testing.T) {
	tn := rateTenant(t,
		RateRule{ID: "wide", Rate: 1, Per: time.Second, Burst: 3, Delay: 3, Status: 503},
		RateRule{ID: "login", When: detect.Condition{Path: "/login"}, Rate: 1, Per: time.Second, Burst: 1, Status: 429},
		RateRule{ID: "key", Key: RateKey{KeyHeader, "x-key"}, Rate: 1, Per: time.Minute, Burst: 1, Status: 429},
	)
	f := func(path string, want Limited) {
		t.Helper()
		if got := tn.Limit(&detect.Request{Path: []byte(path)}, 1, byAddress("a")); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	f("/login", Limited{})
	f("/login", Limited{Rule: "login", Refuse: true, Status: 429, Retry: time.Second})
	f("/", Limited{})
	f("/", Limited{Rule: "wide", Refuse: true, Status: 503, Retry: time.Second})
}

// Reloads keep the buckets of rules that stay.
func TestRateReload(t *testing.T) {
	rule := RateRule{ID: "r", Rate: 1, Per: time.Minute, Burst: 1, Status: 429}
	tb := mustBuild(t, spec(1, "a.example"))
	limited := func(tb *Table) bool { return tb.ByID(tid(1)).Limit(&detect.Request{}, 1, byAddress("a")).Refuse }
	with := func(tb *Table, rules ...RateRule) *Table {
		t.Helper()
		next, err := tb.With(tid(1), Overlay{Mode: ModeDefault, Rates: rules})
		if err != nil {
			t.Fatal(err)
		}
		return next
	}
	tb = with(tb, rule)
	if limited(tb) || !limited(tb) {
		t.Fatal("the rule does not work")
	}
	rule.Status = 503
	if tb = with(tb, rule, RateRule{ID: "other", Rate: 1, Per: time.Second, Burst: 9, Delay: 9, Status: 429}); !limited(tb) {
		t.Error("a change of the policy forgot the client")
	}
	specs := []Spec{spec(1, "a.example")}
	next, errs := Build(specs, tb, map[ID]Overlay{tid(1): {Mode: ModeDefault, Rates: []RateRule{rule}}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if !limited(next) {
		t.Error("a reload forgot the client")
	}
	if _, err := tb.With(tid(1), Overlay{Rates: []RateRule{{ID: "zero", Per: time.Second, Status: 429}}}); err == nil || !strings.Contains(err.Error(), `"zero"`) {
		t.Errorf("a bad rule: %v", err)
	}
}

// Memory is bounded, and what is forgotten before its time is counted.
func TestRateBound(t *testing.T) {
	tn := rateTenant(t, RateRule{ID: "r", Rate: 1, Per: time.Minute, Burst: 5, Status: 429})
	for i := range 2 * maxRateKeys {
		tn.Limit(&detect.Request{}, 1, byAddress(fmt.Sprint(i)))
	}
	n := 0
	for i := range tn.rates[0].buckets.shards {
		n += len(tn.rates[0].buckets.shards[i].empty)
	}
	if n > maxRateKeys || tn.RateEvictions() < maxRateKeys {
		t.Errorf("%d keys are held, %d were forgotten", n, tn.RateEvictions())
	}
	// empty buckets make room without being counted
	before := tn.RateEvictions()
	for i := range maxRateKeys / 4 {
		tn.Limit(&detect.Request{}, int64(time.Hour), byAddress(fmt.Sprint("late ", i)))
	}
	if got := tn.RateEvictions(); got != before {
		t.Errorf("%d were forgotten although others were empty", got-before)
	}
}

func TestRateKey(t *testing.T) {
	f := func(text string, want RateKey, ok bool) {
		t.Helper()
		var k RateKey
		err := k.UnmarshalText([]byte(text))
		if (err == nil) != ok || ok && (k != want || k.String() != text) {
			t.Errorf("%q: %+v, %v", text, k, err)
		}
	}
	f("remote_addr", RateKey{}, true)
	f("header X-Api-Key", RateKey{KeyHeader, "X-Api-Key"}, true)
	f("cookie sid", RateKey{KeyCookie, "sid"}, true)
	f("query user", RateKey{KeyQuery, "user"}, true)
	f("header", RateKey{}, false)
	f("remote_addr x", RateKey{}, false)
	f("body x", RateKey{}, false)
	f("", RateKey{}, false)
}

func TestRateFailure(t *testing.T) {
	f := func(r RateRule, want string) {
		t.Helper()
		if _, err := compileRates([]RateRule{r}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", r, err, want)
		}
	}
	f(RateRule{Rate: 0, Per: time.Second, Status: 429}, "rate 0")
	f(RateRule{Rate: 1001, Per: time.Second, Status: 429}, "rate 1001")
	f(RateRule{Rate: 1, Per: time.Hour, Status: 429}, "per second")
	f(RateRule{Rate: 1, Per: time.Second, Burst: -1, Status: 429}, "burst")
	f(RateRule{Rate: 1, Per: time.Second, Burst: 2, Delay: 3, Status: 429}, "delay")
	f(RateRule{Rate: 1, Per: time.Second, Status: 200}, "status")
	f(RateRule{Rate: 1, Per: time.Second, Status: 429, When: detect.Condition{Path: "x"}}, "path")
}
