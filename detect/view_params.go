package detect

import "bytes"

// seenParam is a parameter already met in the list at hand.
type seenParam struct {
	sig         uint32 // length, first and last byte of the name: compared first
	repeated    bool
	name, value []byte
}

// params inspects the names and values of a list name=value separated by
// sep, as in a query, a form or a cookie. Repeated names are inspected again
// with their values joined by commas, as some frameworks hand them on.
func (s *Scratch) params(b []byte, sep byte, step, nameStep StepKind, pl place) {
	first := len(s.seen)
	for from, n := 0, 0; from < len(b); n++ {
		end := bytes.IndexByte(b[from:], sep)
		if end < 0 {
			end = len(b) - from
		}
		end += from
		if n == maxParams {
			s.bound(Overlimit, "overlimit/params", "more parameters than the bound", b[from:], pl)
			s.blob(b[from:], kindText, pl.sub(from, len(b)))
			break
		}
		for sep == ';' && from < end && b[from] == ' ' {
			from++
		}
		if from < end {
			s.param(b[from:end], step, nameStep, pl.sub(from, end), first)
		}
		from = end + 1
	}
	s.pollution(s.seen[first:], step, pl)
	s.seen = s.seen[:first]
}

// param inspects one name=value. Without a value the name is all value:
// pages that take the bare query string see it so. Signs of equality at the
// end are the padding of base64.
func (s *Scratch) param(b []byte, step, nameStep StepKind, pl place, first int) {
	i := bytes.IndexByte(b, '=')
	if i < 0 || i == len(b)-1 || i == len(b)-2 && b[i+1] == '=' {
		if i < 0 || i < len(b)-1 {
			i = len(b)
		}
		s.push(nameStep, -1, nil)
		s.encoded(b[:i], kindParam, pl.sub(0, i), step == StepCookie)
		s.pop()
		return
	}
	name, v := b[:i], b[i+1:]
	if f := scan(name); f&^plainBytes != 0 || len(s.rules) > 0 || s.full || s.bindable(name) {
		s.push(nameStep, -1, nil)
		s.encoded(name, kindName, pl.sub(0, i), step == StepCookie)
		s.pop()
	}
	m := s.mark()
	depth := s.pushName(name, step, count(s.seen[first:], name))
	s.encoded(v, kindParam, pl.sub(i+1, len(b)), step == StepCookie)
	s.point.n -= depth
	s.free(m)
	s.note(name, v, first)
}

// pushName pushes the steps of a parameter name: a, a[b] and a[] are what
// PHP, Rails and their kin make of them; item is the index for a[]. It
// returns the number of steps.
func (s *Scratch) pushName(name []byte, step StepKind, item int) int {
	if step != StepMultipart && (bytes.IndexByte(name, '%') >= 0 || bytes.IndexByte(name, '+') >= 0) {
		name = s.keep(appendPercent(s.arena, name, true))
	}
	open := bytes.IndexByte(name, '[')
	if open <= 0 || name[len(name)-1] != ']' {
		s.push(step, -1, name)
		return 1
	}
	s.push(step, -1, name[:open])
	n := 1
	for rest := name[open:]; len(rest) > 1 && rest[0] == '[' && n < MaxSteps; n++ {
		end := bytes.IndexByte(rest, ']')
		if end < 0 {
			break
		}
		s.pushKey(rest[1:end], item)
		rest = rest[end+1:]
	}
	return n
}

// pushKey pushes what stands between brackets: a small number is an index,
// nothing is item, anything else a key.
func (s *Scratch) pushKey(key []byte, item int) {
	if len(key) == 0 {
		s.push(StepArray, item, nil)
		return
	}
	index := 0
	for _, c := range key {
		if c < '0' || c > '9' || len(key) > 6 {
			s.push(StepHash, -1, key)
			return
		}
		index = index*10 + int(c-'0')
	}
	s.push(StepArray, index, nil)
}

// note notes a parameter and whether its name came before.
func (s *Scratch) note(name, v []byte, first int) {
	if len(s.seen)-first >= maxPollute || len(name) == 0 {
		return
	}
	sig := uint32(len(name))<<16 | uint32(name[0])<<8 | uint32(name[len(name)-1])
	for i := first; i < len(s.seen); i++ {
		if o := &s.seen[i]; o.sig == sig && bytes.Equal(o.name, name) {
			o.repeated = true
			break
		}
	}
	s.seen = append(s.seen, seenParam{sig, false, name, v})
}

// pollution inspects the joined values of each repeated name.
func (s *Scratch) pollution(seen []seenParam, step StepKind, pl place) {
	for i := range seen {
		if !seen[i].repeated || i > 0 && named(seen[:i], seen[i].name) {
			continue
		}
		m := s.mark()
		out := s.arena
		for j := i; j < len(seen) && len(out)-m.n < maxJoined; j++ {
			if seen[j].sig == seen[i].sig && bytes.Equal(seen[j].name, seen[i].name) {
				if j > i {
					out = append(out, ',')
				}
				if step == StepMultipart {
					out = append(out, seen[j].value...)
				} else {
					out = appendPercent(out, seen[j].value, true)
				}
			}
		}
		v := s.keep(out)
		depth := s.pushName(seen[i].name, step, -1)
		s.value(v, kindParam, pl.inexact())
		s.point.n -= depth
		s.free(m)
	}
}

// count returns how many parameters of seen are called name, if it asks for
// one by ending in "[]".
func count(seen []seenParam, name []byte) (n int) {
	if !bytes.HasSuffix(name, []byte("[]")) && !bytes.HasSuffix(name, []byte("%5D")) {
		return 0
	}
	for i := range seen {
		if bytes.Equal(seen[i].name, name) {
			n++
		}
	}
	return n
}

// named reports whether seen holds name.
func named(seen []seenParam, name []byte) bool {
	for i := range seen {
		if bytes.Equal(seen[i].name, name) {
			return true
		}
	}
	return false
}
