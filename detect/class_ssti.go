package detect

import "bytes"

// Server-side template injection.
//
// Rules: placeholders that name something are what templates are for, and
// people write about them. What makes an attack is an expression that a
// template author has no reason to write: arithmetic on literal numbers,
// methods of literals, the engine's own objects and what lies behind them,
// conditions that are constant, filters that take the name of a function, and
// directives of the engine. Text before an expression makes it an example.
//
// Guarantee, at balanced. Caught:
//
//	{{ 6 * 7 }}
//	<%= File.read("x") %>
//	{{ [1]|map("passthru") }}
//
// Not an attack:
//
//	Dear {{name}}, your total is ${amount}
//	{{ user.firstName | upper }} {% if cart %}...{% endif %}
//	<p>{{ $t("hello") }}</p><%= link_to "Home", root_path %>
func maybeSSTI(f features, n int) bool {
	return n > 3 && (f&fBracket != 0 || f&(fLess|fPercent) == fLess|fPercent || f&fParen != 0 && f&(fAt|fHash) != 0 || f&(fLess|fHash) == fLess|fHash)
}

func judgeSSTI(v *value, s *Scratch) finding {
	if !maybeSSTI(v.f, len(v.b)) || len(v.b) > 2*shortValue {
		return finding{}
	}
	x := newShellContext(v)
	return x.judgeTemplate(v)
}

// templateOpen are the opening delimiters with their closing ones.
var templateOpen = [...]struct{ open, end string }{
	{"{{", "}}"}, {"${", "}"}, {"#{", "}"}, {"*{", "}"}, {"<%=", "%>"}, {"{%", "%}"}, {"<%", "%>"}, {"@(", ")"}, {"{@", "}"}, {"{=", "}"}, {"%{", "}"}, {"~{", "}"}, {"@{", "}"},
}

const maxTemplate = 256 // bytes of one expression that are read

func (x *shellContext) judgeTemplate(v *value) finding {
	b := v.b
	best := judgeSet(b)
	for i := 0; i+1 < len(b); i++ {
		switch b[i] {
		case '{', '$', '#', '*', '<', '@', '%', '~', '[':
		default:
			continue
		}
		f := templateAt(b, i)
		if f.score == 0 {
			continue
		}
		f.score -= x.textDoubt(x.wordsBefore(i), certain)
		if x.wordsBefore(min(f.end+shortValue, len(b)))-x.wordsBefore(f.end) > 11 {
			f.score -= 30
		}
		best = stronger(best, f)
	}
	return best
}

func templateAt(b []byte, i int) finding {
	if f := engineTagAt(b, i); f.score > 0 {
		return f
	}
	if f := escapedAt(b, i); f.score > 0 {
		return f
	}
	for _, t := range templateOpen {
		if !bytes.HasPrefix(b[i:], []byte(t.open)) {
			continue
		}
		body := b[i+len(t.open) : min(len(b), i+maxTemplate)]
		end := bytes.Index(body, []byte(t.end))
		if end < 0 {
			continue
		}
		body = bytes.TrimSpace(body[:end])
		if score := templateScore(body, t.open); score > 0 {
			return finding{score: score, start: i, end: i + len(t.open) + end + len(t.end), rule: "ssti/expression",
				why: "is an expression that a template engine would evaluate"}
		}
		if len(t.open) == 2 && t.open[1] == '{' && len(body) > 0 && body[0] != '{' {
			break
		}
	}
	return finding{}
}

// escapedAt finds arithmetic whose delimiter is spelled so that a filter
// overlooks it: $\A{7*7} of Java's EL, and +{7*7}+ between the strings of an
// expression of OGNL.
func escapedAt(b []byte, i int) finding {
	j := 0
	switch {
	case b[i] == '$' && i+3 < len(b) && b[i+1] == '\\' && b[i+3] == '{':
		j = i + 4
	case b[i] == '{' && i > 0 && b[i-1] == '+':
		j = i + 1
	default:
		return finding{}
	}
	end := bytes.IndexByte(b[j:min(len(b), j+maxTemplate)], '}')
	if end < 0 || !arithmetic(b[j:j+end]) || b[i] == '{' && (j+end+1 >= len(b) || b[j+end+1] != '+') {
		return finding{}
	}
	return finding{score: 75, start: i, end: j + end + 1, rule: "ssti/expression",
		why: "is an expression that a template engine would evaluate"}
}

// directives are beginnings that only templates of Smarty, FreeMarker,
// Velocity, Thymeleaf and Dust have, and delimiters of several engines in one.
var directives = [...]string{
	"{$smarty.", "{php}", "{{php}}", "{smarty_internal", "{self::", "<#assign ", "[#assign ", "<#include", "<#import ", "#set($", "#set ($",
	"#include(", "#evaluate(", "#foreach($", "#foreach ($", "__${", "{{<%", "<%[%", "${{<", "{% debug %}", "{%debug%}", "{% import os", "{%import os",
	"{{={@", "{{#with \"", "{@math ", "{@print", "{@exec", "@system.diagnostics", "@system.io", "{% module ",
}

// engineTagAt finds a directive at b[i:].
func engineTagAt(b []byte, i int) finding {
	for _, s := range directives {
		if s[0] == b[i] && hasPrefixFold(b[i:], s) {
			return finding{score: 65, start: i, end: min(len(b), i+32), rule: "ssti/directive",
				why: "is a directive by which a template engine reaches beyond the template"}
		}
	}
	return finding{}
}
