package detect

import (
	"encoding/binary"
	"math/bits"
)

// vocabEntry is what the vocabulary knows of a word.
type vocabEntry struct {
	sql   uint64
	marks wordMark
}

const (
	vocabSlots = 8192 // a power of two, at least twice the words
	vocabBits  = 1 << 16
)

// vocab is the words of all judges in one table. A word is known by its hash:
// another one with the same hash costs a judge's time, nothing else.
type vocab struct {
	filter  [vocabBits / 64]uint64 // by 16 bits of the hash: the fast way out
	tag     [vocabSlots]uint32
	ref     [vocabSlots]uint16
	entries []vocabEntry // the first is that of no word
}

// lexicon is made of the tables of the judges, so that a word added there
// is known here.
var lexicon = makeLexicon()

func makeLexicon() *vocab {
	v := &vocab{entries: make([]vocabEntry, 1)}
	v.addTable(sqlWords, func(c uint8) vocabEntry { return vocabEntry{sql: 1 << c} })
	v.addTable(jsWords, func(c uint8) vocabEntry {
		switch {
		case c == jsApply:
			return vocabEntry{marks: wordApply}
		case jsTelling>>c&1 == 0:
			return vocabEntry{}
		}
		return vocabEntry{marks: wordScript}
	})
	for _, w := range shellCommands.words {
		if run := firstRun(w); run == w {
			v.add(w, vocabEntry{marks: wordShell})
		} else {
			v.add(run, vocabEntry{marks: wordShellPart})
		}
	}
	v.addTable(codeFunctions, marked(wordCall))
	v.addTable(gadgetClasses, marked(wordGadget))
	for _, w := range scannerNames.words {
		v.add(longestRun(w), vocabEntry{marks: wordScanner})
	}
	v.addTable(boundWords, marked(wordBound))
	v.addPaths()
	for _, w := range expressionHeads {
		v.add(w, vocabEntry{marks: wordHeads})
	}
	for _, w := range [...]string{"isnull", "notnull"} { // comparison and constant in one
		v.add(w, vocabEntry{sql: 1 << sqlValue})
	}
	return v
}

// expressionHeads are names by whose members expressions reach what a server
// runs.
var expressionHeads = [...]string{
	"java", "javax", "org", "com", "ognl", "freemarker", "jdk", "ch", "groovy", "sun", "javassist", "system",
	"process", "constructor", "global", "globalthis", "class", "os", "vm",
}

// jsTelling are the classes of script words that begin what is judged.
const jsTelling = 1<<jsSink | 1<<jsGlobal | 1<<jsDocument | 1<<jsLocation | 1<<jsConstruct | 1<<jsDecode |
	1<<jsNet | 1<<jsHTML | 1<<jsImport | 1<<jsHandler | 1<<jsPrint

func marked(m wordMark) func(uint8) vocabEntry {
	return func(uint8) vocabEntry { return vocabEntry{marks: m} }
}

// addPaths adds the names of files and folders, by their longest words.
func (v *vocab) addPaths() {
	v.add("etc", vocabEntry{marks: wordHead | wordTail})
	v.add("jar", vocabEntry{marks: wordScheme})
	v.add("url", vocabEntry{marks: wordScheme})
	for _, w := range [...]string{
		"git", "svn", "hg", "bzr", "ssh", "aws", "kube", "gnupg", // hidden folders
		"bak", "old", "orig", "save", "swp", "swo", "copy", "backup", // endings of copies
	} {
		v.add(w, vocabEntry{marks: wordFile})
	}
	for _, w := range secretTails.words {
		i := 0
		for w[i] != '/' {
			i++
		}
		head, tail := longestRun(w[:i]), longestRun(w[i+1:])
		if len(tail) < 2 {
			v.add(head, vocabEntry{marks: wordHead | wordTail})
			continue
		}
		v.add(head, vocabEntry{marks: wordHead})
		v.add(tail, vocabEntry{marks: wordTail})
	}
	for _, w := range secretNames.words {
		v.add(longestRun(w), vocabEntry{marks: wordFile})
	}
}

