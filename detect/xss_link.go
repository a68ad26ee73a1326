package detect

import "bytes"

// Links, styles and directives: what runs script although no tag, no handler
// and no script of its own is written.

// judgeLink judges links of Markdown and URLs of CSS whose target is script.
func (x *xssReading) judgeLink() {
	b := x.b
	for i, n := 0, 0; i+2 < len(b) && n < maxLinks; n++ {
		k := bytes.IndexByte(b[i:], '(')
		if k < 0 || i+k+2 >= len(b) {
			return
		}
		i += k + 1
		head := b[:i-1]
		css := hasSuffixFold(head, "url")
		if !css && (len(head) == 0 || head[len(head)-1] != ']') {
			continue
		}
		h := readURLHead(bytes.TrimLeft(b[i:], " <\"'"))
		if w := h.script(); w > 0 && !harmlessScript(h.bytes()[w:]) && (!css || !h.data()) {
			x.report(x.weigh(65, i), i-1, min(len(b), i+h.rest), xssURL, xssURLWhy)
			return
		}
		if css && (hasSuffixFold(head[:len(head)-3], "-moz-binding:") || hasSuffixFold(head[:len(head)-3], "behavior:")) {
			x.report(x.weigh(60, i), max(0, i-18), i, xssStyle, xssStyleWhy)
			return
		}
	}
}

// maxLinks bounds the parentheses that are looked at.
const maxLinks = 256

// judgeSpelling judges "<" spelled as a number with more digits than needed,
// without its end or with a capital X: HTML knows these forms, people and
// programs do not write them.
func (x *xssReading) judgeSpelling() {
	b := x.b
	if len(b) > maxStripped {
		return
	}
	for i := 0; i+3 < len(b); i++ {
		k := bytes.Index(b[i:], []byte("&#"))
		if k < 0 || i+k+3 >= len(b) {
			return
		}
		i += k
		c, n := htmlNumeric(b[i:])
		if c != '<' {
			continue
		}
		digits := b[i+2 : i+n]
		odd := digits[0] == 'X' || digits[0] == '0' || digits[0] == 'x' && digits[1] == '0' || n == len(b) && b[n-1] != ';'
		if odd {
			x.report(52, i, i+n, xssTag, "the sign that opens a tag is spelled to pass a filter")
			return
		}
	}
}

// frontDirective reports whether an attribute is one by which a front end runs
// what its value says: v-on:x and @x of Vue, x-on and x-init of Alpine, ng-x
// of Angular.
func frontDirective(name []byte) bool {
	switch {
	case len(name) < 2:
		return false
	case name[0] == '@':
		return isAlpha(name[1])
	}
	for _, s := range [...]string{"x-on", "x-init", "x-data", "x-html", "x-effect", "v-on", "v-html", "ng-init", "ng-click", "ng-focus", "ng-mouse", "ng-bind-html", "ng-include", "data-ng-", "hx-on"} {
		if hasPrefixFold(name, s) {
			return true
		}
	}
	return false
}

// maskedHost reports whether a URL names its host by an odd number (octal,
// hexadecimal, one number) or by percent signs, which only hides it.
func maskedHost(v []byte) bool {
	i := bytes.Index(v[:min(len(v), 12)], []byte("://"))
	if i < 0 {
		return false
	}
	host := v[i+3:]
	if k := bytes.IndexAny(host, "/?#:"); k >= 0 {
		host = host[:k]
	}
	if bytes.IndexByte(host, '%') >= 0 && len(host) > 3 && bytes.IndexByte(host, '{') < 0 {
		return true
	}
	odd, parts := false, 0
	for len(host) > 0 {
		part, rest, _ := bytes.Cut(host, []byte{'.'})
		hex := len(part) > 2 && part[0] == '0' && part[1]|0x20 == 'x'
		for _, c := range part[2*b2i(hex):] {
			if !isDigit(c) && !(hex && isHex(c)) {
				return false
			}
		}
		odd = odd || hex || len(part) > 3 || len(part) > 1 && part[0] == '0'
		host = rest
		parts++
	}
	return odd && parts > 0 && parts < 5
}

// styleEscape reports whether the style of a tag holds a control written as
// an entity, which ends a string of CSS, or takes a filter or marker from
// another document.
func styleEscape(v []byte) bool {
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '&':
			if c, n := htmlByte(v[i:]); n > 2 && c < ' ' && c != '\t' {
				return true
			}
		case '(':
			arg := bytes.TrimLeft(v[i+1:], " '\"")
			if k := bytes.IndexByte(arg, '#'); k > 0 && hasSuffixFold(v[:i], "url") && bytes.IndexByte(arg[:k], ')') < 0 {
				return true
			}
		}
	}
	return false
}
