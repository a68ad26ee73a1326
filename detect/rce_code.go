package detect

import "bytes"

// maxCalls bounds the calls that are judged in one value.
const maxCalls = 512

// judgeCode looks at each call, at PHP's opening tag and variables, and at
// the expression languages of Java.
func (x *shellContext) judgeCode(v *value) finding {
	best := x.judgePHP(v)
	best = stronger(best, x.judgeExpression(v))
	if v.f&fParen == 0 {
		return best
	}
	best = stronger(best, x.judgeDynamic())
	if v.f&fAmp != 0 && v.f&fQuote != 0 {
		best = stronger(best, judgeSplitName(v.b))
	}
	b := v.b
	n := 0
	for i := 0; n < maxCalls && best.score < 85; i++ {
		k := bytes.IndexByte(b[i:], '(')
		if k < 0 {
			break
		}
		i += k
		c, ok := callAt(b, i)
		if !ok || c.definition {
			continue
		}
		fn := codeFunctions.lookup(c.name)
		if fn == fnNone && !c.member && (c.start == 0 || b[c.start-1] != ' ') && runtimeFamily(c.name) {
			fn = fnDecode | fnOwn
		}
		if fn == fnNone {
			continue
		}
		n++
		best = stronger(best, x.judgeCall(&c, fn))
	}
	return best
}

// judgeDynamic finds a call whose function is a string or an item of an
// array: "sys\x74em"("x"), $a['f']('x'), $$f('x').
func (x *shellContext) judgeDynamic() finding {
	b := x.b
	if len(b) > 2*shortValue {
		return finding{}
	}
	for i := 2; i+1 < len(b); i++ {
		k := bytes.IndexByte(b[i:], '(')
		if k < 0 {
			break
		}
		i += k
		if i+1 >= len(b) || !dynamicName(b[:i]) || b[i+1] == ')' {
			continue
		}
		score := 60 - x.textDoubt(x.wordsBefore(i), certain)
		return finding{score: score, start: max(0, i-16), end: min(len(b), i+32), rule: "rce/dynamic-call",
			why: "calls a function whose name is a string"}
	}
	return finding{}
}

// dynamicName reports whether b ends in a string with escapes, or in an item
// of a variable of PHP.
func dynamicName(b []byte) bool {
	switch c := b[len(b)-1]; c {
	case '"', '\'':
		name := b[max(0, len(b)-maxChain) : len(b)-1]
		name = name[bytes.LastIndexByte(name, c)+1:]
		fn := codeFunctions.lookup(bytes.TrimSpace(name)) & fnKinds
		return len(name)+1 < len(b) && (bytes.Contains(name, []byte("\\x")) || fn == fnRun || fn == fnEval)
	case ')':
		return joinedName(b)
	case ']', '}':
		head := b[max(0, len(b)-maxShellWord):]
		i := bytes.LastIndexByte(head, '$')
		return i >= 0 && i+1 < len(head) && (c == '}' && head[i+1] == '{' && i > 0 && head[i-1] == '$' || c == ']' && head[i+1] == '_' && bytes.IndexByte(head[i:], ' ') < 0)
	}
	return false
}

// joinedName reports whether b ends in parentheses around strings alone, or
// around the name of a function that runs what it is given.
func joinedName(b []byte) bool {
	head := b[max(0, len(b)-maxChain) : len(b)-1]
	open := bytes.LastIndexByte(head, '(')
	if open < 0 || open > 0 && isWordByte(head[open-1]) {
		return false
	}
	name := bytes.Trim(head[open+1:], " '\"")
	if fn := codeFunctions.lookup(name); fn&fnKinds == fnRun && (fn&fnOwn != 0 || equalFold(name, "system")) {
		return true
	}
	quotes, joins := 0, 0
	for _, c := range head[open+1:] {
		switch {
		case isQuote(c):
			quotes++
		case c == '.' || c == '+':
			joins++
		case !isAlnum(c) && c != '_' && c != '\\':
			return false
		}
	}
	return quotes > 3 && joins > 0
}

// judgeSplitName finds a name of Basic that is put together from strings:
// "Ex"&"ec"&"ute(".
func judgeSplitName(b []byte) finding {
	n, first := 0, 0
	for i := 1; i+1 < len(b); i++ {
		k := bytes.Index(b[i:], []byte("\"&\""))
		if k < 0 {
			break
		}
		i += k
		if isAlnum(b[i-1]) && i+3 < len(b) && isAlnum(b[i+3]) {
			if n == 0 {
				first = i
			}
			n++
		}
	}
	if n < 2 {
		return finding{}
	}
	return finding{score: 62, start: first, end: min(len(b), first+32), rule: "rce/split-name",
		why: "puts a function's name together from pieces"}
}

