package detect

import "bytes"

// The context decides what a command is worth: what stands before it, by
// which operator the value leaves its place, how much text is around.

// shellOperator marks the bytes after which a command may begin.
var shellOperator = makeShellOperator()

func makeShellOperator() (t [256]bool) {
	for _, c := range []byte(";|&\n\r`$<>%\\") {
		t[c] = true
	}
	return t
}

// maxCommands bounds the commands that are weighed in one value. Behind so
// many, the text before would outweigh any other.
const maxCommands = 512

// shellContext is the value around a command.
type shellContext struct {
	b       []byte
	kind    kind
	plus    bool // there are no blanks, '+' may stand for them
	blanks  int  // in the head of the value
	lines   int
	text    int // offset of the first byte that is no blank or quote
	assigns int // commands so far that only set variables
	opened  int // offset of the first template delimiter, or len(b)
}

func newShellContext(v *value) shellContext {
	c := shellContext{b: v.b, kind: v.kind, plus: v.f&fSpace == 0 && v.f&fPlus != 0}
	for _, x := range v.b[:min(len(v.b), 1024)] {
		switch x {
		case ' ':
			c.blanks++
		case '\n':
			c.lines++
			c.blanks++
		}
	}
	for c.text < len(v.b) && bytes.IndexByte([]byte(" \r\n\t'\""), v.b[c.text]) >= 0 {
		c.text++
	}
	c.opened = len(v.b)
	if v.f&fBracket != 0 {
		c.opened = firstDelimiter(v.b)
	}
	return c
}

// firstDelimiter returns the offset of the first "{{", "{%" or a brace behind
// a sign, len(b) when there is none.
func firstDelimiter(b []byte) int {
	for i := 0; i+1 < len(b); i++ {
		k := bytes.IndexByte(b[i:], '{')
		if k < 0 {
			break
		}
		i += k
		if i > 0 && (b[i-1] == '$' || b[i-1] == '%' || b[i-1] == '#' || b[i-1] == '*') {
			return i - 1
		}
		if i+1 < len(b) && (b[i+1] == '{' || b[i+1] == '%') {
			return i
		}
	}
	return len(b)
}

// judgeShell reads a command after each operator and at the start.
func (x *shellContext) judgeShell() finding {
	best := x.judgeLine()
	b := x.b
	n := 0
	for i := 0; i < len(b) && n < maxCommands && best.score < 85; i++ {
		if !shellOperator[b[i]] {
			continue
		}
		op, w := operatorAt(b, i)
		if op == opNone || i+w < len(b) && (b[i+w] == ';' || b[i+w] == '&' || b[i+w] == '|') {
			continue
		}
		f := x.judgeAt(op, i, i+w)
		if f.rule != "" {
			n++
		}
		best = stronger(best, f)
		i += w - 1
	}
	return best
}

// The operators.
const (
	opNone = iota
	opSemi
	opPipe
	opAnd
	opAmp
	opLine
	opTick
	opSubst
)

// operatorAt recognises the operator at b[i] and its width.
func operatorAt(b []byte, i int) (op, w int) {
	next := byte(0)
	if i+1 < len(b) {
		next = b[i+1]
	}
	switch b[i] {
	case ';':
		return opSemi, 1
	case '|':
		if next == '|' {
			return opAnd, 2
		}
		return opPipe, 1
	case '&':
		if next == '&' {
			return opAnd, 2
		}
		return opAmp, 1
	case '\n', '\r':
		return opLine, 1
	case '`':
		if next == '`' {
			return opNone, 0
		}
		return opTick, 1
	case '$', '<', '>':
		if next == '(' && (i+2 >= len(b) || b[i+2] != '(') {
			return opSubst, 2
		}
	case '%':
		if i+2 < len(b) && next == '0' && (b[i+2]|0x20 == 'a' || b[i+2]|0x20 == 'd') {
			return opLine, 3
		}
	case '\\':
		if next == 'n' && i+2 < len(b) && (i == 0 || !isAlnum(b[i-1])) {
			return opLine, 2
		}
	}
	return opNone, 0
}

