package detect

// minEmbedded is the length from which a run of digits inside a value is
// tried as base64 or hex. Words and most identifiers are shorter.
const minEmbedded = 20

// embedded inspects what the runs of base64 or hex inside b decode to: in
// lists, pairs, log lines, serialised data. The first few count. A run cannot
// hide between two probes minEmbedded apart, so that in prose one byte in a
// few is looked at.
func (s *Scratch) embedded(b []byte, k kind, pl place, base int) {
	for at, found := minEmbedded-1, 0; at < len(b) && found < maxQuoted; {
		if !base64Digit(b[at]) {
			at += minEmbedded
			continue
		}
		from, to := digitsAround(b, at)
		at = to + minEmbedded
		if to-from >= minEmbedded && to-from < len(b) && s.run(b, from, to, k, pl, base) {
			found++
		}
	}
}

// run inspects what b[from:to] decodes to, padding behind it included.
func (s *Scratch) run(b []byte, from, to int, k kind, pl place, base int) bool {
	v := b[from:to]
	if maybeHex(v) && s.step(StepHex, v, appendHex(s.arena, v), k, pl.sub(from, to), base) {
		return true
	}
	for to < len(b) && to < from+len(v)+2 && b[to] == '=' {
		to++
	}
	v = b[from:to]
	if !maybeBase64(v) {
		return false
	}
	out, ok := appendBase64(s.arena, v)
	return ok && s.step(StepBase64, v, out, k, pl.sub(from, to), base)
}

func base64Digit(c byte) bool { return uint8(base64Val[c]) < 64 }

// digitsAround returns the run of base64 digits around the one at b[at].
func digitsAround(b []byte, at int) (from, to int) {
	from, to = at, at+1
	for from > 0 && base64Digit(b[from-1]) {
		from--
	}
	for to < len(b) && base64Digit(b[to]) {
		to++
	}
	return from, to
}
