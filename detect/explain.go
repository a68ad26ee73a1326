package detect

import (
	"fmt"
	"slices"
	"strings"
)

// Explanation says how a match came about, for people. Its slices are copies
// and stay valid.
type Explanation struct {
	// Forms are what decoders made of the value, one after the other, from
	// the value as it stands in the request to the one that was judged.
	Forms []Form
	// Tokens are what the tokeniser of the class reads in and around the
	// evidence; empty for classes without a language.
	Tokens []Token
	// Parts add up to the match's score.
	Parts []ScorePart
	// Threshold is the score from which the class counts at Sensitivity.
	Threshold   int
	Sensitivity Sensitivity
	// ToPass says what would have let the value pass.
	ToPass []string
}

// Form is one form of a value, reached at Point by the decoder or structure
// Step, which is empty for the value as it stands in the request.
type Form struct {
	Point string
	Step  string
	Value []byte
}

// ScorePart is what one property of the value added to a score, or took off.
type ScorePart struct {
	Points int
	Why    string
}

// Explain tells how m was found in r. It inspects r again, with all shortcuts
// off, and judges the value under other circumstances to see what each is
// worth: it costs some inspections and belongs into tools. m stays valid.
func (p *Policy) Explain(r *Request, m *Match) Explanation {
	e := Explanation{Threshold: p.threshold[m.Class], Sensitivity: p.sensitivity(m.Class)}
	e.Forms = append([]Form{{Value: slices.Clone(undecoded(r, m))}}, p.forms(r, m)...)
	s := &Scratch{}
	s.reset(p, r)
	s.point = m.Point
	e.Parts = s.scoreParts(m)
	e.Tokens = tokensOf(m)
	e.ToPass = p.toPass(m)
	return e
}

// undecoded returns the bytes of r in which m stands.
func undecoded(r *Request, m *Match) []byte {
	switch m.Part {
	case PartTarget:
		return r.Target[m.From:m.To]
	case PartHeader:
		return r.Headers[m.Header].Value[m.From:m.To]
	}
	return r.Body[m.From:m.To]
}

// sensitivity is the one that gives class c its threshold.
func (p *Policy) sensitivity(c Class) Sensitivity {
	return Sensitivity(max(0, slices.Index(thresholds[:], p.threshold[c])))
}

// forms returns the decoder's way to the value of m: each form that was judged
// stands on those whose point begins its own.
func (p *Policy) forms(r *Request, m *Match) (found []Form) {
	var way []Form
	point, end := m.Point.String(), false
	s := &Scratch{Trace: func(at *Point, v []byte) {
		if end {
			return
		}
		f := Form{Point: at.String(), Value: slices.Clone(v)}
		for len(way) > 0 && !under(f.Point, way[len(way)-1].Point) {
			way = way[:len(way)-1]
		}
		f.Step = f.Point
		if len(way) > 0 {
			f.Step = f.Point[len(way[len(way)-1].Point):]
		}
		way = append(way, f)
		if f.Point == point && string(v) == string(m.Value) {
			found, end = slices.Clone(way), true
		}
	}}
	p.Inspect(r, 0, s)
	return found
}

// under reports whether point lies below the printed point above.
func under(point, above string) bool {
	return len(point) > len(above) && strings.HasPrefix(point, above)
}

// scoreParts compares the value's score with that of its evidence alone and
// with that of the same value in a plain parameter.
func (s *Scratch) scoreParts(m *Match) []ScorePart {
	i := slices.IndexFunc(judges[:], func(j judge) bool { return j.class == m.Class })
	if i < 0 || len(m.Value) > maxPiece {
		return []ScorePart{{m.Score, m.Why}}
	}
	score := func(b []byte, k kind) int {
		s.val = value{b, scan(b), k}
		return judges[i].judge(&s.val, s).score
	}
	here := score(m.Value, m.kind)
	if here == 0 || here > m.Score {
		return []ScorePart{{m.Score, m.Why}}
	}
	lead := max(0, m.Start-explainLead)
	alone := max(score(m.Value[m.Start:m.End], kindParam), score(m.Value[lead:m.End], kindParam))
	field := score(m.Value, kindParam)
	parts := []ScorePart{{alone, "the evidence alone: " + m.Why}}
	if alone == 0 {
		alone = field // it means nothing without the rest
		parts[0] = ScorePart{field, "the value as a whole: " + m.Why}
	}
	add := func(points int, why string) {
		if points != 0 {
			parts = append(parts, ScorePart{points, why})
		}
	}
	add(field-alone, fmt.Sprintf("the text around it: %d bytes before, %d after", m.Start, len(m.Value)-m.End))
	add(here-field, "the kind of place: "+m.kind.String())
	add(m.Score-here, "another weak sign of the class in the request")
	return parts
}

// explainLead is how many bytes before the evidence may hold its break-out.
const explainLead = 16

// toPass names the ways in which the value would have passed.
func (p *Policy) toPass(m *Match) (ways []string) {
	t := p.threshold[m.Class]
	if m.Class < VPatch {
		ways = append(ways, fmt.Sprintf("a score below %d: %d less", t, m.Score-t+1))
	}
	for _, s := range [...]Sensitivity{Balanced, Low} {
		if thresholds[s] > t && m.Score < thresholds[s] {
			ways = append(ways, fmt.Sprintf("sensitivity %s for %s, which counts from %d", s, m.Class, thresholds[s]))
		}
	}
	switch m.Class {
	case VPatch:
		return []string{"removing the virtual patch " + m.Rule}
	case DataBomb, Overlimit:
		return []string{"a request within the bound"}
	}
	return append(ways, fmt.Sprintf("an exception for %s at %s", m.Class, m.Point.structure()))
}

// structure prints p without the decoders: what a rule names.
func (p *Point) structure() string {
	q := Point{}
	for _, st := range p.steps[:p.n] {
		if !st.Kind.Decodes() {
			q.steps[q.n] = st
			q.n++
		}
	}
	return q.String()
}

var kindNames = [...]string{
	kindParam: "a parameter's value", kindName: "a name", kindPath: "a path", kindHeader: "a header", kindUA: "a user agent",
	kindReferer: "a referer", kindFileName: "a file name", kindFile: "the content of a file", kindText: "a text",
}

// String returns what tools print.
func (k kind) String() string {
	if int(k) >= len(kindNames) {
		return "another place"
	}
	return kindNames[k]
}
