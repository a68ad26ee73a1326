package detect

import "bytes"

// The XSS judge reads a value as a page would paste it: into its text, into an
// attribute in quotes or without, into a link, and into a script. It looks for
// what would run there: elements and attributes that carry script, URLs with a
// script scheme, and script itself. Elements that only format are what rich
// text is made of.
//
// It catches                 it lets pass
// <q onfoo=go()>             <q cite="https://w.example/">onfoo=go</q>
// " onbar='x()              so-called "on bar = x"
// ';top['x'](1)//            see window [3] (x)

// xssReading is one value under judgement.
type xssReading struct {
	b    []byte
	kind kind
	best finding
	long bool // a text rather than a field

	weighed int // findings that were weighed

	quoted   bool // a quote stands in b[:unquoted]
	unquoted int
}

// longText is the length in bytes from which a value is a text that may quote
// code.
const longText = 400

// maybeXSS: script needs a tag, a call, an assignment or a colon.
func maybeXSS(f features, n int) bool {
	return n >= 4 && f&fAlpha != 0 && f&(fLess|fParen|fQuote|fEqual|fColon|fBracket|fAmp) != 0 || f&fBracket != 0 && f&fParen != 0 || n >= 4 && f&(fAmp|fHash) == fAmp|fHash
}

func judgeXSS(v *value, s *Scratch) finding {
	if !maybeXSS(v.f, len(v.b)) {
		return finding{}
	}
	x := xssReading{b: v.b, kind: v.kind}
	x.long = len(v.b) > longText || v.kind == kindFile || v.kind == kindText && len(v.b) > longText/4
	if v.f&fLess != 0 {
		x.judgeMarkup()
	}
	if v.f&fEqual != 0 {
		x.judgeAttributes()
	}
	if v.f&fLess != 0 && v.f&(fEqual|fParen) != 0 {
		x.judgeStripped()
	}
	if v.f&fColon != 0 || v.f&fAmp != 0 {
		x.judgeURL()
	}
	if v.f&(fColon|fParen) == fColon|fParen {
		x.judgeLink()
	}
	if v.f&(fAmp|fHash) == fAmp|fHash {
		x.judgeSpelling()
	}
	if v.f&(fParen|fBracket|fEqual|fQuote) != 0 {
		x.judgeScripts(v.f)
	}
	return x.best
}

func (x *xssReading) judgeScripts(f features) {
	x.judgeScript(0)
	if f&fQuote == 0 {
		return
	}
	for _, q := range [...]byte{'\'', '"', '`'} {
		x.judgeScript(q)
	}
}

// maxWeighed bounds the findings of a value whose surroundings are looked at:
// what comes behind so many counts as if it stood in none.
const maxWeighed = 128

// weigh lowers the score of what a long text holds far from its start: such
// a text rather shows code than is code.
func (x *xssReading) weigh(score, at int) int {
	if score <= x.best.score {
		return score // it does not count
	}
	if x.weighed++; x.weighed > maxWeighed {
		return score - 15*b2i(x.long)
	}
	if at > 40 && x.inSpan(at) {
		return score - 40
	}
	if !x.long {
		return score
	}
	if at > 16 && len(x.b) > longText && !x.endsTag(at) && x.code(at) {
		return score - 40
	}
	return score - 15
}

const (
	// minSpanWords is how many words of prose make what stands in backticks
	// behind them a code span of Markdown.
	minSpanWords = 6
	// spanReach bounds how far inSpan looks, in bytes each way.
	spanReach = 1024
)

// inSpan reports whether at stands in a code span or block of Markdown: an
// odd number of runs of backticks before it, the last behind a blank, and one
// behind it. Text comes before the first.
func (x *xssReading) inSpan(at int) bool {
	at = min(at, len(x.b))
	b := x.b[max(0, at-spanReach):at]
	open, runs := 0, 0
	for i, c := range b {
		if c == '`' && (i == 0 || b[i-1] != '`') {
			runs++
			open = i
		}
	}
	if runs%2 == 0 || open < 1 || !isSpace(b[open-1]) && b[open-1] != '(' {
		return false
	}
	words := 0
	for i := 1; i < open && words < minSpanWords; i++ {
		words += b2i(isSpace(b[i]) && (isAlpha(b[i-1]) || b[i-1] >= 0x80))
	}
	return words == minSpanWords && bytes.IndexByte(x.b[at:min(len(x.b), at+spanReach)], '`') >= 0
}

// endsTag reports whether "> or '> stands right before at: the value ends an
// attribute and a tag of the page there.
func (x *xssReading) endsTag(at int) bool {
	at = min(at, len(x.b))
	for at > 0 && isSpace(x.b[at-1]) {
		at--
	}
	if at < 2 || x.b[at-1] != '>' || x.b[at-2] != '"' && x.b[at-2] != '\'' {
		return false
	}
	return bytes.IndexByte(x.b[max(0, at-2*codeBefore):at], '<') < 0
}

// codeBefore bounds how far code looks back.
const codeBefore = 256

// code reports whether what stands before at looks like code or markdown
// rather than prose or padding.
func (x *xssReading) code(at int) bool {
	at = min(at, len(x.b))
	signs, spaces := 0, 0
	for _, c := range x.b[max(0, at-codeBefore):at] {
		switch c {
		case '`', '{', '}', '=', ';', '<', '>', '\\', '|', '#', '*', '_', '$', '[', ']', '/', '\t':
			signs++
		case ' ', '\n', '+':
			spaces++
		}
	}
	return signs > 2 && spaces > 0
}

func (x *xssReading) report(score, start, end int, rule, why string) {
	if score > x.best.score {
		x.best = finding{score, start, end, rule, why}
	}
}
