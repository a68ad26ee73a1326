package detect

import "bytes"

// The tokeniser of server-side includes reads what a server acts on while it
// delivers a page: directives inside comments, as Apache httpd and IIS take
// them, and elements of Edge Side Includes (ESI Language Specification 1.0).
// It has no opinions about names.

// directive is one instruction to the server.
type directive struct {
	name       []byte // of the directive, or of the ESI element
	attr       []byte // name of its first attribute, nil without one
	esi        bool
	start, end int // end is behind the attribute's name or the directive's
}

// maxDirectiveSpace bounds the blanks between two parts of a directive.
const maxDirectiveSpace = 64

// nextDirective returns the first directive at or behind b[i].
func nextDirective(b []byte, i int) (d directive, ok bool) {
	for {
		n := bytes.IndexByte(b[i:], '<')
		if n < 0 {
			return d, false
		}
		i += n
		if d, ok = directiveAt(b, i); ok {
			return d, true
		}
		i++
	}
}

// directiveAt reads the directive whose '<' is b[i].
func directiveAt(b []byte, i int) (d directive, ok bool) {
	d.start = i
	j := i + 1
	switch {
	case bytes.HasPrefix(b[j:], []byte("!--")):
		j = skipBlanks(b, j+3)
		if hasPrefixFold(b[j:], "esi") && j > i+3 {
			d.name, d.esi, d.end = b[j:j+3], true, j+3
			return d, j+3 < len(b) && byteFeature[b[j+3]]&fSpace != 0
		}
		if j >= len(b) || b[j] != '#' {
			return d, false
		}
		j = skipBlanks(b, j+1)
	case hasPrefixFold(b[j:], "esi:"):
		d.esi = true
		j += len("esi:")
	default:
		return d, false
	}
	end := letters(b, j)
	d.name, d.end = b[j:end], end
	j = skipBlanks(b, end)
	end = letters(b, j)
	if k := skipBlanks(b, end); j < end && k < len(b) && b[k] == '=' {
		d.attr, d.end = b[j:end], k
	}
	return d, len(d.name) > 1
}

// letters returns the end of the run of letters that begins at b[i].
func letters(b []byte, i int) int {
	end := i
	for end < len(b) && end-i < maxWord && isAlpha(b[end]) {
		end++
	}
	return end
}

// skipBlanks returns the index of the first byte from i on that is no white
// space, or of the first behind maxDirectiveSpace.
func skipBlanks(b []byte, i int) int {
	for n := 0; i < len(b) && n < maxDirectiveSpace && byteFeature[b[i]]&fSpace != 0; n++ {
		i++
	}
	return i
}
