package detect

import "bytes"

// The dispatch tells which judges have to see a value. The byte classes of a
// value and its length decide first: their answer, a bit for each judge, is
// remembered, so that the number of judges does not count. What passes is
// read for traits, in which each judge looks for what it needs.

// judgeMask is a set of judges by their index in judges.
type judgeMask uint32

const allJudges = judgeMask(1<<len(judges) - 1)

const (
	dispatchSlots = 256 // sets of byte classes that are remembered
	lengthExact   = 15  // lengths up to here are told apart
)

// dispatchEntry is the remembered answer for one key.
type dispatchEntry struct {
	key   uint64 // features and length class, plus one; 0: empty
	judge judgeMask
}

// lengthClass is the length that maybe is asked with: exact when short, then
// one for the lengths up to maxName and one for those beyond.
func lengthClass(n int) int {
	switch {
	case n <= lengthExact:
		return n
	case n <= maxName:
		return lengthExact + 1
	}
	return maxName + 1
}

// maybe returns the judges whose maybe does not rule out a value of n bytes
// with features f.
func (s *Scratch) maybe(f features, n int) judgeMask {
	n = lengthClass(n)
	key := uint64(f)<<16 | uint64(n) + 1
	e := &s.dispatch[key*0x9e3779b97f4a7c15>>56]
	if e.key != key {
		e.key, e.judge = key, 0
		for i := range judges {
			if judges[i].maybe(f, n) {
				e.judge |= 1 << i
			}
		}
	}
	return e.judge
}

// wanted returns the judges that have to see v.
func (s *Scratch) wanted(v *value) judgeMask {
	if s.full {
		return allJudges
	}
	set := s.maybe(v.f, len(v.b))
	if set == 0 {
		return 0
	}
	s.traits.read(v.b, v.f)
	for i := range judges {
		if need := needs[judges[i].class]; set>>i&1 != 0 && need != nil && !need(v, &s.traits) {
			set &^= 1 << i
		}
	}
	return set
}

// decodable are the byte classes of what decoders work on.
const decodable = fPercent | fAmp | fBack | fHigh | fCtl

// nothing reports whether b has no further form and its only one is wanted by
// no judge: then it is done with. What the judges want is kept for judgePiece.
func (s *Scratch) nothing(b []byte, f features, k kind) bool {
	s.isKnown = false
	if s.full || f&decodable != 0 || len(b) > maxPiece || s.depth > maxDepth || s.work+len(b) > s.budget || formed(b, f, k) {
		return false
	}
	s.val = value{b, f, k}
	set := s.wanted(&s.val)
	if set == 0 {
		s.work += len(b)
		return true
	}
	s.known, s.isKnown = set, true
	return false
}

// formed reports whether b, which has no byte of decodable, may have a form
// that is not b: a document, base64, plus for space.
func formed(b []byte, f features, k kind) bool {
	switch b[0] {
	case '{', '[', '<', ' ', '\n', '\r', '\t':
		return true
	case 'e':
		if hasPrefix(b, "eyJ") {
			return true
		}
	}
	if k == kindName {
		return f&fQuote != 0 && len(b) > minQuoted || f&fPlus != 0
	}
	switch spaced := f&^(base64Bytes|fSpace) == 0; {
	case f&^base64Bytes == 0:
		return len(b) >= minBase64 && maybeBase64(b) || f&fDigit != 0 && maybeHex(b) || f&fPlus != 0 && maybeUTF7(b)
	case f&fPlus != 0, spaced && len(b) >= minBase64 && maybeSpaced(b):
		return true
	case f&(fComma|fSemi) == fComma|fSemi && bytes.Contains(b, []byte(";base64,")):
		return true
	}
	return f&fQuote != 0 && maybeQuoted(b) || len(b) > minEmbedded && maybeEmbedded(b)
}

// maybeSpaced reports whether b may be base64 with blanks for plus signs.
func maybeSpaced(b []byte) bool {
	var head [minBase64]byte
	for i := range head {
		if head[i] = b[i]; head[i] == ' ' {
			head[i] = '+'
		}
	}
	return maybeBase64(head[:])
}

// maybeQuoted reports whether a string in quotes inside b is long enough for
// base64 and consists of its digits.
func maybeQuoted(b []byte) bool {
	for len(b) > minQuoted {
		q := b[0]
		if b = b[1:]; q != '"' && q != '\'' {
			continue
		}
		n := base64Run(b)
		if n >= minQuoted && n < len(b) && b[n] == q {
			return true
		}
		b = b[n:]
	}
	return false
}

// maybeEmbedded reports whether a run of digits inside b is long enough to be
// base64 or hex, and may be.
func maybeEmbedded(b []byte) bool {
	for at := minEmbedded - 1; at < len(b); {
		if !base64Digit(b[at]) {
			at += minEmbedded
			continue
		}
		from, to := digitsAround(b, at)
		if v := b[from:to]; len(v) >= minEmbedded && len(v) < len(b) && (maybeHex(v) || maybeBase64(v)) {
			return true
		}
		at = to + minEmbedded
	}
	return false
}
