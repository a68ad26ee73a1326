package detect

import "bytes"

// looksPHP reports whether b starts as a value of PHP's serialize that holds
// others: an array, an object or a string.
func looksPHP(b []byte) bool {
	return len(b) > 6 && (b[0] == 'a' || b[0] == 'O' || b[0] == 's') && b[1] == ':' && byteFeature[b[2]] == fDigit &&
		(b[len(b)-1] == '}' || b[len(b)-1] == ';')
}

// phpWalk is a serialised value being inspected.
type phpWalk struct {
	b  []byte
	pl place
}

// php inspects the strings of a serialised value; a broken one as far as it
// goes.
func (s *Scratch) php(b []byte, pl place) {
	w := phpWalk{b, pl}
	s.push(StepPHP, -1, nil)
	s.depth++
	s.phpValue(&w, 0, 0, false)
	s.depth--
	s.pop()
}

// phpValue inspects the value at i and returns the index after it, -1 when it
// is broken.
func (s *Scratch) phpValue(w *phpWalk, i, nesting int, key bool) int {
	b := w.b
	if i+2 > len(b) {
		return -1
	}
	if nesting > maxNesting {
		s.bound(Overlimit, "overlimit/nesting", "a serialised value nested deeper than the bound", b[i:], w.pl)
		return -1
	}
	if s.items++; s.items > maxItems {
		s.bound(Overlimit, "overlimit/items", "more serialised values than the bound", b[i:], w.pl)
		return -1
	}
	switch b[i] {
	case 's':
		from, to := phpString(b, i)
		if from < 0 {
			return -1
		}
		k := kindParam
		if key {
			k = kindName
		}
		s.value(b[from:to], k, w.pl.sub(from, to))
		if to+1 < len(b) && b[to+1] == ';' {
			return to + 2
		}
		return -1
	case 'a':
		return s.phpMembers(w, i, nesting)
	case 'O':
		if from, to := phpString(b, i); from >= 0 {
			s.value(b[from:to], kindName, w.pl.sub(from, to))
			return s.phpMembers(w, to, nesting)
		}
		return -1
	}
	if n := bytes.IndexByte(b[i:], ';'); n >= 0 {
		return i + n + 1
	}
	return -1
}

// phpMembers inspects the pairs between the next '{' and its '}'.
func (s *Scratch) phpMembers(w *phpWalk, i, nesting int) int {
	n := bytes.IndexByte(w.b[i:], '{')
	if n < 0 {
		return -1
	}
	for i += n + 1; i >= 0 && i < len(w.b); {
		if w.b[i] == '}' {
			return i + 1
		}
		name := phpKey(w.b, i)
		s.push(StepHashName, -1, nil)
		i = s.phpValue(w, i, nesting+1, true)
		s.pop()
		if i < 0 {
			return -1
		}
		s.pushKey(name, 0)
		i = s.phpValue(w, i, nesting+1, false)
		s.pop()
	}
	return -1
}

// phpKey returns the key at i: a string's content or a number's digits.
func phpKey(b []byte, i int) []byte {
	if from, to := phpString(b, i); from >= 0 {
		return b[from:to]
	}
	if n := bytes.IndexByte(b[i:], ';'); n > 2 {
		return b[i+2 : i+n]
	}
	return nil
}

// phpString returns where the content of the string s:3:"abc" or of the class
// name O:3:"abc" at i stands; from is -1 when there is none.
func phpString(b []byte, i int) (from, to int) {
	if i+2 >= len(b) || b[i] != 's' && b[i] != 'O' || b[i+1] != ':' {
		return -1, -1
	}
	n, j := 0, i+2
	for ; j < len(b) && byteFeature[b[j]] == fDigit && n < len(b); j++ {
		n = n*10 + int(b[j]-'0')
	}
	if j == i+2 || j+1 >= len(b) || b[j] != ':' || b[j+1] != '"' {
		return -1, -1
	}
	if from = j + 2; from+n >= len(b) || b[from+n] != '"' {
		return -1, -1
	}
	return from, from + n
}
