package detect

import "bytes"

// judgeAttributes judges event handlers outside a tag: the value stands in an
// attribute of the page, ends it and adds one of its own.
func (x *xssReading) judgeAttributes() {
	b := x.b
	for i := 0; i+4 < len(b); i++ {
		if b[i]|0x20 != 'o' || b[i+1]|0x20 != 'n' || i > 0 && !attrBreak(b[i-1]) {
			continue
		}
		j := i + 2
		for j < len(b) && b[j]|0x20 >= 'a' && b[j]|0x20 <= 'z' {
			j++
		}
		if j-i < 5 || j-i > maxHTMLName {
			continue
		}
		k := j
		for k < len(b) && (isSpace(b[k]) || isControl(b[k])) {
			k++
		}
		if k+1 >= len(b) || b[k] != '=' {
			i = j
			continue
		}
		if !programName(b[i:k+2]) && !arrowFunction(b, i, k+1) {
			x.judgeHandler(i, k+1)
		}
		i = k
	}
}

// programName reports whether an assignment is one of a program: the name is
// in camel case, or stands apart from a single "=".
func programName(v []byte) bool {
	eq := bytes.IndexByte(v, '=')
	if v[0] != 'o' || v[eq+1] == '=' {
		return v[eq+1] == '='
	}
	upper := 0
	for _, c := range v[:eq] {
		upper += b2i(c >= 'A' && c <= 'Z')
	}
	return upper == 1 && v[2] >= 'a' && isSpace(v[eq-1]) && isSpace(v[eq+1])
}

// arrowFunction reports whether the assignment at b[i:] whose value begins at
// b[j] is one of a program: it declares a variable, or its value is a
// function with an arrow.
func arrowFunction(b []byte, i, j int) bool {
	for _, w := range [...]string{"const ", "let ", "var "} {
		if hasSuffixFold(b[:i], w) {
			return true
		}
	}
	rest := bytes.TrimLeft(b[j:min(len(b), j+64)], " ")
	return len(rest) > 0 && rest[0] == '(' && bytes.Contains(rest, []byte(") =>"))
}

// attrBreak reports whether an attribute may begin behind c.
func attrBreak(c byte) bool {
	return isSpace(c) || isControl(c) || c == '"' || c == '\'' || c == '`' || c == '/' || c == '>' || c == '<'
}

// judgeHandler judges the handler at i whose value begins at j.
func (x *xssReading) judgeHandler(i, j int) {
	score := 0
	if runnable(x.b[j:]) {
		score = 62
	}
	if x.quoteBefore(i) {
		score += 20
		if score < 50 && len(x.b) < 200 {
			score = 50
		}
	}
	x.report(x.weigh(score, i), i, j, xssHandler, xssHandlerWhy)
}

// quoteBefore reports whether a quote stands before i, which only grows.
func (x *xssReading) quoteBefore(i int) bool {
	for ; !x.quoted && x.unquoted < i; x.unquoted++ {
		c := x.b[x.unquoted]
		x.quoted = c == '"' || c == '\'' || c == '`'
	}
	return x.quoted
}

// runnable reports whether v begins like script that does something: a call,
// an assignment, a template, before any "&" that would end a parameter.
func runnable(v []byte) bool {
	word := false
	for i, c := range v {
		if i > 96 {
			return false
		}
		switch {
		case c == '(' || c == '`' || c == '=' && i > 0:
			return word || c == '('
		case c == '&' && i+1 < len(v) && v[i+1] != '#' && v[i+1]|0x20 != 'l':
			return false
		case c == ';' || c == ':':
			return word
		case isWordByte(c):
			word = true
		case c == '<' || c == '>':
			return false
		}
	}
	return false
}

// judgeURL judges a value that is a URL with a script scheme, or holds one
// where a scheme may stand.
func (x *xssReading) judgeURL() {
	h := readURLHead(x.b)
	n := h.script()
	if n == 0 {
		return
	}
	rest := h.bytes()[n:]
	if harmlessScript(rest) {
		return
	}
	score := 80
	if !h.data() && !scriptLike(x.b, rest) {
		score = 25
	}
	x.report(x.weigh(score, 0), 0, min(h.rest, len(x.b)), xssURL, xssURLWhy)
}

// scriptLike reports whether what follows a scheme is script rather than the
// rest of a sentence.
func scriptLike(b, rest []byte) bool {
	colon := 0
	for colon < len(b) && b[colon] != ':' {
		colon++
	}
	if colon+1 < len(b) && (b[colon+1] == ' ' || b[colon+1] == '+') && len(rest) > 0 && isWordStart(rest[0]) {
		return hasCall(b[colon:])
	}
	for _, c := range rest {
		switch c {
		case '(', '`', '=', '%', '/', '[', '\\', '{', '.', '\'', '"':
			return true
		}
	}
	return false
}

// hasCall reports a word right before a parenthesis.
func hasCall(b []byte) bool {
	for i := 1; i < len(b); i++ {
		if b[i] == '(' && isWordByte(b[i-1]) {
			return true
		}
	}
	return false
}
