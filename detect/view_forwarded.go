package detect

import "bytes"

// addresses inspects a list to which proxies append addresses or host names
// (X-Forwarded-For and its kin). One that holds nothing else is what it says.
// Otherwise what stands behind the addresses is inspected, with its index in
// the list, then the whole, which an application may use unsplit.
func (s *Scratch) addresses(b []byte, pl place) {
	from, n := 0, 0
	for ; from < len(b) && n < maxParams; n++ {
		end := indexFrom(b, from, ',')
		if !address(bytes.TrimSpace(b[from:end])) {
			break
		}
		from = end + 1
	}
	if from >= len(b) {
		if len(s.rules) > 0 {
			s.present(b, pl)
		}
		return
	}
	if from > 0 {
		i, j := trimSpace(b, from, len(b))
		s.push(StepArray, n, nil)
		s.value(b[i:j], kindHeader, pl.sub(i, j))
		s.pop()
	}
	s.value(b, kindHeader, pl)
}

// address reports whether b is made like an IP address, with a port or
// without, a host name or the like of "unknown" and "_hidden".
func address(b []byte) bool {
	for _, c := range b {
		if byteFeature[c]&(plainBytes|fDot|fMinus|fColon) == 0 && c != '[' && c != ']' {
			return false
		}
	}
	return true
}

// pairs inspects the values of a list like Forwarded (RFC 7239) or the
// parameters of credentials (RFC 9110 section 11.4): name=value, separated by
// commas or semicolons, values quoted or not.
func (s *Scratch) pairs(b []byte, pl place) {
	for from, n := 0, 0; from < len(b) && n < maxParams; n++ {
		i, eq := from, from
		for eq < len(b) && byteFeature[b[eq]]&(fComma|fSemi|fEqual) == 0 {
			eq++
		}
		if eq == len(b) || b[eq] != '=' {
			from = eq + 1
			continue
		}
		i, j := trimSpace(b, i, eq)
		from = s.pairValue(b, eq+1, b[i:j], pl)
	}
}

// pairValue inspects the value at i and returns the index after its
// separator.
func (s *Scratch) pairValue(b []byte, i int, name []byte, pl place) int {
	s.push(StepHash, -1, name)
	defer s.pop()
	if i < len(b) && b[i] == '"' {
		end := quotedEnd(b, i+1)
		v, m := b[i+1:end], s.mark()
		if bytes.IndexByte(v, '\\') < 0 {
			s.value(v, kindHeader, pl.sub(i+1, end))
		} else {
			s.value(s.keep(appendUnquoted(s.arena, v)), kindHeader, pl.sub(i+1, end).inexact())
		}
		s.free(m)
		i = min(end+1, len(b))
	}
	end := i
	for end < len(b) && byteFeature[b[end]]&(fComma|fSemi) == 0 {
		end++
	}
	s.value(b[i:end], kindHeader, pl.sub(i, end))
	return end + 1
}

// quotedEnd returns the index of the quote that ends the quoted string
// (RFC 9110 section 5.6.4) whose content starts at i, or len(b).
func quotedEnd(b []byte, i int) int {
	for ; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return min(i, len(b))
}

// appendUnquoted appends the content of a quoted string without the
// backslashes of its quoted pairs.
func appendUnquoted(dst, src []byte) []byte {
	for i := 0; i < len(src); i++ {
		if src[i] == '\\' && i+1 < len(src) {
			i++
		}
		dst = append(dst, src[i])
	}
	return dst
}

// maxRepeated bounds the headers among which repeated names are looked for.
const maxRepeated = 128

// repeatedHeaders inspects the values of each repeated header joined, as
// RFC 9110 section 5.3 lets any recipient do.
func (s *Scratch) repeatedHeaders() {
	hs := s.r.Headers[:min(len(s.r.Headers), maxRepeated)]
	var seen [4]uint64 // which names may have occurred, by length and ends
	for i := range hs {
		n := hs[i].Name
		if len(n) == 0 {
			continue
		}
		h := uint(len(n))*7 + uint(n[0]|0x20)*31 + uint(n[len(n)-1]|0x20)
		bit := &seen[h>>6&3]
		if *bit&(1<<(h&63)) != 0 && lastOf(hs, i) {
			s.joinedHeader(hs[:i+1])
		}
		*bit |= 1 << (h & 63)
	}
}

// lastOf reports whether header i is the last of its name, another one having
// come before, and of a kind that is joined.
func lastOf(hs []Header, i int) bool {
	switch useOf(hs[i].Name) {
	case useSkip, useCookie, useAuth:
		return false
	}
	before := false
	for j := range hs {
		if j != i && bytes.EqualFold(hs[j].Name, hs[i].Name) {
			if j > i {
				return false
			}
			before = true
		}
	}
	return before
}

// joinedHeader inspects the joined values of all headers named like the last.
func (s *Scratch) joinedHeader(hs []Header) {
	last := len(hs) - 1
	m := s.mark()
	out := s.arena
	for i := range hs {
		if len(out)-m.n < maxJoined && bytes.EqualFold(hs[i].Name, hs[last].Name) {
			if len(out) > m.n {
				out = append(out, ", "...)
			}
			out = append(out, hs[i].Value...)
		}
	}
	v := s.keep(out)
	s.push(StepHeader, -1, hs[last].Name)
	s.value(v, kindHeader, place{part: PartHeader, header: last, to: len(hs[last].Value)})
	s.pop()
	s.free(m)
}

// indexFrom returns the index of c in b from i on, or len(b).
func indexFrom(b []byte, i int, c byte) int {
	if n := bytes.IndexByte(b[i:], c); n >= 0 {
		return i + n
	}
	return len(b)
}

// trimSpace narrows b[i:j] by the white space at its ends.
func trimSpace(b []byte, i, j int) (int, int) {
	for i < j && byteFeature[b[i]]&fSpace != 0 {
		i++
	}
	for j > i && byteFeature[b[j-1]]&fSpace != 0 {
		j--
	}
	return i, j
}
