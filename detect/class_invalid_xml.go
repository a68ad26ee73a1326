package detect

import (
	"bytes"
	"unicode/utf8"
)

// XML whose encoding is not the one that it declares. A filter and a parser
// that believe different ones of the two read different documents.
//
// Rules: the first bytes give the family of the encoding (XML 1.0, appendix
// F). The declaration must name an encoding of that family, a byte order mark
// must agree with both, and text that is said to be UTF-8 must be.
//
// Guarantee, at balanced. Caught, as a body:
//
//	<?xml version="1.0" encoding="UTF-16"?><a/> in one byte a character
//	the same with encoding="UTF-7"
//	a byte order mark of UTF-8 before encoding="ISO-8859-1"
//
// Not an attack:
//
//	a body in UTF-16 with its byte order mark and encoding="utf-16"
//	encoding="windows-1252" and bytes above 0x7f
//	no declaration at all

// xmlFamily is how wide the characters of a document are.
type xmlFamily uint8

const (
	familyASCII xmlFamily = iota
	familyUTF16LE
	familyUTF16BE
	familyUTF32
	familyEBCDIC
)

// xmlDeclMax is how many characters of a document its declaration may take.
const xmlDeclMax = 256

// xmlEncoding compares the encoding that the body b declares with the one
// that it is in.
func (s *Scratch) xmlEncoding(b, ct []byte, pl place) {
	family, bom := xmlFamilyOf(b)
	var buf [xmlDeclMax]byte
	head := narrow(buf[:0], b, family, bom)
	xml := containsFold(ct, "xml") && !containsFold(ct, "html")
	declared := bytes.HasPrefix(head, []byte("<?xml"))
	if family != familyEBCDIC && !declared && !(xml && len(head) > 0 && head[0] == '<') {
		return
	}
	if family == familyEBCDIC && !xml {
		return
	}
	var name []byte
	if declared {
		name = declaredEncoding(head)
	}
	score := encodingScore(family, bom, name)
	if score == 0 && family == familyASCII && (bom || equalFold(name, "utf-8") || equalFold(name, "utf8")) && !s.validUTF8(b) {
		score = 60
	}
	if score == 0 && name == nil && !bom && (family == familyUTF16LE || family == familyUTF16BE) && !containsFold(ct, "utf-16") && !containsFold(ct, "unicode") {
		score = 60
	}
	if score > 0 {
		s.record(InvalidXML, b, finding{score, 0, min(len(b), xmlDeclMax), "invalid_xml/encoding",
			"is in another encoding than the one that the document declares"}, pl)
	}
}

// validUTF8 reports whether b, or as much of it as was given, is UTF-8.
func (s *Scratch) validUTF8(b []byte) bool {
	if s.r.BodyPartial {
		b = b[:max(0, len(b)-utf8.UTFMax)]
		for len(b) > 0 && !utf8.RuneStart(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		if len(b) > 0 {
			b = b[:len(b)-1]
		}
	}
	return utf8.Valid(b)
}

// xmlFamilyOf tells the family by the first bytes, and whether they are a
// byte order mark.
func xmlFamilyOf(b []byte) (f xmlFamily, bom bool) {
	switch {
	case len(b) < 4:
		return familyASCII, false
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return familyASCII, true
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		return familyUTF32, true
	case b[0] == 0xff && b[1] == 0xfe:
		return familyUTF16LE, true
	case b[0] == 0xfe && b[1] == 0xff:
		return familyUTF16BE, true
	case bytes.HasPrefix(b, []byte("<\x00\x00\x00")), bytes.HasPrefix(b, []byte("\x00\x00\x00<")):
		return familyUTF32, false
	case b[0] == '<' && b[1] == 0:
		return familyUTF16LE, false
	case b[0] == 0 && b[1] == '<':
		return familyUTF16BE, false
	case bytes.HasPrefix(b, []byte("\x4c\x6f\xa7\x94")):
		return familyEBCDIC, false
	}
	return familyASCII, false
}

// narrow appends the head of b as single bytes, without its byte order mark;
// characters that are none become NUL.
func narrow(dst, b []byte, f xmlFamily, bom bool) []byte {
	width, low := 1, 0
	switch f {
	case familyUTF16LE:
		width = 2
	case familyUTF16BE:
		width, low = 2, 1
	case familyUTF32:
		width = 4
		if b[0] == 0 {
			low = 3
		}
	}
	if bom && width == 1 {
		b = b[3:]
	} else if bom {
		b = b[width:]
	}
	for i := 0; i+width <= len(b) && len(dst) < cap(dst); i += width {
		c := b[i+low]
		for k := 0; k < width; k++ {
			if k != low && b[i+k] != 0 {
				c = 0
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// declaredEncoding returns the value of encoding in the declaration head
// begins with, nil when it declares none.
func declaredEncoding(head []byte) []byte {
	if n := bytes.Index(head, []byte("?>")); n >= 0 {
		head = head[:n]
	}
	i := indexFold(head, "encoding")
	if i < 0 {
		return nil
	}
	i = skipBlanks(head, i+len("encoding"))
	if i >= len(head) || head[i] != '=' {
		return nil
	}
	name, _ := quoted(head, skipBlanks(head, i+1))
	return bytes.TrimSpace(name)
}

// encodingFamilies are beginnings of the names of encodings that are no
// extension of ASCII.
var encodingFamilies = [...]struct {
	prefix string
	family xmlFamily
	other  xmlFamily
}{
	{"utf-16le", familyUTF16LE, familyUTF16LE},
	{"utf-16be", familyUTF16BE, familyUTF16BE},
	{"utf-16", familyUTF16LE, familyUTF16BE},
	{"utf16", familyUTF16LE, familyUTF16BE},
	{"utf_16", familyUTF16LE, familyUTF16BE},
	{"ucs-2", familyUTF16LE, familyUTF16BE},
	{"iso-10646-ucs-2", familyUTF16LE, familyUTF16BE},
	{"unicode", familyUTF16LE, familyUTF16BE},
	{"utf-32", familyUTF32, familyUTF32},
	{"utf32", familyUTF32, familyUTF32},
	{"ucs-4", familyUTF32, familyUTF32},
	{"iso-10646-ucs-4", familyUTF32, familyUTF32},
	{"ebcdic", familyEBCDIC, familyEBCDIC},
	{"ibm037", familyEBCDIC, familyEBCDIC},
	{"cp037", familyEBCDIC, familyEBCDIC},
	{"ibm500", familyEBCDIC, familyEBCDIC},
	{"cp500", familyEBCDIC, familyEBCDIC},
	{"ibm1047", familyEBCDIC, familyEBCDIC},
	{"cp1047", familyEBCDIC, familyEBCDIC},
}

// encodingScore weighs the declared name against what the bytes are.
func encodingScore(f xmlFamily, bom bool, name []byte) int {
	switch {
	case f == familyEBCDIC, f == familyUTF32:
		return 75 // nothing that talks to a web application writes these
	case len(name) == 0:
		return 0
	case hasPrefixFold(name, "utf-7"), hasPrefixFold(name, "utf7"), hasPrefixFold(name, "unicode-1-1-utf-7"):
		return 80
	}
	for _, e := range encodingFamilies {
		if hasPrefixFold(name, e.prefix) {
			if f != e.family && f != e.other {
				return 70
			}
			return 0
		}
	}
	switch {
	case f != familyASCII:
		return 70
	case bom && !equalFold(name, "utf-8") && !equalFold(name, "utf8") && !equalFold(name, "us-ascii"):
		return 60
	}
	return 0
}