func (x *shellContext) judgeCall(c *codeCall, fn uint8) finding {
	arg, text := argumentAt(x.b, c.open+1)
	score := 0
	kind, own := fn&fnKinds, fn&fnOwn != 0
	switch kind {
	case fnRun:
		score = x.runScore(c, own, arg, text)
	case fnEval:
		score = evalScore(c, own, arg, text)
	case fnShow:
		score = x.showScore(c, own, arg)
	case fnRead:
		score = readScore(c, own, arg, text)
	case fnDecode:
		if own && (!c.member || c.joined) {
			score = 52
		}
	case fnReflect:
		score = x.reflectScore(c, own)
	case fnWait:
		score = x.waitScore(c)
	}
	if score == 0 {
		return finding{}
	}
	score -= x.textDoubt(x.wordsBefore(c.start), certain)
	if len(x.b) > 2*shortValue {
		score -= 15
	}
	return finding{score: score, start: c.start, end: min(len(x.b), c.open+64), rule: "rce/call",
		why: "calls a function that runs commands or code on a server"}
}

// runScore weighs a function that runs a command. Members of unknown things
// are calls of regular expressions and builders.
func (x *shellContext) runScore(c *codeCall, own bool, arg argument, text []byte) int {
	if c.member && !own && !c.joined && !runOwner(c.owner) {
		return 0
	}
	command := arg == argText && commandText(text)
	switch {
	case command || arg == argInput || arg == argTick:
		return 82
	case arg == argCall, arg == argVar && (own || equalFold(c.name, "system")):
		return 68
	case own && arg != argNone && (arg != argOther || c.open == c.start+len(c.name) || c.member):
		return 62
	case c.member && arg == argText && !equalFold(c.name, "run") && !equalFold(c.name, "call"):
		return 60
	}
	return 0
}

// runOwner reports whether a module or object runs commands.
func runOwner(name []byte) bool {
	for _, s := range [...]string{"os", "subprocess", "child_process", "getruntime", "runtime", "commands", "kernel",
		"io", "process", "posix", "pty", "platform", "shell", "util", "execute", "deno", "bun"} {
		if equalFold(name, s) {
			return true
		}
	}
	return false
}

// commandText reports whether a string literal holds a command.
func commandText(text []byte) bool {
	if len(text) == 0 {
		return false
	}
	c := readCommand(text, 0, false)
	return c.quality() >= bareName || c.kind != cmdNone && c.args == 0
}

func evalScore(c *codeCall, own bool, arg argument, text []byte) int {
	if c.member && !c.joined {
		return 0
	}
	switch arg {
	case argInput:
		return 82
	case argCall, argTick:
		return 65
	case argText:
		if commandText(text) || own && codeFunctions.lookup(text) != fnNone || codeText(text) {
			return 70
		}
	case argVar:
		if own || equalFold(c.name, "eval") || equalFold(c.name, "assert") {
			return 55
		}
	}
	return 0
}

// codeText reports whether a string literal holds a call of a known function.
func codeText(text []byte) bool {
	i := bytes.IndexByte(text, '(')
	if i <= 0 {
		return false
	}
	c, ok := callAt(text, i)
	fn := codeFunctions.lookup(c.name)
	return ok && fn != fnNone && (fn&fnOwn != 0 || fn&fnKinds <= fnEval)
}

func (x *shellContext) showScore(c *codeCall, own bool, arg argument) int {
	switch {
	case own && (!c.member || c.joined):
		return 70
	case c.member:
		if equalFold(c.name, "getenv") && (equalFold(c.owner, "system") || equalFold(c.owner, "os")) {
			return 58
		}
		return 0
	case arg == argTick || arg == argInput:
		return 70
	case arg == argCall && len(x.b) < shortValue, x.opened < c.start && x.b[x.opened] == '$' && arg != argOther:
		return 58
	case echoBefore(x.b[:c.start]) && len(x.b) < shortValue:
		return 56
	}
	return 0
}

// echoBefore reports whether the statement echo or print stands before a
// call.
func echoBefore(b []byte) bool {
	b = bytes.TrimRight(b, " ")
	return hasSuffixFold(b, "echo") || hasSuffixFold(b, "print")
}

