package detect

import (
	"strings"
	"testing"
)

var xssSeeds = []string{
	"<script>go()</script>", "<img src=q onerror=go()>", "<svg onload=go()>", "<q onclick='go()'>w</q>",
	`<a href="javascript:go()">z</a>`, `<form action="javascript:go()">`, `<object data="javascript:go()">`,
	`<iframe srcdoc="go">`, `<p style="width:expression(go())">z</p>`, `<a href="data:text/html,go">z</a>`,
	`<details open ontoggle="go()">`, `<video onerror="go()">`, `<marquee onstart="go()">`,
}

// xssChanges keep what a browser makes of markup.
var xssChanges = []struct {
	name string
	f    func(string) string
}{
	{"none", func(s string) string { return s }},
	{"upper", strings.ToUpper},
	{"mixed", mixCase},
	{"slash", func(s string) string { return strings.Replace(s, " ", "/", 1) }},
	{"newline", replacer(" ", "\n")},
	{"tabs", replacer(" ", "\t\t")},
	{"form feed", replacer(" ", "\f")},
	{"single quotes", replacer(`"`, "'")},
	{"no quotes", func(s string) string { return strings.NewReplacer(`"`, "", "'", "").Replace(s) }},
	{"space around equals", replacer("=", " = ")},
	{"entity", replacer("javascript", "&#106;avascript")},
	{"hex entity", replacer("script:", "&#x0073;cript&#58;")},
	{"tab in scheme", replacer("javascript", "java\tscript")},
	{"entity in scheme", replacer("javascript", "java&Tab;scr&NewLine;ipt")},
	{"control before scheme", replacer("javascript", "\x01javascript")},
	{"nul in name", replacer("<i", "<\x00i")},
	{"no end", func(s string) string { return strings.TrimRight(cutEnd(s), ">") + " k=\"1\"" }},
	{"out of attribute", func(s string) string { return `z">` + s }},
	{"out of text area", func(s string) string { return "</textarea>" + s }},
	{"out of comment", func(s string) string { return "-->" + s }},
	{"comment in style", replacer("expression", "exp/*k*/ression")},
	{"escape in style", replacer("expression", `\65xpression`)},
	{"more attributes", replacer(" on", " title='a' k on")},
	{"text", func(s string) string { return "Nice lamp! " + s + " Thanks." }},
}

// cutEnd removes the end tag, if one stands last.
func cutEnd(s string) string {
	if i := strings.LastIndex(s, "</"); i > 0 {
		return s[:i]
	}
	return s
}

// TestXSSVariants: changes that browsers do not see keep the verdict, alone
// and in pairs.
func TestXSSVariants(t *testing.T) {
	for _, seed := range xssSeeds {
		for _, a := range xssChanges {
			for _, b := range xssChanges {
				if a.name == "no quotes" && b.name == "tab in scheme" || a.name == "tab in scheme" && b.name == "no quotes" {
					continue // without quotes the tab ends the value
				}
				if in := b.f(a.f(seed)); xssScore(in) < thresholds[Balanced] {
					t.Errorf("%s + %s: %q has score %d", a.name, b.name, in, xssScore(in))
				}
			}
		}
	}
}

var scriptSeeds = []string{
	"alert(7)", "top['alert'](7)", "eval('go()')", "setTimeout('go()')", "window['ev'+'al']('go')",
	"[7].map(alert)", "Function('go()')()", "alert`7`", "(alert)(7)",
}

// TestScriptVariants: script stays script in each place of a page's script.
func TestScriptVariants(t *testing.T) {
	for _, seed := range scriptSeeds {
		for _, q := range []string{"", "'", `"`, "`", "')", `"}`, "7"} {
			for _, join := range []string{";", "-", "+", "*", "||", "&&", ",", "/**/;", "\n;"} {
				in := q + join + seed + "//"
				if q == "" {
					in = seed
				}
				if xssScore(in) < thresholds[Balanced] {
					t.Errorf("%q has score %d", in, xssScore(in))
				}
			}
		}
	}
}
