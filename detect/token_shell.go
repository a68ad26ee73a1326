package detect

// The shell tokeniser reads one simple command as sh or cmd.exe would: words
// are put together from quoted and escaped pieces, unset variables vanish,
// ${IFS} and brace expansion part words. It has no opinion about the command.

const (
	maxShellWord = 64  // canonical bytes of a word that are kept
	maxCommand   = 512 // bytes of one command that are read
	maxShellArgs = 16  // arguments of one command that are read
	maxTicked    = 16  // bytes of a command in backticks inside a name
)

// shellWord is one word after expansion.
type shellWord struct {
	start, end int  // in the value
	n          int  // canonical length, counted beyond the buffer
	broken     bool // put together from pieces: quoting, escapes, variables
	glob       bool
	path       bool // a name with folders before it; buf holds the last part
	variable   bool
	arithmetic bool
	quoted     bool
	assign     bool
	windows    bool // a path with a drive or a variable of cmd.exe
	program    bool // the last folder before the name holds programs
	buf        [maxShellWord]byte
}

// text returns the canonical word in its own case.
func (w *shellWord) text() []byte { return w.buf[:min(w.n, maxShellWord)] }

// shellReader reads words from b[i:end]. term is the byte that ended the
// command: 0 at the end of the value.
type shellReader struct {
	b      []byte
	i, end int
	term   byte
	brace  bool
	plus   bool // '+' stands for a blank
	redir  bool
}

// shellBreak marks the bytes that end a word or a command.
var shellBreak = makeShellBreak()

func makeShellBreak() (t [256]bool) {
	for _, c := range []byte(" \t\r\n;|&()<>`'\"\\^$%{},?*[=/#+") {
		t[c] = true
	}
	t[0] = true
	return t
}

// start positions the reader at a command that begins at b[i]; plus says
// that '+' stands for a blank.
func (r *shellReader) start(b []byte, i int, plus bool) {
	*r = shellReader{b: b, i: i, end: min(len(b), i+maxCommand), plus: plus}
}

// next reads the next word into w; false when the command has ended. name is
// set while the command's name is awaited.
func (r *shellReader) next(w *shellWord, name bool) bool {
	*w = shellWord{}
	if !r.blanks(name) {
		return false
	}
	w.start = r.i
	for r.i < r.end {
		c := r.b[r.i]
		if !shellBreak[c] {
			w.put(c)
			r.i++
			continue
		}
		if r.special(w, c, name) {
			break
		}
	}
	w.end = r.i
	return w.n > 0 || w.variable || w.arithmetic || w.glob
}

