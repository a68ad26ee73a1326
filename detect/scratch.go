package detect

// Scratch holds the buffers of one inspection at a time. Reuse it from
// request to request; it is not safe for concurrent use. Buffers grow to
// named bounds at most and shrink after a large request.
type Scratch struct {
	verdict Verdict

	p *Policy
	r *Request

	point Point
	val   value // the value before the judges; here so that it stays off the heap
	forms [maxForms][]byte

	arena   []byte // decoded bytes; grows like a stack, freed when a value is done
	matches int    // findings recorded; the arena is not freed below one

	values  int // values seen
	decoded int // bytes decoded
	budget  int // bytes that may be decoded

	found uint32 // classes in best
	done  uint32 // classes that need no more judging
	best  [NumClasses]Match
}

// reset prepares s for r.
func (s *Scratch) reset(p *Policy, r *Request) {
	s.p, s.r = p, r
	s.point.n = 0
	if cap(s.arena) > maxArena {
		s.arena = nil
	}
	s.arena = s.arena[:0]
	s.matches, s.values, s.decoded = 0, 0, 0
	s.budget = maxDecodeBase + maxDecodeRate*(len(r.Target)+len(r.Body))
	s.found, s.done = 0, 0
	s.verdict = Verdict{Matches: s.verdict.Matches[:0], Partial: r.BodyPartial}
}

// push adds a step to the current point.
func (s *Scratch) push(k StepKind, index int, name []byte) {
	p := &s.point
	if p.n < MaxSteps {
		st := &p.steps[p.n]
		st.Kind, st.Index, st.Name = k, int32(index), name
	}
	p.n++
}

// pop removes the last step.
func (s *Scratch) pop() { s.point.n-- }

// keep commits out, which is s.arena with a decoded value appended, and
// returns that value, or nil when it is empty.
func (s *Scratch) keep(out []byte) []byte {
	n := len(s.arena)
	s.arena = out
	s.decoded += len(out) - n
	return out[n:len(out):len(out)]
}

// mark and free make the arena a stack: bytes above a mark are freed unless
// something was found in the meantime, because matches point into them.
type mark struct{ n, matches int }

func (s *Scratch) mark() mark { return mark{len(s.arena), s.matches} }

func (s *Scratch) free(m mark) {
	if m.matches == s.matches {
		s.arena = s.arena[:m.n]
	}
}
