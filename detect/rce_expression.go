package detect

import "bytes"

// Expression languages: OGNL, SpEL, EL, and the ways by which objects of
// Java, Python and JavaScript lead to the interpreter.

// judgeExpression looks for the syntax that only these have.
func (x *shellContext) judgeExpression(v *value) finding {
	b := x.b
	f := finding{rule: "rce/expression", why: "is an expression that reaches classes of the server"}
	i, score := 0, 0
	if v.f&fDot != 0 {
		i, score = x.dotted()
	}
	if score == 0 && v.f&fHash != 0 {
		i, score = x.ognlVariable()
	}
	if score == 0 && v.f&fUnder != 0 {
		i, score = x.pythonChain()
	}
	if score == 0 && v.f&(fUnder|fAt) != 0 {
		i, score = x.moduleAccess()
	}
	if score == 0 {
		return finding{}
	}
	f.score = score - x.codeDoubt(i)
	f.start, f.end = i, min(len(b), i+64)
	return f
}

// codeDoubt doubts code at b[at] by the text before it, or before the
// delimiter that opens the expression when the value all but begins with one.
func (x *shellContext) codeDoubt(at int) int {
	if x.opened < at && x.opened <= x.text+maxShellWord && x.wordsBefore(x.opened) < 4 {
		return x.textDoubt(x.wordsBefore(x.opened), certain)
	}
	doubt := x.textDoubt(x.wordsBefore(at), certain)
	if len(x.b) > 2*shortValue {
		doubt += 15
	}
	return doubt
}

// dotted looks at each member operator and the names around it.
func (x *shellContext) dotted() (int, int) {
	b := x.b
	for i, n := 1, 0; i+1 < len(b) && n < maxCalls; i, n = i+1, n+1 {
		k := bytes.IndexByte(b[i:], '.')
		if k < 0 {
			return 0, 0
		}
		i += k
		start := nameStart(b, i)
		if score := memberScore(b, start, i); score > 0 {
			return start, score
		}
	}
	return 0, 0
}

// memberScore weighs the member of b[start:dot] that follows the dot.
func memberScore(b []byte, start, dot int) int {
	rest := b[dot+1 : min(len(b), dot+1+maxChain)]
	switch string(b[start:dot]) {
	case "java", "javax", "org", "com", "ognl", "freemarker", "jdk", "ch", "groovy", "sun", "javassist", "System":
		return packageScore(b, start, rest)
	case "process":
		if hasPrefix(rest, "mainModule") || hasPrefix(rest, "binding(") {
			return 82
		}
		if len(b) < shortValue/2 && (start == 0 || b[start-1] != ' ') && (hasPrefix(rest, "exit(") || hasPrefix(rest, "kill(") || hasPrefix(rest, "abort(") || hasPrefix(rest, "dlopen(")) {
			return 56
		}
	case "vm":
		if hasPrefix(rest, "runIn") {
			return 62
		}
	case "constructor":
		if hasPrefix(rest, "constructor(") {
			return 78
		}
	case "global", "globalThis":
		if hasPrefix(rest, "process.") {
			return 72
		}
	case "class":
		if hasPrefix(rest, "module.") || hasPrefix(rest, "classLoader.") {
			return 85
		}
	case "os":
		if hasPrefix(rest, "system(") || hasPrefix(rest, "popen(") {
			return 72
		}
	}
	return 0
}

// packageScore weighs T(java.x), @java.x@member, and classes by which code
// or commands are run.
func packageScore(b []byte, start int, rest []byte) int {
	if start > 0 {
		switch c := b[start-1]; {
		case c == '(' && start > 1 && b[start-2]|0x20 == 't' && (start == 2 || !isAlnum(b[start-3])):
			return 88
		case c == '@' && bytes.IndexByte(rest, '@') > 0:
			return 88
		}
	}
	return classScore(b[start:min(len(b), start+maxChain)])
}

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

// ognlVariable finds #_memberAccess and assignments to #names inside %{},
// ${} or parentheses.
func (x *shellContext) ognlVariable() (int, int) {
	b := x.b
	for i := 1; i < len(b); i++ {
		k := bytes.IndexByte(b[i:], '#')
		if k < 0 {
			return 0, 0
		}
		i += k
		if b[i-1] != '(' && b[i-1] != '{' && b[i-1] != ',' && b[i-1] != '.' {
			continue
		}
		end := i + 1
		for end < len(b) && (isAlnum(b[end]) || b[end] == '_') {
			end++
		}
		if end-i < 2 || end >= len(b) {
			continue
		}
		name := b[i+1 : end]
		switch {
		case equalFold(name, "_memberaccess"), equalFold(name, "context") && b[end] != ' ', equalFold(name, "parameters") && b[end] == '.':
			return i, 85
		case b[end] == '=' && (b[i-1] == '(' || b[i-1] == '{') && end+1 < len(b) && (b[end+1] == '@' || b[end+1] == '#' || b[end+1] == '('):
			return i, 75
		}
	}
	return 0, 0
}

// pythonChain finds attribute chains over Python's special names.
func (x *shellContext) pythonChain() (int, int) {
	b := x.b
	weak, first := 0, 0
	for i := 0; i < len(b); i++ {
		k := bytes.Index(b[i:], []byte("__"))
		if k < 0 {
			break
		}
		i += k
		end := i + 2
		for end < len(b) && (isAlnum(b[end]) || b[end] == '_') {
			end++
		}
		switch class := pythonNames.lookup(b[i:end]); {
		case class != 0 && longWord(b, i):
		case class == 1:
			return i, 72
		case class == 2:
			if weak == 0 {
				first = i
			}
			weak++
		}
		i = end
	}
	if weak > 0 && bytes.Contains(b[:first], []byte("{{")) || weak > 1 && len(b) < shortValue && bytes.IndexByte(b, ' ') < 0 {
		return first, 68
	}
	return 0, 0
}

// moduleNames are names that alone reach the interpreter.
var moduleNames = [...]string{"child_process", "_$$ND_FUNC$$_", "?new("}

// moduleAccess finds modules by which JavaScript runs commands, and the
// operator by which FreeMarker makes objects of classes.
func (x *shellContext) moduleAccess() (int, int) {
	for _, name := range moduleNames {
		if i := bytes.Index(x.b, []byte(name)); i >= 0 {
			return i, 72
		}
	}
	return 0, 0
}
