package detect

// place says where a value stands in the request. In an exact place the
// bytes are the request's own, so a part of the value has a place of its own;
// below a decoder everything has the place of what was decoded.
type place struct {
	part     Part
	header   int
	from, to int
	exact    bool
}

// sub is the place of b[i:j] when p is the place of b.
func (p place) sub(i, j int) place {
	if p.exact {
		p.from, p.to = p.from+i, p.from+j
	}
	return p
}

// inexact is p for a decoded form of the value.
func (p place) inexact() place {
	p.exact = false
	return p
}

// Inspect judges r with the buffers of s. The verdict is valid until s is
// used again. On a clean request it allocates nothing. scope keeps cached
// results of one tenant apart from another's: pass a number that is the
// tenant's own for the life of the process.
func (p *Policy) Inspect(r *Request, scope uint64, s *Scratch) *Verdict {
	s.reset(p, r)
	s.viewTarget()
	s.viewHeaders()
	s.viewBody()
	return s.close()
}

// close sorts what was found into the verdict.
func (s *Scratch) close() *Verdict {
	if s.found != 0 {
		for c := range s.best {
			if s.found&(1<<c) != 0 {
				s.verdict.Matches = append(s.verdict.Matches, s.best[c])
			}
		}
	}
	return &s.verdict
}

// value inspects b, which stands at the current point, in every form.
func (s *Scratch) value(b []byte, k kind, pl place) {
	if len(b) == 0 {
		return
	}
	s.values++
	if s.values > maxValues {
		s.bound(Overlimit, "overlimit/values", "more values than the bound", b, pl)
		return
	}
	m := s.mark()
	n := 0
	s.form(b, k, pl, 0, &n)
	s.free(m)
}

// form judges one form of a value and then the forms that decoders make of
// it. n counts the forms of the value so far.
func (s *Scratch) form(b []byte, k kind, pl place, depth int, n *int) {
	for _, o := range s.forms[:*n] {
		if len(o) == len(b) && string(o) == string(b) {
			return
		}
	}
	if *n == maxForms || depth > maxDepth {
		s.bound(Overlimit, "overlimit/forms", "more decoded forms than the bound", b, pl)
		return
	}
	if s.decoded > s.budget {
		s.bound(Overlimit, "overlimit/decoded", "more decoded bytes than the bound", b, pl)
		return
	}
	s.forms[*n] = b
	*n++
	f := scan(b)
	s.judge(b, f, k, pl)
	s.decode(b, f, k, pl, depth, n)
}

// judge shows one form to every judge whose prefilter does not rule it out.
func (s *Scratch) judge(b []byte, f features, k kind, pl place) {
	s.val = value{b, f, k}
	for i := range judges {
		j := &judges[i]
		if s.done&(1<<j.class) != 0 || !s.p.noPrefilter && !j.maybe(f, len(b)) {
			continue
		}
		if fd := j.judge(&s.val, s); fd.score > 0 {
			s.record(j.class, b, fd, pl)
		}
	}
}

// record keeps fd when it counts and is the best of its class so far.
func (s *Scratch) record(c Class, b []byte, fd finding, pl place) {
	if fd.score < s.p.threshold[c] {
		return
	}
	m := &s.best[c]
	if s.found&(1<<c) != 0 && m.Score >= fd.score {
		return
	}
	s.found |= 1 << c
	s.matches++
	if fd.score >= certain {
		s.done |= 1 << c
	}
	m.Class, m.Rule, m.Why, m.Score = c, fd.rule, fd.why, fd.score
	m.Value, m.Start, m.End = b, fd.start, fd.end
	m.Part, m.Header, m.From, m.To = pl.part, pl.header, pl.from, pl.to
	m.Point = s.point
	if m.Point.n > MaxSteps {
		m.Point.n = MaxSteps
	}
}

// certain is the score from which a class needs no further evidence.
const certain = 80

// bound records that a bound was crossed at b.
func (s *Scratch) bound(c Class, rule, why string, b []byte, pl place) {
	s.verdict.Partial = true
	s.record(c, b, finding{score: 100, end: min(len(b), 64), rule: rule, why: why}, pl)
}
