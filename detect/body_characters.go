package detect

import "bytes"

// xmlReferring inspects text or an attribute in a document that may declare
// entities: references to them are replaced.
func (s *Scratch) xmlReferring(w *xmlWalk, b []byte, pl place) {
	if w.entities == nil || bytes.IndexByte(b, '&') < 0 {
		s.xmlValue(b, kindParam, pl)
		return
	}
	if w.expanded += w.entities.sizeOf(b); w.expanded > maxExpanded {
		s.bound(DataBomb, "data_bomb/entities", "XML entities expand beyond the bound", b, pl)
		w.entities = nil
		return
	}
	m := s.mark()
	s.xmlValue(s.keep(w.entities.appendExpanded(s.arena, b, 0)), kindParam, pl.inexact())
	s.free(m)
}

// xmlJoin inspects the character data that ends at i as the application sees
// it, in one piece, when sections or comments part it.
func (s *Scratch) xmlJoin(w *xmlWalk, i int) {
	if w.pieces > 1 {
		m := s.mark()
		s.value(s.keep(appendCharacters(s.arena, w.b[w.run:i])), kindParam, w.pl.sub(w.run, i).inexact())
		s.free(m)
	}
	w.pieces = 0
}

// appendCharacters appends the text of b and the content of its sections,
// from maxJoined bytes of b at most.
func appendCharacters(dst, b []byte) []byte {
	for b = b[:min(len(b), maxJoined)]; len(b) > 0; {
		n := bytes.IndexByte(b, '<')
		if n < 0 {
			n = len(b)
		}
		dst = appendHTML(dst, b[:n])
		if b = b[n:]; bytes.HasPrefix(b, []byte("<![CDATA[")) {
			b = b[len("<![CDATA["):]
			n = sectionEnd(b, "]]>")
			dst = append(dst, bytes.TrimSuffix(b[:n], []byte("]]>"))...)
		} else if bytes.HasPrefix(b, []byte("<!--")) {
			n = sectionEnd(b, "-->")
		} else {
			n = sectionEnd(b, ">")
		}
		b = b[n:]
	}
	return dst
}

// sectionEnd returns the index after end in b, or len(b).
func sectionEnd(b []byte, end string) int {
	if n := bytes.Index(b, []byte(end)); n >= 0 {
		return n + len(end)
	}
	return len(b)
}
