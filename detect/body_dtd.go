package detect

import "bytes"

// xmlDTD inspects the declaration at i, in most cases a document type with
// its internal subset, and returns the index after it.
func (s *Scratch) xmlDTD(w *xmlWalk, i int) int {
	end := dtdEnd(w.b, i)
	dtd := w.b[i:end]
	s.push(StepXMLDTD, -1, nil)
	s.value(dtd, kindText, w.pl.sub(i, end))
	s.dtdLiterals(dtd, w.pl.sub(i, end))
	s.pop()
	if expansion(dtd) > maxExpanded {
		s.bound(DataBomb, "data_bomb/entities", "XML entities expand beyond the bound", dtd, w.pl.sub(i, end))
	}
	return end
}

// dtdEnd returns the index after the declaration that starts at i: its '>'
// outside quotes and the internal subset.
func dtdEnd(b []byte, i int) int {
	var quote byte
	for depth := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			depth++
		case c == '>':
			if depth--; depth <= 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

// dtdLiterals inspects each quoted literal: identifiers and entity values.
func (s *Scratch) dtdLiterals(b []byte, pl place) {
	for i := 0; i < len(b); i++ {
		if b[i] != '"' && b[i] != '\'' {
			continue
		}
		n := bytes.IndexByte(b[i+1:], b[i])
		if n < 0 {
			return
		}
		s.xmlValue(b[i+1:i+1+n], kindParam, pl.sub(i+1, i+1+n))
		i += n + 1
	}
}

// entity is a declared internal entity and the size it expands to.
type entity struct {
	name []byte
	size int
}

// expansion returns the size of the largest entity that dtd declares, with
// all references in it expanded; sizes saturate above maxExpanded. An entity
// may only refer to earlier ones, as in the documents that grow by doubling.
func expansion(dtd []byte) int {
	var known [maxEntities]entity
	n, largest := 0, 0
	for n < maxEntities {
		i := bytes.Index(dtd, []byte("<!ENTITY"))
		if i < 0 {
			break
		}
		dtd = dtd[i+len("<!ENTITY"):]
		name, v := entityDecl(dtd)
		if v == nil {
			continue
		}
		known[n] = entity{name, expandedSize(v, known[:n])}
		largest = max(largest, known[n].size)
		n++
	}
	return largest
}

// entityDecl reads the name and literal value of an entity declaration; v is
// nil for an external one.
func entityDecl(b []byte) (name, v []byte) {
	i := skipSpace(b, 0)
	if i < len(b) && b[i] == '%' {
		i = skipSpace(b, i+1)
	}
	j := i
	for j < len(b) && byteFeature[b[j]]&fSpace == 0 && b[j] != '>' {
		j++
	}
	name = b[i:j]
	j = skipSpace(b, j)
	if j >= len(b) || b[j] != '"' && b[j] != '\'' {
		return name, nil
	}
	n := bytes.IndexByte(b[j+1:], b[j])
	if n < 0 {
		return name, nil
	}
	return name, b[j+1 : j+1+n]
}

// expandedSize is len(v) with the references to known entities expanded.
func expandedSize(v []byte, known []entity) int {
	size := len(v)
	for i := 0; i < len(v) && size <= maxExpanded; i++ {
		if v[i] != '&' && v[i] != '%' {
			continue
		}
		n := bytes.IndexByte(v[i:], ';')
		if n < 0 {
			break
		}
		for k := range known {
			if bytes.Equal(known[k].name, v[i+1:i+n]) {
				size += known[k].size
				break
			}
		}
	}
	return size
}
