package detect

const (
	// blobHead is how many bytes of a large text, and of any binary, decide
	// what it is.
	blobHead = 1 << 10
	// maxText is the longest unstructured text that is judged whole; of a
	// longer one its head, its tail and the places around code markers are,
	// and the verdict is partial.
	maxText = 128 << 10
	// codeWindow is how much is judged from a code marker in a binary.
	codeWindow = 1 << 10
	// maxWindows bounds the code markers looked at in one blob.
	maxWindows = 16
	// minRun is the shortest run of text that is worth judging in a binary.
	minRun = 8
)

// blob inspects unstructured content: text is a value, of a binary only what
// looks like text in it.
func (s *Scratch) blob(b []byte, k kind, pl place) {
	switch {
	case len(b) == 0:
	case isBinary(b[:min(len(b), blobHead)]):
		s.binary(b, k, pl)
	case len(b) > maxText:
		s.verdict.Partial = true
		s.value(b[:blobHead*4], k, pl.sub(0, blobHead*4))
		s.value(b[len(b)-blobHead*4:], k, pl.sub(len(b)-blobHead*4, len(b)))
		s.windows(b, k, pl)
	default:
		s.value(b, k, pl)
	}
}

// isBinary reports whether b holds bytes that no text in UTF-8 or an 8-bit
// encoding has.
func isBinary(b []byte) bool {
	ctl := 0
	for _, c := range b {
		if c == 0 {
			return true
		}
		if byteFeature[c] == fCtl && c != 0x1b && c != 0x7f {
			ctl++
		}
	}
	return ctl*32 > len(b)
}

// binary inspects the code inside a file, which matters when a server runs
// or a browser shows it, and the strings of a message in a wire format.
func (s *Scratch) binary(b []byte, k kind, pl place) {
	if c := codingOf(b); c != codingNone {
		if m := s.mark(); s.depth == 0 {
			s.push(codingSteps[c], -1, nil)
			if v, ok := s.decompress(b, c, pl); ok {
				s.depth++
				s.blob(v, k, pl.inexact())
				s.depth--
			}
			s.pop()
			s.free(m)
		}
	}
	if k == kindFile {
		s.polyglotFile(b, pl)
	}
	if k == kindFile || len(b) > maxPiece {
		s.windows(b, kindFile, pl)
		return
	}
	if f := objectOf(b); f != nil {
		s.objects(f, b, pl)
	}
	if k == kindText && validProtobuf(b) {
		s.protobuf(b, pl)
		return
	}
	s.runs(b, k, pl)
}

// codeMarker reports whether b, which starts with '<', starts code that a
// server or browser finds inside other content.
func codeMarker(b []byte) bool {
	if len(b) < 4 {
		return false
	}
	switch b[1] {
	case '?':
		return b[2] == '=' && plainCode(b) || b[2]|0x20 == 'p' && b[3]|0x20 == 'h'
	case '%':
		return b[2] == '=' || b[2] == '@' || byteFeature[b[2]]&(fSpace|fAlpha) != 0 && len(textRun(b)) >= minRun
	case 's', 'S':
		return len(b) > 7 && foldEqual(b[1:7], "script")
	}
	return false
}

// codeSigns follow the '<' of a code marker.
var codeSigns = [4]byte{'?', '%', 's', 'S'}

// windows inspects what follows a code marker.
func (s *Scratch) windows(b []byte, k kind, pl place) {
	for at, n := 0, 0; n < maxWindows; {
		i := indexPair(b[at:], '<', &codeSigns)
		if i < 0 {
			return
		}
		at += i
		if codeMarker(b[at:min(len(b), at+codeWindow)]) {
			v := textRun(b[at:min(len(b), at+codeWindow)])
			if len(v) >= minRun {
				s.value(v, k, pl.sub(at, at+len(v)))
			}
			n++
			at += max(len(v), 1)
			continue
		}
		at++
	}
}

// textRun is the head of b up to the first control byte.
func textRun(b []byte) []byte {
	for i, c := range b {
		if byteFeature[c] == fCtl {
			return b[:i]
		}
	}
	return b
}

// runs inspects each run of printable ASCII in a small binary.
func (s *Scratch) runs(b []byte, k kind, pl place) {
	from := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && byteFeature[b[i]]&(fCtl|fHigh) == 0 {
			continue
		}
		if i-from >= minRun {
			s.value(b[from:i], k, pl.sub(from, i))
		}
		from = i + 1
	}
}
