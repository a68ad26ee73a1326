package detect

import "bytes"

const (
	xssTag        = "xss/tag"
	xssTagWhy     = "an element that runs script or loads a page is written into the page"
	xssHandler    = "xss/event-handler"
	xssHandlerWhy = "an attribute runs script on an event"
	xssURL        = "xss/script-url"
	xssURLWhy     = "a URL runs script"
	xssStyle      = "xss/style"
	xssStyleWhy   = "a style runs script or loads what does"
)

// judgeMarkup judges the tags of the value.
func (x *xssReading) judgeMarkup() {
	l := htmlLexer{b: x.b}
	for x.best.score < 95 && l.nextTag() {
		resume := l.i
		x.judgeTag(&l)
		l.i = resume
	}
	if x.brokenComment() {
		x.report(55, 0, len(x.b), "xss/break-out", "the value ends a comment and a CDATA section that it did not begin")
	}
}

// minSection is from how many bytes on a CDATA section holds content rather
// than a shred of a tag.
const minSection = 8

// brokenComment reports ends of a comment and of a CDATA section side by
// side. A section that the value began and filled is a document's.
func (x *xssReading) brokenComment() bool {
	section := -1
	for i, c := range x.b {
		switch {
		case c == '<' && hasPrefixFold(x.b[i:], "<![cdata["):
			section = i + len("<![cdata[")
		case c != ']' || !hasPrefixFold(x.b[i:], "]]>") || i < 3:
		case section >= 0 && i-section >= minSection:
			section = -1
		case hasPrefixFold(x.b[i-3:], "-->") || hasPrefixFold(x.b[i-3:], "'`-") || x.b[i-1] == '>':
			return true
		}
	}
	return false
}

func (x *xssReading) judgeTag(l *htmlLexer) {
	class := elementClass(l.name.bytes())
	if l.decl == '?' && l.name.n == 3 {
		return // <?xml begins any document
	}
	if c := l.peek(); c == '|' || c == ',' {
		return // <object|string>: a placeholder, and for a browser another name
	}
	start := l.start
	if l.closing {
		if class == tagScript || class == tagStyle && l.start == 0 {
			x.report(x.weigh(55, start), start, l.i, xssTag, "the value ends an element of the page")
		}
		return
	}
	attrs, drawn, animates := 0, false, false
	for n := 0; n < 64 && l.nextAttr(); n++ {
		attrs++
		drawn = drawn || string(l.attr.bytes()) == "viewbox"
		if l.hasValue && len(l.value) > 0 {
			animates = animates || animation(l.attr.bytes())
			x.judgeAttr(l, class)
		}
	}
	if drawn && string(l.name.bytes()) == "svg" {
		return // a drawing: what could run in it has tags and attributes of its own
	}
	if class == tagAnimate && !animates {
		return // <Set name="..."> of some configuration
	}
	x.judgeElement(l, class, start, attrs, l.i)
}

// animation reports whether an attribute is one by which SVG animates.
func animation(name []byte) bool {
	switch string(name) {
	case "attributename", "attributetype", "to", "from", "values", "begin", "dur", "end", "href", "xlink:href", "targetelement":
		return true
	}
	return false
}

// elementClass looks an element up without its name space.
func elementClass(name []byte) uint8 {
	class := htmlTags.lookup(name)
	if i := bytes.IndexByte(name, ':'); i > 0 && class == tagNone {
		if class = htmlTags.lookup(name[i+1:]); class == tagNone {
			class = htmlTags.lookup(name[:i])
		}
	}
	return class
}

// judgeElement judges an element by its name.
func (x *xssReading) judgeElement(l *htmlLexer, class uint8, start, attrs, end int) {
	score := 0
	switch class {
	case tagScript:
		score = 88
		if !l.ended && !l.valued {
			score = 45 // <script as a word
		}
	case tagFrame:
		score = 58
	case tagMeta:
		score = 52
		if l.name.n == 4 && (l.name.buf[0] == 'm' || attrs == 0) {
			score = 40 // <meta: its http-equiv says whether it acts
		}
	case tagStyle:
		score = 52
	case tagForeign:
		score = foreignScore(l, attrs)
	case tagAnimate:
		score = 52
		if attrs == 0 {
			score = 0
		}
	case tagForm:
		score = 50
		if attrs == 0 && start > 0 {
			score = 40 // <button> as a word
		}
	case tagPage:
		score = pageScore(l, attrs)
	}
	if start > 64 && class != tagScript {
		score -= 15
	}
	x.report(x.weigh(score, start), start, end, xssTag, xssTagWhy)
}

