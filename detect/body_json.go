package detect

import "bytes"

// json inspects the keys and values of the JSON texts in b (RFC 8259), one
// or several in sequence. It is tolerant: whatever stands where a value is
// due is inspected as one. It reports whether b was JSON throughout.
func (s *Scratch) json(b []byte, pl place) bool {
	w := jsonWalk{b: b, pl: pl, ok: true}
	s.depth++
	start := 0
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	for i := skipSpace(b, start); i < len(b); {
		i = skipSpace(b, s.jsonValue(&w, i, 0))
	}
	s.depth--
	return w.ok
}

// jsonWalk is one document being inspected.
type jsonWalk struct {
	b  []byte
	pl place
	ok bool
}

// jsonValue inspects the value at i and returns the index after it, which is
// greater than i.
func (s *Scratch) jsonValue(w *jsonWalk, i, nesting int) int {
	if nesting > maxNesting {
		s.bound(Overlimit, "overlimit/nesting", "JSON nested deeper than the bound", w.b[i:], w.pl)
		return w.stop()
	}
	if s.items++; s.items > maxItems {
		s.bound(Overlimit, "overlimit/items", "more JSON values than the bound", w.b[i:], w.pl)
		return w.stop()
	}
	switch w.b[i] {
	case '{':
		return s.jsonObject(w, i+1, nesting)
	case '[':
		return s.jsonArray(w, i+1, nesting)
	case '"':
		return s.jsonString(w, i, kindParam, nil)
	}
	return s.jsonBare(w, i)
}

// stop gives the document up and returns where the walk then stands.
func (w *jsonWalk) stop() int {
	w.ok = false
	return len(w.b)
}

// jsonObject inspects the members from i on.
func (s *Scratch) jsonObject(w *jsonWalk, i, nesting int) int {
	for {
		if i = skipSpace(w.b, i); i >= len(w.b) {
			w.ok = false
			return i
		}
		if w.b[i] == '}' {
			return i + 1
		}
		m := s.mark()
		var key []byte
		at := i
		if w.b[i] == '"' {
			s.push(StepHashName, -1, nil)
			i = s.jsonString(w, i, kindName, &key)
			s.pop()
		} else {
			i, key = s.jsonBareKey(w, i)
		}
		i = skipSpace(w.b, i)
		if colon := i; i < len(w.b) && w.b[i] == ':' {
			if i = skipSpace(w.b, i+1); i < len(w.b) && w.b[i] != ',' && w.b[i] != '}' {
				if len(key) > 1 && key[0] == '$' && w.b[i] == '[' {
					s.queryList(key, w.pl.sub(at, colon))
				}
				s.push(StepHash, -1, key)
				i = skipSpace(w.b, s.jsonValue(w, i, nesting+1))
				s.pop()
			} else {
				w.ok = false
			}
		} else {
			w.ok = false
		}
		s.free(m)
		i = w.comma(i, '}')
	}
}

// jsonBareKey takes a key without quotes; it moves on by one byte at least.
func (s *Scratch) jsonBareKey(w *jsonWalk, i int) (end int, key []byte) {
	w.ok = false
	for end = i; end < len(w.b) && w.b[end] != ':' && w.b[end] != '}' && w.b[end] != ','; end++ {
	}
	if end > i {
		s.push(StepHashName, -1, nil)
		s.value(w.b[i:end], kindName, w.pl.sub(i, end))
		s.pop()
		return end, w.b[i:end]
	}
	return i + 1, nil
}

// jsonArray inspects the items from i on.
func (s *Scratch) jsonArray(w *jsonWalk, i, nesting int) int {
	for n := 0; ; n++ {
		if i = skipSpace(w.b, i); i >= len(w.b) {
			w.ok = false
			return i
		}
		if w.b[i] == ']' {
			return i + 1
		}
		s.push(StepArray, n, nil)
		i = skipSpace(w.b, s.jsonValue(w, i, nesting+1))
		s.pop()
		i = w.comma(i, ']')
	}
}

// comma steps over the ',' at i; only close may stand there instead.
func (w *jsonWalk) comma(i int, close byte) int {
	if i < len(w.b) {
		if w.b[i] == ',' {
			return i + 1
		}
		if w.b[i] != close {
			w.ok = false
		}
	}
	return i
}

// jsonString inspects the string whose opening quote is at i. When key is
// not nil it receives the decoded string; the caller then frees it.
func (s *Scratch) jsonString(w *jsonWalk, i int, k kind, key *[]byte) int {
	j, f := stringEnd(w.b, i+1)
	w.ok = w.ok && j < len(w.b)
	str := w.b[i+1 : j]
	m := s.mark()
	if f&fBack == 0 {
		s.scanned(str, f, k, w.pl.sub(i+1, j))
	} else {
		str = s.keep(appendJSON(s.arena, str))
		s.value(str, k, w.pl.sub(i+1, j).inexact())
	}
	if key != nil {
		*key = str
	} else {
		s.free(m)
	}
	return j + 1
}

// stringEnd returns where the string whose content begins at b[i] ends: at its
// closing quote or the end of b. Of f the caller may ask for fBack always, for
// the other classes when it is not set.
func stringEnd(b []byte, i int) (end int, f features) {
	n := bytes.IndexByte(b[i:], '"')
	if n < 0 {
		n = len(b) - i
	}
	if f = scan(b[i : i+n]); f&fBack == 0 {
		return i + n, f // Fast path
	}
	for i < len(b) && b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	return min(i, len(b)), f
}

// jsonBare takes a number, true, false, null or what should have been one.
func (s *Scratch) jsonBare(w *jsonWalk, i int) int {
	b, end := w.b, i
	var f features
	for end < len(b) && b[end] != ',' && b[end] != '}' && b[end] != ']' {
		f |= byteFeature[b[end]]
		end++
	}
	if end == i {
		w.ok = false
		return i + 1
	}
	v := b[i:end]
	for byteFeature[v[len(v)-1]]&fSpace != 0 && len(v) > 1 {
		v = v[:len(v)-1]
	}
	if !jsonLiteral(v) {
		w.ok = false
		s.scanned(v, f, kindParam, w.pl.sub(i, i+len(v)))
	} else if len(s.rules) > 0 {
		s.present(v, w.pl.sub(i, i+len(v)))
	}
	return end
}

// jsonLiteral reports whether v is a number, true, false or null.
func jsonLiteral(v []byte) bool {
	switch string(v) {
	case "true", "false", "null":
		return true
	}
	if v[0] != '-' && (v[0] < '0' || v[0] > '9') {
		return false
	}
	for _, c := range v[1:] {
		if (c < '0' || c > '9') && c != '.' && c != 'e' && c != 'E' && c != '+' && c != '-' {
			return false
		}
	}
	return true
}

// skipSpace returns the index of the first byte from i on that is no JSON
// white space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}
