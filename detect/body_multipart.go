package detect

import "bytes"

// maxBoundary is RFC 2046's 70 characters with room for lenient senders.
const maxBoundary = 256

// multipart inspects the parts of b (RFC 2046 section 5.1, RFC 7578). It
// reports false when the content type names no boundary that occurs in b.
func (s *Scratch) multipart(b, ct []byte, pl place) bool {
	boundary := attribute(ct, "boundary")
	if len(boundary) == 0 || len(boundary) > maxBoundary {
		return false
	}
	m := s.mark()
	delim := s.keep(append(append(s.arena, '-', '-'), boundary...))
	from := nextBoundary(b, 0, delim)
	if from < 0 {
		s.free(m)
		return false
	}
	for n := 0; from >= 0; n++ {
		from += len(delim)
		if n == maxParts {
			s.bound(Overlimit, "overlimit/parts", "more parts than the bound", b[from:], pl)
			break
		}
		if bytes.HasPrefix(b[from:], []byte("--")) {
			break
		}
		next := nextBoundary(b, from, delim)
		end := next
		if next < 0 {
			end = len(b)
		}
		s.part(b[from:end], pl.sub(from, end))
		from = next
	}
	s.free(m)
	return true
}

// nextBoundary returns the index of delim at the start of a line, from i on.
func nextBoundary(b []byte, i int, delim []byte) int {
	for {
		n := bytes.Index(b[i:], delim)
		if n < 0 {
			return -1
		}
		if i += n; i == 0 || b[i-1] == '\n' {
			return i
		}
		i += len(delim)
	}
}

// partHead is what the header of a part says.
type partHead struct {
	name, file, ct, cte []byte
	isFile              bool
}

// part inspects one part: the rest of the boundary's line, header lines, an
// empty line, content.
func (s *Scratch) part(b []byte, pl place) {
	var h partHead
	at := lineEnd(b, 0)
	for at < len(b) {
		end := lineEnd(b, at)
		line := trimLine(b[at:end])
		if at = end; len(line) == 0 {
			break
		}
		h.field(line)
	}
	s.push(StepMultipart, -1, h.name)
	s.value(h.name, kindName, pl)
	s.partFields(b, pl)
	body := trimLine(b[at:])
	s.partBody(&h, body, pl.sub(at, at+len(body)))
	s.pop()
}

// partFields inspects the part's header fields but for the one that names
// it.
func (s *Scratch) partFields(b []byte, pl place) {
	for at := lineEnd(b, 0); at < len(b); {
		end := lineEnd(b, at)
		line := trimLine(b[at:end])
		if len(line) == 0 {
			return
		}
		i := bytes.IndexByte(line, ':')
		if i < 0 || !foldEqual(line[:i], "content-disposition") {
			s.push(StepHeader, -1, line[:max(i, 0)])
			from := skipSpace(line, i+1)
			s.value(line[from:], kindHeader, pl.sub(at+from, at+len(line)))
			s.pop()
		}
		at = end
	}
}

// partBody inspects the file name and the content.
func (s *Scratch) partBody(h *partHead, b []byte, pl place) {
	if containsFold(h.cte, "base64") {
		m := s.mark()
		if out, ok := appendMIME(s.arena, b); ok {
			b, pl = s.keep(out), pl.inexact()
			s.push(StepBase64, -1, nil)
			s.partContent(h, b, pl)
			s.pop()
			s.free(m)
			return
		}
	}
	s.partContent(h, b, pl)
}

func (s *Scratch) partContent(h *partHead, b []byte, pl place) {
	switch {
	case h.isFile:
		s.push(StepFileName, -1, nil)
		s.value(h.file, kindFileName, pl)
		s.pop()
		s.push(StepFile, -1, nil)
		s.blob(b, kindFile, pl)
		s.pop()
	case containsFold(h.ct, "json") && looksJSON(b):
		s.jsonBody(b, pl)
	case containsFold(h.ct, "xml") && looksXML(b):
		s.xmlBody(b, pl)
	case isBinary(b[:min(len(b), blobHead)]):
		s.blob(b, kindParam, pl)
	default:
		s.value(b, kindParam, pl)
	}
}

// field takes what matters from a header line.
func (h *partHead) field(line []byte) {
	i := bytes.IndexByte(line, ':')
	if i < 0 {
		return
	}
	v := bytes.TrimSpace(line[i+1:])
	switch name := bytes.TrimSpace(line[:i]); {
	case foldEqual(name, "content-disposition"):
		h.name = attribute(v, "name")
		if h.file = attribute(v, "filename"); h.file == nil {
			h.file = attribute(v, "filename*")
		}
		h.isFile = h.file != nil
	case foldEqual(name, "content-type"):
		h.ct = v
	case foldEqual(name, "content-transfer-encoding"):
		h.cte = v
	}
}

// lineEnd returns the index after the next line feed from i on.
func lineEnd(b []byte, i int) int {
	n := bytes.IndexByte(b[i:], '\n')
	if n < 0 {
		return len(b)
	}
	return i + n + 1
}

// trimLine removes one line ending.
func trimLine(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
		if n > 1 && b[n-2] == '\r' {
			b = b[:n-2]
		}
	}
	return b
}

// attribute returns the parameter name of a header value like
// `form-data; name="x"`, without its quotes; nil when there is none.
func attribute(b []byte, name string) []byte {
	for i := 0; i+len(name) < len(b); i++ {
		if b[i+len(name)] != '=' || !foldEqual(b[i:i+len(name)], name) || i > 0 && b[i-1] != ';' && byteFeature[b[i-1]]&fSpace == 0 {
			continue
		}
		return attributeValue(b[i+len(name)+1:])
	}
	return nil
}

// attributeValue reads a token or a quoted string.
func attributeValue(v []byte) []byte {
	if len(v) == 0 || v[0] != '"' {
		if j := bytes.IndexByte(v, ';'); j >= 0 {
			v = v[:j]
		}
		return v
	}
	v = v[1:]
	for j := range v {
		if v[j] == '"' && (j == 0 || v[j-1] != '\\') && closes(v[j+1:]) {
			return v[:j]
		}
	}
	return v
}

// closes reports whether a quote before rest ends the value: a quote inside
// a value that the sender did not escape does not.
func closes(rest []byte) bool {
	i := skipSpace(rest, 0)
	return i == len(rest) || rest[i] == ';'
}
