package detect

// json inspects the keys and strings of a JSON document, tolerantly.
func (s *Scratch) json(b []byte, pl place) {
	for i := 0; i < len(b); {
		if b[i] != '"' {
			i++
			continue
		}
		j := i + 1
		esc := false
		for j < len(b) && b[j] != '"' {
			if b[j] == '\\' {
				esc = true
				j++
			}
			j++
		}
		j = min(j, len(b))
		str := b[i+1 : j]
		m := s.mark()
		if esc {
			str = s.keep(appendJSON(s.arena, str))
		}
		k := j + 1
		for k < len(b) && (b[k] == ' ' || b[k] == '\n' || b[k] == '\t' || b[k] == '\r') {
			k++
		}
		if k < len(b) && b[k] == ':' {
			s.push(StepHashName, -1, nil)
			s.value(str, kindName, pl.sub(i+1, j))
		} else {
			s.push(StepHash, -1, nil)
			s.value(str, kindParam, pl.sub(i+1, j))
		}
		s.pop()
		s.free(m)
		i = j + 1
	}
}
