package detect

import (
	"bytes"
	"math/bits"
)

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
	s.scope = scope
	s.viewTarget()
	s.viewHeaders()
	s.viewBody()
	return s.close()
}

// close sorts what was found into the verdict.
func (s *Scratch) close() *Verdict {
	for c := range s.best {
		if s.found&(1<<c) != 0 {
			s.verdict.Matches = append(s.verdict.Matches, s.best[c])
		}
	}
	return &s.verdict
}

// plainBytes occur in no attack on their own.
const plainBytes = fAlpha | fDigit | fUnder

// plainWord reports whether a value is a word that says nothing: a name, or
// too short for base64. A user agent may be a tool's name and nothing else.
func plainWord(f features, n int, k kind) bool {
	return f&^plainBytes == 0 && (k == kindName || n < minBase64 && k != kindUA)
}

// value inspects b, which stands at the current point, in every form.
func (s *Scratch) value(b []byte, k kind, pl place) { s.scanned(b, scan(b), k, pl) }

// scanned is value for a caller that knows f = scan(b).
func (s *Scratch) scanned(b []byte, f features, k kind, pl place) {
	if len(s.rules) > 0 {
		s.present(b, pl)
	}
	// Fast path: a short plain word has one form and no judge wants it.
	if plain := plainWord(f, len(b), k); plain && !s.full && (k != kindName || !s.bindable(b)) {
		return
	} else if !plain {
		s.values++
	}
	if s.values > maxValues {
		s.bound(Overlimit, "overlimit/values", "more values than the bound", b, pl)
		return
	}
	// Fast path: the prefilter says that no judge wants it.
	if s.nothing(b, f, k) {
		return
	}
	m, asked := s.mark(), s.asked
	s.asked = false
	switch {
	case s.cacheable(b):
		s.long(b, f, k, pl)
	case s.memoizable(b, f):
		s.short(b, f, k, pl)
	default:
		s.clean(b, f, k, pl)
	}
	s.asked, s.isKnown = s.asked || asked, false
	s.free(m)
}

// short inspects a value that the memo may know.
func (s *Scratch) short(b []byte, f features, k kind, pl place) {
	h, known := s.remembered(b, k)
	if known {
		return
	}
	work, values, judged := s.work, s.values, s.judged
	if s.clean(b, f, k, pl) && s.judged > judged && !s.asked {
		s.remember(h, b, k, s.work-work, s.values-values)
	}
}

// long inspects a value that the cache may know.
func (s *Scratch) long(b []byte, f features, k kind, pl place) {
	key := s.cacheKey(b, k)
	if s.p.cache.cached(key) {
		return
	}
	if s.clean(b, f, k, pl) && !s.asked {
		s.p.cache.store(key)
	}
}

// clean inspects all forms of b and reports whether they, and all values
// before them in the request, were found clean: only then may b be called
// clean later, because a class once found is not judged again. A value with a weak sign is
// not clean either: the sign may count together with another one.
func (s *Scratch) clean(b []byte, f features, k kind, pl place) bool {
	base, weak := len(s.forms), s.weaks
	s.form(b, f, k, pl, base)
	s.forms = s.forms[:base]
	return s.found == 0 && s.weaks == weak
}

// encoded inspects a value that the application sees percent-decoded, with
// plus as space: the decoded form is its first form. In a raw place, like a
// cookie, it is up to the application, and the undecoded form comes first.
func (s *Scratch) encoded(b []byte, k kind, pl place, raw bool) {
	f := scan(b)
	if f&(fPercent|fPlus) == 0 || raw {
		s.scanned(b, f, k, pl)
		return
	}
	m := s.mark()
	s.value(s.keep(appendPercent(s.arena, b, true)), k, pl.inexact())
	if f&fPercent != 0 && lenientPercent(b) {
		s.value(s.keep(appendLenientPercent(s.arena, b)), k, pl.inexact())
	}
	s.free(m)
}

