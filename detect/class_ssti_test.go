package detect

import (
	"strings"
	"testing"
)

func TestSSTICaught(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustFind(t, SSTI, kindParam, in)
	}
	// The three of the class file.
	f("{{ 6 * 7 }}")
	f(`<%= File.read("x") %>`)
	f(`{{ [1]|map("passthru") }}`)
	// Arithmetic in the delimiters of many engines.
	f("${9*9}")
	f("#{9*9}")
	f("*{9*9}")
	f("@(9+9)")
	f("<%= 9*9 %>")
	f("<% 9*9 %>")
	f("<%=9*9-%>")
	f("{{=9*9}}")
	f("{{{9*9}}}")
	f("${{9*9}}")
	f("{9*9}")
	f("[[9*9]]")
	f("[[${9*9}]]")
	f("{{9*'9'}}")
	f("{{9*9|safe}}")
	f("~{9*9}")
	f("%{9*9}")
	f("name{{9*9}}")
	// Literals and what they lead to.
	f(`{{ "".__class__ }}`)
	f(`{{ ().__class__.__base__ }}`)
	f(`{{ [].pop.constructor("x")() }}`)
	f(`${"a".getClass()}`)
	// The engine's own objects.
	f("{{ self }}")
	f("{{ config.items() }}")
	f("{{ config.SECRET_KEY }}")
	f("{{ settings.DATABASES }}")
	f("{{ config|pprint }}")
	f(`{{ request|attr("application") }}`)
	f("{{ lipsum['__globals__'] }}")
	f("{{ _self.env }}")
	f("{{ app.request.server.all|join }}")
	f("{{ range.constructor('x')() }}")
	f("${pageContext.request}")
	f("${self.module.cache}")
	f("{{ '/srv/x'|file_excerpt(1,9) }}")
	f("{{ app.charset|map('system') }}")
	f(`$\B{13*37}`)
	f(`x'+{13*37}+'`)
	f("@{13*37}")
	f(`<% response.write(1) %>`)
	f("${pageContext.servletContext}")
	f(`${"x"?api.class}`)
	f("{{config}}")
	f("{{ dump(app) }}")
	f("{{ request.environ }}")
	f(`${class.getResource("")}`)
	f("{% print(9*9) %}")
	// Constant conditions.
	f("{% if true %}a{% endif %}")
	f("{% if 3==3 %}a{% endif %}")
	f("<%= if true %>a<% end %>")
	// Directives.
	f("{$smarty.version}")
	f("{php}echo 1;{/php}")
	f(`<#assign x="y">`)
	f("#set($x = 5)")
	f("__${9*9}__::.x")
	f("${{<%[%'\"}}%\\.")
}

func TestSSTIClean(t *testing.T) {
	f := func(in string) {
		t.Helper()
		mustPass(t, SSTI, kindParam, in)
	}
	f("Dear {{name}}, your total is ${amount}")
	f(`{{ user.firstName | upper }} {% if cart %}...{% endif %}`)
	f(`<p>{{ $t("hello") }}</p><%= link_to "Home", root_path %>`)
	f("{{ item.price * item.count }}")
	f("${width * 2}px")
	f("${a} + ${b}")
	f("#{user.name}")
	f("{{ 2024 }}")
	f("{1,2,3}")
	f("{5-7}")
	f("[[1,2],[3,4]]")
	f("[(1, 2)]")
	f("a{2,3}b*")
	f("{{ page.title }} - {{ site.title }}")
	f("{% for p in products %}{{ p }}{% endfor %}")
	f("{% if user.isAdmin %}x{% endif %}")
	f("{% include 'nav.html' %}")
	f("{{> header }}")
	f("{{#if a}}b{{/if}}")
	f("{{ config.title }}")
	f("{{ items | map: 'id' | join: ',' }}")
	f("{{ request.path }}")
	f("<%= render 'form' %>")
	f("<%= f.text_field :name %>")
	f("<%- include('header') %>")
	f("<?xml version='1.0'?>")
	f("@media (min-width: 9px) {a{b:c}}")
	f("@(someone)")
	f("#define X(a) (a*2)")
	f("100% {off}")
	f("SELECT {fn NOW()}")
	f(`$\b{x}$ is a vector`)
	f("{{ config.title }}")
	f("${pageTitle}")
	f("{{0}} of {{1}}")
	f("f(x) = {x^2}")
	f("The expression {{7*7}} gives 49 in the engine, so the text of the bug report has it too")
	for _, s := range benignTexts {
		f(s)
	}
	for _, s := range benignValues {
		f(s)
	}
}

// TestSSTIMetamorphic puts expressions into the delimiters of every engine.
func TestSSTIMetamorphic(t *testing.T) {
	for _, expr := range []string{"7*7", "7 * 7", "(7*7)", "1337+1", "191*7-3", "7*'7'", "8/2*3", "12345*54321"} {
		for _, d := range []string{"{{%s}}", "{{ %s }}", "{{{%s}}}", "${%s}", "${ %s }", "#{%s}", "*{%s}", "<%%= %s %%>", "<%%=%s%%>", "@(%s)", "%%{%s}", "~{%s}", "{{= %s}}", "{%%= %s %%}", "[[${%s}]]", "__${%s}__::x"} {
			form := strings.ReplaceAll(strings.Replace(d, "%s", expr, 1), "%%", "%")
			for _, around := range []string{"%", "x%", "%y", "'%'", "\"%", "1%1", "a b %"} {
				mustFind(t, SSTI, kindParam, strings.Replace(around, "%", form, 1))
			}
		}
	}
}

func BenchmarkJudgeSSTI(b *testing.B) { benchmarkJudge(b, SSTI) }
