package detect

import (
	"bytes"
	"encoding/binary"
)

// objectForm is a binary format of serialised objects, known by its magic.
type objectForm struct {
	magic string
	step  StepKind
	tags  string // bytes that stand before a string
	skip  int    // bytes between tag and length
	wide  bool   // the length is two bytes, big endian, else seven bits a byte
}

// objectForms are Java's serialisation stream (its specification, section
// 6.4.2), the view state of ASP.NET's ObjectStateFormatter and .NET's
// BinaryFormatter (MS-NRBF). Their grammars differ, but in each a string is a
// tag, a length and the bytes.
var objectForms = [...]objectForm{
	{"\xac\xed\x00\x05", StepJava, "\x72\x74", 0, true},
	{"\xff\x01", StepViewState, "\x05\x1e", 0, false},
	{"\x00\x01\x00\x00\x00\xff\xff\xff\xff", StepDotNet, "\x06", 4, false},
}

// objectHead reports whether b, at least six bytes of it, begins as a binary
// format of serialised objects.
func objectHead(b []byte) bool { return objectOf(b) != nil }

func objectOf(b []byte) *objectForm {
	for i := range objectForms {
		if f := &objectForms[i]; len(b) > 5 && bytes.HasPrefix(b, []byte(f.magic[:min(len(f.magic), len(b))])) {
			return f
		}
	}
	return nil
}

// objects inspects the strings in b, which is in the format f. Each has its
// number as index.
func (s *Scratch) objects(f *objectForm, b []byte, pl place) {
	s.push(f.step, -1, nil)
	s.depth++
	for i, n := min(len(f.magic), len(b)), 0; i < len(b); {
		from, to := f.str(b, i)
		if from < 0 {
			i++
			continue
		}
		if s.items++; s.items > maxItems {
			s.bound(Overlimit, "overlimit/items", "more serialised values than the bound", b[i:], pl)
			break
		}
		s.push(StepArray, n, nil)
		s.value(b[from:to], kindParam, pl.sub(from, to))
		s.pop()
		i = to
		n++
	}
	s.depth--
	s.pop()
}

// str returns where the content of the string at i stands; from is -1 when
// there is none.
func (f *objectForm) str(b []byte, i int) (from, to int) {
	if bytes.IndexByte([]byte(f.tags), b[i]) < 0 {
		return -1, -1
	}
	var size uint64
	if from = i + 1 + f.skip; from+2 >= len(b) {
		return -1, -1
	}
	if f.wide {
		size = uint64(binary.BigEndian.Uint16(b[from:]))
		from += 2
	} else {
		n := 0
		if size, n = binary.Uvarint(b[from:]); n <= 0 {
			return -1, -1
		}
		from += n
	}
	if size == 0 || size > uint64(len(b)-from) || !isText(b[from:from+int(size)]) {
		return -1, -1
	}
	return from, from + int(size)
}
