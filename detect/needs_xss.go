package detect

import "bytes"

// minPuncts is how many of its tokens a call without a name is made of at
// least (jsComputed).
const minPuncts = 5

// needsXSS: a tag, an event's attribute, a script's URL, a word of script
// that does something, or a call without any.
func needsXSS(v *value, t *traits) bool {
	f := v.f
	switch {
	case f&fLess != 0, f&fEqual != 0 && t.marks&wordHandler != 0:
		return true
	case f&(fParen|fBracket|fEqual|fQuote) != 0 && t.marks&wordScript != 0:
		return true
	case t.marks&wordApply != 0 && (f&fQuote != 0 || f&(fParen|fSlash) == fParen|fSlash):
		return true
	case f&(fParen|fBracket) != 0 && t.puncts >= minPuncts, f&(fAmp|fHash) == fAmp|fHash:
		return true
	case f&(fColon|fParen) == fColon|fParen && maybeLink(v.b):
		return true
	}
	return f&(fColon|fAmp) != 0 && maybeScriptURL(v.b, f)
}

// maybeLink reports whether a parenthesis stands behind a bracket, as in
// Markdown, or behind what may be "url", as in CSS.
func maybeLink(b []byte) bool {
	for i := 1; i < len(b); i++ {
		k := bytes.IndexByte(b[i:], '(')
		if k < 0 {
			return false
		}
		if i += k; b[i-1] == ']' || b[i-1]|0x20 == 'l' {
			return true
		}
	}
	return false
}

// maybeScriptURL reports whether b may begin with a scheme that runs script:
// by the scheme's first letter, and its last one before the colon, as far as
// neither can be an entity.
func maybeScriptURL(b []byte, f features) bool {
	i := 0
	for i < len(b) && (b[i] <= ' ' || b[i] >= 0x7f || b[i] == '"' || b[i] == '\'' || b[i] == '`' || b[i] == '\\') {
		i++
	}
	if i == len(b) || !schemeFirst[b[i]] {
		return false
	}
	if f&fAmp != 0 {
		return true
	}
	n := bytes.IndexByte(b[i:], ':')
	if n < 0 {
		return false
	}
	for n--; n > 0 && (b[i+n] <= ' ' || b[i+n] == 0x7f); n-- {
	}
	return n >= 0 && schemeLast[b[i+n]]
}

// schemeFirst and schemeLast are the letters with which scriptSchemes begin
// and end, in any case; an entity may stand for any.
var schemeFirst, schemeLast = makeSchemeLetters()

func makeSchemeLetters() (first, last [256]bool) {
	first['&'] = true
	for _, s := range scriptSchemes {
		first[s[0]], first[s[0]&^0x20] = true, true
		c := s[bytes.IndexByte([]byte(s), ':')-1]
		last[c], last[c&^0x20] = true, true
	}
	return first, last
}
