package detect

import "bytes"

// Weak signs add up: two findings of one class that do not count alone count
// together, when they are of different rules. One rule that meets the same
// thing again says nothing new: a text about queries holds many.
//
// The bounds: signs from weakReach below the threshold on, in values of up to
// maxWeak bytes on one line, and weakBonus once, whatever their number. A
// document may hold many signs of many kinds, and stays a document.
const (
	weakReach = 15
	weakBonus = 10
	maxWeak   = 100 // bytes
)

// weakSign is the strongest finding of a class below its threshold.
type weakSign struct {
	score int
	rule  string
}

// addUp takes a finding below the threshold of c and returns it with the
// bonus when another rule found a weak sign of c before.
func (s *Scratch) addUp(c Class, b []byte, fd finding) finding {
	if fd.score < s.p.threshold[c]-weakReach || len(b) > maxWeak || bytes.IndexByte(b, '\n') >= 0 {
		return fd
	}
	s.weaks++
	w := &s.weak[c]
	if w.rule != "" && w.rule != fd.rule {
		fd.score = max(fd.score, w.score) + weakBonus
		return fd
	}
	if fd.score > w.score {
		w.score, w.rule = fd.score, fd.rule
	}
	return fd
}
