package detect

// maxWord bounds the length of a word that a table can hold; longer words
// are never looked up.
const maxWord = 32

// wordSlots is the size of a table: a power of two, at least twice the words.
const wordSlots = 2048

// wordTable maps words of a language, in any ASCII case, to the language's
// word classes. It is built once and read by any goroutine.
type wordTable struct {
	words []string
	class []uint8
	slot  [wordSlots]uint16 // index into words, plus one
}

// wordGroup is one line of a language's table: words with one class.
type wordGroup struct {
	class uint8
	words []string
}

// newWordTable panics on a word that is too long or stands twice.
func newWordTable(groups []wordGroup) *wordTable {
	t := &wordTable{}
	for _, g := range groups {
		for _, w := range g.words {
			if len(w) > maxWord || t.lookup([]byte(w)) != 0 {
				panic("BUG: word " + w + " is too long or stands twice")
			}
			t.add(w, g.class)
		}
	}
	return t
}

func (t *wordTable) add(w string, class uint8) {
	t.words = append(t.words, w)
	t.class = append(t.class, class)
	if len(t.words)*2 > wordSlots {
		panic("BUG: word table is full")
	}
	h := wordHash([]byte(w))
	for t.slot[h%wordSlots] != 0 {
		h++
	}
	t.slot[h%wordSlots] = uint16(len(t.words))
}

// lookup returns the class of w, 0 when w is not a word of the table.
func (t *wordTable) lookup(w []byte) uint8 {
	if len(w) < 2 || len(w) > maxWord {
		return 0
	}
	for h := wordHash(w); ; h++ {
		n := t.slot[h%wordSlots]
		if n == 0 {
			return 0
		}
		if equalFold(w, t.words[n-1]) {
			return t.class[n-1]
		}
	}
}

// wordHash ignores ASCII case.
func wordHash(w []byte) uint32 {
	h := uint32(len(w))
	for _, c := range w {
		h = h*31 + uint32(c|0x20)
	}
	return h ^ h>>11
}

// equalFold compares w in any ASCII case with s, which is in lower case.
func equalFold(w []byte, s string) bool {
	if len(w) != len(s) {
		return false
	}
	for i := 0; i < len(s); i++ {
		if lowerByte(w[i]) != s[i] {
			return false
		}
	}
	return true
}

// hasPrefixFold is equalFold of the beginning of w.
func hasPrefixFold(w []byte, s string) bool {
	return len(w) >= len(s) && equalFold(w[:len(s)], s)
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}
