package detect

import "bytes"

// viewBody inspects the body by its content type.
func (s *Scratch) viewBody() {
	b := s.r.Body
	if len(b) == 0 {
		return
	}
	pl := place{part: PartBody, to: len(b), exact: true}
	ct := s.r.header("content-type")
	s.push(StepBody, -1, nil)
	switch {
	case containsFold(ct, "multipart/"):
		s.multipart(b, ct, pl)
	case containsFold(ct, "x-www-form-urlencoded"):
		s.params(b, '&', StepForm, StepFormName, pl)
	case looksJSON(b):
		s.push(StepJSON, -1, nil)
		s.json(b, pl)
		s.pop()
	default:
		s.push(StepText, -1, nil)
		s.value(b, kindText, pl)
		s.pop()
	}
	s.pop()
}

// looksJSON reports whether b may be a JSON object or array.
func looksJSON(b []byte) bool {
	b = bytes.TrimSpace(b)
	return len(b) > 1 && (b[0] == '{' || b[0] == '[')
}

// containsFold reports whether b contains s, which is lower case.
func containsFold(b []byte, s string) bool {
	for i := 0; i+len(s) <= len(b); i++ {
		if foldEqual(b[i:i+len(s)], s) {
			return true
		}
	}
	return false
}