// runtimeFamily reports whether a name belongs to an extension of PHP.
func runtimeFamily(name []byte) bool {
	if bytes.IndexByte(name, '_') < 2 || len(name) > maxRun {
		return false
	}
	for _, s := range runtimeFamilies {
		if hasPrefixFold(name, s) {
			return true
		}
	}
	return false
}

func readScore(c *codeCall, own bool, arg argument, text []byte) int {
	if c.member && !own && !c.joined {
		return 0
	}
	switch {
	case arg == argInput:
		return 72
	case arg == argText && secretText(text, !equalFold(c.name, "require")):
		return 72
	case own && (arg == argText || arg == argCall || arg == argVar):
		return 56
	}
	return 0
}

// secretText reports whether a string literal names a file of the system, a
// wrapper or, where modules are not named so, a place outside.
func secretText(text []byte, climbs bool) bool {
	var p pathShape
	p.read(text)
	return p.sensitivity() >= fileSystem || climbs && p.climbs > 1 || bytes.HasPrefix(text, []byte("php://"))
}

func (x *shellContext) reflectScore(c *codeCall, own bool) int {
	inside := x.opened < c.start
	switch {
	case own && inside:
		return 75
	case own:
		return 58
	case inside && c.member:
		return 65
	}
	return 0
}

// waitScore weighs sleep(5): alone or behind a break-out it only serves to
// measure that code runs.
func (x *shellContext) waitScore(c *codeCall) int {
	if c.member || c.open+2 >= len(x.b) || !isDigit(x.b[c.open+1]) {
		return 0
	}
	i := c.open + 1
	for i < len(x.b) && isDigit(x.b[i]) {
		i++
	}
	i++
	if i < len(x.b) && (x.b[i] == ' ' || isAlnum(x.b[i]) || x.b[i] == '.') {
		return 0
	}
	if c.start == 0 || x.b[c.start-1] != ' ' && !isAlnum(x.b[c.start-1]) {
		return 52
	}
	return 0
}

// judgePHP looks for PHP's opening tag and for the request's variables.
func (x *shellContext) judgePHP(v *value) finding {
	b := x.b
	if v.f&fLess != 0 {
		if i := bytes.Index(b, []byte("<?")); i >= 0 && i+3 < len(b) {
			return stronger(x.phpTag(i), x.phpVariable(v))
		}
	}
	return x.phpVariable(v)
}

func (x *shellContext) phpTag(i int) finding {
	b := x.b
	f := finding{start: i, end: min(len(b), i+64), rule: "rce/php-tag", why: "opens a piece of PHP code"}
	tag := hasPrefixFold(b[i:], "<?php") || b[i+2] == '='
	short := !tag && !hasPrefixFold(b[i:], "<?xml") && (b[i+2] == ' ' || b[i+2] == '$' || b[i+2] == '@' || b[i+2] == '`')
	switch {
	case tag && len(b) < shortValue:
		f.score = 70
	case short && len(b) < shortValue && bytes.IndexByte(b[i:], '(') >= 0:
		f.score = 65
	case (tag || short) && i < 64 && webShell(b[i:]):
		f.score = 75
	case tag:
		f.score = 35
	}
	return f
}

// webShell reports whether code hands the request to something that runs it.
func webShell(b []byte) bool {
	for i, n := 0, 0; n < maxCalls; n++ {
		k := bytes.IndexByte(b[i:], '(')
		if k < 0 {
			return false
		}
		i += k + 1
		c, ok := callAt(b, i-1)
		fn := codeFunctions.lookup(c.name)
		if !ok || fn&fnKinds != fnRun && fn&fnKinds != fnEval {
			continue
		}
		if arg, _ := argumentAt(b, i); arg == argInput || arg == argCall && fn&fnKinds == fnEval {
			return true
		}
	}
	return false
}

// phpVariable looks for a variable that holds the request, in an expression.
func (x *shellContext) phpVariable(v *value) finding {
	b := x.b
	if v.f&fDollar == 0 || v.f&fBracket == 0 || len(b) > 2*shortValue {
		return finding{}
	}
	for i := 0; ; i++ {
		k := bytes.Index(b[i:], []byte("$_"))
		if k < 0 {
			return finding{}
		}
		i += k
		if requestVariable(b[i:]) && bytes.IndexByte(b[i:min(len(b), i+12)], '[') > 0 {
			score := 62 - x.textDoubt(x.wordsBefore(i), certain)
			return finding{score: score, start: i, end: min(len(b), i+32), rule: "rce/request-variable",
				why: "uses the variable by which PHP code reads the request"}
		}
	}
}
