package detect

import "bytes"

// External entities of XML, and whatever else makes a parser fetch.
//
// Rules: a document type that loads its declarations from elsewhere, an
// entity whose text stands elsewhere, and an entity that is made of others
// are what attacks declare and messages do not. Document types that name a
// public definition of a body that publishes such definitions pass, and so do
// entities that abbreviate a namespace or spell a character. In a longer text
// a declaration is an example.
//
// Guarantee, at balanced. Caught:
//
//	<!DOCTYPE r [<!ENTITY e SYSTEM "file:///srv/app/settings">]><r>&e;</r>
//	<!DOCTYPE r SYSTEM "http://h.example/r.dtd"><r/>
//	<r xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="a" parse="text"/></r>
//
// Not an attack:
//
//	<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
//	<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#">]>
//	<!DOCTYPE note SYSTEM "note.dtd">
func maybeXXE(f features, n int) bool {
	return n > 10 && f&(fLess|fQuote|fAlpha) == fLess|fQuote|fAlpha && f&(fAt|fSlash) != 0 && f&fSpace != 0
}

func judgeXXE(v *value, s *Scratch) finding {
	if !maybeXXE(v.f, len(v.b)) {
		return finding{}
	}
	var best finding
	prolog := -1
	for i, n := 0, 0; n < maxCandidates && best.score < settled; {
		d, ok := nextDecl(v.b, i)
		if !ok {
			break
		}
		i = d.start + 2
		if prolog < 0 {
			prolog = prologEnd(v.b)
		}
		f := declFinding(&d)
		if f.score == 0 || d.start < prolog {
			continue
		}
		n++
		if !bytes.HasPrefix(v.b[prolog:], []byte("<!")) {
			f.score -= declDoubt(v, d.start)
		}
		best = stronger(best, f)
	}
	return stronger(best, judgeInclude(v))
}

// declDoubt is what the text before a declaration takes from its score: no
// parser takes a document that begins with words.
func declDoubt(v *value, at int) int {
	x := newShellContext(v)
	words := x.wordsBefore(at)
	doubt := x.textDoubt(words, certain)
	if words > 2 && x.text < len(v.b) && v.b[x.text] != '<' {
		doubt += 30
	}
	return doubt
}

// declFinding weighs one declaration.
func declFinding(d *xmlDecl) finding {
	f := finding{start: d.start, end: d.end}
	switch {
	case d.kind == declDoctype && d.external:
		f.rule, f.why = "xxe/external-dtd", "makes an XML parser load declarations from elsewhere"
		f.score = doctypeScore(d)
	case d.external && d.unparsed:
		return finding{}
	case d.external && (d.system != nil || d.public != nil):
		f.rule, f.why = "xxe/external-entity", "makes an XML parser include text from elsewhere"
		f.score = 88
		if publisher(d.system) {
			f.score = 40
		}
	case d.literal != nil:
		f.rule, f.why = "xxe/entity", "declares text that an XML parser expands"
		f.score = literalScore(d)
	}
	return f
}

// doctypeScore weighs the identifiers of a document type.
func doctypeScore(d *xmlDecl) int {
	switch sort := locate(d.system); {
	case publisher(d.system), sort == locNone, sort == locName:
		return 0
	case sort == locLocal:
		return 85
	case sort == locRemote:
		return 70
	case hasSuffixFold(d.system, ".dtd"):
		return 20
	}
	return 55
}

// literalScore weighs an entity whose text stands in the declaration.
func literalScore(d *xmlDecl) int {
	b := d.literal
	f := scan(b)
	switch {
	case f&fLess != 0 && bytes.Contains(b, []byte("<!")), f&(fPercent|fSemi) == fPercent|fSemi && d.kind == declParameter, bytes.Contains(b, []byte("<?")):
		return 75
	case f&fAmp != 0 && bytes.Contains(b, []byte("&#")) && containsFold(b, "entity"):
		return 75
	case bytes.Count(b, []byte{'&'}) > 1 && bytes.IndexByte(b, '#') < 0:
		return 65
	case locate(b) == locLocal && bytes.IndexByte(b, ':') > 0:
		return 65
	case locate(b) == locRemote, locate(b) == locName, f&fAlpha == 0, f&fAmp != 0 && len(b) < 10, d.kind == declParameter, len(b) < 3:
		return 0
	}
	return 52
}

// location is what sort of address an identifier is.
type location uint8

const (
	locNone     location = iota // empty
	locName                     // urn: or about:, which nothing is loaded from
	locRelative                 // beside the document
	locLocal                    // a file, or a scheme that reads what a network cannot
	locRemote                   // another host
)

// locate classes an identifier.
func locate(b []byte) location {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) == 0:
		return locNone
	case hasPrefixFold(b, "urn:"), hasPrefixFold(b, "about:"):
		return locName
	case hasPrefixFold(b, "http:"), hasPrefixFold(b, "https:"), bytes.HasPrefix(b, []byte("//")):
		return locRemote
	case b[0] == '/', b[0] == '\\':
		return locLocal
	}
	i := 0
	for i < len(b) && i < 16 && byteFeature[b[i]]&(fAlpha|fDigit|fPlus|fMinus|fDot) != 0 {
		i++
	}
	if i > 0 && i < len(b) && b[i] == ':' {
		return locLocal
	}
	return locRelative
}