// judgeAt weighs the command at b[from:] behind the operator at b[at:].
func (x *shellContext) judgeAt(op, at, from int) finding {
	if at > 0 && (op == opPipe && x.b[at-1] == '\\' || op == opSemi && entityEnds(x.b[:at])) {
		return finding{}
	}
	if from >= len(x.b) || op == opTick && at > 0 && (x.b[at-1] == '`' || x.role(at)) || op == opPipe && x.tableRow(at) {
		return finding{}
	}
	c := readCommand(x.b, from, x.plus)
	q := c.quality()
	if q == notCommand {
		return x.judgeVariables(op, at, &c)
	}
	score := x.weigh(op, at, &c, q)
	f := finding{score: score, start: at, end: max(c.end, from), rule: "rce/separator-command",
		why: "leaves its place by a shell separator and begins a command"}
	if op == opTick || op == opSubst {
		f.rule, f.why = "rce/substitution", "asks a shell to run a command and take its output"
	}
	return f
}

// tableRow reports whether a pipe begins a row of a table drawn in text: the
// row or rule above ends in one of its corners.
func (x *shellContext) tableRow(at int) bool {
	for at > 0 && (x.b[at-1] == '\n' || x.b[at-1] == '\r') {
		if at--; at > 0 && (x.b[at-1] == '|' || x.b[at-1] == '+') {
			return true
		}
	}
	return false
}

// judgeVariables finds a command whose name is put together from variables
// that the value has set before: a=who;b=ami;$a$b.
func (x *shellContext) judgeVariables(op, at int, c *shellCommand) finding {
	switch {
	case c.assigned && c.kind == cmdNone && (c.term == ';' || c.term == '&' || c.term == '\n'):
		x.assigns++
	case c.expansion && x.assigns > 0 && (op == opSemi || op == opAnd || op == opAmp):
		return finding{score: 68 - x.textDoubt(x.wordsBefore(at), certain), start: at, end: min(len(x.b), at+maxShellWord), rule: "rce/separator-command",
			why: "leaves its place by a shell separator and begins a command"}
	}
	return finding{}
}

// scores by operator and quality, without what the text around takes off.
var shellScores = [...][5]int{
	opSemi:  {0, 55, 60, 70, 88},
	opPipe:  {0, 55, 60, 70, 88},
	opAnd:   {0, 55, 65, 75, 90},
	opAmp:   {0, 55, 60, 66, 85},
	opLine:  {0, 40, 55, 60, 80},
	opTick:  {0, 56, 62, 75, 88},
	opSubst: {0, 56, 65, 75, 90},
}

func (x *shellContext) weigh(op, at int, c *shellCommand, q int) int {
	before := x.wordsBefore(at)
	switch {
	case op == opTick && x.b[at+1] == ' ' && before > 0: // one that closes
		return 0
	case c.kind == cmdExec && c.args == 0 && op != opPipe && (!c.program || before > 0):
		return 0
	case c.kind == cmdPrint && q == bareName && (before == 0 || op == opTick || op == opSubst):
		q = plausible
	}
	score := shellScores[op][q]
	if c.assigned {
		score -= 25
	}
	bare := op == opLine && before == 0 && x.lines < 2 && x.operandBefore(at) && len(bytes.TrimSpace(x.b[c.end:])) == 0
	if bare {
		score += 15
	} else if q <= bareName {
		score -= x.bareDoubt(op, at, c)
	}
	if op == opTick && at > 0 && (x.b[at-1] == ' ' || x.b[at-1] == '\n') && before > 0 {
		score -= 25
		if x.sentence(c.end) || before > 1 && x.spanEnds(c.end) {
			score -= 20
		}
	}
	if before > 4 && (op == opAnd || op == opPipe || op == opSemi) && x.inSpan(at) {
		score -= 25
	}
	if op == opLine && !bare && (c.kind == cmdBuild || x.listing(at)) {
		score -= 25
	}
	if op == opLine && !bare {
		if before > 2 && at+1 < len(x.b) && x.b[at+1] == '\t' {
			score -= 15 // a recipe, a block
		}
		score -= x.lineDoubt(at)
		if x.text >= at && q == bareWord && len(bytes.TrimSpace(x.b[c.end:])) == 0 {
			score += 15
		}
	}
	return score - x.textDoubt(before, q)
}

// operandBefore reports whether the value up to b[at] is an address, as it is
// given to a tool that looks hosts up.
func (x *shellContext) operandBefore(at int) bool {
	host := bytes.TrimSpace(x.b[:at])
	return len(host) > 6 && (numericHost(host) || bytes.IndexByte(host, '.') > 0 && dottedName(host) && bytes.IndexByte(host, ' ') < 0 && x.lines == 0)
}

