package detect

import "bytes"

// maxFileNames bounds the file names that one part may state.
const maxFileNames = 8

// fileNames inspects every file name that a Content-Disposition states: the
// plain ones, of which servers take the first or the last, with the encoded
// words of mail (RFC 2047) in them decoded, the extended form (RFC 8187), and
// the one that comes in pieces (RFC 2231).
func (s *Scratch) fileNames(b []byte, pl place) {
	s.push(StepFileName, -1, nil)
	m := s.mark()
	pieces := 0
	for rest, n := b, 0; n < maxFileNames; n++ {
		var a attr
		if a, rest = nextFileName(rest); a.name == nil {
			break
		}
		switch {
		case isPiece(a.name):
			pieces++
		case a.extended():
			s.value(s.keep(appendPercent(s.arena, extendedValue(a.value), false)), kindFileName, pl.inexact())
		default:
			s.value(a.value, kindFileName, pl)
			if bytes.Contains(a.value, []byte("=?")) {
				s.value(s.keep(appendWords(s.arena, a.value)), kindFileName, pl.inexact())
			}
		}
	}
	if pieces > 0 {
		s.value(s.keep(appendPieces(s.arena, b)), kindFileName, pl.inexact())
	}
	s.free(m)
	s.pop()
}

// attr is a parameter of a header value; a nil name is none.
type attr struct{ name, value []byte }

// extended reports whether the value names its character set.
func (a *attr) extended() bool { return a.name[len(a.name)-1] == '*' }

// nextAttr returns the first parameter in b and what follows it.
func nextAttr(b []byte) (a attr, rest []byte) {
	for len(b) > 0 {
		i := 0
		for i < len(b) && b[i] != '=' && b[i] != ';' {
			i++
		}
		if i == len(b) || b[i] == ';' || i == 0 {
			b = b[min(i+1, len(b)):]
			continue
		}
		v, n := attributeValue(b[i+1:])
		return attr{bytes.TrimSpace(b[:i]), v}, b[i+1+n:]
	}
	return attr{}, nil
}

// nextFileName is nextAttr for the parameters that state a file name.
func nextFileName(b []byte) (a attr, rest []byte) {
	const name = "filename"
	for rest = b; ; {
		if a, rest = nextAttr(rest); a.name == nil {
			return a, nil
		}
		if len(a.name) >= len(name) && foldEqual(a.name[:len(name)], name) {
			return a, rest
		}
	}
}

// isPiece reports whether name is filename*0, filename*1*, ...
func isPiece(name []byte) bool {
	const star = len("filename")
	return len(name) > star+1 && name[star] == '*' && byteFeature[name[star+1]] == fDigit
}

// appendPieces appends the file name that the pieces in b make, in the order
// in which they stand.
func appendPieces(dst, b []byte) []byte {
	for n := 0; n < maxFileNames; n++ {
		var a attr
		if a, b = nextFileName(b); a.name == nil {
			break
		}
		switch {
		case !isPiece(a.name):
		case a.extended():
			dst = appendPercent(dst, extendedValue(a.value), false)
		default:
			dst = append(dst, a.value...)
		}
	}
	return dst
}

// extendedValue returns what follows charset'language' in v.
func extendedValue(v []byte) []byte {
	i := bytes.IndexByte(v, '\'')
	if i < 0 {
		return v
	}
	j := bytes.IndexByte(v[i+1:], '\'')
	if j < 0 {
		return v
	}
	return v[i+1+j+1:]
}

// appendWords appends src with its encoded words =?charset?B?...?= and
// =?charset?Q?...?= decoded; a broken one stays.
func appendWords(dst, src []byte) []byte {
	for {
		i := bytes.Index(src, []byte("=?"))
		if i < 0 {
			return append(dst, src...)
		}
		dst = append(dst, src[:i]...)
		out, n := appendWord(dst, src[i:])
		if n == 0 {
			out, n = append(dst, "=?"...), 2
		}
		dst, src = out, src[i+n:]
	}
}

// appendWord appends the encoded word at the start of b; n is its length, 0
// when there is none.
func appendWord(dst, b []byte) (out []byte, n int) {
	q := bytes.IndexByte(b[2:], '?')
	if q < 0 || len(b) < 2+q+3 || b[2+q+2] != '?' {
		return dst, 0
	}
	text := b[2+q+3:]
	end := bytes.Index(text, []byte("?="))
	if end < 0 {
		return dst, 0
	}
	n = 2 + q + 3 + end + 2
	text = text[:end]
	switch b[2+q+1] | 0x20 {
	case 'b':
		dst, _ = appendMIME(dst, text)
	case 'q':
		dst = appendQuotedPrintable(dst, text)
	default:
		return dst, 0
	}
	return dst, n
}

// appendQuotedPrintable appends src with its =XX decoded and its soft line
// ends removed (RFC 2045 section 6.7).
func appendQuotedPrintable(dst, src []byte) []byte {
	for i := 0; i < len(src); i++ {
		c := src[i]
		if c == '=' && i+2 < len(src) {
			if hi, lo := hexVal[src[i+1]], hexVal[src[i+2]]; hi >= 0 && lo >= 0 {
				c = byte(hi)<<4 | byte(lo)
				i += 2
			} else if n := softEnd(src[i+1:]); n > 0 {
				i += n
				continue
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// softEnd is the length of the line ending at the start of b.
func softEnd(b []byte) int {
	if b[0] == '\n' {
		return 1
	}
	if b[0] == '\r' && b[1] == '\n' {
		return 2
	}
	return 0
}