// blanks skips what stands before a word; false at the end of the command.
func (r *shellReader) blanks(name bool) bool {
	for r.i < r.end {
		c := r.b[r.i]
		switch {
		case c == ' ' || c == '\t' || c == '+' && (r.plus || name):
			r.i++
		case name && (c == '(' || c == '{' && !r.braceList() || c == '!' || c == '@' || isQuote(c) && !r.piece(c)):
			r.i++
		case !name && (c == '<' || c == '>'):
			r.redir = true
			r.i++
		case c == '#' || c == ';' || c == '|' || c == '&' || c == '\n' || c == '\r' || c == 0 ||
			c == ')' || c == '(' || c == '<' || c == '>' || c == '`':
			r.term = c
			return false
		default:
			if w := r.ifs(); w > 0 {
				r.i += w
				continue
			}
			return true
		}
	}
	return false
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// piece reports whether a quote begins a quoted piece of a word rather than
// closing the context's own string.
func (r *shellReader) piece(q byte) bool {
	for j := r.i + 1; j < r.end && j < r.i+maxShellWord; j++ {
		switch c := r.b[j]; {
		case c == q:
			return j > r.i+1
		case !isAlnum(c) && c != '/' && c != '.' && c != '-' && c != '_':
			return false
		}
	}
	return false
}

// special handles a byte of meaning inside a word; true ends the word.
func (r *shellReader) special(w *shellWord, c byte, name bool) bool {
	switch c {
	case '`':
		return r.ticks(w, name)
	case ' ', '\t', '\n', '\r', ';', '|', '&', '(', ')', '<', '>', 0:
		return true
	case '\'', '"':
		r.quote(w, c)
		return false
	case '\\':
		return r.escape(w, name)
	case '$':
		return r.dollar(w)
	case '^':
		w.broken = w.broken || w.n > 0
		r.i++
		return false
	case '{':
		r.brace = r.brace || w.n == 0 && r.braceList()
		if !r.brace {
			w.put(c)
		}
	case ',', '}':
		return r.list(w, c)
	case '+':
		if r.plus {
			return true
		}
		w.put(c)
	case '?', '*', '[':
		w.glob = true
		w.put(c)
	case '=':
		w.assign = w.assign || name && w.n > 0 && !w.path && settable(w.text())
		w.put(c)
	case '/':
		if name {
			w.folder()
		} else {
			w.put(c)
		}
	default:
		w.put(c)
	}
	r.i++
	return false
}

// settable reports whether w may be the name of a variable: letters, digits,
// "_", and what a shell expands.
func settable(w []byte) bool {
	for _, c := range w {
		if byteFeature[c]&(plainBytes|rceSigns) == 0 {
			return false
		}
	}
	return len(w) <= maxRun
}

// ticks passes over a command in backticks in the middle of a name, whose
// output is next to nothing when the name shall still be one; true when the
// word ends here.
func (r *shellReader) ticks(w *shellWord, name bool) bool {
	if !name || w.n == 0 {
		return true
	}
	for j := r.i + 1; j < r.end && j < r.i+maxTicked; j++ {
		if r.b[j] != '`' {
			continue
		}
		if j+1 >= r.end || !isAlnum(r.b[j+1]) {
			return true
		}
		r.i, w.broken = j+1, true
		return false
	}
	return true
}

func (r *shellReader) list(w *shellWord, c byte) bool {
	r.i++
	if !r.brace {
		w.put(c)
		return false
	}
	r.brace = c == ','
	w.broken = true
	return true
}

// braceList reports whether a brace expansion with a list begins here.
func (r *shellReader) braceList() bool {
	for j := r.i + 1; j < r.end && j < r.i+maxShellWord; j++ {
		switch c := r.b[j]; {
		case c == ',':
			return j > r.i+1
		case c == ' ' || c == '}' || c == ':' || c == '"':
			return false
		}
	}
	return false
}

// quote takes a quoted piece into the word. A quote that does not close is
// the context's own and vanishes.
func (r *shellReader) quote(w *shellWord, q byte) {
	w.quoted = true
	r.i++
	w.broken = w.broken || w.n > 0 && r.i < r.end && (isAlnum(r.b[r.i]) || r.b[r.i] == '\'' || r.b[r.i] == '"')
	for j := r.i; j < r.end && j < r.i+256; j++ {
		if r.b[j] != q {
			continue
		}
		for ; r.i < j; r.i++ {
			w.put(r.b[r.i])
		}
		r.i = j + 1
		w.broken = w.broken || w.n > 0 && r.i < r.end && isAlnum(r.b[r.i])
		return
	}
}

// escape reads a backslash: part of a Windows path, a written \n, or the
// quoting of the next byte.
func (r *shellReader) escape(w *shellWord, name bool) bool {
	r.i++
	if r.i >= r.end {
		return true
	}
	c := r.b[r.i]
	w.windows = w.windows || w.n == 2 && w.buf[1] == ':' || w.n > 2 && w.buf[0] == '%' && r.b[r.i-2] == '%'
	if name && w.windows {
		w.folder()
		return false
	}
	if !name && (w.windows || w.n == 0 || !isAlnum(c)) {
		w.put('\\')
		return false
	}
	if (c == 'n' || c == 'r') && (r.i+1 >= r.end || !isAlnum(r.b[r.i+1])) {
		r.i--
		r.term = '\n'
		r.end = r.i
		return true
	}
	w.broken = w.broken || isAlnum(c)
	w.put(c)
	r.i++
	return false
}

// dollar reads an expansion; true when it parts words or begins a command.
func (r *shellReader) dollar(w *shellWord) bool {
	if r.ifs() > 0 {
		w.broken = true
		return true
	}
	j := r.i + 1
	if j >= r.end {
		r.i++
		return true
	}
	switch c := r.b[j]; {
	case c == '(' && j+1 < r.end && r.b[j+1] == '(':
		w.arithmetic = true
		for j < r.end && !(r.b[j] == ')' && r.b[j-1] == ')') {
			j++
		}
		j++
	case c == '(' && j+1 < r.end && r.b[j+1] == ')':
		j += 2 // the output of nothing
	case c == '(' || c == '`':
		r.term = '$'
		r.end = r.i
		w.variable = true
		return true
	case c == '{':
		for j < r.end && r.b[j] != '}' {
			j++
		}
		j++
		w.variable = true
	case c == '\'' || c == '"':
	case isAlnum(c) || c == '_':
		for j < r.end && (isAlnum(r.b[j]) || r.b[j] == '_') {
			j++
		}
		w.variable = true
	default:
		j++
		w.variable = true
	}
	w.broken = w.broken || w.n > 0
	r.i = min(j, r.end)
	return false
}

// ifs returns the width of $IFS or ${IFS...} and a positional parameter after
// it, or 0.
func (r *shellReader) ifs() int {
	b := r.b[r.i:r.end]
	w := 0
	switch {
	case len(b) >= 4 && string(b[:4]) == "$IFS":
		w = 4
	case len(b) >= 6 && string(b[:5]) == "${IFS":
		for w = 5; w < len(b) && b[w-1] != '}'; w++ {
		}
	default:
		return 0
	}
	if w+1 < len(b) && b[w] == '$' && (isDigit(b[w+1]) || b[w+1] == '@' || b[w+1] == '*') {
		w += 2
	}
	return w
}

// folder ends a folder of the name's path.
func (w *shellWord) folder() {
	switch f := w.text(); {
	case equalFold(f, "bin"), equalFold(f, "sbin"), equalFold(f, "system32"), equalFold(f, "syswow64"), equalFold(f, "games"):
		w.program = true
	default:
		w.program = false
	}
	w.n, w.path = 0, true
}

func (w *shellWord) put(c byte) {
	if w.n < maxShellWord {
		w.buf[w.n] = c
	}
	w.n++
}
