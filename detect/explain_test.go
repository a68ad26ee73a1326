package detect

import (
	"fmt"
	"strings"
	"testing"
)

// explained inspects r and returns its first match of class with its
// explanation.
func explained(t *testing.T, o Options, class Class, r *Request) (*Match, Explanation) {
	t.Helper()
	p := mustPolicy(t, o)
	v := p.Inspect(r, 1, &Scratch{})
	for i := range v.Matches {
		if v.Matches[i].Class == class {
			return &v.Matches[i], p.Explain(r, &v.Matches[i])
		}
	}
	t.Fatalf("no %s among %v", class, v.Matches)
	return nil, Explanation{}
}

func TestExplainForms(t *testing.T) {
	f := func(class Class, r *Request, want ...string) {
		t.Helper()
		_, e := explained(t, Options{}, class, r)
		var got []string
		for _, x := range e.Forms {
			got = append(got, fmt.Sprintf("%s %s", x.Step, x.Value))
		}
		if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
			t.Errorf("got\n%s\nwant\n%s", g, w)
		}
	}
	f(SQLi, asGet("/?q=1&id=1%2527%2Bor%2B%25272%2527%253D%25272"),
		" 1%2527%2Bor%2B%25272%2527%253D%25272", "[query id] 1%27+or+%272%27%3D%272", "[percent] 1'+or+'2'='2")
	f(XSS, asPost("application/json", `{"a":["b","PHN2ZyBvbmxvYWQ9Z28oMSk+"]}`),
		" PHN2ZyBvbmxvYWQ9Z28oMSk+", "[post][json][hash a][array 1] PHN2ZyBvbmxvYWQ9Z28oMSk+", "[base64] <svg onload=go(1)>")
	f(XSS, asGet("/", "X-A", `{"k":"&lt;svg onload=go(1)&gt;"}`),
		" &lt;svg onload=go(1)&gt;", `[header X-A] {"k":"&lt;svg onload=go(1)&gt;"}`, "[json][hash k] &lt;svg onload=go(1)&gt;", "[htmljs] <svg onload=go(1)>")
}

func TestExplainTokens(t *testing.T) {
	f := func(class Class, v string, want string) {
		t.Helper()
		_, e := explained(t, Options{}, class, asQuery(v))
		var got []string
		for _, k := range e.Tokens {
			got = append(got, k.Kind+":"+k.Text)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("%q: got %s, want %s", v, g, want)
		}
	}
	f(SQLi, "7' or 3=3-- ", "string:7' keyword:or number:3 comparison:= number:3 comment:-- ")
	f(SQLi, "7 union select a,b from c", "number:7 keyword:union keyword:select word:a comma:, word:b keyword:from word:c")
	f(XSS, "<q onclick='go(1)'>", "tag:q attribute:onclick value:go(1)")
	f(XSS, "';alert(1)//", "string:';alert(1)//")
	f(RCE, "x; c'a't /etc/group", "operator:; command:cat argument:/etc/group")
	f(PTrav, `..\..\..\..\windows\system.ini`, "climbs:../../../.. resolved:/windows/system.ini")
}

func TestExplainScore(t *testing.T) {
	f := func(o Options, class Class, r *Request, parts int, why string, pass ...string) {
		t.Helper()
		m, e := explained(t, o, class, r)
		sum, whys := 0, ""
		for _, p := range e.Parts {
			sum += p.Points
			whys += fmt.Sprintf("%+d %s\n", p.Points, p.Why)
		}
		if sum != m.Score || len(e.Parts) != parts || !strings.Contains(whys, why) {
			t.Errorf("score %d from\n%s", m.Score, whys)
		}
		if got, want := strings.Join(e.ToPass, "\n"), strings.Join(pass, "\n"); got != want {
			t.Errorf("to pass: got\n%s\nwant\n%s", got, want)
		}
	}
	// evidence and nothing else
	f(Options{}, XSS, asQuery("<svg onload=go(1)>"), 1, "attribute runs script",
		"a score below 50: 37 less", "an exception for xss at [query a]")
	// words around it
	f(Options{}, RCE, asQuery("hello my dear; cat /etc/group"), 2, "the text around it: 13 bytes before, 0 after",
		"a score below 50: 37 less", "an exception for rce at [query a]")
	// a place that holds documents
	f(Options{}, XSS, asMultipart(`name="f"; filename="a"`, "text/plain", "<svg onload=go(1)>"), 2, "-15 the kind of place: the content of a file",
		"a score below 50: 22 less", "sensitivity low for xss, which counts from 80", "an exception for xss at [post][multipart f][file]")
	// two signs
	f(Options{}, SQLi, asQuery("select name from staff", "7' or 'x'"), 2, "another weak sign",
		"a score below 50: 6 less", "sensitivity low for sqli, which counts from 80", "an exception for sqli at [query b]")
	// another sensitivity
	f(Options{Sensitivity: [NumClasses]Sensitivity{SQLi: High}}, SQLi, asQuery("select name from staff"), 1, "is a query",
		"a score below 30: 11 less", "sensitivity balanced for sqli, which counts from 50", "sensitivity low for sqli, which counts from 80",
		"an exception for sqli at [query a]")
	// rules of the tenant, bounds
	f(Options{Rules: []Rule{{ID: "p1", Point: "[query a]", Any: true}}}, VPatch, asQuery("x"), 1, "virtual patch", "removing the virtual patch p1")
	f(Options{}, Overlimit, asPost("application/json", strings.Repeat("[", 1000)), 1, "nested deeper", "a request within the bound")
}

// Every match of our own attacks can be explained: the forms lead to its
// value, the parts add up, and the match stays as it was.
func TestExplainAny(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	for i, sd := range readSeeds(t, "attack", "attack") {
		pos := &positions[(i*7)%len(positions)]
		if !sd.in(pos, sd.text) {
			continue
		}
		r := pos.put(sd.text)
		v := p.Inspect(r, 1, s)
		for n := range v.Matches {
			m := &v.Matches[n]
			before := fmt.Sprint(*m)
			e := p.Explain(r, m)
			if len(e.Forms) < 2 || string(e.Forms[len(e.Forms)-1].Value) != string(m.Value) {
				t.Errorf("%s in %s: forms %v do not lead to %q", sd.name, pos.name, e.Forms, m.Value)
			}
			sum := 0
			for _, part := range e.Parts {
				sum += part.Points
			}
			if sum != m.Score || m.Score < e.Threshold || len(e.ToPass) == 0 || fmt.Sprint(*m) != before {
				t.Errorf("%s in %s: score %d, explained as %+v", sd.name, pos.name, m.Score, e)
			}
		}
	}
}
