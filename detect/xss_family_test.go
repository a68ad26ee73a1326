package detect

import "testing"

// TestXSSFamilies: places and spellings from which a page runs script, and
// beside each what only looks like it.
func TestXSSFamilies(t *testing.T) {
	caught := func(in string) {
		t.Helper()
		if got := xssScore(in); got < thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}
	passes := func(in string) {
		t.Helper()
		if got := xssScore(in); got >= thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}

	// Links of Markdown, URLs of CSS.
	caught("[k](javascript:go())")
	caught("![k]( data:text/html,k)")
	caught("background:url('javascript:go()')")
	caught("k{-moz-binding:url(//files.example/k.xml)}")
	passes("[javascript: the parts](https://w.example/)")
	passes("see [7] (javascript)")
	passes("background: url(data:image/png;base64,iVBORw0KGgo=)")

	// The sign of a tag, spelled past a filter.
	caught("&#000060")
	caught("&#X3c;")
	passes("&#60;")
	passes("&#0038; &#8211;")
	passes("5 &#60; 6")

	// Directives of front ends.
	caught(`<p @click="go()">`)
	caught(`<p x-init="go()">`)
	caught(`<p ng-mouseover="go()">`)
	passes("<p>mail me @click or at @ = 5</p>")
	passes(`<p data-ng="5">`)

	// Links that hide their host.
	caught(`<a href="http://0x7f.1/">k</a>`)
	caught(`<a href="http://3232235777/">k</a>`)
	caught(`<a href="http://%66iles.example/">k</a>`)
	passes(`<a href="http://192.0.2.7/k">k</a>`)
	passes(`<a href="https://w.example/50%25">k</a>`)

	// Styles that leave their string or take from other documents.
	caught(`<p style="font-family:'k&#10;;color:red'">`)
	caught(`<p style="mask:url(k.svg#m)">`)
	passes(`<p style="mask:url(#m);font-family:'Open Sans'">`)

	// Script.
	caught("Object.assign(k,{get:alert})")
	caught("[].sort.call`${go}1`")
	caught("import(/k/.source)")
	caught("location=location.hash")
	caught("location=name")
	caught("with(document)body.k=1")
	caught("top[/al/.source+/e")
	passes("location=Berlin")
	passes("{ok: confirm, no: cancel}")
	passes("export const onExit = (a) => { b(a) }")
	passes("const onread = 5")
	passes("self['Content-Type'] = 'text/plain'")

	caught("';print()//")
	caught("globalThis.window['alert'](1)")
	passes("print()")
	passes("print('a'); print()")
	passes("alert (red), confirm (yes)")

	passes("<Set name=\"port\"><Property default=\"80\"/></Set>")
	passes("--location=\"global\"")
	passes("// The setTimeout() in the test would outlive it.")
	passes("<!DOCTYPE k SYSTEM \"k.dtd\">")
	caught("<set attributeName=href to=//files.example>")

	// Placeholders.
	passes("an `<object|string>` or `<link>`")
	passes("<import token encoded>")
}

// TestUTF7: a value in UTF-7 is judged decoded.
func TestUTF7(t *testing.T) {
	m := inspect(t, Options{}, "GET /?q=%2BADw-script%2BAD4-go()%2BADw-/script%2BAD4-\n\n")
	if len(m) == 0 || m[0].Class != XSS || m[0].Point.String() != "[query q][utf7]" {
		t.Errorf("%v", m)
	}
}
