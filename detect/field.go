package detect

// What the name of the field that holds a value says. A judge that asks makes
// its verdict depend on the name, so that the value may not be remembered as
// clean for other fields.

// fieldName returns the innermost name around the current value, without
// array indexes; nil when there is none.
func (s *Scratch) fieldName() []byte {
	s.asked = true
	for i := min(s.point.n, MaxSteps) - 1; i >= 0; i-- {
		switch st := &s.point.steps[i]; st.Kind {
		case StepQuery, StepForm, StepHash, StepMultipart, StepXMLTag, StepXMLAttr, StepHeader, StepCookie:
			return st.Name
		}
	}
	return nil
}

// inCookie reports whether the current value came in a cookie.
func (s *Scratch) inCookie() bool {
	s.asked = true
	return s.point.n > 1 && s.point.steps[1].Kind == StepCookie
}

// field classes the name of the field among those that hold URLs. Cookies
// remember pages.
func (s *Scratch) field() uint8 {
	name := s.fieldName()
	if s.inCookie() || hasSuffixFold(name, "origin") || hasSuffixFold(name, "referrer") || hasSuffixFold(name, "redirect_uri") {
		return fieldPage
	}
	return urlFields.lookup(name)
}
