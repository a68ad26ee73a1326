package detect

import "bytes"

// document inspects a value that is a document of its own. JSON replaces its
// text, a view state its bytes: everything in it is inspected as a value. It
// reports whether b needs no judging as it stands.
func (s *Scratch) document(b []byte, pl place) bool {
	if len(b) < 2 || s.depth >= maxDepth {
		return false
	}
	switch b[0] {
	case '{', '[', ' ', '\n', '\r', '\t':
		if !looksJSON(b) || !validJSON(b) {
			if looksGraphQL(b) {
				s.graphql(b, pl)
			}
			return false
		}
		s.push(StepJSON, -1, nil)
		s.json(b, pl)
		s.pop()
		return true
	case '<':
		if s.xmls < maxXML && (bytes.HasPrefix(b, []byte("<?xml ")) || bytes.Contains(b, []byte("<!ENTITY"))) {
			s.push(StepXML, -1, nil)
			s.xml(b, pl)
			s.pop()
		}
	case 'e':
		if bytes.HasPrefix(b, []byte("eyJ")) {
			s.jwt(b, pl)
		}
	case 'B', 'b':
		if n := len("bearer "); len(b) > n && foldEqual(b[:n], "bearer ") && bytes.HasPrefix(b[n:], []byte("eyJ")) {
			s.jwt(b[n:], pl.sub(n, len(b)))
		}
	case 'q', 'm', 'f', '#':
		if looksGraphQL(b) {
			s.graphql(b, pl)
		}
	case 'a', 'O', 's':
		if looksPHP(b) {
			s.php(b, pl)
		} else if looksGraphQL(b) {
			s.graphql(b, pl)
		}
	case 0xac, 0xff, 0x00:
		if f := objectOf(b); f != nil {
			s.objects(f, b, pl)
			return f.step == StepViewState
		}
	}
	return false
}

// jwt inspects the header and the claims of a JSON Web Token (RFC 7519).
func (s *Scratch) jwt(b []byte, pl place) {
	s.push(StepJWT, -1, nil)
	for i := 0; i < 2; i++ {
		n := bytes.IndexByte(b, '.')
		if n < 0 {
			break
		}
		m := s.mark()
		if out, ok := appendBase64(s.arena, b[:n]); ok && validJSON(out[len(s.arena):]) {
			v := s.keep(out)
			s.push(StepArray, i, nil)
			s.push(StepJSON, -1, nil)
			s.json(v, pl.inexact())
			s.pop()
			s.pop()
		}
		s.free(m)
		b = b[n+1:]
	}
	s.pop()
}

// validJSON reports whether b is one JSON object or array, nested no deeper
// than maxNesting.
func validJSON(b []byte) bool {
	v := jsonCheck{b: b}
	i := skipSpace(b, 0)
	if i == len(b) || b[i] != '{' && b[i] != '[' {
		return false
	}
	return v.value(i, 0) && skipSpace(b, v.i) == len(b)
}

// jsonCheck is a validation in progress; i is where it stands.
type jsonCheck struct {
	b []byte
	i int
}

func (v *jsonCheck) value(i, nesting int) bool {
	if i >= len(v.b) || nesting > maxNesting {
		return false
	}
	switch v.b[i] {
	case '{':
		return v.list(i+1, '}', nesting)
	case '[':
		return v.list(i+1, ']', nesting)
	case '"':
		return v.str(i)
	}
	end := i
	for end < len(v.b) && byteFeature[v.b[end]]&(fAlpha|fDigit|fDot|fPlus|fMinus) != 0 {
		end++
	}
	v.i = end
	return end > i && jsonLiteral(v.b[i:end])
}

// list checks items, or members when close is '}', up to close.
func (v *jsonCheck) list(i int, close byte, nesting int) bool {
	if i = skipSpace(v.b, i); i < len(v.b) && v.b[i] == close {
		v.i = i + 1
		return true
	}
	for {
		if close == '}' {
			if i >= len(v.b) || !v.str(i) {
				return false
			}
			if i = skipSpace(v.b, v.i); i >= len(v.b) || v.b[i] != ':' {
				return false
			}
			i = skipSpace(v.b, i+1)
		}
		if !v.value(i, nesting+1) {
			return false
		}
		i = skipSpace(v.b, v.i)
		if i >= len(v.b) {
			return false
		}
		if v.b[i] == close {
			v.i = i + 1
			return true
		}
		if v.b[i] != ',' {
			return false
		}
		i = skipSpace(v.b, i+1)
	}
}

// str checks the string at i.
func (v *jsonCheck) str(i int) bool {
	if v.b[i] != '"' {
		return false
	}
	for i++; i < len(v.b); i++ {
		switch c := v.b[i]; {
		case c == '"':
			v.i = i + 1
			return true
		case c == '\\':
			i++
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			return false
		}
	}
	return false
}
