package detect

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestXXECaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, XXE, kindParam, s) }
	// The three of the class file.
	f(`<!DOCTYPE r [<!ENTITY e SYSTEM "file:///srv/app/settings">]><r>&e;</r>`)
	f(`<!DOCTYPE r SYSTEM "http://h.example/r.dtd"><r/>`)
	f(`<r xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="a" parse="text"/></r>`)
	// Sources of every sort.
	for _, id := range []string{"file:///a", "http://198.51.100.7/a", "https://h.example/a", "ftp://h.example/a", "jar:http://h.example/a.jar!/b", "netdoc:/a", "php://filter/resource=a", "expect://x", "data:text/plain,a", "/a/b", "a.txt", "\\\\h\\s\\a", "//h.example/a"} {
		f(`<!DOCTYPE r [<!ENTITY e SYSTEM "` + id + `">]>`)
		f(`<!DOCTYPE r [<!ENTITY % p PUBLIC "x" '` + id + `'> %p;]>`)
	}
	f(`<!DOCTYPE r SYSTEM "//h.example/x">`)
	f(`<!DOCTYPE r PUBLIC "-//A//B//EN" "http://h.example/x.dtd">`)
	f(`<!DOCTYPE r SYSTEM "file:///x.dtd">`)
	f(`<!DOCTYPE r SYSTEM "http://www.w3.org.h.example/x.dtd">`)
	f(`<!DOCTYPE r SYSTEM "http://www.w3.org@h.example/x.dtd">`)
	// Entities made of entities, and pieces of documents.
	f(`<!DOCTYPE r [<!ENTITY % a "<!ENTITY &#37; b SYSTEM 'http://h.example/'>">]>`)
	f(`<!ENTITY b "&a;&a;&a;">`)
	f(`<!ENTITY x SYSTEM "http://h.example/">]><r>&x;</r>`)
	f("\xef\xbb\xbf <?xml version='1.0'?><!-- c --><!DOCTYPE r [ <!ELEMENT r ANY>\n<!ENTITY\te\nSYSTEM 'x' >]>")
	f(`<x><xi:include xmlns:xi="http://www.w3.org/2003/XInclude" href="file:///a"/></x>`)
}

func TestXXEClean(t *testing.T) {
	f := func(s string) { t.Helper(); wantClean(t, XXE, kindParam, s); wantClean(t, XXE, kindText, s) }
	// The three of the class file.
	f(`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">`)
	f(`<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#">]>`)
	f(`<!DOCTYPE note SYSTEM "note.dtd">`)
	// Other publishers, names, nothing at all.
	f(`<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd"><cXML/>`)
	f(`<!DOCTYPE mapper PUBLIC "-//mybatis.org//DTD Mapper 3.0//EN" "http://mybatis.org/dtd/mybatis-3-mapper.dtd">`)
	f(`<!DOCTYPE note SYSTEM "urn:example:note">`)
	f(`<!DOCTYPE html>`)
	f(`<!doctype html><title>x</title>`)
	f(`<!DOCTYPE`)
	f(`<!ENTITY`)
	f(`<!DOCTYPE r [<!ELEMENT r (a|b)*><!ATTLIST a b CDATA #IMPLIED>]>`)
	// Commented out.
	f(`<!-- <!DOCTYPE r SYSTEM "http://h.example/x"> --><r/>`)
	// A text about them.
	f(`How can I stop a parser from reading <!DOCTYPE a [<!ENTITY b SYSTEM "file:///c">]> in the messages that clients send?`)
	f("http://www.w3.org/2001/XInclude")
	f(`<p>The namespace http://www.w3.org/2001/XInclude is old.</p>`)
}

func TestXXEVariants(t *testing.T) {
	wantVariants(t, XXE, kindParam, []string{
		`<!DOCTYPE r [<!ENTITY e SYSTEM "file:///a">]><r>&e;</r>`, `<!DOCTYPE r SYSTEM "http://h.example/a"><r/>`, `<!DOCTYPE r [<!ENTITY % e SYSTEM "a"> %e;]>`,
	}, []change{
		{"single quotes", replacer(`"`, "'")}, {"line ends", replacer(" ", "\r\n")}, {"tabs", replacer(" ", "\t\t")},
		{"declaration", func(s string) string { return `<?xml version="1.0" encoding="UTF-8" standalone="no"?>` + s }},
		{"comment", func(s string) string { return "<!-- a b c d e f g h i -->" + s }}, {"blank", func(s string) string { return "\n " + s }},
		{"public", replacer("SYSTEM", `PUBLIC "x"`)}, {"element", replacer("[<", "[<!ELEMENT r ANY><")}, {"cut", replacer("]>", "")},
		{"https", replacer("http:", "https:")}, {"name", replacer(" r ", " ns:root-1 ")},
	})
}

// What an XML body tells its reader to fetch.
func TestXXEBodies(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	f := func(body string, want bool) {
		t.Helper()
		for _, ct := range []string{"text/xml", "application/soap+xml; charset=utf-8"} {
			if v := p.Inspect(typedBody(ct, []byte(body)), 1, s); hasClass(v, XXE) != want {
				t.Errorf("%s as %s: got %s", body, ct, summary(v))
			}
		}
	}
	f(`<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://h.example/a"><a/>`, true)
	f(`<a><b xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///a"/></b></a>`, true)
	f(`<a><b xmlns="http://www.w3.org/2001/&#88;Include"/></a>`, true)
	f(`<a xmlns:s="http://www.w3.org/2001/XMLSchema-instance" s:schemaLocation="http://h.example/"/>`, true)
	f(`<a s:noNamespaceSchemaLocation="http://h.example/a"/>`, true)
	f(`<a s:noNamespaceSchemaLocation="file:///a"/>`, true)
	f(`<a s:schemaLocation="urn:a ftp://h.example/a"/>`, true)
	f(`<?xml version="1.0"?><?xml-stylesheet type="text/xml" href="http://h.example/a"?><a/>`, true)
	f(`<a xmlns="http://maven.apache.org/POM/4.0.0" s:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd"/>`, false)
	f(`<a s:schemaLocation="urn:a http://h.example/a.xsd urn:b b.xsd"/>`, false)
	f(`<a s:noNamespaceSchemaLocation="a.xsd"/>`, false)
	f(`<?xml-stylesheet type="text/css" href="style.css"?><a/>`, false)
	f(`<?xml-stylesheet type="text/css"?><a href="http://h.example/"/>`, false)
}

