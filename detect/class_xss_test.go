package detect

import (
	"strings"
	"testing"
)

// xssScore is the judge's score behind its prefilter.
func xssScore(s string) int {
	v := value{b: []byte(s), f: scan([]byte(s))}
	if !maybeXSS(v.f, len(s)) {
		return 0
	}
	return wanted(XSS, &v, judgeXSS(&v, &Scratch{})).score
}

func TestJudgeXSSCatches(t *testing.T) {
	f := func(in, rule string) {
		t.Helper()
		v := value{b: []byte(in), f: scan([]byte(in))}
		got := judgeXSS(&v, &Scratch{})
		if !maybeXSS(v.f, len(in)) {
			t.Errorf("%q: hidden by the prefilter", in)
		}
		if got.score < thresholds[Balanced] || got.rule != rule {
			t.Errorf("%q: score %d rule %q, want rule %q", in, got.score, got.rule, rule)
		}
		if got.start < 0 || got.end <= got.start || got.end > len(in) || got.why == "" {
			t.Errorf("%q: evidence [%d:%d) why %q", in, got.start, got.end, got.why)
		}
	}
	// elements
	f("<script>go()</script>", "xss/tag")
	f("x<script src=//w.example/k>", "xss/tag")
	f("<object data=//w.example/k>", "xss/tag")
	f("<!ENTITY k SYSTEM 'file:///k'>", "xss/tag")
	// event handlers, of any element and any event
	f("<q onfoo=go()>", "xss/event-handler")
	f("<my-box x=1/onbar='go()'", "xss/event-handler")
	f(`<p title="a>b" onbar="go()">`, "xss/event-handler")
	// out of an attribute
	f(`" onbar='x()`, "xss/event-handler")
	f("k'onbar=x(1) z='", "xss/event-handler")
	// URLs
	f("<a href=' java\tscript:go()'>k</a>", "xss/script-url")
	f("<a href=&#x6a;avascript&colon;go()>k</a>", "xss/script-url")
	f("javascript:go(1)", "xss/script-url")
	f("data:text/html,<b>k", "xss/script-url")
	// styles
	f(`<p style="width:exp/**/ression(go())">`, "xss/style")
	f(`<p style="\62 ehavior:url(k)">`, "xss/style")
	// script
	f("';alert(1)//", "xss/script")
	f(`"-top["al"+"ert"](1)-"`, "xss/script")
	f("[].constructor.constructor('go()')()", "xss/script")
	f("self[/al/.source+/ert/.source](1)", "xss/script")
	f("alert?.call(null,1)", "xss/script")
	f("k=document.cookie", "xss/script")
	f("{{constructor.constructor('go()')()}}", "xss/script")
	f("[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]]", "xss/script")
	// behind a filter that strips tags, and behind a long word
	f(`" onfo<b>cus=al<b>ert(1)`, "xss/hidden")
	f(strings.Repeat("k", 9000)+`"><script>go()</script>`, "xss/tag")
	f(strings.Repeat("A lamp that we'd like to keep. ", 40)+"<script>go()</script>", "xss/tag")
	f(strings.Repeat("A lamp that we'd like to keep. ", 40)+"<img src=k onerror=go()>", "xss/event-handler")
}

func TestJudgeXSSPasses(t *testing.T) {
	f := func(in string) {
		t.Helper()
		if got := xssScore(in); got >= thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}
	// script as a word
	f("what is <script in a page")
	f("JavaScript: the good parts (2nd edition)")
	f("an alert (5 of 6) was sent")
	f("https://w.example/top?location=Rome&online=1")
	f("javascript:void(0)")
	f("see window [3] (left)")
	f("onsite = true")
	f("((((((((((((x))))))))))))")
	for _, s := range legitTexts {
		f(s)
	}
	for _, s := range legitPosts {
		f(s)
	}
}

func TestJudgeXSSDoesNotAllocate(t *testing.T) {
	v := value{b: []byte(`x"><a href="java&#x73;cript:k" style='a:b'>'-top["k"](1)-'`)}
	v.f = scan(v.b)
	s := &Scratch{}
	if n := testing.AllocsPerRun(100, func() { judgeXSS(&v, s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Findings beyond those that are weighed by what stands around them still
// count, at high sensitivity at least.
func TestXSSManyFindings(t *testing.T) {
	span := strings.Repeat("the reader can see that a page holds `<iframe src=x>` and ", 3*maxWeighed)
	for _, in := range []string{
		span + "<script>alert(document.cookie)</script>",
		strings.Repeat("eval`x` ", 3*maxWeighed),
	} {
		if got := xssScore(in); got < thresholds[High] {
			t.Errorf("%.40q: score %d", in, got)
		}
	}
}
