package detect

import (
	"bytes"
	"math/bits"
)

// traits are what the second step of the prefilter knows about a value: which
// words of the judges' languages and which telling pairs of bytes occur in
// it. They are found in one pass that all judges share, and only for values
// that the byte classes let through. A judge declares in needs what it cannot
// do without; a trait may be set without cause, but is never missing.
type traits struct {
	sql    uint64 // classes of SQL words, by number
	marks  wordMark
	pairs  pairMark
	puncts int // bytes of "[!+", of which calls without a name are made
}

// wordMark is the set of vocabularies in which words of a value stand.
type wordMark uint32

const (
	wordScript    wordMark = 1 << iota // script that runs, reads or sends
	wordApply                          // methods that call what they belong to
	wordHandler                        // "on" and letters: an event's attribute
	wordCall                           // functions of server-side languages
	wordMember                         // names at the head of expressions, and a dot
	wordGadget                         // classes that run code when read
	wordDunder                         // two underscores in a word
	wordShell                          // a command's name
	wordShellPart                      // the first part of such a name
	wordCommand                        // such a name, or one in pieces, where a command may begin
	wordType                           // T and a parenthesis
	wordDrive                          // a letter and a colon
	wordSQLCall                        // a function of SQL and a parenthesis
	wordHeads                          // names that a dot makes a wordMember
	wordHead                           // folders of the system
	wordTail                           // what such folders hold
	wordScheme                         // schemes of Java that take another URL
	wordScanner                        // tools that look for holes
	wordBound                          // names by which binders reach what all objects share
	wordFile                           // names of files that no page serves
)

// pairMark is the set of telling pairs of neighbouring bytes.
type pairMark uint32

const (
	pairDots     pairMark = 1 << iota // two of ".?", or ".;"
	pairHere                          // "./"
	pairScheme                        // ":/"
	pairComment                       // "--" or "/*"
	pairJoin                          // "**"
	pairLogic                         // "&&" or "||"
	pairVar                           // "@" that no word stands before
	pairServer                        // "@@"
	pairParted                        // white space and "."
	pairRazor                         // "@("
	pairOperator                      // one of "@?|&" behind a quote
	pairCalled                        // ")("
	pairBang                          // two of "[!+"
	pairGlob                          // "/" at the start of a word, and "?", "*" or "["
)

// maxRun is the longest word that is looked at: an attribute's name may be
// longer than a word of a table.
const maxRun = maxHTMLName

// traitWalk is one pass over a value.
type traitWalk struct {
	b       []byte
	t       *traits
	under   bool // b holds underscores
	command bool // a command may begin at the next word
	assigns bool // an assignment stands before it
	inside  bool // the word of a command goes on
	start   int  // of that word's first letter
	slash   bool // a slash was seen
	keyword int  // end of the last word of SQL
	glob    bool // a "?" or "*" was seen
	rooted  bool // a path was seen that may lead to programs
}

// read finds the traits of b, whose byte classes are f. It looks at blocks of 64 bytes, of which
// blockMasks says where words and signs stand.
func (t *traits) read(b []byte, f features) {
	*t = traits{}
	w := traitWalk{b: b, t: t, command: true, under: f&fUnder != 0}
	inside := uint64(0) // 1 when a word reaches into the block
	for at := 0; at < len(b); at += 64 {
		words, signs := masks(b, at)
		starts := words &^ (words<<1 | inside)
		inside = words >> 63
		for events := starts | signs; events != 0; events &= events - 1 {
			k := bits.TrailingZeros64(events)
			if signs>>k&1 != 0 {
				w.sign(at + k)
				continue
			}
			n := bits.TrailingZeros64(^(words >> k))
			if k+n == 64 {
				n = runLength(b[at+k:], n)
			}
			w.run(at+k, at+k+n)
		}
	}
}

// runLength is the length of the word at the start of b, of which n bytes are
// known; it is cut behind maxRun.
func runLength(b []byte, n int) int {
	for n < len(b) && n <= maxRun && signClass[b[n]] == signWord {
		n++
	}
	return n
}

// longWord reports whether the word around b[i] is longer than the prefilter
// looks at: a token or a digest, and no name.
func longWord(b []byte, i int) bool {
	start := i
	for start > 0 && i-start <= maxRun && signClass[b[start-1]] == signWord {
		start--
	}
	return runLength(b[start:], 0) > maxRun
}

// run looks at the word b[i:j].
func (w *traitWalk) run(i, j int) {
	t, b, n := w.t, w.b, j-i
	switch {
	case n == 1:
		w.letter(i)
		return
	case n > maxRun:
		w.command, w.inside = w.assigns, w.inside || w.command
		if hasPrefixFold(b[i:], "sess_") {
			t.marks |= wordFile // its identifier may be as long as one likes
		}
		return
	}
	m := wordMark(0)
	switch c := b[i] | 0x20; {
	case c > '9':
		m = w.lookup(i, j)
		if c == 'e' && isDigit(b[i+1]) {
			w.number(i, j)
		} else if c == 'o' && n > 4 && b[i+1]|0x20 == 'n' && allLetters(b[i:j]) {
			t.marks |= wordHandler
		}
		if m&wordHeads != 0 && j < len(b) && b[j] == '.' {
			t.marks |= wordMember
		}
	case !allDigits(b[i+1 : j]): // Fast path: no word is a number.
		m = w.lookup(i, j)
		w.number(i, j)
	}
	if w.command || w.inside {
		w.begin(i, j, m)
	}
}