// longestRun returns the longest run of letters, digits and "_" in w.
func longestRun(w string) string {
	best := ""
	for i := 0; i < len(w); i++ {
		j := i
		for j < len(w) && signClass[w[j]] == signWord {
			j++
		}
		if j-i > len(best) {
			best = w[i:j]
		}
		i = j
	}
	return best
}

// addTable adds the words of t; of a word with other signs in it, its first
// run.
func (v *vocab) addTable(t *wordTable, entry func(class uint8) vocabEntry) {
	for i, w := range t.words {
		v.add(firstRun(w), entry(t.class[i]))
	}
}

// firstRun returns the run of letters, digits and "_" at the start of w.
func firstRun(w string) string {
	for i := 0; i < len(w); i++ {
		if signClass[w[i]] != signWord {
			return w[:i]
		}
	}
	return w
}

// add adds e to what is known of w.
func (v *vocab) add(w string, e vocabEntry) {
	if len(w) < 2 || e == (vocabEntry{}) {
		return
	}
	b := append([]byte(w), make([]byte, 8)...)
	h := runHash(b, 0, len(w))
	v.filter[h>>48/64] |= 1 << (h >> 48 % 64)
	slot := h % vocabSlots
	for ; v.ref[slot] != 0; slot = (slot + 1) % vocabSlots {
		if v.tag[slot] == uint32(h>>32) {
			v.entries[v.ref[slot]].sql |= e.sql
			v.entries[v.ref[slot]].marks |= e.marks
			return
		}
	}
	v.entries = append(v.entries, e)
	if 2*len(v.entries) > vocabSlots {
		panic("BUG: vocabulary is full")
	}
	v.tag[slot], v.ref[slot] = uint32(h>>32), uint16(len(v.entries)-1)
}

// find returns what is known of b[i:j], two bytes at least, in any case.
func (v *vocab) find(b []byte, i, j int) vocabEntry {
	if j-i < 2 {
		return vocabEntry{}
	}
	h := runHash(b, i, j-i)
	if v.filter[h>>48/64]>>(h>>48%64)&1 == 0 {
		return vocabEntry{} // Fast path
	}
	slot := h % vocabSlots
	for ; v.ref[slot] != 0; slot = (slot + 1) % vocabSlots {
		if v.tag[slot] == uint32(h>>32) {
			break
		}
	}
	return v.entries[v.ref[slot]]
}

// runHash hashes the first and the last eight of the n bytes at b[i:], which
// are of words, in any case: in these, bit 5 tells nothing but case.
func runHash(b []byte, i, n int) uint64 {
	const fold = 0x2020202020202020
	var lo, hi uint64
	switch {
	case n > 8:
		lo, hi = binary.LittleEndian.Uint64(b[i:]), binary.LittleEndian.Uint64(b[i+n-8:])|fold
	case i+8 <= len(b):
		lo = binary.LittleEndian.Uint64(b[i:]) & (1<<(8*n) - 1)
	case len(b) >= 8:
		lo = binary.LittleEndian.Uint64(b[len(b)-8:]) >> (8 * (8 - (len(b) - i))) & (1<<(8*n) - 1)
	default:
		for k := n - 1; k >= 0; k-- {
			lo = lo<<8 | uint64(b[i+k])
		}
	}
	lo |= fold
	h := lo*0x9e3779b97f4a7c15 ^ bits.RotateLeft64(hi*0xc2b2ae3d27d4eb4f, 31) ^ uint64(n)<<56
	h ^= h >> 29
	return h * 0xbf58476d1ce4e5b9
}

// families are the beginnings of names of PHP's extensions, up to the first
// underscore.
var families = makeFamilies()

func makeFamilies() *wordTable {
	t := &wordTable{}
	for _, s := range runtimeFamilies {
		i := 0
		for s[i] != '_' {
			i++
		}
		if t.lookup([]byte(s[:i])) == 0 {
			t.add(s[:i], 1)
		}
	}
	return t
}
