package console

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// A request is shown byte for byte, and it is hostile: this file turns bytes
// into pieces of text that hold nothing but printable characters, tabs and
// line ends, with every other byte or character written as an escape. HTML
// escaping is the template's, for each piece.

// piece is text to be shown, or the escape that stands for something that
// cannot be.
type piece struct {
	Text    string
	Escaped bool
}

// stretch is a run of pieces, marked or not.
type stretch struct {
	Marked bool
	Pieces []piece
}

// marked cuts b into what stands before, in and after b[from:to]. A range
// that is empty or outside b marks nothing.
func marked(b []byte, from, to int) []stretch {
	if from < 0 || to > len(b) || from >= to {
		return []stretch{{false, pieces(b)}}
	}
	s := make([]stretch, 0, 3)
	if from > 0 {
		s = append(s, stretch{false, pieces(b[:from])})
	}
	s = append(s, stretch{true, pieces(b[from:to])})
	if to < len(b) {
		s = append(s, stretch{false, pieces(b[to:])})
	}
	return s
}

// pieces escapes b. CR LF shows as one line end.
func pieces(b []byte) []piece {
	var out []piece
	start := 0
	flush := func(end int) {
		if end > start {
			out = append(out, piece{Text: string(b[start:end])})
		}
	}
	for i := 0; i < len(b); {
		esc, n := escape(b[i:])
		if esc == "" && b[i] == '\r' { // of a line end: the LF follows
			flush(i)
			start = i + 1
		} else if esc != "" {
			flush(i)
			out = append(out, piece{esc, true})
			start = i + n
		}
		i += n
	}
	flush(len(b))
	return out
}

// escape looks at the first character of b, which is not empty: it returns
// its length, and its escape unless it can be shown. Characters that print
// nothing or turn the writing direction are escaped as well: they hide what
// a payload is.
func escape(b []byte) (string, int) {
	switch b[0] {
	case '\n', '\t':
		return "", 1
	case '\r':
		if len(b) > 1 && b[1] == '\n' {
			return "", 1
		}
		return `\r`, 1
	}
	r, n := utf8.DecodeRune(b)
	if r == utf8.RuneError && n == 1 || r < 0x20 || r == 0x7f {
		return fmt.Sprintf(`\x%02x`, b[0]), 1
	}
	if !unicode.IsPrint(r) {
		return fmt.Sprintf(`\u{%x}`, r), n
	}
	return "", n
}
