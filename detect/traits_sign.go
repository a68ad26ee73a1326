package detect

// Classes of bytes for the pass over words and signs.
const (
	signWord uint8 = iota // letters, digits, "_"
	signBlank
	signDot
	signMark // ?
	signSlash
	signStar
	signMinus
	signOperator // ; & | ` and line ends: a command may begin behind
	signAnd      // & in pairs; the class of "&" itself
	signPipe     // likewise
	signAt
	signOpen // (
	signColon
	signClose // )
	signPunct // [ ! +
	signOther

	numSigns
)

var signClass = makeSignClass()

func makeSignClass() (t [256]uint8) {
	for i := range t {
		t[i] = signOther
		if c := byte(i); isAlnum(c) || c == '_' {
			t[i] = signWord
		}
	}
	for c, s := range map[byte]uint8{
		' ': signBlank, '.': signDot, '?': signMark, '/': signSlash, '*': signStar, '-': signMinus,
		';': signOperator, '`': signOperator, '\n': signOperator, '\r': signOperator,
		'&': signAnd, '|': signPipe, '@': signAt, '(': signOpen, ')': signClose, ':': signColon,
		'[': signPunct, '!': signPunct, '+': signPunct,
	} {
		t[c] = s
	}
	return t
}

// signPairs are the marks of two neighbouring classes.
var signPairs = makeSignPairs()

func makeSignPairs() (t [numSigns][numSigns]pairMark) {
	for _, p := range []struct {
		a, b uint8
		mark pairMark
	}{
		{signDot, signDot, pairDots}, {signDot, signMark, pairDots}, {signMark, signDot, pairDots}, {signMark, signMark, pairDots},
		{signDot, signSlash, pairHere}, {signDot, signOperator, pairDots}, {signColon, signSlash, pairScheme},
		{signMinus, signMinus, pairComment}, {signSlash, signStar, pairComment}, {signStar, signStar, pairJoin},
		{signAnd, signAnd, pairLogic}, {signPipe, signPipe, pairLogic},
		{signAt, signAt, pairServer}, {signAt, signOpen, pairRazor}, {signClose, signOpen, pairCalled}, {signPunct, signPunct, pairBang},
	} {
		t[p.a][p.b] |= p.mark
	}
	return t
}

// signPiece marks the bytes that beside a command's name make it one of
// pieces, signGlob those that make it a pattern, signInName the ones that are
// part of it. Brackets, backslashes and dollars the judge sees in any case.
var (
	signPiece  = [256]bool{'\'': true, '"': true, '^': true}
	signGlob   = [256]bool{'?': true, '*': true, '[': true}
	signInName = [256]bool{',': true, ':': true, '!': true, '#': true, '@': true, '~': true, '/': true, '?': true, '*': true}
)

// signRoot marks the bytes behind which the name of a command may begin with
// a slash, programRoot the first letters of the folders that hold programs
// (globbedFolder).
var (
	signRoot = [256]bool{
		' ': true, '\t': true, '\n': true, '\r': true, '+': true, '(': true, '{': true, '!': true, '@': true,
		'\'': true, '"': true, ';': true, '|': true, '&': true, '`': true,
	}
	programRoot = [256]bool{'b': true, 'u': true, 's': true, 'e': true, 'l': true}
)

// signJSON marks the bytes with which PostgreSQL's operators on JSON begin
// that no other comparison has.
var signJSON = [256]bool{'@': true, '?': true, '|': true, '&': true}
