package proxy

import "bytes"

// json masks the values of members with a secret's name. It is a scanner,
// no parser: it goes by strings and colons, so broken and cut documents are
// masked as far as they go.
func (m *masker) json(from int) {
	for i := from; i < len(m.b); {
		if m.b[i] != '"' {
			j := bytes.IndexByte(m.b[i:], '"')
			if j < 0 {
				return
			}
			i += j
		}
		end := m.stringEnd(i)
		next := m.skipSpace(end)
		if next < len(m.b) && m.b[next] == ':' && isSecretJSON(m.b[i+1:max(i+1, end-1)]) {
			i = m.maskValue(m.skipSpace(next + 1))
			continue
		}
		i = max(end, i+1)
	}
}

// isSecretJSON reports whether a member's name, escapes and all, is secret.
// A name with escapes could be anything.
func isSecretJSON(name []byte) bool {
	return isSecret(name) || bytes.Contains(name, []byte(`\u`))
}

// stringEnd returns the offset after the string that begins at i.
func (m *masker) stringEnd(i int) int {
	for i++; i < len(m.b); i++ {
		switch m.b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(m.b)
}

func (m *masker) skipSpace(i int) int {
	for i < len(m.b) && (m.b[i] == ' ' || m.b[i] == '\t' || m.b[i] == '\r' || m.b[i] == '\n') {
		i++
	}
	return i
}

// maskValue masks the value at i and returns the offset after it. Quotes of
// a string stay.
func (m *masker) maskValue(i int) int {
	if i >= len(m.b) {
		return i
	}
	switch m.b[i] {
	case '"':
		end := m.stringEnd(i)
		to := end
		if end <= len(m.b) && m.b[end-1] == '"' && end-1 > i {
			to = end - 1
		}
		m.add(i+1, to)
		return end
	case '{', '[':
		end := m.nestedEnd(i)
		m.add(i, end)
		return end
	}
	end := len(m.b)
	if j := bytes.IndexAny(m.b[i:], ",}]\r\n"); j >= 0 {
		end = i + j
	}
	m.add(i, end)
	return max(end, i+1)
}

// nestedEnd returns the offset after the object or array that begins at i.
func (m *masker) nestedEnd(i int) int {
	depth := 0
	for i < len(m.b) {
		switch m.b[i] {
		case '"':
			i = m.stringEnd(i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(m.b)
}

// xml masks the content of elements and the values of attributes with a
// secret's name.
func (m *masker) xml(from int) {
	for i := from; i < len(m.b); {
		j := bytes.IndexByte(m.b[i:], '<')
		if j < 0 {
			return
		}
		i += j + 1
		end := len(m.b)
		if j := bytes.IndexByte(m.b[i:], '>'); j >= 0 {
			end = i + j
		}
		m.attributes(i, end)
		name := m.b[i:end]
		if j := bytes.IndexAny(name, " \t\r\n/"); j >= 0 {
			name = name[:j]
		}
		if len(name) > 0 && name[0] != '?' && name[0] != '!' && isSecret(name) && m.b[end-1] != '/' {
			stop := len(m.b)
			if j := bytes.Index(m.b[end:], append([]byte("</"), name...)); j >= 0 {
				stop = end + j
			}
			m.add(min(end+1, stop), stop)
			i = stop
			continue
		}
		i = end
	}
}

// attributes masks name="value" inside a tag.
func (m *masker) attributes(from, to int) {
	for from < to {
		i := bytes.IndexByte(m.b[from:to], '=')
		if i < 0 {
			return
		}
		eq := from + i
		start := eq
		for start > from && foldName[m.b[start-1]] != 0 {
			start--
		}
		v := eq + 1
		if v >= to || m.b[v] != '"' && m.b[v] != '\'' {
			from = v
			continue
		}
		end := to
		if j := bytes.IndexByte(m.b[v+1:to], m.b[v]); j >= 0 {
			end = v + 1 + j
		}
		if isSecret(m.b[start:eq]) {
			m.add(v+1, end)
		}
		from = end + 1
	}
}
