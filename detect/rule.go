package detect

import (
	"bytes"
	"fmt"
)

// rule is a compiled Rule.
type rule struct {
	id    string
	when  *Matcher
	point []ruleStep
	class Class
	any   bool
}

// ruleStep is a step that a point must have; a nil name and an index of -1
// take any.
type ruleStep struct {
	kind  StepKind
	index int32
	name  []byte
}

// compileRule checks r and brings it into the form that requests need.
func compileRule(r Rule) (*rule, error) {
	if r.ID == "" {
		return nil, fmt.Errorf("rule without id: id must not be empty")
	}
	if !r.Any && r.Class >= VPatch {
		return nil, fmt.Errorf("rule %q: class: %s is not a class that judges find", r.ID, r.Class)
	}
	point, err := parsePoint(r.Point)
	if err != nil {
		return nil, fmt.Errorf("rule %q: point: %w", r.ID, err)
	}
	when, err := NewMatcher(r.When)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", r.ID, err)
	}
	return &rule{id: r.ID, when: when, point: point, class: r.Class, any: r.Any}, nil
}

// applicable appends the rules whose conditions r meets.
func (p *Policy) applicable(r *Request, dst []*rule) []*rule {
	for _, u := range p.rules {
		if u.when.Match(r) {
			dst = append(dst, u)
		}
	}
	return dst
}

// covers reports whether p is at or below the rule's point.
func (u *rule) covers(p *Point) bool {
	if len(u.point) > p.n || len(u.point) > MaxSteps {
		return false
	}
	for i := range u.point {
		want, got := &u.point[i], &p.steps[i]
		if want.kind != got.Kind || want.index >= 0 && want.index != got.Index {
			return false
		}
		if want.name != nil && !sameName(want, got) {
			return false
		}
	}
	return true
}

// sameName compares names: those of header fields in any case.
func sameName(want *ruleStep, got *Step) bool {
	if want.kind == StepHeader {
		return bytes.EqualFold(want.name, got.Name)
	}
	return bytes.Equal(want.name, got.Name)
}

const patchWhy = "a virtual patch covers this point of the request"

// present matches the rules for which the presence of their point is enough.
func (s *Scratch) present(b []byte, pl place) {
	for _, u := range s.rules {
		if u.any && u.covers(&s.point) {
			s.patch(u, b, finding{score: 100, end: len(b)}, pl)
		}
	}
}

// patched matches the rules for class c at the current point.
func (s *Scratch) patched(c Class, b []byte, fd finding, pl place) {
	for _, u := range s.rules {
		if !u.any && u.class == c && u.covers(&s.point) {
			s.patch(u, b, fd, pl)
		}
	}
}

// patch records a match of u, the first of a request.
func (s *Scratch) patch(u *rule, b []byte, fd finding, pl place) {
	if s.found&(1<<VPatch) != 0 {
		return
	}
	fd.score, fd.rule, fd.why = 100, u.id, patchWhy
	s.keepBest(VPatch, b, fd, pl)
}
