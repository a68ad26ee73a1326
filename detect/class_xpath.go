package detect

import "bytes"

// Injection into XPath and XQuery.
//
// Rules: a value leaves its string, its number or its predicate, goes on with
// an operator, and asks about nodes: by an axis, a path, a function over
// either. Conditions that any language has are judged as SQL. Without a
// break-out, only an expression counts that walks an unknown document from
// its root, or makes the processor load another one.
//
// Guarantee, at balanced. Caught:
//
//	x' or count(parent::*)=1 or 'a'='b
//	7] | //account/*[position()=2
//	string-length(name(/*[1]))
//
// Not an attack:
//
//	//div[@class='price']/text()
//	parent::__construct($a, 'b'); self::count()
//	it's position (or name) = unknown
func maybeXPath(f features, n int) bool {
	return n > 5 && (f&fParen != 0 && f&(fQuote|fStar|fEqual|fGreater|fLess|fBracket) != 0 && f&fAlpha != 0 ||
		f&(fParen|fColon|fSlash) == fParen|fColon|fSlash ||
		f&(fQuote|fColon) == fQuote|fColon && f&(fEqual|fStar) != 0 ||
		f&(fPipe|fSlash) == fPipe|fSlash && f&(fQuote|fBracket) != 0)
}

// maxXPathTokens bounds the tokens that are read of one value.
const maxXPathTokens = 4096

// xpathReading is one value under judgement.
type xpathReading struct {
	xpathReader
	v      *value
	tokens int
	last   xpathToken
	out    int // offset of the break-out, -1 before there is one
	open   int // '[' not closed
	walks  int // functions and paths that were weighed
	best   finding
}

func judgeXPath(v *value, s *Scratch) finding {
	if !maybeXPath(v.f, len(v.b)) {
		return finding{}
	}
	x := xpathReading{xpathReader: xpathReader{b: v.b}, v: v, out: -1}
	for x.tokens < maxXPathTokens && x.walks < maxCandidates && x.best.score < settled {
		if x.out < 0 && x.tokens >= maxXPathLead && !x.seek() {
			break
		}
		t := x.next()
		if t.kind == xpathEnd {
			break
		}
		x.judge(t)
		x.tokens++
		x.last = t
	}
	return x.best
}

// seek moves on to the next name whose parentheses hold a path from the root
// or a string: without a break-out near its start, nothing else in a value
// counts. Fast path: no token is read on the way.
func (x *xpathReading) seek() bool {
	b := x.b
	for i := x.i; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '(')
		if n < 0 {
			return false
		}
		i += n
		arg := skipBlanks(b, i+1)
		if arg == len(b) || b[arg] != '/' && byteFeature[b[arg]]&(fQuote|fDigit) == 0 && b[arg]|0x20 != 'c' {
			continue
		}
		start := i
		for start > x.i && i-start < maxWord && (isAlpha(b[start-1]) || b[start-1] == '-') {
			start--
		}
		if start < i && (byteFeature[b[arg]] != fDigit || bytes.IndexByte(b[start:i], '-') >= 0) {
			x.i = start
			return true
		}
	}
	return false
}

// maxXPathLead is how many tokens may stand before a break-out.
const maxXPathLead = 12

// judge weighs what begins at token t.
func (x *xpathReading) judge(t xpathToken) {
	switch t.kind {
	case xpathLeft:
		x.open++
	case xpathRight:
		x.open--
		fallthrough
	case xpathQuote, xpathNumber:
		if x.out < 0 && x.tokens < maxXPathLead && (t.kind != xpathRight || x.open < 0) && (t.kind != xpathNumber || x.tokens == 0) && x.leaves() {
			x.out = t.start
		}
	case xpathName:
		if x.tokens == 0 && x.leavesBy(xpathLogic) && bytes.IndexByte(x.b[:min(len(x.b), maxBreakOut)], '|') < 0 {
			x.out = t.start
		}
	case xpathAxis:
		x.axis(t)
	case xpathFunction:
		x.function(t)
	case xpathLogic:
		if x.b[t.start] == '|' {
			x.union(t)
		}
	case xpathArith:
		if x.out >= 0 && byteFeature[x.b[x.out]] == fQuote && x.v.f&fParen != 0 && t.end-t.start > 2 && x.last.kind == xpathNumber && x.leavesBy(xpathNumber) {
			x.report(60, x.out, t.end, "xpath/arithmetic", "leaves its place and calculates as path expressions do")
		}
	}
}

// leaves reports whether closing signs and then an operator follow.
func (x *xpathReading) leaves() bool {
	r := x.xpathReader
	for n := 0; n < 8; n++ {
		switch t := r.next(); t.kind {
		case xpathQuote, xpathClose, xpathRight:
		case xpathLogic:
			return t.end == t.start+1 || t.end-t.start < 10
		case xpathCompare, xpathArith, xpathStar:
			return x.open <= 0
		default:
			return false
		}
	}
	return false
}

// leavesBy reports whether an operator of kind k follows at once.
func (x *xpathReading) leavesBy(k xpathKind) bool {
	r := x.xpathReader
	return r.next().kind == k
}

func (x *xpathReading) report(score, start, end int, rule, why string) {
	x.walks++
	score -= textDoubt(x.v, start)
	if x.out >= 0 && bytes.IndexByte(x.b[:x.out], '\n') >= 0 {
		score -= 20
	}
	x.best = stronger(x.best, finding{score, start, min(end, len(x.b)), rule, why})
}

const xpathWhy = "leaves its place in a path expression and asks about other nodes"

