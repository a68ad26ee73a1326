package detect

import "bytes"

// shellCommand is what a simple command looks like to the judge.
type shellCommand struct {
	kind    uint8
	word    bool // the name is also an English word
	mangled bool // the name is put together from pieces
	located bool // the name has folders before it
	globbed bool // the name is a pattern below a folder
	letters int  // length of the name

	args, options, numbers, paths, urls, names, dotted int

	variables, plain int
	secret           bool // an argument names a file of the system
	verb             bool // the first argument is a subcommand
	shell            bool // an argument is a shell
	redirected       bool
	assigned         bool
	prefixed         bool // behind a word like nohup
	own              bool // that subcommand is no word of text
	quoted           bool // an argument is a quoted string
	every            bool // an argument is "*"
	expansion        bool // nothing but variables stands where the name should
	known            int  // arguments that are names of commands
	program          bool // the name ends in .exe
	cmdlet           bool // the name is a verb and a noun of PowerShell
	titled           bool // the name is written as a sentence begins

	end  int // in the value
	term byte
}

// readCommand reads the command at b[i].
func readCommand(b []byte, i int, plus bool) (c shellCommand) {
	var r shellReader
	var w shellWord
	empty := false
	r.start(b, i, plus)
	for n := 0; n < 6 && r.next(&w, true); n++ {
		if w.assign {
			c.assigned = true
			continue
		}
		if w.n == 0 {
			empty, c.expansion = true, w.variable
			continue
		}
		c.expansion = false
		if c.prefixed && w.buf[0] == '-' && !c.word {
			c.options++ // sudo -l
			continue
		}
		if c.name(b, &w); empty && w.buf[0] == '-' && w.n > 1 {
			c.kind, c.options = cmdExec, 1 // $SHELL -c
		}
		if c.kind == cmdNone && !c.globbed {
			return c
		}
		if c.kind != cmdPrefix {
			c.arguments(&r, &w)
			break
		}
		c.prefixed = true
	}
	c.end, c.term = r.i, r.term
	if c.term == 0 && r.i < len(b) {
		c.term = b[r.i]
	}
	if c.term == '`' && c.kind != cmdPrefix && r.i > 0 && b[r.i-1] == ' ' {
		c.variables++ // an argument that is a command's output
	}
	return c
}

func (c *shellCommand) name(b []byte, w *shellWord) {
	name := w.text()
	if hasSuffixFold(name, ".exe") {
		name = name[:len(name)-4]
		c.program = len(name) > 1
	}
	if len(name) > 2 && name[0] == '%' && name[len(name)-1] == '%' {
		name = name[1 : len(name)-1]
	}
	class := shellCommands.lookup(name)
	c.kind, c.word = class&cmdKinds, class&cmdWord != 0
	if c.kind == cmdNone && c.program {
		c.kind = cmdExec
	}
	c.cmdlet = c.kind == cmdExec && bytes.IndexByte(name, '-') > 0
	c.mangled = w.broken && len(name) > 1
	c.letters = len(name)
	c.titled = len(name) > 1 && name[0] >= 'A' && name[0] <= 'Z' && name[1] >= 'a'
	if raw := b[w.start:w.end]; w.path {
		c.located = w.program
		c.globbed = w.glob && globbedFolder(raw)
	}
	if w.path && !c.located && !c.globbed {
		c.kind = cmdNone
	}
}

// globbedFolder reports whether a rooted pattern has a first folder that
// matches one of those that hold programs, with a pattern somewhere.
func globbedFolder(raw []byte) bool {
	if len(raw) < 4 || raw[0] != '/' || len(raw) > maxShellWord {
		return false
	}
	end := bytes.IndexByte(raw[1:], '/') + 1
	if end < 1 {
		return false
	}
	for _, folder := range [...]string{"bin", "usr", "sbin", "etc", "lib"} {
		if globMatch(raw[1:end], folder) {
			return true
		}
	}
	return false
}

