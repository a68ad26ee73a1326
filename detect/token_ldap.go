package detect

// The tokeniser of LDAP search filters (RFC 4515) reads a value from any
// point of a filter on: parentheses, operators and items. It has no opinions.

// ldapKind is the kind of a token.
type ldapKind uint8

const (
	ldapEnd ldapKind = iota
	ldapOpen
	ldapClose
	ldapOperator // & | !
	ldapItem     // attribute, a comparison, and perhaps a value
	ldapStar     // nothing but stars
	ldapNul
	ldapText // anything else
)

// ldapToken is one token; blanks between tokens belong to none.
type ldapToken struct {
	kind       ldapKind
	start, end int
	attr       []byte // the attribute of an item
	rule       bool   // an item with the OID of a matching rule
	blank      bool   // blanks stand before it
}

// ldapReader walks the tokens of a value.
type ldapReader struct {
	b []byte
	i int
}

func (r *ldapReader) next() ldapToken {
	t := ldapToken{start: r.i}
	for r.i < len(r.b) && byteFeature[r.b[r.i]]&fSpace != 0 {
		r.i++
	}
	t.blank = r.i > t.start
	if t.start = r.i; r.i >= len(r.b) {
		t.end = r.i
		return t
	}
	r.i++
	switch r.b[t.start] {
	case '(':
		t.kind = ldapOpen
	case ')':
		t.kind = ldapClose
	case '&', '|', '!':
		t.kind = ldapOperator
	case 0:
		t.kind = ldapNul
	default:
		t.kind = ldapText
		t.attr, t.rule = ldapAttribute(r.b[t.start:])
		for r.i < len(r.b) && !ldapSpecial(r.b[r.i]) {
			r.i++
		}
		if t.attr != nil {
			t.kind = ldapItem
		} else if starsOnly(r.b[t.start:r.i]) {
			t.kind = ldapStar
		}
	}
	t.end = r.i
	return t
}

// ldapSpecial reports whether c ends text.
func ldapSpecial(c byte) bool {
	switch c {
	case '(', ')', '&', '|', '!', 0:
		return true
	}
	return false
}

func starsOnly(b []byte) bool {
	for _, c := range b {
		if c != '*' && c != ' ' {
			return false
		}
	}
	return true
}

// maxAttribute bounds the name of an attribute, options and rule included.
const maxAttribute = 96

// ldapAttribute reads the attribute of an item at the start of b: a name or
// OID, then one of = >= <= ~= or a matching rule and :=. It returns nil when
// there is none; rule says that the matching rule is an OID.
func ldapAttribute(b []byte) (attr []byte, rule bool) {
	i := 0
	for i < len(b) && i < maxAttribute && byteFeature[b[i]]&(fAlpha|fDigit|fMinus|fDot|fSemi) != 0 {
		i++
	}
	if i == 0 || !isAlnum(b[0]) || i == len(b) {
		return nil, false
	}
	attr = b[:i]
	for i < len(b) && b[i] == ' ' && i < maxAttribute {
		i++
	}
	if i < len(b) && b[i] == ':' {
		return ldapRule(b, i, attr)
	}
	if i+1 < len(b) && (b[i] == '>' || b[i] == '<' || b[i] == '~') {
		i++
	}
	if i < len(b) && b[i] == '=' && (i+1 == len(b) || b[i+1] != '=') {
		return attr, false
	}
	return nil, false
}

// ldapRule reads ":dn:rule:=" at b[i].
func ldapRule(b []byte, i int, attr []byte) ([]byte, bool) {
	dots := 0
	for i < len(b) && i < maxAttribute && b[i] == ':' {
		i++
		if i < len(b) && b[i] == '=' {
			return attr, dots > 1
		}
		dots = 0
		for i < len(b) && i < maxAttribute && byteFeature[b[i]]&(fAlpha|fDigit|fMinus|fDot) != 0 {
			if b[i] == '.' && isDigit(b[i-1]) {
				dots++
			}
			i++
		}
	}
	return nil, false
}
