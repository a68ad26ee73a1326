package detect

import "bytes"

// viewTarget inspects the method, the path and the query.
func (s *Scratch) viewTarget() {
	t := s.r.Target
	path, query := t, []byte(nil)
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		path, query = t[:i], t[i+1:]
	}
	s.viewPath(path)
	if len(query) > 0 {
		s.params(query, '&', StepQuery, StepQueryName, place{part: PartTarget, from: len(path) + 1, to: len(t), exact: true})
	}
}

// viewPath inspects the path as a whole and its segments.
func (s *Scratch) viewPath(path []byte) {
	pl := place{part: PartTarget, to: len(path), exact: true}
	s.push(StepPath, -1, nil)
	s.value(path, kindPath, pl)
	s.pop()
	for from, i := 0, 0; from < len(path); i++ {
		n := bytes.IndexByte(path[from:], '/')
		if n < 0 {
			n = len(path) - from
		}
		s.push(StepPath, i, nil)
		s.value(path[from:from+n], kindPath, pl.sub(from, from+n))
		s.pop()
		from += n + 1
	}
}

// params inspects the names and values of a query, form or cookie list.
func (s *Scratch) params(b []byte, sep byte, step, nameStep StepKind, pl place) {
	for from := 0; from < len(b); {
		n := bytes.IndexByte(b[from:], sep)
		if n < 0 {
			n = len(b) - from
		}
		s.param(b[from:from+n], step, nameStep, pl.sub(from, from+n))
		from += n + 1
	}
}

// param inspects one name=value.
func (s *Scratch) param(b []byte, step, nameStep StepKind, pl place) {
	m := s.mark()
	i := bytes.IndexByte(b, '=')
	if i < 0 {
		s.push(nameStep, -1, nil)
		s.encoded(b, kindParam, pl)
		s.pop()
		return
	}
	s.push(nameStep, -1, nil)
	s.encoded(b[:i], kindName, pl.sub(0, i))
	s.pop()
	s.push(step, -1, b[:i])
	s.encoded(b[i+1:], kindParam, pl.sub(i+1, len(b)))
	s.pop()
	s.free(m)
}

// encoded inspects a value that the application sees percent-decoded, with
// plus as space.
func (s *Scratch) encoded(b []byte, k kind, pl place) {
	if bytes.IndexByte(b, '%') < 0 && bytes.IndexByte(b, '+') < 0 {
		s.value(b, k, pl)
		return
	}
	m := s.mark()
	s.value(s.keep(appendPercent(s.arena, b, true)), k, pl.inexact())
	s.free(m)
}
