package detect

import (
	"strings"
	"testing"
)

func TestSSICaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, SSI, kindParam, s) }
	// The three of the class file.
	f(`<!--#exec cgi="/cgi-bin/report" -->`)
	f(`guest<!-- #INCLUDE file = "conf/site.inc" -->`)
	f(`<esi:include src="http://h.example/fragment"/>`)
	// Each directive, with and without its end.
	f(`<!--#echo var="DATE_LOCAL"`)
	f(`<!--#config timefmt='%A'-->`)
	f(`<!--#printenv -->`)
	f(`<!--#set var="a" value="b"-->`)
	f(`"><!--#fsize file=x-->`)
	f(`<!--#if expr="$a" -->`)
	// Edge Side Includes.
	f(`<esi:vars>$(HTTP_COOKIE)</esi:vars>`)
	f(`<!--esi $(HTTP_HOST) -->`)
	f(`x<ESI:debug/>`)
	// In names, headers, files.
	for _, k := range []kind{kindName, kindHeader, kindUA, kindPath, kindFile, kindFileName} {
		wantCaught(t, SSI, k, `<!--#exec cmd="uptime"-->`)
	}
}

func TestSSIClean(t *testing.T) {
	f := func(s string) { t.Helper(); wantClean(t, SSI, kindParam, s) }
	// The three of the class file.
	f("<!--#region options--> ... <!--#endregion-->")
	f("<!-- #1 echo of the first verse = refrain -->")
	f(`<section:include part="a"/>`)
	// Directives that no server executes.
	f("<!--#include-->")
	f("<!--#exec-->")
	f("<!--# echo the words -->")
	f("<!--#set the table-->")
	f("<!-- exec cmd=\"x\" -->")
	f("<!--esiest-->")
	f("<esi:other/>")
	f("<!--")
	f("<!--#")
	// A text about directives.
	f(strings.Repeat("A server may put files together before it sends the page. ", 6) + `Write <!--#include virtual="/foot.html" --> where the foot belongs.`)
}

func TestSSIVariants(t *testing.T) {
	wantVariants(t, SSI, kindParam, []string{
		`<!--#exec cmd="uptime" -->`, `<!--#include virtual="/a"-->`, `x<!--#echo var="A" -->y`, `<esi:include src="x"/>`,
	}, []change{
		{"upper", strings.ToUpper}, {"mixed", mixCase}, {"quote", replacer(`"`, "'")}, {"no quote", replacer(`"`, "")},
		{"blank", replacer("<!--#", "<!-- #")}, {"blanks", replacer("#", "# \t")}, {"line end", replacer(" ", "\r\n")},
		{"around =", replacer("=", " = ")}, {"no end", replacer("-->", "")},
		{"tag before", func(s string) string { return "</p>" + s }}, {"twice", func(s string) string { return s + s }},
	})
}

func FuzzDirective(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := 0; ; {
			d, ok := nextDirective(b, i)
			if !ok {
				return
			}
			if d.start < i || d.end <= d.start || d.end > len(b) || b[d.start] != '<' {
				t.Fatalf("%q: directive %d:%d from %d", b, d.start, d.end, i)
			}
			i = d.start + 1
		}
	})
}
