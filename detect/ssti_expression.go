package detect

import "bytes"

// Expressions of template engines: which of them no template author writes.

func templateScore(body []byte, open string) int {
	body = bytes.Trim(body, "{}=- ")
	switch {
	case len(body) == 0:
		return 0
	case arithmetic(cutFilter(body)), open == "{%" && hasPrefix(body, "print") && arithmetic(bytes.TrimSpace(body[5:])):
		return 75
	case open == "{{" && hasPrefix(body, "dump("), open == "{{" && hasPrefix(body, "request.environ"):
		return 58
	case constantCondition(body, open):
		return 60
	case body[0] == '`' && len(body) > 2 && body[len(body)-1] == '`' && (open == "<%=" || open == "#{"):
		return 70
	case open == "<%" && serverPage(body):
		return 66
	case open == "<%=" && rubyClass(body):
		return 62
	case open == "{{" || open == "{%" || open == "${" || open == "<%=" || open == "#{" || open == "%{":
		return expressionScore(body, open)
	}
	return 0
}

// cutFilter returns an expression without the filter behind it.
func cutFilter(body []byte) []byte {
	if i := bytes.IndexByte(body, '|'); i > 0 && i+1 < len(body) && isAlpha(bytes.TrimSpace(body[i:])[1]) {
		return bytes.TrimSpace(body[:i])
	}
	return body
}

// constantCondition reports whether a tag asks what is known: if true, if 1.
func constantCondition(body []byte, open string) bool {
	if open != "{%" && open != "<%=" && open != "<%" || !hasPrefixFold(body, "if ") {
		return false
	}
	switch c := bytes.TrimSpace(body[3:]); {
	case equalFold(c, "true"), equalFold(c, "1"), equalFold(c, "not false"), equalFold(c, "(true)"):
		return true
	default:
		i := bytes.Index(c, []byte("=="))
		return i > 0 && len(c) > i+2 && bytes.Equal(bytes.TrimSpace(c[:i]), bytes.TrimSpace(c[i+2:]))
	}
}

// rubyClass reports whether the expression calls a class of Ruby that opens
// files or runs commands.
func rubyClass(body []byte) bool {
	for _, s := range [...]string{"File.", "Dir.", "IO.", "Kernel.", "Process.", "Open3.", "ObjectSpace.", "::File", "Object.const_get"} {
		if hasPrefix(body, s) {
			return true
		}
	}
	return false
}

// judgeSet weighs a value that is nothing but arithmetic in single braces or
// in double brackets, as Smarty, Latte and Thymeleaf have them.
func judgeSet(b []byte) finding {
	body := bytes.TrimSpace(b)
	if len(body) < 5 || len(body) > maxTemplate {
		return finding{}
	}
	switch {
	case body[0] == '{' && body[1] != '{' && body[len(body)-1] == '}':
		body = body[1 : len(body)-1]
	case hasPrefix(body, "[[") && bytes.HasSuffix(body, []byte("]]")), hasPrefix(body, "[(") && bytes.HasSuffix(body, []byte(")]")):
		body = body[2 : len(body)-2]
	default:
		return finding{}
	}
	if bytes.IndexByte(body, '*') < 0 || !arithmetic(body) {
		return finding{}
	}
	return finding{score: 60, end: len(b), rule: "ssti/expression", why: "is an expression that a template engine would evaluate"}
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
	if functionFilter(body) || bytes.Contains(body, []byte(".constructor(")) || bytes.Contains(body, []byte("\"constructor\"")) || bytes.Contains(body, []byte("'constructor'")) {
		return 65
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
	case settingKey(rest), len(rest) > 2 && (hasPrefix(rest, "|pprint") || hasPrefix(rest, "|tojson") || hasPrefix(rest, ".items")):
		return 58
	case bytes.Contains(rest, []byte("|attr(")), bytes.Contains(rest, []byte("()")), bytes.Contains(rest, []byte(".server")), bytes.Contains(rest, []byte("['")):
		return 65
	}
	return 0
}

// settingKey reports whether rest is the name of a setting: ".SECRET_KEY".
func settingKey(rest []byte) bool {
	if len(rest) < 6 || rest[0] != '.' {
		return false
	}
	for _, c := range rest[1:] {
		if (c < 'A' || c > 'Z') && c != '_' {
			return false
		}
	}
	return true
}

// functionFilter reports whether the expression hands the name of a function
// to a filter that calls it, or names a filter that reads files.
func functionFilter(b []byte) bool {
	for i := bytes.IndexByte(b, '|'); i >= 0 && i+1 < len(b); {
		rest := bytes.TrimLeft(b[i+1:], " ")
		for _, s := range [...]string{"map(", "filter(", "sort(", "reduce(", "find("} {
			if !hasPrefix(rest, s) {
				continue
			}
			arg := bytes.TrimLeft(rest[len(s):], " ")
			if end := bytes.IndexByte(arg[min(1, len(arg)):], arg0(arg)); end > 1 && codeFunctions.lookup(arg[1:1+end]) != 0 {
				return true
			}
		}
		if hasPrefix(rest, "file_excerpt") {
			return true
		}
		n := bytes.IndexByte(b[i+1:], '|')
		if n < 0 {
			break
		}
		i += 1 + n
	}
	return false
}

// arg0 returns the quote with which an argument starts, or a byte that ends
// none.
func arg0(arg []byte) byte {
	if len(arg) > 0 && (arg[0] == '\'' || arg[0] == '"') {
		return arg[0]
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
	case string(name) == "class" && hasPrefix(rest, ".get"):
		return 62
	case string(name) == "self" && (hasPrefix(rest, ".module.") || hasPrefix(rest, ".template.") || hasPrefix(rest, ".context.")):
		return 62
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
		return len(rest) > 1 && rest[0] == '.' && (isAlpha(rest[1]) || rest[1] == '_')
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
