package detect

import (
	"bytes"
	"math/rand"
	"strings"
	"testing"
)

// wantedBy returns the judges that want a value.
func wantedBy(text string) []string {
	p := &Policy{}
	s := &Scratch{}
	s.reset(p, &Request{})
	b := []byte(text)
	set := s.wanted(&value{b, scan(b), kindParam})
	var out []string
	for i := range judges {
		if set>>i&1 != 0 {
			out = append(out, judges[i].class.String())
		}
	}
	return out
}

// What requests mostly consist of is wanted by none of the judges of
// languages.
func TestOrdinaryValuesUnwanted(t *testing.T) {
	f := func(text string) {
		t.Helper()
		for _, c := range wantedBy(text) {
			if c == "sqli" || c == "xss" || c == "rce" || c == "ptrav" {
				t.Errorf("%q: wanted by %s", text, c)
			}
		}
	}
	f("Please bring the two garden chairs and the table to our house before Friday, and ring twice.")
	f("Siobhan O'Hara-Keane")
	f("It's not what we agreed, is it? We'll wait until you've answered!")
	f("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36")
	f("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15")
	f("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0")
	f("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8")
	f("en-GB,en;q=0.9,de;q=0.7")
	f("2026-11-25T09:30:00+01:00")
	f("maeve.walsh@mail.example")
	f("/garden/tools/spades-and-forks/page/3")
	f("8c9e6679-7425-40de-944b-e07fc1f90ae7")
	f("Kv2_xT9-aLw0pQ7rZs3YbN5cVd8EfGhJ1kM4oUiX6tRy")
	f("12 Harbour Road, Flat 3")
}

func TestTraits(t *testing.T) {
	f := func(text string, marks wordMark, pairs pairMark) {
		t.Helper()
		var tr traits
		tr.read([]byte(text), scan([]byte(text)))
		if tr.marks != marks || tr.pairs != pairs {
			t.Errorf("%q: marks %b, want %b; pairs %b, want %b", text, tr.marks, marks, tr.pairs, pairs)
		}
	}
	f("", 0, 0)
	f("plain words", 0, 0)
	f("x ALERT(1)", wordScript, 0)
	f("onstart x", wordHandler, 0)
	// a command's name at the start, behind an operator, folders and an
	// assignment, but not in the middle of a text or of another name
	f("wget x", wordShell|wordCommand, 0)
	f("x; wget", wordShell|wordCommand, 0)
	f("/x/sbin/wget", wordShell|wordCommand|wordTail, 0)
	f("a=1 wget", wordShell|wordCommand, 0)
	f("we wget x", wordShell, 0)
	f("wget, x", wordShell, 0)
	f("my/wget", wordShell, 0)
	f("w'g'et", wordCommand, 0)
	f("\"wg^et\"", wordCommand, 0)
	f("w'g'en", 0, 0)
	f("/b?n/x", wordCommand, 0)
	f("../x", 0, pairDots|pairHere)
	f("a -- b/* c", 0, pairComment)
	f("a || b", 0, pairLogic)
	f("x@y @z", 0, pairVar)
	f("ftp://h", wordShell, pairScheme)
	f("t(x) c:x", wordType|wordDrive, 0)
	f("etc/shadow", wordHead|wordTail|wordFile, 0)
	f("a.__class__", wordDunder|wordBound, 0)
	f("java.x", wordShell|wordMember, 0)
}

// Each word of the judges' tables is known, in any case, wherever it stands
// in blocks of 64 bytes.
func TestLexicon(t *testing.T) {
	f := func(w string, marks wordMark, sql uint64) {
		t.Helper()
		for _, at := range []int{0, 1, 57, 60, 64, 127} {
			for _, v := range []string{w, strings.ToUpper(w)} {
				var tr traits
				text := []byte(strings.Repeat(" ", at) + v + " ")
				tr.read(text, scan(text))
				if tr.marks&marks != marks || tr.sql&sql != sql {
					t.Errorf("%q at %d: marks %b, SQL %b", v, at, tr.marks, tr.sql)
				}
			}
		}
	}
	for i, w := range sqlWords.words {
		if !strings.Contains(w, "$") {
			f(w, 0, 1<<sqlWords.class[i])
		}
	}
	for i, w := range jsWords.words {
		if jsTelling>>jsWords.class[i]&1 != 0 {
			f(w, wordScript, 0)
		}
	}
	for _, w := range shellCommands.words {
		if len(w) > 1 { // the tables hold no shorter ones
			f(w, wordCommand, 0)
		}
	}
	for _, w := range codeFunctions.words {
		if !strings.Contains(w, ".") {
			f(w, wordCall, 0)
		}
	}
	for _, w := range gadgetClasses.words {
		f(w, wordGadget, 0)
		f("x_"+w, wordGadget, 0)
	}
	for _, w := range runtimeFamilies {
		f(w+"x", wordCall, 0)
	}
	for _, w := range secretTails.words {
		f(w, wordHead|wordTail, 0)
	}
	for _, w := range secretNames.words {
		f(w, wordFile, 0)
	}
	// behind a number, as the tokeniser of SQL parts them
	f("1union", 0, 1<<sqlUnion)
	f("1e5union", 0, 1<<sqlUnion)
	f("1.e5union", 0, 1<<sqlUnion)
	f("0x1funion", 0, 1<<sqlUnion)
}

