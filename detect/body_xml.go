package detect

import "bytes"

// xmlWalk is one document being inspected.
type xmlWalk struct {
	b    []byte
	pl   place
	open int // elements open, all of them
	base int // steps of the point above the root
	ok   bool

	entities *entityTable // nil without a document type that declares some
	expanded int          // bytes that the references so far expand to

	run    int // where the character data at hand begins
	pieces int // texts and sections in it
}

// xml inspects tags, attributes, text, CDATA, comments, instructions and the
// document type of b. It is tolerant and reports whether b was balanced.
func (s *Scratch) xml(b []byte, pl place) bool {
	w := xmlWalk{b: b, pl: pl, base: s.point.n, ok: true}
	s.depth++
	s.xmls++
	for i := 0; i < len(b); {
		n := bytes.IndexByte(b[i:], '<')
		if n < 0 {
			n = len(b) - i
		}
		if n > 0 {
			s.xmlText(&w, i, i+n)
		}
		if i += n; i < len(b) {
			i = s.xmlMarkup(&w, i)
		}
	}
	s.xmlJoin(&w, len(b))
	s.depth--
	s.xmls--
	s.point.n = w.base
	return w.ok && w.open == 0
}

// xmlText inspects character data, trimmed, with its references decoded.
func (s *Scratch) xmlText(w *xmlWalk, i, j int) {
	for i < j && byteFeature[w.b[i]]&fSpace != 0 {
		i++
	}
	for j > i && byteFeature[w.b[j-1]]&fSpace != 0 {
		j--
	}
	if i < j {
		w.pieces++
		s.xmlReferring(w, w.b[i:j], w.pl.sub(i, j))
	}
}

// xmlValue inspects text or an attribute as the application sees it.
func (s *Scratch) xmlValue(b []byte, k kind, pl place) {
	f := scan(b)
	if f&fAmp == 0 {
		s.scanned(b, f, k, pl)
		return
	}
	m := s.mark()
	s.value(s.keep(appendHTML(s.arena, b)), k, pl.inexact())
	s.free(m)
}

// xmlMarkup handles what starts with the '<' at i and returns the index
// after it.
func (s *Scratch) xmlMarkup(w *xmlWalk, i int) int {
	b := w.b[i:]
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return s.xmlSection(w, i, 4, "-->", StepXMLComment, kindText)
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		w.pieces++
		return s.xmlSection(w, i, 9, "]]>", StepXMLTag, kindParam)
	case bytes.HasPrefix(b, []byte("<?xml ")):
		if n := bytes.Index(b, []byte("?>")); n >= 0 {
			return i + n + 2
		}
	case bytes.HasPrefix(b, []byte("<?")):
		return s.xmlSection(w, i, 2, "?>", StepXMLPI, kindText)
	case bytes.HasPrefix(b, []byte("<!")):
		return s.xmlDTD(w, i)
	case bytes.HasPrefix(b, []byte("</")):
		s.xmlJoin(w, i)
		w.run = s.xmlEnd(w, i)
		return w.run
	}
	s.xmlJoin(w, i)
	w.run = s.xmlStart(w, i)
	return w.run
}

// xmlSection inspects what stands between an opening of skip bytes and end.
// Character data has the point of the element around it.
func (s *Scratch) xmlSection(w *xmlWalk, i, skip int, end string, step StepKind, k kind) int {
	from, to, next := i+skip, len(w.b), len(w.b)
	if n := bytes.Index(w.b[from:], []byte(end)); n >= 0 {
		to, next = from+n, from+n+len(end)
	} else {
		w.ok = false
	}
	if step != StepXMLTag {
		s.push(step, -1, nil)
		defer s.pop()
	}
	s.value(w.b[from:to], k, w.pl.sub(from, to))
	if step == StepXMLPI {
		s.xmlInstruction(w.b[from:to], w.pl.sub(from, to))
	}
	return next
}

// stop gives the document up and returns where the walk then stands.
func (w *xmlWalk) stop() int {
	w.ok = false
	return len(w.b)
}

// xmlEnd closes the innermost element.
func (s *Scratch) xmlEnd(w *xmlWalk, i int) int {
	if w.open > 0 {
		w.open--
		s.pop()
	} else {
		w.ok = false
	}
	n := bytes.IndexByte(w.b[i:], '>')
	if n < 0 {
		w.ok = false
		return len(w.b)
	}
	return i + n + 1
}

// xmlStart opens an element and inspects its name and attributes.
func (s *Scratch) xmlStart(w *xmlWalk, i int) int {
	b, from := w.b, i+1
	j := from
	for j < len(b) && byteFeature[b[j]]&fSpace == 0 && b[j] != '>' && b[j] != '/' {
		j++
	}
	name := b[from:j]
	if w.open++; w.open > maxNesting {
		s.bound(Overlimit, "overlimit/nesting", "XML nested deeper than the bound", b[i:], w.pl)
		return w.stop()
	}
	if s.items += 2; s.items > maxItems { // an element costs twice a JSON value
		s.bound(Overlimit, "overlimit/items", "more XML elements than the bound", b[i:], w.pl)
		return w.stop()
	}
	s.push(StepXMLTag, -1, name)
	s.value(name, kindName, w.pl.sub(from, j))
	for j < len(b) && b[j] != '>' {
		j = s.xmlAttr(w, j)
	}
	if j > i+1 && j < len(b) && b[j-1] == '/' {
		w.open--
		s.pop()
	}
	if j >= len(b) {
		w.ok = false
	}
	return min(j+1, len(b))
}

// xmlAttr inspects the attribute at or after i and returns an index greater
// than i.
func (s *Scratch) xmlAttr(w *xmlWalk, i int) int {
	b := w.b
	if byteFeature[b[i]]&fSpace != 0 || b[i] == '/' {
		return i + 1
	}
	j := i
	for j < len(b) && b[j] != '=' && b[j] != '>' && byteFeature[b[j]]&fSpace == 0 {
		j++
	}
	s.items++
	name := b[i:j]
	if j >= len(b) || b[j] != '=' {
		w.ok = false
		s.value(name, kindName, w.pl.sub(i, j))
		return max(j, i+1)
	}
	j = skipSpace(b, j+1)
	from, to := j, j
	if j < len(b) && (b[j] == '"' || b[j] == '\'') {
		from++
		n := bytes.IndexByte(b[from:], b[j])
		if n < 0 {
			n = len(b) - from
			w.ok = false
		}
		to = from + n
		j = min(to+1, len(b))
	} else {
		for to < len(b) && b[to] != '>' && byteFeature[b[to]]&fSpace == 0 {
			to++
		}
		w.ok = false
		j = to
	}
	s.push(StepXMLAttr, -1, name)
	s.value(name, kindName, w.pl.sub(i, i+len(name)))
	s.xmlReferring(w, b[from:to], w.pl.sub(from, to))
	s.xmlLink(name, b[from:to], w.pl.sub(from, to))
	s.pop()
	return max(j, i+1)
}
