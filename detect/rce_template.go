package detect

import "bytes"

// Template expressions: what a template engine would evaluate. Placeholders
// of a name are what templates are for; arithmetic on numbers, literals with
// methods and the engine's own objects are what probes are made of.

// templateOpen are the opening delimiters with their closing ones.
var templateOpen = [...]struct{ open, end string }{
	{"{{", "}}"}, {"${", "}"}, {"#{", "}"}, {"*{", "}"}, {"<%=", "%>"}, {"{%", "%}"}, {"<%", "%>"}, {"@(", ")"}, {"{@", "}"}, {"{=", "}"}, {"%{", "}"}, {"~{", "}"}, {"@{", "}"},
}

const maxTemplate = 256 // bytes of one expression that are read

func (x *shellContext) judgeTemplate(v *value) finding {
	b := v.b
	if len(b) > 2*shortValue {
		return finding{}
	}
	var best finding
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
		best = stronger(best, f)
	}
	return best
}

func templateAt(b []byte, i int) finding {
	if f := smartyAt(b, i); f.score > 0 {
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
			return finding{score: score, start: i, end: i + len(t.open) + end + len(t.end), rule: "rce/template",
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
	return finding{score: 75, start: i, end: j + end + 1, rule: "rce/template",
		why: "is an expression that a template engine would evaluate"}
}

func templateScore(body []byte, open string) int {
	body = bytes.Trim(body, "{} ")
	switch {
	case len(body) == 0:
		return 0
	case arithmetic(body):
		return 75
	case body[0] == '`' && len(body) > 2 && body[len(body)-1] == '`' && (open == "<%=" || open == "#{"):
		return 70
	case open == "<%" && serverPage(body):
		return 66
	case open == "{{" || open == "{%" || open == "${" || open == "<%=" || open == "#{" || open == "%{":
		return expressionScore(body, open)
	}
	return 0
}

// serverPage reports whether the code of an ASP or JSP tag uses what such a
// page is given.
func serverPage(body []byte) bool {
	body = bytes.TrimLeft(body, "@! ")
	for _, s := range [...]string{"eval", "execute", "request", "response.", "server.", "out.print", "page import", "page language", "runtime", "new java.", "import java"} {
		if hasPrefixFold(body, s) {
			return true
		}
	}
	return false
}

// arithmetic reports whether an expression computes with literal numbers
// only.
func arithmetic(b []byte) bool {
	digits, ops := 0, 0
	for i, c := range b {
		switch {
		case isDigit(c):
			digits++
		case c == '*' || c == '+' || c == '/' || c == '-' && i > 0 || c == '%' || c == '^':
			ops++
		case c == ' ' || c == '(' || c == ')' || c == '\'' || c == '"' || c == '.' && digits > 0:
		default:
			return false
		}
	}
	return digits > 1 && ops > 0 && ops < 8 && isDigit(lastDigit(b))
}

// lastDigit returns the last byte that is no quote, blank or parenthesis.
func lastDigit(b []byte) byte {
	b = bytes.TrimRight(b, " '\")")
	if len(b) == 0 {
		return 0
	}
	return b[len(b)-1]
}

func expressionScore(body []byte, open string) int {
	if literalMethod(body) {
		return 70
	}
	if open == "${" || open == "#{" {
		return objectScore(body)
	}
	if open != "{{" && open != "{%" {
		return 0
	}
	name := body
	if open == "{%" {
		if i := bytes.Index(body, []byte(" in ")); i > 0 {
			name = bytes.TrimSpace(body[i+4:])
		}
	}
	end := 0
	for end < len(name) && (isAlnum(name[end]) || name[end] == '_') {
		end++
	}
	if templateRoots.lookup(name[:end]) == 0 {
		return 0
	}
	rest := name[end:]
	switch {
	case equalFold(name[:end], "_self") && len(rest) > 1 && rest[0] == '.':
		return 65
	case len(rest) == 0 && open == "{{" && (equalFold(name, "self") || equalFold(name, "_self") || equalFold(name, "config")):
		return 55
	case bytes.Contains(rest, []byte("|attr(")), bytes.Contains(rest, []byte("()")), bytes.Contains(rest, []byte(".server")), bytes.Contains(rest, []byte("['")):
		return 65
	}
	return 0
}

// objectScore weighs what stands in the delimiters of Java's expression
// languages: the objects that a page has without asking, and the built-ins of
// FreeMarker that reach Java.
func objectScore(body []byte) int {
	end := 0
	for end < len(body) && (isAlnum(body[end]) || body[end] == '_') {
		end++
	}
	name, rest := body[:end], body[end:]
	for _, s := range [...]string{"pageContext", "applicationScope", "sessionScope", "requestScope", "facesContext", "externalContext", "servletContext"} {
		if equal := string(name) == s; equal && (len(rest) == 0 || rest[0] == '.' || rest[0] == '[') {
			return 60
		}
	}
	switch {
	case (string(name) == "request" || string(name) == "session" || string(name) == "application") && bytes.Contains(rest, []byte("()")):
		return 60
	case bytes.Contains(rest, []byte("?api")), bytes.Contains(rest, []byte("?new")), bytes.Contains(rest, []byte("?eval")), bytes.Contains(rest, []byte("?interpret")):
		return 60
	}
	return 0
}

// literalMethod reports whether an expression calls something on an empty or
// quoted literal, or pipes a list of strings into a function.
func literalMethod(b []byte) bool {
	var rest []byte
	switch b[0] {
	case '\'', '"':
		end := bytes.IndexByte(b[1:], b[0])
		if end < 0 {
			return false
		}
		rest = b[end+2:]
		return len(rest) > 1 && rest[0] == '.' && isAlpha(rest[1])
	case '[', '(':
		end := bytes.IndexAny(b, "])")
		if end < 0 {
			return false
		}
		rest = b[end+1:]
		if len(rest) > 1 && rest[0] == '|' {
			return bytes.Contains(rest, []byte("('")) || bytes.Contains(rest, []byte("(\""))
		}
		return len(rest) > 1 && end < 2 && (rest[0] == '.' || rest[0] == '[')
	}
	return false
}

// smartyAt finds Smarty's own tags and those of FreeMarker and Velocity.
func smartyAt(b []byte, i int) finding {
	for _, s := range [...]string{"{$smarty.", "{php}", "<#assign ", "[#assign ", "#set($", "#set ($", "{{php}}", "__${", "<#include", "#include(", "#evaluate("} {
		if hasPrefixFold(b[i:], s) {
			return finding{score: 65, start: i, end: min(len(b), i+32), rule: "rce/template",
				why: "is an expression that a template engine would evaluate"}
		}
	}
	return finding{}
}
