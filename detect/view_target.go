package detect

import "bytes"

// viewTarget inspects the method, the path and the query.
func (s *Scratch) viewTarget() {
	s.push(StepMethod, -1, nil)
	s.value(s.r.Method, kindName, place{part: PartTarget})
	s.pop()
	t := s.r.Target
	path, query := t, []byte(nil)
	if i := bytes.IndexByte(t, '?'); i >= 0 {
		path, query = t[:i], t[i+1:]
	}
	s.viewPath(path, place{part: PartTarget, to: len(path), exact: true})
	if len(query) > 0 {
		s.params(query, '&', StepQuery, StepQueryName, place{part: PartTarget, from: len(path) + 1, to: len(t), exact: true})
	}
}

// viewPath inspects the segments of a path, which may be encoded or injected
// by themselves, and the path as a whole. Segments come first: theirs is the
// more exact point.
func (s *Scratch) viewPath(path []byte, pl place) {
	f := scan(path)
	if f&^(plainBytes|fSlash|fDot) != 0 || len(path) > minBase64 || len(s.rules) > 0 || s.full {
		s.segments(path, pl)
	}
	s.push(StepPath, -1, nil)
	s.pathPart(path, f, pl)
	s.pop()
}

func (s *Scratch) segments(path []byte, pl place) {
	for from, i := 0, 0; from < len(path); {
		n := bytes.IndexByte(path[from:], '/')
		if n < 0 {
			n = len(path) - from
		}
		if n > 0 {
			s.viewSegment(path[from:from+n], i, pl.sub(from, from+n))
			i++
		}
		from += n + 1
	}
}

// viewSegment inspects one segment and the matrix parameters after its ';'.
func (s *Scratch) viewSegment(b []byte, i int, pl place) {
	s.push(StepPath, i, nil)
	if j := bytes.IndexByte(b, ';'); j >= 0 && bytes.IndexByte(b[j:], '=') > 0 {
		s.params(b[j+1:], ';', StepHash, StepHashName, pl.sub(j+1, len(b)))
	}
	s.pathPart(b, scan(b), pl)
	s.pop()
}

// pathPart inspects b percent-decoded, which is how a server uses it, but
// with plus as it is.
func (s *Scratch) pathPart(b []byte, f features, pl place) {
	if f&fPercent == 0 {
		s.scanned(b, f, kindPath, pl)
		return
	}
	m := s.mark()
	s.value(s.keep(appendPercent(s.arena, b, false)), kindPath, pl.inexact())
	if lenientPercent(b) {
		s.value(s.keep(appendLenientPercent(s.arena, b)), kindPath, pl.inexact())
	}
	s.free(m)
}
