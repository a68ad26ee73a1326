package detect

// minHex is the number of digits from which a run of hex is tried as text:
// eight bytes, so that numbers, colours and short identifiers are none.
const minHex = 16

// hex inspects what b decodes to that is hex of text, with 0x before it or
// without. Names are not tried. It reports false when there is none.
func (s *Scratch) hex(b []byte, f features, k kind, pl place, base int) bool {
	if f&fDigit == 0 || f&^(fAlpha|fDigit) != 0 || k == kindName {
		return false
	}
	return maybeHex(b) && s.step(StepHex, b, appendHex(s.arena, b), k, pl, base)
}

// maybeHex reports whether b has the length and the first digits of hex of
// text; of a digest or identifier one in a hundred has.
func maybeHex(b []byte) bool {
	b = hexDigits(b)
	if len(b) < minHex || len(b)%2 != 0 {
		return false
	}
	for i := 0; i < 8; i += 2 {
		if hexVal[b[i]] < 0 || hexVal[b[i+1]] < 0 || !texty(byte(hexVal[b[i]]<<4|hexVal[b[i+1]])) {
			return false
		}
	}
	return true
}

// hexDigits is b without the prefix 0x.
func hexDigits(b []byte) []byte {
	if len(b) > 2 && b[0] == '0' && b[1]|0x20 == 'x' {
		return b[2:]
	}
	return b
}

// appendHex appends b decoded; nothing when it is anything but hex of text.
func appendHex(dst, b []byte) []byte {
	start := len(dst)
	for b = hexDigits(b); len(b) > 1; b = b[2:] {
		hi, lo := hexVal[b[0]], hexVal[b[1]]
		if hi < 0 || lo < 0 {
			return dst[:start]
		}
		dst = append(dst, byte(hi)<<4|byte(lo))
	}
	if len(b) > 0 || !isText(dst[start:]) {
		return dst[:start]
	}
	return dst
}