// listing reports whether the line before b[at] is a command too: the value
// is a listing of a session or a script.
func (x *shellContext) listing(at int) bool {
	from := bytes.LastIndexByte(x.b[:at], '\n') + 1
	if from == at && from > 0 {
		from = bytes.LastIndexByte(x.b[:from-1], '\n') + 1
	}
	c := readCommand(x.b[:at], from, false)
	return c.quality() >= plausible
}

// spanEnds reports whether the closing backtick at end ends the value or a
// sentence.
func (x *shellContext) spanEnds(end int) bool {
	b := x.b
	return end < len(b) && b[end] == '`' && (end+1 == len(b) || bytes.IndexByte([]byte(".,;:)"), b[end+1]) >= 0)
}

// role reports whether a role of reStructuredText stands before a backtick:
// {term} or :ref:.
func (x *shellContext) role(at int) bool {
	head := x.b[max(0, at-maxShellWord):at]
	if n := len(head); n == 0 || head[n-1] != '}' && head[n-1] != ':' {
		return false
	} else if head[n-1] == '}' {
		return bytes.IndexByte(head, '{') >= 0
	}
	return bytes.IndexByte(head[:len(head)-1], ':') >= 0
}

// splitOnPurpose reports whether a name is parted by what vanishes (an empty
// string, an unset variable, a backslash) or by quotes more than once.
func splitOnPurpose(w []byte) bool {
	for i, c := range w {
		if c == '$' || c == '\\' || c == '^' || isQuote(c) && i+1 < len(w) && w[i+1] == c {
			return true
		}
	}
	return bytes.Count(w, []byte{'\''})+bytes.Count(w, []byte{'"'}) > 3
}

// entityEnds reports whether b ends in a reference of HTML without its
// semicolon.
func entityEnds(b []byte) bool {
	b = b[max(0, len(b)-8):]
	i := bytes.LastIndexByte(b, '&')
	if i < 0 || i+2 > len(b) {
		return false
	}
	switch name := string(b[i+1:]); name {
	case "lt", "gt", "amp", "quot", "nbsp", "apos":
		return true
	default:
		return name[0] == '#' && len(name) > 1
	}
}

// sentence reports whether words follow the closing backtick at end, as
// behind code in a sentence.
func (x *shellContext) sentence(end int) bool {
	b := x.b
	if end+3 >= len(b) || b[end] != '`' {
		return false
	}
	rest := b[end+1:]
	if c := rest[0]; c == '.' || c == ',' || c == ':' || c == ')' {
		rest = rest[1:]
	}
	return len(rest) > 2 && (rest[0] == ' ' || rest[0] == '\n') && isAlpha(rest[1])
}

// bareDoubt doubts a name without arguments: lists, words, query strings.
func (x *shellContext) bareDoubt(op, at int, c *shellCommand) int {
	b := x.b
	doubt := 0
	if c.plain > 0 && c.word {
		doubt += 40
	}
	if c.word && c.titled && op == opSemi && x.wordsBefore(at) > 1 {
		doubt += 10 // 5 Mill St.; Top floor
	}
	if (c.word || c.kind == cmdExec) && op != opTick && op != opSubst && op != opAnd && at > 2 && x.identifierBefore(at) {
		doubt += 15
	}
	if op == opTick && c.word && x.identifierQuote(at, c.end) {
		doubt += 40
	}
	if op == opAmp && at > 0 && c.term == ';' && b[at+1] != ' ' {
		doubt += 20
	}
	if op == opLine && x.text < at {
		doubt += 20
	}
	if op == opSubst && c.word && c.term == ')' && c.end+1 < len(b) && (b[c.end+1] == '.' || b[c.end+1] == '[') {
		doubt += 40
	}
	return doubt
}

// identifierQuote reports whether backticks stand as SQL and Markdown set
// them: part of a dotted name, or before further text.
func (x *shellContext) identifierQuote(at, end int) bool {
	b := x.b
	if at > 0 && (b[at-1] == '.' || b[at-1] == ',') {
		return true
	}
	if end+1 >= len(b) || b[end] != '`' {
		return false
	}
	switch c := b[end+1]; c {
	case '.', ',', '=':
		return true
	case ' ':
		return end+2 < len(b)
	}
	return false
}