// foreignScore weighs elements of other languages: a bare word in angle
// brackets may be a placeholder.
func foreignScore(l *htmlLexer, attrs int) int {
	switch string(l.name.bytes()) {
	case "entity", "attlist", "notation", "element":
		if l.decl != '!' {
			return 0
		}
	case "import", "include", "template", "stylesheet":
		if attrs == 0 || !l.valued {
			return 40
		}
	}
	return 52
}

// pageScore weighs the structure of a page; a document type counts only with
// declarations of its own, and makes what follows a page of its own.
func pageScore(l *htmlLexer, attrs int) int {
	if l.decl == '!' {
		end := min(len(l.b), l.start+200)
		if head := l.b[l.start:end]; bytes.IndexByte(head, '[') >= 0 || bytes.Contains(head, []byte("SYSTEM")) && bytes.Contains(head, []byte("//")) {
			return 52
		}
		return 0
	}
	if attrs == 0 || hasPrefixFold(bytes.TrimLeft(l.b[:min(len(l.b), 64)], " \t\r\n"), "<!doctype html>") {
		return 40
	}
	return 50
}

func (x *xssReading) judgeAttr(l *htmlLexer, class uint8) {
	name := l.attr.bytes()
	if eventName(name) {
		score := 86
		if l.attr.upper && l.value[0] == '{' {
			score = 50 // JSX
		}
		x.report(x.weigh(score, l.attrStart), l.attrStart, l.i, xssHandler, xssHandlerWhy)
		return
	}
	if frontDirective(name) && runnable(l.value) {
		x.report(x.weigh(60, l.attrStart), l.attrStart, l.i, xssHandler, xssHandlerWhy)
		return
	}
	if len(name) < 5 && l.value[0]|0x20 == 'h' && maskedHost(l.value) {
		x.report(x.weigh(55, l.attrStart), l.attrStart, l.i, xssURL, "a link hides its host behind a number")
	}
	h := readURLHead(l.value)
	if n := h.script(); n > 0 && !harmlessScript(h.bytes()[n:]) {
		x.report(x.weigh(85, l.attrStart), l.attrStart, l.i, xssURL, xssURLWhy)
		return
	}
	switch string(name) {
	case "style":
		switch {
		case cssScript(l.value):
			x.report(x.weigh(80, l.attrStart), l.attrStart, l.i, xssStyle, xssStyleWhy)
		case l.valueQuote != 0 && bytes.IndexAny(l.value, "{}[]") >= 0:
			x.report(x.weigh(55, l.attrStart), l.attrStart, l.i, xssStyle, "a style ends its own declarations")
		case styleEscape(l.value):
			x.report(x.weigh(54, l.attrStart), l.attrStart, l.i, xssStyle, xssStyleWhy)
		}
	case "charset":
		if class == tagMeta && bytes.IndexByte(l.value, '7') >= 0 {
			x.report(x.weigh(60, l.attrStart), l.attrStart, l.i, xssTag, "a page is given an encoding in which text becomes markup")
		}
	case "srcdoc":
		x.report(x.weigh(75, l.attrStart), l.attrStart, l.i, xssTag, xssTagWhy)
	case "xmlns:xlink", "formaction", "attributename", "datasrc", "http-equiv", "dynsrc", "lowsrc", "implementation":
		x.report(x.weigh(58, l.attrStart), l.attrStart, l.i, xssTag, xssTagWhy)
	}
}

// harmlessScript knows the URLs that pages use for a link that does nothing.
func harmlessScript(rest []byte) bool {
	for _, s := range [...]string{"void(0)", "void0", "void", ";", "#", "undefined"} {
		if len(rest) <= len(s)+2 && hasPrefixFold(rest, s) {
			return true
		}
	}
	return len(rest) == 0
}

// eventName reports whether an attribute is an event handler: on and letters.
func eventName(n []byte) bool {
	if len(n) < 5 || n[0] != 'o' || n[1] != 'n' {
		return false
	}
	for _, c := range n[2:] {
		if c < 'a' || c > 'z' {
			return len(n) > 8 && c != '-' && c != '.' && c != ':'
		}
	}
	return true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