// publishers are hosts under which standards bodies and vendors publish
// document types and schemas for everybody.
var publishers = [...]string{
	"w3.org", "xmlsoap.org", "oasis-open.org", "apache.org", "apple.com", "sun.com", "oracle.com", "jcp.org",
	"springframework.org", "hibernate.org", "jboss.org", "mybatis.org", "netscape.com",
	"microsoft.com", "adobe.com", "cxml.org", "docbook.org", "xml.org", "openmobilealliance.org", "wapforum.org",
	"jasperreports.sourceforge.net", "openoffice.org", "daisy.org", "idpf.org", "nih.gov", "gnome.org", "freedesktop.org",
	"opengis.net", "sitemaps.org", "android.com", "eclipse.org", "xmlns.com",
	"hl7.org", "ietf.org", "tei-c.org", "puppycrawl.com", "checkstyle.org", "magento.com", "mulesoft.org", "jakarta.ee",
}

// publisher reports whether b is a URL on a publisher's host.
func publisher(b []byte) bool {
	b = bytes.TrimSpace(b)
	if i := bytes.Index(b, []byte("://")); i == 4 || i == 5 {
		b = b[i+3:]
	} else {
		return false
	}
	end := 0
	for end < len(b) && byteFeature[b[end]]&(fAlpha|fDigit|fDot|fMinus) != 0 {
		end++
	}
	if end < len(b) && b[end] != '/' {
		return false
	}
	for _, p := range publishers {
		if n := end - len(p); n == 0 && equalFold(b[:end], p) || n > 0 && b[n-1] == '.' && equalFold(b[n:end], p) {
			return true
		}
	}
	return false
}

// xincludeSpace is the end of the namespace of XInclude (XML Inclusions 1.0,
// section 3), in both of its versions.
const xincludeSpace = "/xinclude"

// judgeInclude finds an inclusion in a value that begins as markup.
func judgeInclude(v *value) finding {
	if v.f&(fSlash|fEqual) != fSlash|fEqual {
		return finding{}
	}
	b := v.b
	i := prologEnd(b)
	if i+1 >= len(b) || b[i] != '<' {
		return finding{}
	}
	at := indexFold(b, xincludeSpace)
	if at < 0 {
		return finding{}
	}
	inc := indexFold(b, "include ")
	if inc < 0 {
		if inc = indexFold(b, ":include"); inc < 0 {
			return finding{}
		}
	}
	x := newShellContext(v)
	score := 72
	if len(b) > 2*shortValue && x.blanks > 40 {
		score = 45
	}
	return finding{score: score, start: min(at, inc), end: max(at+len(xincludeSpace), inc+8), rule: "xxe/include", why: includeWhy}
}

const includeWhy = "makes an XML processor include another document"

// indexFold returns where s, which is lower case and begins with a sign or a
// letter, stands in b in any case, -1 when nowhere.
func indexFold(b []byte, s string) int {
	for i := 0; i+len(s) <= len(b); i++ {
		if lowerByte(b[i]) == s[0] && equalFold(b[i:i+len(s)], s) {
			return i
		}
	}
	return -1
}

// xmlLink weighs an attribute by which an XML document makes its reader
// fetch: the namespace of XInclude, and where schemas are.
func (s *Scratch) xmlLink(name, v []byte, pl place) {
	if !hasPrefixFold(name, "xmlns") && !hasSuffixFold(name, "schemalocation") {
		return
	}
	m := s.mark()
	defer s.free(m)
	if bytes.IndexByte(v, '&') >= 0 {
		v, pl = s.keep(appendHTML(s.arena, v)), pl.inexact()
	}
	f := finding{end: len(v)}
	switch {
	case hasPrefixFold(name, "xmlns") && hasSuffixFold(bytes.TrimSpace(v), xincludeSpace):
		f.score, f.rule, f.why = 60, "xxe/include", includeWhy
	case hasSuffixFold(name, "schemalocation"):
		f.score, f.rule, f.why = schemaScore(v, hasSuffixFold(name, "nonamespaceschemalocation")), "xxe/schema", "makes an XML processor load a schema from elsewhere"
	}
	if f.score > 0 {
		s.record(XXE, v, f, pl)
	}
}

// schemaScore weighs where schemas are said to be: pairs of a namespace and a
// location, or one location when bare.
func schemaScore(v []byte, bare bool) int {
	n, score := 0, 0
	for rest := v; n < maxCandidates; n++ {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 {
			break
		}
		end := bytes.IndexAny(rest, " \t\r\n")
		if end < 0 {
			end = len(rest)
		}
		at := rest[:end]
		rest = rest[end:]
		switch {
		case !bare && n%2 == 0, publisher(at):
		case locate(at) == locLocal:
			score = 70
		case bare && locate(at) == locRemote && !hasSuffixFold(at, ".xsd"):
			score = max(score, 58)
		}
	}
	if !bare && n == 1 && locate(v) == locRemote && !publisher(v) {
		return 58
	}
	return score
}

// xmlInstruction weighs a processing instruction, without its "<?" and "?>",
// that makes a reader fetch a stylesheet from another host.
func (s *Scratch) xmlInstruction(b []byte, pl place) {
	if !hasPrefixFold(b, "xml-stylesheet") {
		return
	}
	i := indexFold(b, "href")
	if i < 0 {
		return
	}
	i = skipBlanks(b, i+len("href"))
	if i >= len(b) || b[i] != '=' {
		return
	}
	href, end := quoted(b, skipBlanks(b, i+1))
	if sort := locate(href); (sort == locLocal && bytes.IndexByte(href, ':') > 0 || sort == locRemote) && !publisher(href) {
		s.record(XXE, b, finding{58, 0, end, "xxe/stylesheet", "makes an XML processor load a stylesheet from elsewhere"}, pl)
	}
}
