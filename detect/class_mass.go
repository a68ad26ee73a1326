package detect

import "bytes"

// Mass assignment and pollution of prototypes and classes.
//
// Rules: frameworks bind names of parameters and keys to properties of
// objects. A name that leads through the prototype of JavaScript, the class
// of Java or the special attributes of Python to what all objects share has no
// honest sender. The same as a value is a path for functions that set
// properties by path, when it is all of the value. Privileged fields of an
// account (role, is_admin) are what administration is made of: they count at
// high sensitivity only.
//
// Guarantee, at balanced. Caught:
//
//	__proto__[polluted]=1
//	{"constructor":{"prototype":{"a":1}}}
//	class.module.classLoader.x=y
//
// Not an attack:
//
//	{"__typename":"User","role":"admin"}
//	class[name]=5b&class[teacher]=Li
//	name__icontains=proto
func maybeMass(f features, n int) bool {
	return n > 3 && f&fAlpha != 0
}

func judgeMass(v *value, s *Scratch) finding {
	if !maybeMass(v.f, len(v.b)) || plainWord(v.f, len(v.b), v.kind) && !(v.kind == kindName && s.bindable(v.b)) {
		return finding{}
	}
	switch v.kind {
	case kindName:
		return judgeBoundName(v.b, s)
	case kindParam:
		return judgePropertyPath(v)
	}
	return finding{}
}

// boundWord is what a segment of a name means to a binder.
const (
	boundProto   uint8 = 1 + iota // the prototype itself
	boundMaker                    // leads to the prototype, or is a racing team
	boundMade                     // the prototype, behind its maker
	boundClass                    // the class of an object
	boundLoader                   // what a class leads to
	boundPython                   // special attribute that leads everywhere
	boundSpecial                  // special attribute that serialisers use too
	boundAccount                  // a right
)

var boundWords = newWordTable([]wordGroup{
	{boundProto, []string{"__proto__", "__definegetter__", "__definesetter__", "__lookupgetter__"}},
	{boundMaker, []string{"constructor"}},
	{boundMade, []string{"prototype"}},
	{boundClass, []string{"class"}},
	{boundLoader, []string{"module", "classloader", "protectiondomain"}},
	{boundPython, []string{"__globals__", "__subclasses__", "__builtins__", "__mro__", "__bases__", "__base__", "__import__", "__loader__", "__kwdefaults__"}},
	{boundSpecial, []string{"__class__", "__init__", "__dict__", "__func__", "__self__"}},
	{boundAccount, []string{
		"isadmin", "is_admin", "admin", "role", "roles", "user_role", "userrole", "role_id", "roleid", "is_staff", "isstaff",
		"is_superuser", "issuperuser", "superuser", "is_root", "privilege", "privileges", "permissions", "access_level",
		"accesslevel", "is_verified", "email_verified", "is_approved", "usertype", "user_type", "account_type", "authorities",
	}},
})

// bindable reports whether a plain name may be one that the judge wants:
// plain names are turned away elsewhere.
func (s *Scratch) bindable(name []byte) bool {
	if s.p.threshold[MassAssignment] <= thresholds[High] {
		return len(name) > 3
	}
	if len(name) < len("__mro__") {
		return false
	}
	switch name[0] | 0x20 {
	case '_' | 0x20:
		return name[1] == '_'
	case 'c', 'p':
		c := boundWords.lookup(name)
		return c == boundMaker || c == boundMade
	}
	return false
}

// judgeBoundName reads the segments of a name.
func judgeBoundName(b []byte, s *Scratch) finding {
	f := finding{rule: "mass/prototype", why: "is a name by which a binder reaches what all objects share"}
	last := s.parentWord()
	specials := 0
	for i := 0; i < len(b) && f.score < 70; {
		for i < len(b) && !boundByte(b[i]) {
			i++
		}
		end := i
		for end < len(b) && boundByte(b[end]) {
			end++
		}
		word := boundWords.lookup(b[i:end])
		score := 0
		switch {
		case word == boundProto:
			score = 80
		case word == boundMade && last == boundMaker:
			score = 75
		case word == boundLoader && last == boundClass:
			score = 85
		case word == boundPython:
			score = 70
		case word == boundSpecial:
			if specials++; specials > 1 || last == boundSpecial {
				score = 65
			}
		case word == boundAccount && len(bytes.TrimRight(b[end:], "]'\"")) == 0:
			score = 30
			f.rule, f.why = "mass/privilege", "is the name of a right that an account may not give itself"
		}
		if score > f.score {
			f.score, f.start, f.end = score, i, end
		}
		if word != 0 || end > i {
			last = word
		}
		i = end
	}
	return f
}

// parentWord is the meaning of the name around the current one: in JSON each
// key is a name of its own.
func (s *Scratch) parentWord() uint8 {
	n := min(s.point.n, MaxSteps)
	if n < 2 || s.point.steps[n-1].Kind != StepHashName || s.point.steps[n-2].Kind != StepHash {
		return 0
	}
	return boundWords.lookup(s.point.steps[n-2].Name)
}

func boundByte(c byte) bool { return isAlnum(c) || c == '_' || c == '$' || c == '-' }

// propertyPaths are the beginnings of paths of properties.
var propertyPaths = [...]string{"__proto__", "constructor.prototype", "constructor[prototype]", "constructor['prototype']", "constructor[\"prototype\"]"}

// judgePropertyPath weighs a value that as a whole is a path through the
// prototype, or the text of an object that sets it.
func judgePropertyPath(v *value) finding {
	b := bytes.TrimSpace(v.b)
	if len(b) < 9 || len(b) > shortValue {
		return finding{}
	}
	at := len(v.b) - len(bytes.TrimLeft(v.b, " \t\r\n"))
	f := finding{score: 60, start: at, end: at + len(b), rule: "mass/prototype", why: "is a path by which a program sets what all objects share"}
	switch b[0] {
	case '_', 'c':
		for _, s := range propertyPaths {
			if hasPrefix(b, s) && (len(b) == len(s) || !boundByte(b[len(s)])) && v.f&fBlank == 0 {
				return f
			}
		}
	case '{':
		if bytes.Contains(b, []byte(`"__proto__"`)) {
			return f
		}
	}
	return finding{}
}
