package detect

// Scratch holds the buffers of one inspection at a time. Reuse it from
// request to request; it is not safe for concurrent use. Buffers grow to
// named bounds at most and shrink after a large request.
type Scratch struct {
	// Trace, when not nil, is called with each form of each value before it
	// is judged, for tools that explain a verdict. Point and value are valid
	// during the call. It turns all shortcuts off.
	Trace func(p *Point, v []byte)

	verdict Verdict

	p     *Policy
	r     *Request
	scope uint64
	full  bool    // no shortcuts: every form reaches every judge
	rules []*rule // virtual patches whose conditions r meets

	point Point
	val   value    // what the judges look at; here so that it stays off the heap
	forms [][]byte // forms of the values in progress, innermost last

	arena   []byte // decoded bytes: a stack, freed when a value is done
	matches int    // findings recorded; the arena is not freed below one
	seen    []seenParam
	inflate inflater

	traits   traits    // of val, likewise
	known    judgeMask // the judges that want val, when isKnown is set
	isKnown  bool
	dispatch [dispatchSlots]dispatchEntry
	entities *entityTable // of the XML document at hand, made at first use

	memo     [memoSlots]memoEntry
	memoTurn uint8

	asked     bool // a judge looked at the name of the field
	documents int  // GraphQL documents seen, when they are limited
	values    int  // values seen
	items     int  // JSON values and XML elements seen
	depth     int  // decoders and documents around the current form
	xmls      int  // XML documents among them
	judged    int  // calls of judges
	work      int  // bytes judged
	budget    int  // bytes that may be judged
	inflated  int  // bytes decompressed

	found uint32 // classes in best
	done  uint32 // classes that need no more judging
	best  [NumClasses]Match

	weaks int // weak signs met
	weak  [NumClasses]weakSign
}

// reset prepares s for r.
func (s *Scratch) reset(p *Policy, r *Request) {
	s.p, s.r = p, r
	s.full = p.noPrefilter || s.Trace != nil
	s.shrink()
	s.point.n = 0
	s.matches, s.values, s.items, s.depth, s.xmls, s.judged, s.work, s.inflated = 0, 0, 0, 0, 0, 0, 0, 0
	s.budget = workBase + workRate*requestSize(r)
	s.found, s.done, s.documents = 0, 0, 0
	if s.weaks > 0 {
		s.weaks, s.weak = 0, [NumClasses]weakSign{}
	}
	s.verdict = Verdict{Matches: s.verdict.Matches[:0], Partial: r.BodyPartial}
	s.rules = p.applicable(r, s.rules[:0])
}

// shrink gives back what a large request made s hold.
func (s *Scratch) shrink() {
	if cap(s.arena) > maxArena {
		s.arena = nil
	}
	s.arena, s.forms, s.seen = s.arena[:0], s.forms[:0], s.seen[:0]
	s.inflate.shrink()
}

// requestSize is the number of bytes that inspection starts from.
func requestSize(r *Request) int {
	n := len(r.Target) + len(r.Body)
	for i := range r.Headers {
		n += len(r.Headers[i].Value)
	}
	return n
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

// keep commits out, which is s.arena with one decoded value appended, and
// returns that value: valid until the mark below it is freed.
func (s *Scratch) keep(out []byte) []byte {
	n := len(s.arena)
	s.arena = out
	return out[n:len(out):len(out)]
}

// mark is a height of the arena; bytes above it are freed together unless
// something was found in the meantime, because matches point into them.
type mark struct{ n, matches int }

func (s *Scratch) mark() mark { return mark{len(s.arena), s.matches} }

func (s *Scratch) free(m mark) {
	if m.matches == s.matches {
		s.arena = s.arena[:m.n]
	}
}