// form judges one form of a value, then the forms that decoders make of it.
// s.forms[base:] are the forms of the value so far.
func (s *Scratch) form(b []byte, f features, k kind, pl place, base int) {
	if len(b) == 0 {
		return
	}
	for _, o := range s.forms[base:] {
		if bytes.Equal(o, b) {
			return
		}
	}
	if !s.spend(b, pl, base) {
		return
	}
	s.forms = append(s.forms, b)
	if s.Trace != nil {
		s.Trace(&s.point, b)
	}
	if s.document(b, pl) {
		return
	}
	s.judge(b, f, k, pl)
	s.decode(b, f, k, pl, base)
}

// spend takes b from the budgets of depth, forms and work.
func (s *Scratch) spend(b []byte, pl place, base int) bool {
	s.work += len(b)
	switch {
	case s.depth > maxDepth:
		s.bound(Overlimit, "overlimit/depth", "more decoders inside one another than the bound", b, pl)
	case len(s.forms)-base == maxForms:
		s.bound(Overlimit, "overlimit/forms", "more decoded forms of a value than the bound", b, pl)
	case s.work > s.budget:
		s.bound(Overlimit, "overlimit/work", "more bytes to judge than the bound", b, pl)
	default:
		return true
	}
	return false
}

// judge shows one form to the judges, in overlapping pieces when it is long.
func (s *Scratch) judge(b []byte, f features, k kind, pl place) {
	for off := 0; ; off += maxPiece - pieceOverlap {
		if len(b)-off <= maxPiece {
			s.judgePiece(b, off, len(b), f, k, pl)
			return
		}
		s.judgePiece(b, off, off+maxPiece, f, k, pl)
	}
}

// judgePiece shows b[i:j] to every judge that the prefilter does not rule
// out; f may hold more than the piece's own features.
func (s *Scratch) judgePiece(b []byte, i, j int, f features, k kind, pl place) {
	for i < j && b[i] == ' ' { // applications trim, and judges look at ends
		i++
	}
	for j > i && b[j-1] == ' ' {
		j--
	}
	if i == j {
		return
	}
	s.val = value{b[i:j], f, k}
	set := s.known
	if !s.isKnown {
		set = s.wanted(&s.val)
	}
	s.isKnown = false
	for ; set != 0; set &= set - 1 {
		jd := &judges[bits.TrailingZeros32(uint32(set))]
		if s.done&(1<<jd.class) != 0 {
			continue
		}
		s.judged++
		if fd := jd.judge(&s.val, s); fd.score > 0 {
			fd.start, fd.end = fd.start+i, fd.end+i
			s.record(jd.class, b, fd, pl)
		}
	}
}

// settled is the score from which a class needs no further evidence.
const settled = 80

// record keeps fd when it counts and is the best of its class so far.
func (s *Scratch) record(c Class, b []byte, fd finding, pl place) {
	if fd.score < s.p.threshold[c] {
		if fd = s.addUp(c, b, fd); fd.score < s.p.threshold[c] {
			return
		}
	}
	if len(s.rules) > 0 {
		s.patched(c, b, fd, pl)
	}
	if s.found&(1<<c) != 0 && s.best[c].Score >= fd.score {
		return
	}
	if fd.score >= settled && len(s.rules) == 0 {
		s.done |= 1 << c
	}
	s.keepBest(c, b, fd, pl)
}

// keepBest makes fd the match of class c.
func (s *Scratch) keepBest(c Class, b []byte, fd finding, pl place) {
	s.found |= 1 << c
	s.matches++
	m := &s.best[c]
	m.Class, m.Rule, m.Why, m.Score = c, fd.rule, fd.why, fd.score
	m.Value, m.Start, m.End, m.kind = b, fd.start, fd.end, s.val.kind
	m.Part, m.Header, m.From, m.To = pl.part, pl.header, pl.from, pl.to
	m.Point = s.point
	m.Point.n = min(m.Point.n, MaxSteps)
}

// bound records that a bound was crossed at b.
func (s *Scratch) bound(c Class, rule, why string, b []byte, pl place) {
	s.verdict.Partial = true
	s.record(c, b, finding{score: 100, end: min(len(b), 64), rule: rule, why: why}, pl)
}
