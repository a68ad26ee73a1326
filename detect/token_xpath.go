package detect

// The tokeniser of XPath (XPath 1.0 section 3.7, and the names that 2.0 and
// 3.1 add) reads a value from any point of an expression on; a quote is a
// token of its own, because a value may stand inside a string. It has no
// opinions.

// xpathKind is the kind of a token.
type xpathKind uint8

const (
	xpathEnd      xpathKind = iota
	xpathName               // a name that is none of those below
	xpathAxis               // the name of an axis, "::" behind it included
	xpathFunction           // the name of a function, with '(' behind it
	xpathNodeTest           // node, text, comment with '(' behind it
	xpathLogic              // and, or, |
	xpathCompare            // = != < > <= >=, eq, ne, lt, gt, le, ge
	xpathArith              // + - div mod, and a comma
	xpathSlash              // / or //
	xpathStar
	xpathQuote
	xpathNumber
	xpathOpen  // (
	xpathClose // )
	xpathLeft  // [
	xpathRight // ]
	xpathAt    // @
	xpathDot   // . or ..
	xpathOther
)

// xpathToken is one token. class is the function's.
type xpathToken struct {
	kind       xpathKind
	class      uint8
	start, end int
}

// xpathReader walks the tokens of a value.
type xpathReader struct {
	b []byte
	i int
}

// xpathSign is the kind of a token of one byte, xpathEnd where it is none.
var xpathSign = [256]xpathKind{
	'|': xpathLogic, '=': xpathCompare, '<': xpathCompare, '>': xpathCompare, '+': xpathArith, '-': xpathArith, ',': xpathArith,
	'/': xpathSlash, '*': xpathStar, '\'': xpathQuote, '"': xpathQuote, '(': xpathOpen, ')': xpathClose, '[': xpathLeft, ']': xpathRight,
	'@': xpathAt, '.': xpathDot,
}

func (r *xpathReader) next() xpathToken {
	b := r.b
	for r.i < len(b) && byteFeature[b[r.i]]&fSpace != 0 {
		r.i++
	}
	t := xpathToken{start: r.i, end: r.i}
	if r.i >= len(b) {
		return t
	}
	c := b[r.i]
	r.i++
	switch {
	case isAlpha(c) || c == '_':
		t.kind, t.class = r.word(t.start)
	case isDigit(c):
		for r.i < len(b) && (isDigit(b[r.i]) || b[r.i] == '.') {
			r.i++
		}
		t.kind = xpathNumber
	case c == '!' && r.i < len(b) && b[r.i] == '=':
		r.i++
		t.kind = xpathCompare
	case xpathSign[c] != xpathEnd:
		t.kind = xpathSign[c]
		if r.i < len(b) && (c == '/' || c == '.') && b[r.i] == c || (c == '<' || c == '>') && r.i < len(b) && b[r.i] == '=' {
			r.i++
		}
	default:
		t.kind = xpathOther
	}
	t.end = r.i
	return t
}

// word reads the name that begins at start. What it is depends on what
// follows: "::" makes an axis, '(' a function or a test.
func (r *xpathReader) word(start int) (xpathKind, uint8) {
	b := r.b
	for r.i < len(b) && (isAlnum(b[r.i]) || b[r.i] == '_' || b[r.i] == '-') {
		r.i++
	}
	w := b[start:r.i]
	if len(w) > maxWord {
		return xpathName, 0
	}
	next := skipBlanks(b, r.i)
	if next+1 < len(b) && b[next] == ':' && b[next+1] == ':' && xpathAxes.lookup(w) != 0 {
		r.i = next + 2
		return xpathAxis, 0
	}
	if next < len(b) && b[next] == '(' {
		if xpathTests.lookup(w) != 0 {
			return xpathNodeTest, 0
		}
		if class := xpathFunctions.lookup(w); class != 0 {
			return xpathFunction, class
		}
	}
	switch xpathOperators.lookup(w) {
	case 1:
		return xpathLogic, 0
	case 2:
		return xpathCompare, 0
	case 3:
		return xpathArith, 0
	}
	return xpathName, 0
}

var xpathAxes = newWordTable([]wordGroup{
	{1, []string{"ancestor", "ancestor-or-self", "attribute", "child", "descendant", "descendant-or-self", "following", "following-sibling", "namespace", "parent", "preceding", "preceding-sibling", "self"}},
})

var xpathTests = newWordTable([]wordGroup{{1, []string{"node", "text", "comment", "processing-instruction"}}})

var xpathOperators = newWordTable([]wordGroup{
	{1, []string{"and", "or", "union", "intersect", "except"}},
	{2, []string{"eq", "ne", "lt", "gt", "le", "ge", "is"}},
	{3, []string{"div", "mod", "idiv"}},
})

// Functions by who else has them.
const (
	xpathNoFunc uint8 = iota
	xpathOwn          // no other language
	xpathShared       // other languages have a function of that name
	xpathNode         // asks about the node at hand, without arguments
	xpathLoad         // reads another document
	xpathCode         // spells text by numbers
)

var xpathFunctions = newWordTable([]wordGroup{
	{xpathOwn, []string{
		"string-length", "local-name", "namespace-uri", "normalize-space", "starts-with", "ends-with", "substring-before", "substring-after",
		"doc-available", "system-property", "base-uri", "document-uri",
		"upper-case", "lower-case", "encode-for-uri", "in-scope-prefixes", "node-name", "string-join", "distinct-values", "function-available", "environment-variable", "unparsed-text-available",
	}},
	{xpathShared, []string{"count", "name", "string", "substring", "contains", "concat", "translate", "sum", "number", "boolean", "not", "matches", "replace", "tokenize", "exists", "empty", "lang", "id", "floor", "round", "data", "root", "string-value", "max", "min"}},
	{xpathNode, []string{"position", "last"}},
	{xpathCode, []string{"string-to-codepoints", "codepoints-to-string"}},
	{xpathLoad, []string{"doc", "document", "unparsed-text", "unparsed-text-lines", "collection", "uri-collection", "json-doc"}},
})
