package detect

import (
	"strconv"
	"strings"
	"testing"
)

// maxShort is up to how many bytes a value is a field rather than a document:
// only fields stand in names, paths, plain headers and the like.
const maxShort = 120

// TestLegitValues: no legitimate value is an attack in any position where
// people and programs put it.
func TestLegitValues(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	values := readSeeds(t, "benign", "pass")
	for _, v := range legitTexts {
		values = append(values, seed{class: "text", name: "text", text: v})
	}
	for i := range values {
		legitEverywhere(t, p, s, &values[i])
	}
}

func legitEverywhere(t *testing.T, p *Policy, s *Scratch, v *seed) {
	t.Helper()
	short := len(v.text) <= maxShort && !strings.Contains(v.text, "\n")
	var where []string
	var what string
	for i := range positions {
		pos := &positions[i]
		if !short && !pos.long || pos.flat || !v.in(pos, v.text) {
			continue
		}
		if got := p.Inspect(pos.put(v.text), 1, s); got.Attack() {
			m := &got.Matches[0]
			where = append(where, pos.name)
			what = m.Rule + " " + strconv.Itoa(m.Score) + " " + m.Why + ": " + strings.ToValidUTF8(string(m.Value[m.Start:m.End]), "?")
		}
	}
	if len(where) > 0 {
		t.Errorf("%s: %.300q stopped in %s: %.300s", v.name, v.text, strings.Join(where, " "), what)
	}
}
