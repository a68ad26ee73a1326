package detect

import "bytes"

// xmlDTD inspects the declaration at i, in most cases a document type with
// its internal subset, and returns the index after it. One that is a bomb is
// judged no further.
func (s *Scratch) xmlDTD(w *xmlWalk, i int) int {
	end := dtdEnd(w.b, i)
	dtd, pl := w.b[i:end], w.pl.sub(i, end)
	s.push(StepXMLDTD, -1, nil)
	defer s.pop()
	if bytes.Contains(dtd, []byte(entityTag)) {
		if s.entities == nil {
			s.entities = new(entityTable)
		}
		if s.entities.read(dtd) > maxExpanded {
			s.bound(DataBomb, "data_bomb/entities", "XML entities expand beyond the bound", dtd, pl)
			return end
		}
		w.entities = s.entities
	}
	s.blob(dtd, kindText, pl)
	s.dtdLiterals(dtd, pl)
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

// dtdLiterals inspects each quoted literal: identifiers and entity values, of
// which the point names the entity.
func (s *Scratch) dtdLiterals(b []byte, pl place) {
	var entity []byte
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '<':
			if entity = nil; bytes.HasPrefix(b[i:], []byte(entityTag)) {
				entity, _ = entityDecl(b[i+len(entityTag):])
			}
			continue
		case '"', '\'':
		default:
			continue
		}
		n := bytes.IndexByte(b[i+1:], b[i])
		if n < 0 {
			return
		}
		if entity != nil {
			s.push(StepXMLEntity, -1, entity)
		}
		s.xmlValue(b[i+1:i+1+n], kindParam, pl.sub(i+1, i+1+n))
		if entity != nil {
			s.pop()
		}
		i += n + 1
	}
}

const entityTag = "<!ENTITY"

// entityDecl reads the name and literal value of an entity declaration; v is
// nil for an external one.
func entityDecl(b []byte) (name, v []byte) {
	i := skipSpace(b, 0)
	if i < len(b) && b[i] == '%' {
		i = skipSpace(b, i+1)
	}
	j := i
	for j < len(b) && j < i+maxEntityName && byteFeature[b[j]]&fSpace == 0 && b[j] != '>' {
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