// identifierBefore reports whether the value up to the operator is nothing
// but a name of letters: a list of fields.
func (x *shellContext) identifierBefore(at int) bool {
	for i, c := range x.b[:at] {
		if !isAlpha(c) && c != '_' && c != ' ' && c != '-' && c != ';' && c != '|' && c != ',' {
			return false
		}
		if i > 64 {
			break
		}
	}
	return true
}

// lineDoubt doubts a command on a line of its own: text has lines.
func (x *shellContext) lineDoubt(at int) int {
	switch {
	case x.text >= at && len(x.b) < shortValue:
		return 0
	case len(x.b) < shortValue && x.lines < 4:
		return 15
	}
	return 40
}

// textDoubt doubts a command that stands in running text or a document.
func (x *shellContext) textDoubt(before, q int) int {
	doubt := 0
	switch {
	case before > 30:
		doubt = 60
	case before > 10:
		doubt = 40
	case before > 4:
		doubt = 25
	case before > 2:
		doubt = 12
	}
	if x.fenced() {
		doubt += 35
	}
	if b := x.b[x.text:]; x.lines == 0 && len(b) > 2 && b[0] == '#' && b[1] == ' ' && isAlpha(b[2]) && before > 0 {
		doubt += 45 // a comment
	}
	if len(x.b) > 2*shortValue && x.blanks > 40 || (len(x.b) > shortValue || before > 10) && x.lines > 3 {
		doubt += 20
	}
	if q >= certain && doubt > 0 && len(x.b) < shortValue {
		doubt -= 10
	}
	return doubt
}

// inSpan reports whether b[at] stands in a code span of Markdown: an odd
// number of backticks before it, the last of them behind a blank, and one
// behind it that ends the span.
func (x *shellContext) inSpan(at int) bool {
	head := x.b[max(0, at-2*shortValue):at]
	open := bytes.LastIndexByte(head, '`')
	if open < 1 || head[open-1] != ' ' && head[open-1] != '(' && head[open-1] != '\n' || bytes.Count(head, []byte{'`'})%2 == 0 {
		return false
	}
	tail := x.b[at:min(len(x.b), at+2*shortValue)]
	end := bytes.IndexByte(tail, '`')
	return end >= 0 && (end+1 == len(tail) || !isAlnum(tail[end+1]))
}

// fenced reports whether the value is a block of code in Markdown.
func (x *shellContext) fenced() bool {
	b := x.b[x.text:]
	return bytes.HasPrefix(b, []byte("```")) && bytes.HasSuffix(bytes.TrimRight(b, " \r\n"), []byte("```")) && x.lines > 1
}

// wordsBefore counts the words of letters shortly before b[at], up to 40.
func (x *shellContext) wordsBefore(at int) int {
	n, run := 0, 0
	for i := max(0, at-2*shortValue); i < at && n < 40; i++ {
		c := x.b[i]
		if isAlpha(c) || c >= 0x80 {
			run++
			if run == 2 {
				n++
			}
			continue
		}
		run = 0
	}
	return n
}

// judgeLine weighs the value as a complete command line, as it is given to
// an application that runs what it gets.
func (x *shellContext) judgeLine() finding {
	b := x.b
	if len(b) > shortValue || len(b) < 3 || x.lines > 1 {
		return finding{}
	}
	c := readCommand(b, 0, x.plus)
	q := c.quality()
	score := 0
	switch {
	case c.kind == cmdNone && !c.globbed:
		return finding{}
	case c.word && c.kind == cmdAdmin && c.options == 0, c.kind == cmdBuild, hasPrefix(b, "$ "):
		score = 35
	case (c.word || c.prefixed) && b[0] >= 'A' && b[0] <= 'Z' && !c.secret:
		score = 30 // a method of HTTP, a heading
	case c.mangled && q == certain && c.letters > 3 && !c.word && c.args == 0 && splitOnPurpose(b[:c.end]):
		score = 58
	case q == certain && c.args > 0 && (c.plain < 4 || c.options > 2 && c.plain < 8) && c.kind != cmdPrint:
		score = 56
	case q == plausible && c.located && c.plain == 0, q >= plausible && c.prefixed && c.plain < 2:
		score = 55
	case q == bareName && (b[0] == '\'' || b[0] == '"'):
		score = 52
	case q > notCommand && c.args == 0 && c.term == '|' && c.end == len(b)-1:
		score = 52
	case q >= bareName:
		score = 35
	}
	return finding{score: score, start: 0, end: c.end, rule: "rce/command-line", why: "is a complete command line of a system tool"}
}
