package detect

// rceSigns are the byte classes that expansions, templates and code are made
// of and that little else has.
const rceSigns = fPercent | fBack | fDollar | fLess | fBracket

// needsRCE: signs of code, a command's name where one may stand, a call of a
// function that the judge knows, or the beginning of an object.
func needsRCE(v *value, t *traits) bool {
	f := v.f
	switch {
	case f&rceSigns != 0, t.marks&wordCommand != 0, t.pairs&pairGlob != 0:
		return true
	case f&fParen != 0 && rceCalling(v.b, f, t):
		return true
	case len(v.b) <= 2*maxChain && f&fHigh == 0 && (f&fSpace == 0 || assemblyName(v.b)) && rceNamed(v, t):
		return true
	}
	return maybeObject(v, t)
}

// rceNamed: a value that is a name is one of a class or function.
func rceNamed(v *value, t *traits) bool {
	return t.marks&(wordGadget|wordMember) != 0 || t.marks&wordCall != 0 && (v.f&fUnder != 0 || len(v.b) == len("phpinfo"))
}

// rceCalling: what makes something of a parenthesis.
func rceCalling(b []byte, f features, t *traits) bool {
	switch {
	case f&(fGreater|fHash) != 0, f&(fAmp|fQuote) == fAmp|fQuote:
		return true
	case t.marks&(wordCall|wordMember|wordDunder|wordType) != 0, t.pairs&(pairRazor|pairCalled) != 0:
		return true
	case f&fAt != 0 && containsASCII(b, "?new("):
		return true
	}
	return f&fUnder != 0 && containsASCII(b, "child_process")
}

// maybeObject reports whether v begins like one of judgeObject's, or may hold
// one.
func maybeObject(v *value, t *traits) bool {
	switch f := v.f; {
	case f&fColon != 0 && (t.marks&wordDrive != 0 && f&fQuote != 0 || t.pairs&pairBang != 0):
		return true
	case f&(fAlpha|fDigit) == fAlpha|fDigit && len(v.b) > len(hexVersion) && containsASCII(v.b, hexVersion):
		return true
	}
	b := v.b
	for len(b) > 0 && (byteFeature[b[0]]&fSpace != 0 || b[0] == '"' || b[0] == '\'') {
		b = b[1:]
	}
	if len(b) < 7 {
		return false
	}
	switch b[0] {
	case 'r':
		return hasPrefix(b, "rO0AB")
	case 'A':
		return hasPrefix(b, "AAEAAAD")
	case 'O', 'a', 'C':
		return b[1] == ':'
	case 'c':
		return pickled(b) || hasPrefixFold(b, "class.")
	}
	return b[0] == 0xac || b[0] == 0x80 || b[0] == '!'
}

// hexVersion is the version in the head of a Java object, in hexadecimal.
const hexVersion = "0005"
