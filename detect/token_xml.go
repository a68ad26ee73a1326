package detect

import "bytes"

// The tokeniser of declarations reads what stands in the prolog and the
// document type of an XML document (XML 1.0, sections 2.8 and 4.2): what is
// declared, under which name, and where its text comes from. It has no
// opinions.

// declKind is what a declaration declares.
type declKind uint8

const (
	declOther declKind = iota
	declDoctype
	declEntity
	declParameter // an entity that only declarations may use
)

// xmlDecl is one declaration. system and public are identifiers of text that
// stands elsewhere; literal is text that stands here.
type xmlDecl struct {
	kind                    declKind
	public, system, literal []byte
	external                bool // SYSTEM or PUBLIC was read
	unparsed                bool // NDATA: no parser includes it
	start, end              int  // up to what was read
}

// maxDeclWord bounds names and keywords in a declaration.
const maxDeclWord = 256

// nextDecl returns the first declaration of a document type or an entity at
// or behind b[i]. What is nested in another one is found, too.
func nextDecl(b []byte, i int) (d xmlDecl, ok bool) {
	for {
		n := bytes.Index(b[i:], []byte("<!"))
		if n < 0 {
			return d, false
		}
		i += n
		if d = readDecl(b, i); d.kind != declOther {
			return d, true
		}
		i += 2
	}
}

// readDecl reads the declaration whose "<!" is at b[i].
func readDecl(b []byte, i int) xmlDecl {
	d := xmlDecl{start: i, end: i + 2}
	switch {
	case hasPrefixFold(b[i+2:], "doctype"):
		d.kind, d.end = declDoctype, i+len("<!doctype")
	case hasPrefixFold(b[i+2:], "entity"):
		d.kind, d.end = declEntity, i+len("<!entity")
	default:
		return d
	}
	j := skipBlanks(b, d.end)
	if j == d.end {
		return xmlDecl{start: i, end: i + 2}
	}
	if d.kind == declEntity && j < len(b) && b[j] == '%' {
		d.kind = declParameter
		j = skipBlanks(b, j+1)
	}
	j = declWord(b, j) // the name
	d.end = j
	d.readSource(b, skipBlanks(b, j))
	return d
}

// declWord returns the end of the word at b[i]: blanks, quotes, brackets and
// '>' end one.
func declWord(b []byte, i int) int {
	end := i
	for end < len(b) && end-i < maxDeclWord && byteFeature[b[end]]&(fSpace|fQuote|fBracket|fLess|fGreater) == 0 {
		end++
	}
	return end
}

// readSource reads where the declared text comes from, at b[i].
func (d *xmlDecl) readSource(b []byte, i int) {
	end := declWord(b, i)
	switch word := b[i:end]; {
	case equalFold(word, "system"):
		d.external, d.end = true, end
	case equalFold(word, "public"):
		d.external, d.end = true, end
		if d.public, i = quoted(b, skipBlanks(b, end)); d.public == nil {
			return
		}
		d.end, end = i, i
	case len(word) == 0:
		if d.literal, i = quoted(b, i); d.literal != nil {
			d.end = i
		}
		return
	default:
		return
	}
	if d.system, i = quoted(b, skipBlanks(b, end)); d.system != nil {
		d.end = i
		d.unparsed = hasPrefixFold(b[skipBlanks(b, i):], "ndata")
	}
}

// quoted returns the contents of the quoted literal at b[i], nil when there
// is none, and the index behind it. One without its end goes to the end of b.
func quoted(b []byte, i int) (text []byte, end int) {
	if i >= len(b) || b[i] != '"' && b[i] != '\'' {
		return nil, i
	}
	text = b[i+1:]
	if n := bytes.IndexByte(text, b[i]); n >= 0 {
		return text[:n:n], i + n + 2
	}
	return text[:len(text):len(text)], len(b)
}

// prologEnd returns the index behind the white space, comments and
// instructions with which b begins.
func prologEnd(b []byte) int {
	i := 0
	if bytes.HasPrefix(b, []byte("\xef\xbb\xbf")) {
		i = 3
	}
	for {
		for i < len(b) && byteFeature[b[i]]&fSpace != 0 {
			i++
		}
		end := "-->"
		switch {
		case bytes.HasPrefix(b[i:], []byte("<?")), hasPrefixFold(b[i:], "<xml "):
			end = "?>"
		case !bytes.HasPrefix(b[i:], []byte("<!--")):
			return i
		}
		n := bytes.Index(b[i:], []byte(end))
		if n < 0 {
			return i
		}
		i += n + len(end)
	}
}
