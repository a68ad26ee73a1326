package detect

import "bytes"

// Expression languages: OGNL, SpEL, EL, and the ways by which objects of
// Java, Python and JavaScript lead to the interpreter.

// judgeExpression looks for the syntax that only these have.
func (x *shellContext) judgeExpression(v *value) finding {
	b := x.b
	f := finding{rule: "rce/expression", why: "is an expression that reaches classes of the server"}
	i, score := x.staticAccess()
	if score == 0 && v.f&fHash != 0 {
		i, score = x.ognlVariable()
	}
	if score == 0 && v.f&fUnder != 0 {
		i, score = x.pythonChain()
	}
	if score == 0 {
		i, score = x.moduleAccess()
	}
	if score == 0 {
		return finding{}
	}
	f.score = score - x.textDoubt(x.wordsBefore(i), certain)
	if len(b) > 2*shortValue {
		f.score -= 15
	}
	f.start, f.end = i, min(len(b), i+64)
	return f
}

// staticAccess finds T(java.lang.X) and @java.lang.X@member.
func (x *shellContext) staticAccess() (int, int) {
	b := x.b
	for _, root := range [...]string{"java.", "javax.", "org.apache.", "com.sun.", "org.springframework.", "ognl.", "freemarker."} {
		i := bytes.Index(b, []byte(root))
		if i < 1 {
			continue
		}
		switch c := b[i-1]; {
		case c == '(' && i > 1 && b[i-2]|0x20 == 't' && (i == 2 || !isAlnum(b[i-3])):
			return i - 2, 88
		case c == '@':
			return i - 1, 88
		case c == '"' || c == '\'':
			if j := bytes.Index(b[i:], []byte("?new(")); j >= 0 {
				return i, 85
			}
		}
	}
	return 0, 0
}

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
		switch pythonNames.lookup(b[i:end]) {
		case 1:
			return i, 72
		case 2:
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

// moduleAccess finds how JavaScript on a server reaches its modules, and
// the class loader by the names of bean properties.
func (x *shellContext) moduleAccess() (int, int) {
	b := x.b
	for _, m := range [...]struct {
		text  string
		score int
	}{
		{"process.mainModule", 82}, {"process.binding(", 80}, {"child_process", 70}, {"constructor.constructor(", 78},
		{"global.process.", 70}, {"_$$ND_FUNC$$_", 90}, {"java.lang.Runtime", 66}, {"java.lang.ProcessBuilder", 66},
		{"javax.script.ScriptEngineManager", 75}, {"class.module.classLoader", 88}, {"class.classLoader.", 85},
		{"class[classLoader]", 85}, {"class.module.", 70}, {"os.system(", 72}, {"?new()", 75},
	} {
		if i := bytes.Index(b, []byte(m.text)); i >= 0 {
			return i, m.score
		}
	}
	return 0, 0
}