// letter looks at a word of one byte.
func (w *traitWalk) letter(i int) {
	if i+1 < len(w.b) {
		switch w.b[i+1] {
		case '(':
			if w.b[i]|0x20 == 't' {
				w.t.marks |= wordType
			}
		case ':':
			w.t.marks |= wordDrive
		}
	}
	if w.command || w.inside {
		w.begin(i, i+1, 0)
	}
}

// number looks up what stands behind a number at the start of a word, as the
// SQL tokeniser parts the two.
func (w *traitWalk) number(i, j int) {
	l := sqlLexer{b: w.b, i: i}
	if isDigit(w.b[i]) {
		l.number()
		if l.i < j {
			w.lookup(l.i, j)
		}
		l.i = i
	} else {
		l.i++
	}
	for l.i < j && isDigit(w.b[l.i]) {
		l.i++
	}
	if l.i < j {
		w.lookup(l.i, j)
	}
}

// lookup adds what the vocabulary says of b[i:j], and of the parts between
// underscores.
func (w *traitWalk) lookup(i, j int) wordMark {
	e := lexicon.find(w.b, i, j)
	w.t.sql |= e.sql
	w.t.marks |= e.marks &^ wordHeads
	if e.sql != 0 {
		w.keyword = j
	}
	if e.sql&sqlCalled != 0 && w.calls(j) {
		w.t.marks |= wordSQLCall
	}
	if w.under {
		if k := bytes.IndexByte(w.b[i:j], '_'); k >= 0 {
			w.parts(i, j, i+k)
		}
	}
	return e.marks
}

// calls reports whether an argument list may follow behind w.b[:j]: after
// blanks, or after more of the name.
func (w *traitWalk) calls(j int) bool {
	for ; j < len(w.b); j++ {
		switch c := w.b[j]; {
		case c <= ' ' || c >= 0x7f || c == '+':
		default:
			return c == '(' || c == '.' || c == '/' && j+1 < len(w.b) && w.b[j+1] == '*' || c == '#' || c == '-' || c == ':'
		}
	}
	return false
}

// parts looks at a word whose first underscore is b[k].
func (w *traitWalk) parts(i, j, k int) {
	if families.lookup(w.b[i:k]) != 0 {
		w.t.marks |= wordCall
	}
	if equalFold(w.b[i:k], "sess") {
		w.t.marks |= wordFile // a stored session of PHP
	}
	for from := i; from < j; from = k + 1 {
		for k = from; k < j && w.b[k] != '_'; k++ {
		}
		w.t.marks |= lexicon.find(w.b, from, k).marks & (wordGadget | wordScanner)
		if k == from && k > i && w.b[k-1] == '_' && k < j {
			w.t.marks |= wordDunder
		}
	}
}

// sign looks at the byte b[i] that is neither of a word nor a blank.
func (w *traitWalk) sign(i int) {
	b := w.b
	c, next, before := b[i], byte(' '), byte(' ')
	if i+1 < len(b) {
		next = b[i+1]
	}
	if i > 0 {
		before = b[i-1]
	}
	cls := signClass[c]
	w.t.pairs |= signPairs[cls][signClass[next]]
	if signJSON[c] && w.behindQuote(i) {
		w.t.pairs |= pairOperator
	}
	switch cls {
	case signOperator, signAnd, signPipe:
		w.command, w.assigns, w.inside = true, false, false
	case signPunct:
		w.t.puncts++
	case signAt:
		if !isWordByte(before) || before >= 0x80 || !isWordByte(next) || w.keyword == i {
			w.t.pairs |= pairVar
		}
	case signDot:
		if i > 0 && byteFeature[before]&(fSpace|fCtl|fHigh) != 0 {
			w.t.pairs |= pairParted
		}
		if (next|0x20 == 'e' || signPiece[next]) && programEnds(b[i+1:]) {
			w.t.marks |= wordCommand
		}
	case signMark, signStar:
		w.glob = true
		if w.rooted && w.inside {
			w.t.marks |= wordCommand // a pattern below a folder of programs
		}
	case signMinus: // options behind a pattern that comes to nothing
		if w.glob && w.slash && (byteFeature[before]&(fSpace|fCtl) != 0 || before == '+') {
			w.t.marks |= wordCommand
		}
	case signSlash:
		w.slash = true
		w.rooted = w.rooted || signRoot[before] && programRoot[next]
		if w.glob && (byteFeature[next]&(fSpace|fCtl) != 0 || next == '+') {
			w.command, w.assigns = true, true // a pattern that comes to nothing
		}
		if signGlob[next] && before != '*' && (w.command || w.inside || signClass[before] != signWord) {
			w.t.pairs |= pairGlob
		}
	}
}

// behindQuote reports whether a quote stands before b[i], but for blanks.
func (w *traitWalk) behindQuote(i int) bool {
	for i--; i >= 0; i-- {
		if c := w.b[i]; c > ' ' && c != 0x7f {
			return byteFeature[c] == fQuote
		}
	}
	return false
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func allLetters(b []byte) bool {
	for _, c := range b {
		if !isAlpha(c) {
			return false
		}
	}
	return true
}