// The masks of a block say for each byte what its class says.
func FuzzMasks(f *testing.F) {
	addSeeds(f)
	f.Add([]byte("@AZ[`az{/09:_^ \x00\x1f\x7f\x80\xc1\xda\xff\xa0\xdf"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for at := 0; at < len(b); at += 64 {
			block := b[at:min(len(b), at+64)]
			words, signs := masks(b, at)
			for i := range 64 {
				word := i < len(block) && signClass[block[i]] == signWord
				sign := i < len(block) && !word && block[i] != ' '
				if words>>i&1 == 1 != word || signs>>i&1 == 1 != sign {
					t.Fatalf("%q byte %d: word %v, sign %v", block, i, words>>i&1 == 1, signs>>i&1 == 1)
				}
			}
		}
	})
}

// Whatever the build and the processor, scan is what the table of classes
// says.
func FuzzScan(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, bytes.Repeat(b, 5), append(make([]byte, 97), b...), append(bytes.Repeat([]byte("a"), 128), b...)} {
			want := features(0)
			for _, c := range b {
				want |= byteFeature[c]
			}
			if got := scan(b); got != want {
				t.Fatalf("%q: got %b, want %b", b, got, want)
			}
		}
	})
}

// A pair is found where a plain search finds it, in any build.
func FuzzPair(f *testing.F) {
	f.Add([]byte("a<b<?c<scri"), byte('<'), byte('?'))
	f.Add(append(make([]byte, 70), "\n--x"...), byte('\n'), byte('-'))
	f.Fuzz(func(t *testing.T, b []byte, x, y byte) {
		next := [4]byte{y, y, y ^ 1, y ^ 2}
		for _, b := range [][]byte{b, append(make([]byte, 31), b...), append(bytes.Repeat([]byte{x}, 64), b...)} {
			want := -1
			for i := 0; i+1 < len(b); i++ {
				if c := b[i+1]; b[i] == x && bytes.IndexByte(next[:], c) >= 0 {
					want = i
					break
				}
			}
			if got := indexPair(b, x, &next); got != want {
				t.Fatalf("%q: %q and one of %q: got %d, want %d", b, x, next, got, want)
			}
		}
	})
}

func BenchmarkPair(b *testing.B) {
	v := make([]byte, 1<<20)
	rand.New(rand.NewSource(1)).Read(v)
	next := [4]byte{'-', '-', '-', '-'}
	b.SetBytes(int64(len(v)))
	for b.Loop() {
		for at := 0; ; at++ {
			n := indexPair(v[at:], '\n', &next)
			if n < 0 {
				break
			}
			at += n
		}
	}
}

// Each byte is in the class of the table wherever it stands in a long value.
func TestScanBytes(t *testing.T) {
	for c := range 256 {
		for _, at := range []int{0, 31, 32, 95, 96, 130} {
			b := bytes.Repeat([]byte("a"), 131)
			b[at] = byte(c)
			if got := scan(b); got != fAlpha|byteFeature[c] {
				t.Errorf("byte %#x at %d: got %b", c, at, got)
			}
		}
	}
}

// The dispatch gives what each judge's maybe gives, the first time and again.
func TestDispatchRemembers(t *testing.T) {
	s := &Scratch{}
	s.reset(&Policy{}, &Request{})
	for range 2 {
		for f := features(1); f < fUnder<<1; f = f<<1 | f>>3&1 {
			for _, n := range []int{1, 2, 3, 4, 15, 16, 255, 256, 4096} {
				got := s.maybe(f, n)
				for i := range judges {
					if want := judges[i].maybe(f, n); got>>i&1 == 1 != want {
						t.Errorf("%s, features %b, length %d: got %v", judges[i].class, f, n, !want)
					}
				}
			}
		}
	}
}

func BenchmarkTraits(b *testing.B) {
	for _, v := range [][]byte{
		[]byte("a long walk"),
		bytes.Repeat([]byte("before the frost we planted it, and now "), 25),
		[]byte(agents[0]),
	} {
		b.Run(string(v[:8]), func(b *testing.B) {
			var t traits
			b.SetBytes(int64(len(v)))
			for b.Loop() {
				t.read(v, scan(v))
			}
		})
	}
}