// axis weighs an axis and what it selects.
func (x *xpathReading) axis(t xpathToken) {
	r := x.xpathReader
	test := r.next()
	switch {
	case test.kind != xpathStar && test.kind != xpathNodeTest && test.kind != xpathName:
	case x.out >= 0 && (test.kind != xpathName || test.end-test.start > 1):
		x.report(72, x.out, test.end, "xpath/axis", xpathWhy)
	case test.kind != xpathName && x.last.kind == xpathSlash && x.rooted():
		x.report(58, t.start, test.end, "xpath/root", xpathRootWhy)
	}
}

const xpathRootWhy = "walks an unknown document from its root"

// rooted reports whether the slash before the reader's last token begins a
// path inside the parentheses of a function.
func (x *xpathReading) rooted() bool {
	i := x.last.start
	for i > 0 && byteFeature[x.b[i-1]]&fSpace != 0 {
		i--
	}
	return i > 0 && x.b[i-1] == '('
}

// function weighs a function over nodes.
func (x *xpathReading) function(t xpathToken) {
	if t.start > 0 && (x.b[t.start-1] == '.' || x.b[t.start-1] == '$' || x.b[t.start-1] == '>' || x.b[t.start-1] == ':' || x.b[t.start-1] == '\\') && !x.prefixed(t) {
		return // a member of something
	}
	r := x.xpathReader
	r.next() // the parenthesis
	arg := r.next()
	switch {
	case t.class == xpathLoad:
		if loadArgument(x.b, arg) && (x.out >= 0 || t.start == 0 || x.last.kind == xpathOpen || t.end-t.start > 8) {
			x.report(64, t.start, arg.end, "xpath/load", "makes a path expression load another document")
		}
	case t.class == xpathNode:
		if cmp := r.next(); x.out >= 0 && arg.kind == xpathClose && (cmp.kind == xpathCompare || cmp.kind == xpathArith || cmp.kind == xpathRight) {
			x.report(66, x.out, cmp.end, "xpath/function", xpathWhy)
		}
	case arg.kind == xpathSlash && x.walk(arg):
		x.report(58, t.start, arg.end, "xpath/root", xpathRootWhy)
	case t.class == xpathCode && arg.kind != xpathEnd && arg.kind != xpathClose:
		x.report(60, t.start, arg.end, "xpath/function", xpathWhy)
	case x.out < 0:
	case t.class == xpathOwn && arg.kind != xpathEnd:
		x.report(70, x.out, arg.end, "xpath/function", xpathWhy)
	case nodeArgument(arg), arg.kind == xpathClose && r.next().kind == xpathCompare && x.last.kind != xpathName:
		x.report(68, x.out, arg.end, "xpath/function", xpathWhy)
	}
}

// prefixed reports whether the name at t follows the prefix of the namespace
// of functions, fn.
func (x *xpathReading) prefixed(t xpathToken) bool {
	return t.start > 2 && x.b[t.start-1] == ':' && equalFold(x.b[t.start-3:t.start-1], "fn")
}

// nodeArgument reports whether an argument begins as a path or asks about
// nodes.
func nodeArgument(t xpathToken) bool {
	switch t.kind {
	case xpathSlash, xpathAxis, xpathAt, xpathDot, xpathStar, xpathNodeTest:
		return true
	case xpathFunction:
		return t.class == xpathOwn || t.class == xpathCode || t.class == xpathNode || t.class == xpathShared
	}
	return false
}

// loadArgument reports whether the argument that begins with t is an address
// or is put together.
func loadArgument(b []byte, t xpathToken) bool {
	if t.kind == xpathFunction {
		return true
	}
	if t.kind != xpathQuote {
		return false
	}
	sort := locate(b[t.end:min(len(b), t.end+maxDeclWord)])
	return sort == locLocal || sort == locRemote
}

// walk is rootWalk from t on, counted.
func (x *xpathReading) walk(t xpathToken) bool {
	x.walks++
	return rootWalk(x.b[t.start:])
}

// rootWalk reports whether b is a path from the root of which no name is
// known: /*, //*[1]/*, /child::node().
func rootWalk(b []byte) bool {
	r := xpathReader{b: b}
	steps := 0
	for n := 0; n < 16; n++ {
		peek := r
		if peek.next().kind != xpathSlash {
			break
		}
		r = peek
		t := r.next()
		if t.kind == xpathAxis {
			t = r.next()
		}
		if t.kind == xpathNodeTest {
			r.next()
			t.kind = r.next().kind
			if t.kind != xpathClose {
				return false
			}
		} else if t.kind != xpathStar {
			return false
		}
		steps++
		after := r
		if p := after.next(); p.kind == xpathLeft {
			for k := 0; k < 8 && p.kind != xpathRight && p.kind != xpathEnd; k++ {
				p = after.next()
			}
			r = after
		}
	}
	t := r.next()
	return steps > 0 && t.kind != xpathName && t.kind != xpathEnd
}

// union weighs a path behind the union sign at t.
func (x *xpathReading) union(t xpathToken) {
	if x.out < 0 {
		return
	}
	r := x.xpathReader
	slash := r.next()
	step := r.next()
	if slash.kind == xpathAt && step.kind == xpathStar || slash.kind == xpathSlash && slash.start != slash.end {
		switch step.kind {
		case xpathStar, xpathAxis, xpathAt, xpathNodeTest:
			x.report(70, x.out, step.end, "xpath/union", xpathWhy)
		case xpathName:
			if next := r.next(); next.kind == xpathSlash || next.kind == xpathLeft {
				x.report(66, x.out, next.end, "xpath/union", xpathWhy)
			}
		}
	}
}
