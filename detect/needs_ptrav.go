package detect

import "bytes"

// ptravSigns are the byte classes of spellings that pass filters, of Windows'
// paths and of wrappers' filters.
const ptravSigns = fBack | fPercent | fHigh | fCtl | fDollar

// needsPTrav: dots that climb, odd spellings, a wrapper's scheme, a name that
// no page serves, or a name too long for a file.
func needsPTrav(v *value, t *traits) bool {
	b, f := v.b, v.f
	switch {
	case f&ptravSigns != 0, t.pairs&(pairDots|pairHere|pairScheme) != 0, b[0] == '.', b[0] == '/' && b[1] == '/':
		return true
	case f&fColon != 0 && (b[1] == ':' || t.marks&(wordDrive|wordScheme) != 0):
		return true
	case len(b) > maxName && b[1] == b[2]:
		return true
	case f&fSlash != 0 && (t.marks&wordFile != 0 || t.marks&(wordHead|wordTail) == wordHead|wordTail):
		return true
	case f&fSlash != 0 && f&fAt != 0 && bytes.IndexByte(b, '~') >= 0:
		return true
	}
	return f&(fAlpha|fDigit) == fAlpha|fDigit && hexSpelling(b)
}

// hexSpelling reports whether a sign may be spelled 0x2e, 0x2f or 0x5c.
func hexSpelling(b []byte) bool {
	for _, x := range [...]byte{'x', 'X'} {
		for i := 1; i < len(b); i++ {
			k := bytes.IndexByte(b[i:], x)
			if k < 0 {
				break
			}
			if i += k; b[i-1] == '0' && i+1 < len(b) && (b[i+1] == '2' || b[i+1] == '5') {
				return true
			}
		}
	}
	return false
}
