package detect

import "bytes"

// The GraphQL tokeniser (GraphQL specification, section 2.1). It has no
// opinions: what is no token of the language is gqlBad.

type gqlKind uint8

const (
	gqlEnd gqlKind = iota
	gqlBad
	gqlPunct  // one of ! $ & ( ) : = @ [ ] { | } or "..."
	gqlName   // a name or keyword
	gqlNumber // an integer or float, loosely
	gqlString // "..."
	gqlBlock  // """..."""
)

// gqlToken is b[start:end] of the document; a string includes its quotes.
type gqlToken struct {
	kind       gqlKind
	start, end int
}

// gqlPunctuators marks punctuators of one byte.
var gqlPunctuators = makeGQLPunctuators()

func makeGQLPunctuators() (t [256]bool) {
	for _, c := range []byte("!$&():=@[]{|}") {
		t[c] = true
	}
	return t
}

// nextGQL returns the first token from i on. A token that is neither gqlEnd
// nor gqlBad ends behind its start.
func nextGQL(b []byte, i int) gqlToken {
	i = skipGQL(b, i)
	if i >= len(b) {
		return gqlToken{gqlEnd, len(b), len(b)}
	}
	switch c := b[i]; {
	case gqlPunctuators[c]:
		return gqlToken{gqlPunct, i, i + 1}
	case c == '.':
		if bytes.HasPrefix(b[i:], []byte("...")) {
			return gqlToken{gqlPunct, i, i + 3}
		}
	case isAlpha(c) || c == '_':
		end := i + 1
		for end < len(b) && (isAlnum(b[end]) || b[end] == '_') {
			end++
		}
		return gqlToken{gqlName, i, end}
	case isDigit(c) || c == '-':
		end := i + 1
		for end < len(b) && (isAlnum(b[end]) || b[end] == '.' || b[end] == '+' || b[end] == '-') {
			end++
		}
		return gqlToken{gqlNumber, i, end}
	case c == '"':
		return gqlQuoted(b, i)
	}
	return gqlToken{gqlBad, i, i}
}

// skipGQL steps over blanks, commas, byte order marks and comments.
func skipGQL(b []byte, i int) int {
	for i < len(b) {
		switch c := b[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',':
			i++
		case c == '#':
			for i < len(b) && b[i] != '\n' && b[i] != '\r' {
				i++
			}
		case c == 0xef && bytes.HasPrefix(b[i:], []byte("\xef\xbb\xbf")):
			i += 3
		default:
			return i
		}
	}
	return i
}

// gqlQuoted reads the string or block string at b[i].
func gqlQuoted(b []byte, i int) gqlToken {
	if bytes.HasPrefix(b[i:], []byte(`"""`)) {
		for end := i + 3; end+2 < len(b); end++ {
			if b[end] == '"' && b[end+1] == '"' && b[end+2] == '"' && b[end-1] != '\\' {
				return gqlToken{gqlBlock, i, end + 3}
			}
		}
		return gqlToken{gqlBad, i, i}
	}
	for end := i + 1; end < len(b); end++ {
		switch b[end] {
		case '"':
			return gqlToken{gqlString, i, end + 1}
		case '\\':
			end++
		case '\n', '\r':
			return gqlToken{gqlBad, i, i}
		}
	}
	return gqlToken{gqlBad, i, i}
}
