package detect

import "bytes"

// viewBody inspects the body: the content codings are undone, then the content
// type and the look of the first bytes decide.
func (s *Scratch) viewBody() {
	b := s.r.Body
	if len(b) == 0 {
		return
	}
	s.push(StepBody, -1, nil)
	s.coded(b, len(s.r.Headers)-1, -1, 0, place{part: PartBody, to: len(b), exact: true})
	s.pop()
}

// coded inspects a body behind the content codings (RFC 9110 section 8.4)
// that the headers up to number h list; the last one listed is undone first.
// end is where the rest of header h's list ends, -1 for all of it; n codings
// are undone. One that cannot be undone makes the verdict partial.
func (s *Scratch) coded(b []byte, h, end, n int, pl place) {
	for ; h >= 0; h, end = h-1, -1 {
		if !foldEqual(s.r.Headers[h].Name, "content-encoding") {
			continue
		}
		list := s.r.Headers[h].Value
		if end < 0 {
			end = len(list)
		}
		for end > 0 {
			from := bytes.LastIndexByte(list[:end], ',') + 1
			name := bytes.TrimSpace(list[from:end])
			if end = from - 1; len(name) == 0 || foldEqual(name, "identity") {
				continue
			}
			if n == maxCodings {
				s.bound(Overlimit, "overlimit/codings", "more content codings than the bound", b, pl)
				return
			}
			s.uncoded(b, codingNamed(name), h, max(end, 0), n, pl)
			return
		}
	}
	s.body(b, pl)
}

// uncoded undoes one coding and goes on with the rest of the list.
func (s *Scratch) uncoded(b []byte, c coding, h, end, n int, pl place) {
	v, ok := s.decompress(b, c, pl)
	if !ok {
		if s.verdict.Partial = true; s.inflate.refused {
			s.bomb(b, pl)
		}
		s.body(b, pl)
		return
	}
	s.budget += workRate * len(v)
	s.push(codingSteps[c], -1, nil)
	s.coded(v, h, end, n+1, pl.inexact())
	s.pop()
}

// codingNamed returns the coding that a content coding's name means.
func codingNamed(name []byte) coding {
	switch {
	case foldEqual(name, "gzip") || foldEqual(name, "x-gzip"):
		return codingGzip
	case foldEqual(name, "deflate"):
		return codingDeflate
	case foldEqual(name, "br"):
		return codingBrotli
	case foldEqual(name, "zstd"):
		return codingZstd
	}
	return codingNone
}

// body inspects b by its content type, once it is in UTF-8.
func (s *Scratch) body(b []byte, pl place) {
	ct := s.r.header("content-type")
	if s.depth == 0 {
		s.xmlEncoding(b, ct, pl)
		if s.wideBody(b, pl) || s.utf7Body(b, ct, pl) {
			return
		}
	}
	switch {
	case containsFold(ct, "multipart/") && s.multipart(b, ct, pl):
	case containsFold(ct, "x-www-form-urlencoded") && !looksJSON(b):
		s.params(b, '&', StepForm, StepFormName, pl)
	case containsFold(ct, "xml") && looksXML(b) && !containsFold(ct, "html"):
		s.xmlBody(b, pl)
	case containsFold(ct, "application/grpc") && s.grpc(b, ct, pl):
	case isProtobufType(ct):
		s.protobuf(b, pl)
	default:
		s.disguised(b, pl)
	}
}

// wideBody inspects a body in UTF-16 or UTF-32; false when it is neither.
func (s *Scratch) wideBody(b []byte, pl place) bool {
	order, width := wideOrder(b)
	if order == nil {
		return false
	}
	m := s.mark()
	v := s.keep(appendWide(s.arena, b, order, width))
	text := !isBinary(v[:min(len(v), blobHead)])
	if text {
		s.decoded(v, StepUTF8, pl)
	}
	s.free(m)
	return text
}

// utf7Body inspects a body that claims to be in UTF-7, in its content type or
// in an XML declaration.
func (s *Scratch) utf7Body(b, ct []byte, pl place) bool {
	if !maybeUTF7(b) || !containsFold(ct, "utf-7") && !containsFold(b[:min(len(b), xmlHead)], "utf-7") {
		return false
	}
	m := s.mark()
	s.decoded(s.keep(appendUTF7(s.arena, b)), StepUTF7, pl)
	s.free(m)
	return true
}

// xmlHead is how much of a body may hold an XML declaration.
const xmlHead = 128

// decoded inspects a body that was in another encoding.
func (s *Scratch) decoded(v []byte, step StepKind, pl place) {
	s.push(step, -1, nil)
	s.depth++
	s.body(v, pl.inexact())
	s.depth--
	s.pop()
}

// disguised inspects a body whose type says nothing: JSON, XML and forms are
// known by their look, the rest is text or binary.
func (s *Scratch) disguised(b []byte, pl place) {
	switch {
	case looksJSON(b):
		s.jsonBody(b, pl)
	case bytes.HasPrefix(b, []byte("<?xml")) && looksXML(b):
		s.xmlBody(b, pl)
	case looksForm(b):
		s.params(b, '&', StepForm, StepFormName, pl)
	default:
		s.push(StepText, -1, nil)
		s.blob(b, kindText, pl)
		s.pop()
	}
}

// jsonBody inspects a JSON document; one that is not JSON
// throughout is text too, unless it was given up at a bound.
func (s *Scratch) jsonBody(b []byte, pl place) {
	s.push(StepJSON, -1, nil)
	ok := s.json(b, pl)
	s.pop()
	if !ok && s.found&(1<<Overlimit) == 0 {
		s.push(StepText, -1, nil)
		s.blob(b, kindText, pl)
		s.pop()
	}
}

// xmlBody inspects an XML document; a broken one is text too, unless
// it was given up at a bound.
func (s *Scratch) xmlBody(b []byte, pl place) {
	s.push(StepXML, -1, nil)
	ok := s.xml(b, pl)
	s.pop()
	if !ok && s.found&(1<<Overlimit) == 0 {
		s.push(StepText, -1, nil)
		s.blob(b, kindText, pl)
		s.pop()
	}
}

// looksJSON reports whether b may be a JSON object or array.
func looksJSON(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	i := skipSpace(b, 0)
	return i+1 < len(b) && (b[i] == '{' || b[i] == '[')
}

// looksXML reports whether b starts with a tag or declaration.
func looksXML(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	i := skipSpace(b, 0)
	return i+1 < len(b) && b[i] == '<'
}

// maxFormName bounds the names by which looksForm knows a form.
const maxFormName = 64

// looksForm reports whether b starts with a plain name and '=' and holds no
// byte that a form would have encoded.
func looksForm(b []byte) bool {
	i := bytes.IndexByte(b, '=')
	if i <= 0 || i > maxFormName || i+2 >= len(b) && i%4 > 1 || scan(b[:i])&^(plainBytes|fMinus|fDot|fBracket|fPercent) != 0 {
		return false
	}
	return scan(b)&(fSpace|fCtl|fHigh|fQuote|fLess|fGreater) == 0
}
