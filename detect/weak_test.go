package detect

import (
	"net/url"
	"strings"
	"testing"
)

// asQuery makes a request of values, one parameter each.
func asQuery(values ...string) *Request {
	var b strings.Builder
	for i, v := range values {
		b.WriteString("&" + string(rune('a'+i)) + "=" + url.QueryEscape(v))
	}
	return asGet("/?" + b.String()[1:])
}

// Two signs of two rules count where each alone does not, in any order and
// after any number of requests.
func TestWeakSigns(t *testing.T) {
	p, s := mustPolicy(t, Options{Cache: NewCache(1 << 20)}), &Scratch{}
	f := func(want string, values ...string) {
		t.Helper()
		for range 3 {
			got := ""
			if v := p.Inspect(asQuery(values...), 1, s); v.Attack() {
				got = v.Matches[0].Class.String()
			}
			if got != want {
				t.Errorf("%q: got %q, want %q", values, got, want)
			}
		}
	}
	const (
		list   = "select name from staff" // a query, or a task for a clerk
		broken = "7' or 'x'"              // a condition without an end, or somebody's quotes
	)
	f("", list)
	f("", broken)
	f("sqli", list, broken)
	f("sqli", broken, list)
	f("sqli", broken, "and nothing", list)
	// one rule that meets the same thing again
	f("", list, "select city from staff")
	f("", broken, "8' or 'y'")
	// signs of different classes
	f("", list, "<script src")
	// documents
	f("", list+strings.Repeat(" and tell me which of them is at work", 3), broken)
	f("", list, "It is\n"+broken)
	f("", strings.Repeat("the union will ", 8)+list, "so he said 'yes' or 'no'"+strings.Repeat(" or so they say", 8))
}

// The bonus is given once.
func TestWeakSignsBound(t *testing.T) {
	s := &Scratch{p: mustPolicy(t, Options{})}
	f := func(score int, rule string, want int) {
		t.Helper()
		if got := s.addUp(SQLi, []byte("x"), finding{score: score, rule: rule}); got.score != want {
			t.Errorf("%s: got %d, want %d", rule, got.score, want)
		}
	}
	f(34, "a", 34) // too weak to be a sign
	f(40, "b", 40)
	f(34, "c", 34)
	f(38, "c", 50)
	f(45, "d", 55)
	f(45, "b", 45)
}

// Each level of sensitivity stops what the one above stops, and more.
func TestSensitivityLevels(t *testing.T) {
	f := func(v string, class Class, low, balanced, high bool) {
		t.Helper()
		for sens, want := range map[Sensitivity]bool{Low: low, Balanced: balanced, High: high} {
			var o Options
			o.Sensitivity[class] = sens
			if got := finds(mustPolicy(t, o).Inspect(asQuery(v), 1, &Scratch{}), class); got != want {
				t.Errorf("%q at %s: got %t, want %t", v, sens, got, want)
			}
		}
	}
	// no doubt
	f("-4' union select card,pin from wallets-- ", SQLi, true, true, true)
	f("<script>go(document.cookie)</script>", XSS, true, true, true)
	f("; cat /etc/group", RCE, true, true, true)
	f("../../../../etc/passwd", PTrav, true, true, true)
	// structure that an application might take
	f("admin'--", SQLi, false, true, true)
	f("<style>", XSS, false, true, true)
	f("| whoami", RCE, false, true, true)
	f(`..\x`, PTrav, false, true, true)
	// a sign
	f("select name from staff", SQLi, false, false, true)
	f("<script src", XSS, false, false, true)
	f(`echo "$name is $age years old";`, RCE, false, false, true)
	f("file:///etc/", PTrav, false, false, true)
	// nothing
	f("the union may select two members", SQLi, false, false, false)
	f("we <3 you", XSS, false, false, false)
	f("Salt & Pepper; more", RCE, false, false, false)
	f("../img/logo.png", PTrav, false, false, false)
}

// A class has its own sensitivity.
func TestSensitivityByClass(t *testing.T) {
	p := mustPolicy(t, Options{Sensitivity: [NumClasses]Sensitivity{SQLi: Low, XSS: High}})
	v := p.Inspect(asQuery("admin'--", "<script src"), 1, &Scratch{})
	if finds(v, SQLi) || !finds(v, XSS) {
		t.Errorf("got %v", v.Matches)
	}
}

// Confidence falls with the text around, with the distance from the start,
// and in places that hold documents.
func TestConfidence(t *testing.T) {
	score := func(class Class, k kind, v string) int { return judgeOne(judgeOf(class), k, v).score }
	f := func(class Class, k kind, sure string, k2 kind, doubtful string) {
		t.Helper()
		a, b := score(class, k, sure), score(class, k2, doubtful)
		if a <= b || a < thresholds[Balanced] {
			t.Errorf("%.40q has %d, %.40q has %d", sure, a, doubtful, b)
		}
	}
	prose := strings.Repeat("In this chapter we learn how a page works. ", 12)
	const (
		query  = "SELECT name FROM staff WHERE city = 'Cork' OR city = 'Galway' ORDER BY name"
		tag    = "<img src=q onerror=go(1)>"
		ls     = "; ls -la /home"
		passwd = "/etc/passwd"
	)
	// the text around
	f(SQLi, kindParam, "7 union "+query, kindParam, prose+query+prose)
	f(XSS, kindParam, tag, kindParam, prose+"use `"+tag+"` for it. "+prose)
	f(RCE, kindParam, ls, kindParam, prose+ls+prose)
	f(PTrav, kindParam, passwd, kindParam, "the file "+passwd+" holds a line for each account; "+prose)
	// the kind of place
	f(XSS, kindParam, tag, kindFile, tag)
	f(PTrav, kindParam, passwd, kindText, prose+passwd)
}
