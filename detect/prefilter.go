package detect

// features is the set of byte classes that occur in a value: the prefilter's
// one pass. A judge whose needs are not in the set certainly finds nothing.
type features uint32

const (
	fAlpha   features = 1 << iota // A-Z a-z
	fDigit                        // 0-9
	fBlank                        // space, tab, VT, FF
	fLine                         // CR, LF
	fCtl                          // other control bytes, NUL included
	fHigh                         // >= 0x80
	fQuote                        // ' " `
	fLess                         // <
	fGreater                      // >
	fParen                        // ( )
	fBracket                      // [ ] { }
	fSlash                        // /
	fBack                         // backslash
	fDot                          // .
	fEqual                        // =
	fSemi                         // ;
	fAmp                          // &
	fPipe                         // |
	fDollar                       // $
	fPercent                      // %
	fPlus                         // +
	fMinus                        // -
	fHash                         // #
	fStar                         // *
	fColon                        // :
	fComma                        // ,
	fAt                           // @ ! ^ ~ ?
	fUnder                        // _

	fSpace = fBlank | fLine
)

// byteFeature maps each byte to its class; every byte has exactly one.
var byteFeature = makeByteFeature()

func makeByteFeature() (t [256]features) {
	for i := range t {
		c := byte(i)
		switch {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			t[i] = fAlpha
		case c >= '0' && c <= '9':
			t[i] = fDigit
		case c == '\n' || c == '\r':
			t[i] = fLine
		case c == ' ' || c >= '\t' && c <= '\r':
			t[i] = fBlank
		case c < 0x20 || c == 0x7f:
			t[i] = fCtl
		case c >= 0x80:
			t[i] = fHigh
		}
	}
	for set, f := range map[string]features{
		"'\"`": fQuote, "<": fLess, ">": fGreater, "()": fParen, "[]{}": fBracket,
		"/": fSlash, "\\": fBack, ".": fDot, "=": fEqual, ";": fSemi, "&": fAmp,
		"|": fPipe, "$": fDollar, "%": fPercent, "+": fPlus, "-": fMinus,
		"#": fHash, "*": fStar, ":": fColon, ",": fComma, "@!^~?": fAt, "_": fUnder,
	} {
		for _, c := range []byte(set) {
			t[c] = f
		}
	}
	return t
}

// scanPortable is scan for any processor.
func scanPortable(b []byte) (f features) {
	for _, c := range b {
		f |= byteFeature[c]
	}
	return f
}
