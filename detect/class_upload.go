package detect

import "bytes"

// Uploads that a server would run.
//
// Rules: what counts is how a web server reads the name: its extension, an
// extension that hides in front of another one or behind a NUL, dots, blanks
// or a stream, and the files by which a folder changes what is run. Source
// code in other languages is what code hosts receive all day. Of contents,
// code of server pages counts in what starts as an image, and directives that
// make other files run.
//
// Guarantee, at balanced. Caught:
//
//	filename="avatar.php.png"
//	filename="a.aspx;.jpg"
//	GIF89a<?=f($x)?>
//
// Not an attack:
//
//	filename="main.py"
//	filename="Introduction to ASP.NET.pdf"
//	filename="jquery-3.7.min.js"
func maybeUpload(f features, n int) bool {
	return n > 4 && f&(fDot|fLess|fMinus|fUnder) != 0
}

func judgeUpload(v *value, s *Scratch) finding {
	if !maybeUpload(v.f, len(v.b)) || plainWord(v.f, len(v.b), v.kind) {
		return finding{}
	}
	switch v.kind {
	case kindFileName:
		return judgeFileName(v.b)
	case kindPath:
		if f := judgeFileName(v.b); f.rule == ruleDouble {
			return f
		}
	case kindHeader:
		if len(v.b) <= 2*maxName && v.f&fDot != 0 {
			return judgeNameHeader(v.b, s)
		}
	case kindFile:
		return judgeFileContent(v)
	}
	return finding{}
}

const ruleDouble = "upload/double-extension"

// judgeNameHeader weighs a header field that names the file in the body.
func judgeNameHeader(b []byte, s *Scratch) finding {
	name := b
	if d := attribute(b, "filename"); d != nil {
		name = d
	}
	f := judgeFileName(name)
	if f.score == 0 || uploadFields.lookup(s.fieldName()) == 0 {
		return finding{}
	}
	f.start, f.end = 0, len(b)
	return f
}

// judgeFileName weighs the last segment of a name.
func judgeFileName(b []byte) finding {
	from := bytes.LastIndexAny(b, "/\\") + 1
	name, cut := cutName(b[from:])
	f := finding{start: from, end: len(b)}
	if len(name) == 0 {
		return finding{}
	}
	if uploadConfigs.lookup(name) != 0 {
		f.score, f.rule, f.why = 75, "upload/config", "is a file by which a folder changes what its server runs"
		return f
	}
	class, rest := lastExtension(name)
	switch {
	case class == extPage && cut, class == extHidden && cut && rest != nil:
		f.score, f.rule, f.why = 75, "upload/cut-extension", "hides the extension of a page behind what the server cuts off"
	case class == extPage:
		f.score, f.rule, f.why = 60, "upload/page", "has the extension of a page that its server runs"
	case class == extShown:
		if inner, _ := lastExtension(rest); inner == extPage {
			f.score, f.rule, f.why = 60, ruleDouble, "has the extension of a page in front of a harmless one"
		}
	}
	if f.score == 0 {
		return finding{}
	}
	return f
}

// lastExtension classes what stands behind the last dot; rest is the name in
// front of it.
func lastExtension(name []byte) (class uint8, rest []byte) {
	i := bytes.LastIndexByte(name, '.')
	if i < 0 {
		return 0, nil
	}
	return uploadExtensions.lookup(name[i+1:]), name[:i]
}

// cutName returns the name as file systems and servers store it, and whether
// something was cut off its end: a NUL and the rest, a stream, a parameter,
// blanks, dots.
func cutName(b []byte) (name []byte, cut bool) {
	n := len(b)
	for i, c := range b {
		if c == 0 || c == '\n' || c == '\r' || c == ':' && i > 2 || c == ';' || c == '%' && i+2 < len(b) && b[i+1] == '0' {
			if class, _ := lastExtension(b[:i]); class != 0 {
				n = i
				break
			}
		}
	}
	for n > 0 && (b[n-1] == '.' || b[n-1] == ' ' || b[n-1] == '\t') {
		n--
	}
	return b[:n], n < len(b)
}

// judgeFileContent weighs what a file holds.
func judgeFileContent(v *value) finding {
	b := v.b
	if v.f&fLess != 0 && imageMagic(b) {
		if at := pageCode(b); at >= 0 {
			return polyglot(b, at)
		}
	}
	if len(b) > 2*shortValue || v.f&fMinus == 0 && v.f&fUnder == 0 {
		return finding{}
	}
	for _, s := range [...]string{"x-httpd-php", "auto_prepend_file", "auto_append_file", "php_value auto", "php_flag engine"} {
		if i := bytes.Index(b, []byte(s)); i >= 0 {
			return finding{score: 70, start: i, end: i + len(s), rule: "upload/config", why: "is a file by which a folder changes what its server runs"}
		}
	}
	return finding{}
}

func polyglot(b []byte, at int) finding {
	return finding{score: 75, start: at, end: min(len(b), at+64), rule: "upload/polyglot", why: "holds the code of a page in what starts as an image"}
}

// imageMagic reports whether b starts as an image or a PDF document.
func imageMagic(b []byte) bool {
	for _, s := range [...]string{"GIF8", "\x89PNG", "\xff\xd8\xff", "%PDF-", "BM", "RIFF", "II*\x00", "MM\x00*"} {
		if hasPrefix(b, s) {
			return true
		}
	}
	return false
}

// minCode is how much plain ASCII the code of a page in an image has, its mark
// included, when its end is not in sight: random bytes make marks too.
const minCode = 12

// pageCode returns the index of the first code of a server page, -1 when
// there is none.
func pageCode(b []byte) int {
	for i := 0; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '<')
		if n < 0 {
			return -1
		}
		if i += n; pageMark(b[i:]) && plainCode(b[i:min(len(b), i+codeWindow)]) {
			return i
		}
	}
	return -1
}

// plainCode reports whether b, which starts with a mark, goes on as code does
// and random bytes do not.
func plainCode(b []byte) bool {
	n := 0
	for n < len(b) && byteFeature[b[n]]&(fCtl|fHigh) == 0 {
		n++
	}
	return n >= minCode || n > 5 && (bytes.Contains(b[:n], []byte("?>")) || bytes.Contains(b[:n], []byte("%>")))
}

func pageMark(b []byte) bool {
	for _, s := range [...]string{"<?php", "<?=", "<%@", "<%!", "<%=", "<% ", "<jsp:", "<script runat", "<script language=\"php\"", "<script language=php", "<cfexecute"} {
		if hasPrefixFold(b, s) {
			return true
		}
	}
	return false
}

// polyglotFile records page code inside an image that is no text.
func (s *Scratch) polyglotFile(b []byte, pl place) {
	if s.done&(1<<FileUpload) != 0 || !imageMagic(b) {
		return
	}
	if at := pageCode(b); at >= 0 {
		s.record(FileUpload, b, polyglot(b, at), pl)
	}
}
