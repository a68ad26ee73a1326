package detect

import "bytes"

// multipart inspects the parts of a multipart body (RFC 2046 section 5.1):
// names, file names, contents.
func (s *Scratch) multipart(b, ct []byte, pl place) {
	boundary := attribute(ct, "boundary")
	if len(boundary) == 0 || len(boundary) > 256 {
		s.value(b, kindText, pl)
		return
	}
	m := s.mark()
	delim := s.keep(append(append(s.arena, '-', '-'), boundary...))
	from := bytes.Index(b, delim)
	for parts := 0; from >= 0; parts++ {
		if parts == maxParts {
			s.bound(Overlimit, "overlimit/parts", "more parts than the bound", b[from:], pl)
			break
		}
		from += len(delim)
		if bytes.HasPrefix(b[from:], []byte("--")) {
			break
		}
		n := bytes.Index(b[from:], delim)
		end := len(b)
		if n >= 0 {
			end = from + n
		}
		s.part(b[from:end], pl.sub(from, end))
		if n < 0 {
			break
		}
		from = end
	}
	s.free(m)
}

// part inspects one part: header lines, an empty line, content.
func (s *Scratch) part(b []byte, pl place) {
	var name, file []byte
	isFile := false
	at := 0
	if n := bytes.IndexByte(b, '\n'); n >= 0 {
		at = n + 1
	}
	for at < len(b) {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			break
		}
		line := bytes.TrimRight(b[at:at+n], "\r")
		at += n + 1
		if len(line) == 0 {
			break
		}
		if i := bytes.IndexByte(line, ':'); i > 0 && foldEqual(bytes.TrimSpace(line[:i]), "content-disposition") {
			name = attribute(line, "name")
			file = attribute(line, "filename")
			isFile = file != nil
		}
	}
	content := b[at:]
	end := len(b)
	if bytes.HasSuffix(content, []byte("\n")) {
		content = content[:len(content)-1]
		end--
	}
	if bytes.HasSuffix(content, []byte("\r")) {
		content = content[:len(content)-1]
		end--
	}
	s.push(StepMultipart, -1, name)
	s.value(name, kindName, pl)
	if isFile {
		s.push(StepFileName, -1, nil)
		s.value(file, kindFileName, pl)
		s.pop()
		s.push(StepFile, -1, nil)
		s.value(content, kindFile, pl.sub(at, end))
		s.pop()
	} else {
		s.value(content, kindParam, pl.sub(at, end))
	}
	s.pop()
}

// attribute returns the parameter name of a header value like
// `form-data; name="x"`, unquoted; nil when it is missing.
func attribute(b []byte, name string) []byte {
	for i := 0; i+len(name) < len(b); i++ {
		if b[i+len(name)] != '=' || !foldEqual(b[i:i+len(name)], name) || i > 0 && b[i-1] != ' ' && b[i-1] != ';' && b[i-1] != '\t' {
			continue
		}
		v := b[i+len(name)+1:]
		if len(v) > 0 && v[0] == '"' {
			v = v[1:]
			for j := 0; j < len(v); j++ {
				if v[j] == '"' && (j == 0 || v[j-1] != '\\') {
					return v[:j]
				}
			}
			return v
		}
		if j := bytes.IndexByte(v, ';'); j >= 0 {
			v = v[:j]
		}
		return v
	}
	return nil
}
