package detect

import "bytes"

// base64Bytes are the classes of which base64 and base64url consist.
const base64Bytes = fAlpha | fDigit | fPlus | fSlash | fEqual | fMinus | fUnder

// decode makes the further forms of b and inspects each. The decoders are a
// chain, not a tree: the first that changes the value goes on with what it
// made, in which the encodings of the others still stand. Byte classes gate
// them, so that a value without '%' costs nothing for percent decoding.
func (s *Scratch) decode(b []byte, f features, k kind, pl place, base int) {
	if f&(fHigh|fCtl) != 0 && s.compressed(b, k, pl, base) {
		return
	}
	if f&fPercent != 0 {
		lenient := lenientPercent(b) && s.step(StepPercent, b, appendLenientPercent(s.arena, b), k, pl, base)
		if s.step(StepPercent, b, appendPercent(s.arena, b, false), k, pl, base) || lenient {
			return
		}
		if barePercent(b) && s.step(StepPercent, b, appendBarePercent(s.arena, b), k, pl, base) {
			return
		}
	}
	if f&fAmp != 0 && s.step(StepHTML, b, appendHTML(s.arena, b), k, pl, base) {
		return
	}
	if f&fBack != 0 {
		css := s.step(StepEscape, b, appendCSS(s.arena, b), k, pl, base)
		if s.step(StepEscape, b, appendEscape(s.arena, b), k, pl, base) || css {
			return
		}
	}
	if f&(fHigh|fCtl) != 0 && s.step(StepUTF8, b, appendFolded(s.arena, b), k, pl, base) {
		return
	}
	if f&fHigh != 0 && f&bestFitNeeds != 0 && s.step(StepBestFit, b, appendBestFit(s.arena, b), k, pl, base) {
		return
	}
	if s.hex(b, f, k, pl, base) || s.base64(b, f, k, pl, base) {
		return
	}
	if f&fPlus != 0 && f&fAlpha != 0 && maybeUTF7(b) && s.step(StepUTF7, b, appendUTF7(s.arena, b), k, pl, base) {
		return
	}
	if f&fQuote != 0 {
		s.quotedBase64(b, k, pl, base)
	}
	if f&^base64Bytes != 0 && len(b) > minEmbedded && k != kindName {
		s.embedded(b, k, pl, base)
	}
	if f&fPlus != 0 && f&fBlank == 0 && f&^base64Bytes != 0 {
		s.step(StepPlus, b, appendPlus(s.arena, b), k, pl, base)
	}
}

// step inspects what a decoder made: out is the arena with the result
// appended. It reports false when the result is empty or equal to b.
func (s *Scratch) step(sk StepKind, b, out []byte, k kind, pl place, base int) bool {
	v := out[len(s.arena):]
	if len(v) == 0 || bytes.Equal(v, b) {
		s.arena = out[:len(s.arena)] // it may have grown
		return false
	}
	v = s.keep(out)
	s.push(sk, -1, nil)
	s.depth++
	s.form(v, scan(v), k, pl.inexact(), base)
	s.depth--
	s.pop()
	return true
}

// base64 inspects what a value decodes to that is base64 as a whole, or from
// ";base64," on. Names are not tried. It reports false when there is none.
func (s *Scratch) base64(b []byte, f features, k kind, pl place, base int) bool {
	if k == kindName {
		return false
	}
	if f&(fBlank|fLine) != 0 && f&^(base64Bytes|fBlank|fLine) == 0 {
		return s.spacedBase64(b, k, pl, base)
	}
	if f&^base64Bytes != 0 {
		if f&fComma == 0 || f&fSemi == 0 {
			return false
		}
		i := bytes.Index(b, []byte(";base64,"))
		if i < 0 {
			return false
		}
		b = b[i+len(";base64,"):]
	}
	if len(b) < minBase64 {
		return false
	}
	if !maybeBase64(b) {
		return len(b) >= minDeflated && s.depth < maxDepth-1 && s.inSAML() && s.deflated(b, k, pl, base)
	}
	out, ok := appendBase64(s.arena, b)
	return ok && s.step(StepBase64, b, out, k, pl, base)
}

// spacedBase64 inspects what base64 decodes to that was broken into lines, or
// whose plus signs were taken for spaces.
func (s *Scratch) spacedBase64(b []byte, k kind, pl place, base int) bool {
	if len(b) < minBase64 {
		return false
	}
	var head [8]byte
	for i, c := range b[:len(head)] {
		if head[i] = c; c == ' ' {
			head[i] = '+'
		}
	}
	if !maybeBase64(head[:]) {
		return false
	}
	v := s.arena
	for _, c := range b {
		switch byteFeature[c] {
		case fBlank:
			c = '+'
		case fLine:
			continue
		}
		v = append(v, c)
	}
	v = s.keep(v)
	out, ok := appendBase64(s.arena, v)
	return ok && s.step(StepBase64, b, out, k, pl, base)
}

// quotedBase64 inspects what strings in quotes inside b decode to, as in
// serialised data: s:12:"...", {'id': '...'}. The first few count.
func (s *Scratch) quotedBase64(b []byte, k kind, pl place, base int) {
	for found := 0; found < maxQuoted && len(b) > minQuoted; {
		q := b[0]
		if b = b[1:]; q != '"' && q != '\'' {
			continue
		}
		n := base64Run(b)
		if n < minQuoted || n == len(b) || b[n] != q {
			b = b[n:]
			continue
		}
		v := b[:n]
		b = b[n+1:]
		if !maybeBase64(v) {
			continue
		}
		if out, ok := appendBase64(s.arena, v); ok && s.step(StepBase64, v, out, k, pl, base) {
			found++
		}
	}
}

// base64Run returns how many digits of base64 b starts with.
func base64Run(b []byte) int {
	for i, c := range b {
		if base64Val[c] < 0 {
			return i
		}
	}
	return len(b)
}