func TestInvalidXML(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	f := func(ct, body string, want bool) {
		t.Helper()
		if v := p.Inspect(typedBody(ct, []byte(body)), 1, s); hasClass(v, InvalidXML) != want {
			t.Errorf("%q as %s: got %s", body, ct, summary(v))
		}
	}
	le := func(s string) string { return wide(s, false) }
	be := func(s string) string { return wide(s, true) }
	decl := func(enc string) string { return `<?xml version="1.0" encoding="` + enc + `"?><a>b</a>` }
	// Caught: one byte a character, but declared wide, shifted or foreign.
	for _, enc := range []string{"UTF-16", "utf-16le", "UTF-7", "UCS-2", "UTF-32", "ISO-10646-UCS-4", "ebcdic-cp-us", "IBM037", "cp1047"} {
		f("text/xml", decl(enc), true)
		f("application/octet-stream", decl(enc), true)
		f("text/xml", strings.ReplaceAll(decl(enc), `"`, "'"), true)
	}
	// Two bytes a character, but declared narrow or in the other order.
	f("text/xml", "\xff\xfe"+le(decl("UTF-8")), true)
	f("text/xml", le(decl("iso-8859-1")), true)
	f("text/xml", "\xfe\xff"+be(decl("UTF-16LE")), true)
	f("text/xml", le("<a>b</a>"), true)
	// Four bytes, and EBCDIC.
	f("text/xml", "\x00\x00\x00<\x00\x00\x00a\x00\x00\x00>", true)
	f("text/xml", "\x4c\x6f\xa7\x94\x93\x40", true)
	// A mark that contradicts, and text that is not what it says.
	f("text/xml", "\xef\xbb\xbf"+decl("ISO-8859-1"), true)
	f("text/xml", strings.Replace(decl("UTF-8"), "b<", "\xe9t\xe9<", 1), true)
	// Clean.
	f("text/xml", decl("UTF-8"), false)
	f("text/xml", "\xef\xbb\xbf"+decl("utf-8"), false)
	f("text/xml", "\xff\xfe"+le(decl("utf-16")), false)
	f("text/xml", "\xfe\xff"+be("<a>b</a>"), false)
	f("text/xml; charset=utf-16", le("<a>b</a>"), false)
	f("text/xml", strings.Replace(decl("windows-1252"), "b<", "\xe9t\xe9<", 1), false)
	f("text/xml", "<a>\xe9</a>", false)
	f("text/xml", "<a>b</a>", false)
	f("text/plain", "encoding=\"utf-16\"", false)
	f("text/html", "<p>x</p>", false)
	f("application/json", `{"a":"<?xml version='1.0' encoding='utf-16'?>"}`, false)
	f("text/xml", "", false)
	f("text/xml", "<", false)
}

// A character that the end of an incomplete body cuts is no other encoding.
func TestInvalidXMLPartial(t *testing.T) {
	r := typedBody("text/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><a>été`))
	for cut := range 3 {
		q := *r
		q.Body, q.BodyPartial = r.Body[:len(r.Body)-cut], true
		if v := mustPolicy(t, Options{}).Inspect(&q, 1, &Scratch{}); hasClass(v, InvalidXML) {
			t.Errorf("cut %d: got %s", cut, summary(v))
		}
	}
}

// wide is s, which is ASCII, in UTF-16.
func wide(s string, big bool) string {
	var b strings.Builder
	for i := range len(s) {
		if big {
			b.WriteString("\x00" + s[i:i+1])
		} else {
			b.WriteString(s[i:i+1] + "\x00")
		}
	}
	return b.String()
}

func TestXXEFile(t *testing.T) {
	svg := `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY e SYSTEM "file:///a">]><svg><text>&e;</text></svg>`
	for _, body := range []string{svg, base64.StdEncoding.EncodeToString([]byte(svg))} {
		r := asMultipart(`name="f"; filename="a.svg"`, "image/svg+xml", body)
		if v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{}); !hasClass(v, XXE) {
			t.Errorf("%s: got %s", body, summary(v))
		}
	}
}

func FuzzDecl(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := 0; ; {
			d, ok := nextDecl(b, i)
			if !ok {
				break
			}
			if d.start < i || d.end <= d.start || d.end > len(b) || d.kind == declOther {
				t.Fatalf("%q: %+v from %d", b, d, i)
			}
			if n := len(d.public) + len(d.system) + len(d.literal); n > d.end-d.start {
				t.Fatalf("%q: %d bytes of literals in %d:%d", b, n, d.start, d.end)
			}
			i = d.start + 2
		}
		if n := prologEnd(b); n < 0 || n > len(b) {
			t.Fatalf("%q: prolog ends at %d", b, n)
		}
		family, bom := xmlFamilyOf(b)
		var buf [xmlDeclMax]byte
		declaredEncoding(narrow(buf[:0], b, family, bom))
	})
}