// globMatch matches a short name against a pattern of ?, * and [...].
func globMatch(pattern []byte, name string) bool {
	for len(pattern) > 0 {
		switch c := pattern[0]; {
		case c == '*':
			return true
		case len(name) == 0:
			return false
		case c == '[':
			end := bytes.IndexByte(pattern, ']')
			if end < 0 {
				return false
			}
			pattern = pattern[end:]
		case c != '?' && c != name[0]:
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return name == ""
}

func (c *shellCommand) arguments(r *shellReader, w *shellWord) {
	for c.args < maxShellArgs && r.next(w, false) {
		c.args++
		c.argument(r.b, w)
	}
	c.redirected = r.redir
}

// argument classifies one argument by its shape.
func (c *shellCommand) argument(b []byte, w *shellWord) {
	text, raw := w.text(), b[w.start:w.end]
	c.quoted = c.quoted || w.quoted
	c.every = c.every || len(text) == 1 && text[0] == '*'
	switch {
	case w.variable || w.arithmetic:
		c.variables++
	case len(text) > 1 && text[0] == '-' && (isAlnum(text[1]) || text[1] == '-' && len(text) > 2),
		len(text) > 1 && len(text) < 6 && text[0] == '/' && isAlpha(text[1]) && bytes.IndexByte(text[1:], '/') < 0:
		c.options++
		if len(text) > 2 && text[0] == '/' && c.args == 1 {
			c.file(text)
		}
	case bytes.Contains(text, []byte("://")):
		c.urls++
	case isNumber(text):
		c.numbers++
	case numericHost(text):
		c.names++
	case pathLike(text) || w.glob && len(bytes.Trim(text, "*")) > 0 && bytes.IndexAny(text, "/*") >= 0 && len(text) > 1:
		c.paths++
		c.file(text)
		c.shell = c.shell || bytes.HasSuffix(text, []byte("/sh")) || bytes.HasSuffix(text, []byte("/bash"))
	case dottedName(text):
		c.dotted++
	default:
		c.plain++
		if c.args == 1 {
			c.verb, c.own = netVerbs.lookup(text) != 0, netVerbs.lookup(text) == 2
		}
		class := shellCommands.lookup(text)
		c.shell = c.shell || class == cmdExec
		c.known += b2i(class != cmdNone && (class&cmdWord == 0 || string(text) == "id"))
	}
	c.secret = c.secret || len(raw) > 4 && bytes.HasPrefix(raw, []byte("/dev/tcp"))
}

func (c *shellCommand) file(text []byte) {
	var p pathShape
	p.read(text)
	level := p.sensitivity()
	c.secret = c.secret || level >= fileSystem || level == fileLog
}

func isNumber(b []byte) bool {
	for i, c := range b {
		if !isDigit(c) {
			return i > 0 && i == len(b)-1 && (c == 's' || c == 'm')
		}
	}
	return len(b) > 0
}

// pathLike reports whether an argument is a path: rooted, relative with a
// dot, with a drive, or a Windows variable. "and/or" is not.
func pathLike(b []byte) bool {
	switch {
	case len(b) == 0:
		return false
	case b[0] == '/':
		return len(b) > 1 || true
	case b[0] == '~', b[0] == '\\' && len(b) > 1:
		return true
	case len(b) > 1 && b[0] == '.' && (b[1] == '/' || b[1] == '.' || b[1] == '\\'):
		return true
	case len(b) > 1 && b[1] == ':' && isAlpha(b[0]):
		return true
	case b[0] == '%':
		return bytes.IndexByte(b[1:], '%') > 0
	}
	i := bytes.IndexByte(b, '/')
	return i > 0 && i+1 < len(b) && (bytes.Count(b, []byte{'/'}) > 1 || bytes.IndexByte(b[i:], '.') > 0)
}

// dottedName reports whether an argument is a file or host name: letters on
// both sides of a dot.
func dottedName(b []byte) bool {
	b = bytes.TrimRight(b, ".")
	i := bytes.LastIndexByte(b, '.')
	return i > 0 && i+2 < len(b) && isAlnum(b[i-1]) && isAlnum(b[i+1]) && isAlnum(b[len(b)-1])
}

// The quality of a command: how sure it is that this is one.
const (
	notCommand = iota
	bareWord   // an English word that could be one
	bareName   // a command's name and nothing else
	plausible  // with arguments of its kind
	certain    // no text looks like this
)

// quality weighs the command for itself.
func (c *shellCommand) quality() int {
	if c.term == '(' && c.args == 0 {
		return notCommand
	}
	q := c.kindQuality()
	switch {
	case c.globbed && c.letters > 0:
		return certain
	case c.kind == cmdNone:
		return notCommand
	case c.mangled && c.letters > 1 && (q > bareWord || c.plain == 0):
		return certain
	case c.located && q < plausible && c.plain == 0 && c.kind != cmdExec:
		return plausible
	case c.located && q == plausible:
		return certain
	}
	return q
}

// shaped counts the arguments that text does not have.
func (c *shellCommand) shaped() int {
	return c.options + c.paths + c.urls + c.variables
}

func (c *shellCommand) kindQuality() int {
	switch c.kind {
	case cmdInfo:
		return c.infoQuality()
	case cmdRead:
		switch {
		case c.secret, c.paths > 0 && c.plain == 0, c.options > 0 && c.plain < 3:
			return certain
		case c.shaped() > 0 && c.plain < 3, c.dotted == 1 && c.plain == 0, c.args == 1 && c.every:
			return plausible
		case !c.word && c.plain < 2:
			return bareWord
		}
	case cmdNet:
		switch {
		case c.urls > 0 && c.plain < 3, c.options > 0 && c.names+c.numbers+c.dotted > 0, c.shell && c.options > 0:
			return certain
		case c.names > 0 && c.plain == 0, c.options > 0 && c.plain < 3, c.dotted > 0 && c.plain == 0, c.variables > 0 && c.plain == 0:
			return plausible
		case c.plain == 1 && c.args == 1 && !c.word:
			return bareName
		}
	case cmdExec:
		return c.execQuality()
	case cmdChange:
		switch {
		case c.options > 0 && (c.paths > 0 || !c.word), c.secret:
			return certain
		case c.shaped() > 0 && c.plain < 3, c.dotted > 0 && c.plain == 0:
			return plausible
		case c.args == 0 && (c.word || c.located):
			return bareWord
		}
	case cmdPrint:
		switch {
		case c.redirected && c.args > 0, c.variables > 0 && c.plain < 6:
			return certain
		case c.args > 0 && c.args < 4 && (!c.word || c.plain == 0 || c.quoted):
			return plausible
		case c.args > 0:
			return bareName
		}
	case cmdPrefix:
		if c.options > 0 && !c.word {
			return plausible
		}
	case cmdWait:
		switch {
		case c.numbers > 0 && (c.plain == 0 && c.args < 3 || c.known > 0 && c.plain == c.known):
			return certain
		case c.variables > 0:
			return plausible
		}
	case cmdAdmin, cmdBuild:
		switch {
		case c.verb && (c.own || c.args == 1 || c.options > 0 || !c.word && c.args < 7):
			return certain
		case c.verb:
			return bareName
		case c.options > 0 && c.plain < 4:
			return plausible
		}
	}
	return notCommand
}

func (c *shellCommand) infoQuality() int {
	switch {
	case c.args == 0 && c.word:
		return bareWord
	case c.args == 0:
		return bareName
	case c.secret, c.paths > 0 && c.plain < 4 && !c.word, c.options > 0 && c.plain == 0:
		return certain
	case c.shaped() > 0 && c.plain < 2, c.redirected && c.plain < 2, !c.word && c.dotted == 1 && c.plain < 2:
		return plausible
	case !c.word && c.plain == 1 && c.args == 1, c.verb:
		return bareWord
	}
	return notCommand
}

func (c *shellCommand) execQuality() int {
	switch {
	case c.options > 0 && c.plain < 6, c.secret:
		return certain
	case c.paths+c.urls > 0 && c.plain < 3, c.dotted > 0 && c.plain == 0, c.shell && c.args == 1, c.redirected, !c.word && c.known > 0 && c.plain == c.known:
		return plausible
	case c.program && c.args == 0:
		return bareName
	case !c.word && c.plain == 1 && c.args == 1 && c.cmdlet:
		return plausible
	case c.args == 0:
		return bareWord
	}
	return notCommand
}
