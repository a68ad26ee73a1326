package detect

// decode makes the further forms of b and inspects each.
func (s *Scratch) decode(b []byte, f features, k kind, pl place, depth int, n *int) {
	if f&fPercent != 0 {
		s.step(StepPercent, s.keep(appendPercent(s.arena, b, f&fPlus != 0)), k, pl, depth, n)
	}
}

// step inspects out, which the decoder kind made.
func (s *Scratch) step(sk StepKind, out []byte, k kind, pl place, depth int, n *int) {
	s.push(sk, -1, nil)
	s.form(out, k, pl.inexact(), depth+1, n)
	s.pop()
}
