package detect

import "bytes"

// maxBoundary is RFC 2046's 70 characters with room for lenient senders.
const maxBoundary = 256

// multipart inspects the parts of b (RFC 2046 section 5.1, RFC 7578). It
// reports false when the content type names no boundary that occurs in b.
// Repeated names are inspected again with their values joined.
func (s *Scratch) multipart(b, ct []byte, pl place) bool {
	boundary := attribute(ct, "boundary")
	if len(boundary) == 0 || len(boundary) > maxBoundary {
		return false
	}
	m, first := s.mark(), len(s.seen)
	s.depth++
	delim := s.keep(append(append(s.arena, '-', '-'), boundary...))
	from := nextBoundary(b, 0, delim)
	if from < 0 {
		s.depth--
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
		s.part(b[from:end], pl.sub(from, end), first)
		from = next
	}
	s.depth--
	s.pollution(s.seen[first:], StepMultipart, pl)
	s.seen = s.seen[:first]
	s.free(m)
	return true
}

// nextBoundary returns the index of delim at the start of a line, from i on.
func nextBoundary(b []byte, i int, delim []byte) int {
	if i == 0 && bytes.HasPrefix(b, delim) {
		return 0
	}
	for i = max(i-1, 0); ; i++ { // the line end may stand before i
		n := indexPair(b[i:], '\n', &[4]byte{delim[0], delim[0], delim[0], delim[0]})
		if n < 0 {
			return -1
		}
		if i += n; bytes.HasPrefix(b[i+1:], delim) {
			return i + 1
		}
	}
}

// partHead is what the header of a part says.
type partHead struct {
	name, disposition, ct, cte []byte
	isFile                     bool
}

// part inspects one part: the rest of the boundary's line, header lines, an
// empty line, content. s.seen[first:] are the parts before it.
func (s *Scratch) part(b []byte, pl place, first int) {
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
	depth := s.pushName(h.name, StepMultipart, count(s.seen[first:], h.name))
	s.value(h.name, kindName, pl)
	s.partFields(b, pl)
	body := trimLine(b[at:])
	s.partBody(&h, body, pl.sub(at, at+len(body)))
	s.point.n -= depth
	if !h.isFile && len(body) <= maxJoined {
		s.note(h.name, body, first)
	}
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
	step, ok, out := StepBase64, false, s.arena
	switch {
	case containsFold(h.cte, "base64"):
		out, ok = appendMIME(s.arena, b)
	case containsFold(h.cte, "quoted-printable"):
		step, ok, out = StepQuoted, true, appendQuotedPrintable(s.arena, b)
	}
	if !ok {
		s.partContent(h, b, pl)
		return
	}
	m := s.mark()
	s.push(step, -1, nil)
	s.partContent(h, s.keep(out), pl.inexact())
	s.pop()
	s.free(m)
}

func (s *Scratch) partContent(h *partHead, b []byte, pl place) {
	switch {
	case h.isFile:
		s.fileNames(h.disposition, pl)
		s.push(StepFile, -1, nil)
		s.blob(b, kindFile, pl)
		s.pop()
	case containsFold(h.ct, "multipart/") && s.depth < maxDepth && s.multipart(b, h.ct, pl):
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
		h.name, h.disposition = attribute(v, "name"), v
		h.isFile = attribute(v, "filename") != nil || containsFold(v, "filename*")
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
		v, _ := attributeValue(b[i+len(name)+1:])
		return v
	}
	return nil
}

// attributeValue reads a token or a quoted string and returns how many bytes
// it took.
func attributeValue(v []byte) ([]byte, int) {
	if len(v) == 0 || v[0] != '"' {
		if j := bytes.IndexByte(v, ';'); j >= 0 {
			v = v[:j]
		}
		return v, len(v)
	}
	for j := 1; j < len(v); j++ {
		if v[j] == '"' && (j == 1 || v[j-1] != '\\') && closes(v[j+1:]) {
			return v[1:j], j + 1
		}
	}
	return v[1:], len(v)
}

// closes reports whether a quote before rest ends the value: a quote inside
// a value that the sender did not escape does not.
func closes(rest []byte) bool {
	i := skipSpace(rest, 0)
	return i == len(rest) || rest[i] == ';'
}
