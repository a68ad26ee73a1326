package detect

import "bytes"

// Serialised objects: a reader of these makes objects of classes that the
// sender chooses.

// judgeObject looks at the beginning of the value.
func judgeObject(v *value) finding {
	b := bytes.TrimLeft(v.b, " \t\r\n\"'")
	if len(b) < 7 {
		return finding{}
	}
	if v.f&fColon != 0 {
		if i := nestedObject(v.b); i >= 0 {
			return finding{score: 70, start: i, end: min(len(v.b), i+64), rule: "rce/object", why: objectWhy}
		}
	}
	if i := hexObject(v); i >= 0 {
		return finding{score: 80, start: i, end: min(len(v.b), i+64), rule: "rce/object", why: objectWhy}
	}
	score := 0
	switch b[0] {
	case 0x80:
		if pickleModule(b) {
			score = 80
		}
	case 'r':
		if bytes.HasPrefix(b, []byte("rO0AB")) {
			score = 85
		}
	case 0xac:
		if bytes.HasPrefix(b, []byte("\xac\xed\x00\x05")) {
			score = 85
		}
	case 'A':
		if bytes.HasPrefix(b, []byte("AAEAAAD/////")) {
			score = 85
		}
	case 'O', 'a', 'C':
		score = phpObject(b)
	case 'c':
		if pickled(b) {
			score = 85
		}
		if hasPrefixFold(b, "class.") && (containsASCII(b, "classLoader") || containsASCII(b, "protectionDomain")) {
			score = 88
		}
	case '!':
		if bytes.HasPrefix(b, []byte("!!python/")) || bytes.HasPrefix(b, []byte("!!javax.")) ||
			bytes.HasPrefix(b, []byte("!ruby/")) || bytes.HasPrefix(b, []byte("!!java.")) || bytes.HasPrefix(b, []byte("!!com.")) {
			score = 85
		}
	}
	if score == 0 {
		return judgeClassName(v)
	}
	start := len(v.b) - len(b)
	return finding{score: score, start: start, end: min(len(v.b), start+64), rule: "rce/object",
		why: objectWhy}
}

const objectWhy = "is a serialised object of a class that the sender chose"

// nestedObject returns where an object of PHP stands behind other serialised
// data, or a YAML tag that makes an object of any class; -1 if nowhere.
func nestedObject(b []byte) int {
	head := b[:min(len(b), maxObject)]
	for i := 1; i < len(head); i++ {
		k := bytes.IndexByte(head[i:], ':')
		if k < 0 {
			break
		}
		i += k
		if c := head[i-1]; c != 'O' && c != 'C' || i < 2 || bytes.IndexByte([]byte(";{|}"), head[i-2]) < 0 {
			continue
		}
		j := i + 1
		for j < len(head) && isDigit(head[j]) {
			j++
		}
		if j > i+1 && j+2 < len(head) && head[j] == ':' && head[j+1] == '"' && isAlpha(head[j+2]) {
			return i - 1
		}
	}
	if i := bytes.Index(head, []byte("!!python/")); i >= 0 {
		return i
	}
	return -1
}

// maxObject bounds how far into a value objects are looked for.
const maxObject = 4096

// hexObject returns where the head of a Java object stands in hexadecimal
// digits: magic, version, and the first of its type codes.
func hexObject(v *value) int {
	if v.f&(fAlpha|fDigit) != fAlpha|fDigit {
		return -1
	}
	for _, magic := range [...]string{"aced0005", "ACED0005"} {
		if i := bytes.Index(v.b, []byte(magic)); i >= 0 && i+9 < len(v.b) && v.b[i+8] == '7' && isHex(v.b[i+9]) {
			return i
		}
	}
	return -1
}

// pickleModule reports whether b is a pickle of Python of a later protocol
// that loads one of the modules that run code.
func pickleModule(b []byte) bool {
	if b[1] < 2 || b[1] > 5 {
		return false
	}
	head := b[:min(len(b), maxObject)]
	for _, s := range [...]string{"posix", "nt\n", "\x8c\x02nt", "builtin", "subprocess", "cos\n", "system", "commands"} {
		if containsASCII(head, s) {
			return true
		}
	}
	return false
}

// pickled reports whether b begins with the opcode by which a pickle of
// Python loads a module that runs code.
func pickled(b []byte) bool {
	for _, s := range [...]string{"cos\n", "cposix\n", "cnt\n", "c__builtin__\n", "cbuiltins\n", "csubprocess\n"} {
		if hasPrefix(b, s) {
			return true
		}
	}
	return false
}

// constantName reports whether a name has capitals and no small letter, as
// members of enumerations have and functions have not.
func constantName(b []byte) bool {
	for _, c := range b {
		if c >= 'a' && c <= 'z' {
			return false
		}
	}
	return true
}

// judgeClassName looks at a short value that is a name: of a class that runs
// code when it is read, or of a function of PHP that only calls need.
func judgeClassName(v *value) finding {
	b := v.b
	if len(b) > 2*maxChain || v.f&fHigh != 0 || v.f&fSpace != 0 && !assemblyName(b) {
		return finding{}
	}
	why := "names a class or function that only injected code needs"
	if v.f&fDot != 0 {
		if score := classScore(b); score > 0 {
			return finding{score: score, end: len(b), rule: "rce/name", why: why}
		}
	}
	if fn := codeFunctions.lookup(b); fn&fnOwn != 0 && fn&fnKinds <= fnShow && bytes.IndexByte(b, '_') > 0 && !constantName(b) || equalFold(b, "phpinfo") {
		return finding{score: 52, end: len(b), rule: "rce/name", why: why}
	}
	for start := 0; start < len(b); start++ {
		end := start
		for end < len(b) && isAlnum(b[end]) {
			end++
		}
		if end-start > 6 && gadgetClasses.lookup(b[start:end]) != 0 && !longWord(b, start) {
			return finding{score: 75, start: start, end: end, rule: "rce/name", why: why}
		}
		start = end
	}
	if i := bytes.Index(b, []byte("\\think\\")); i >= 0 {
		return finding{score: 62, start: i, end: len(b), rule: "rce/name", why: why}
	}
	return finding{}
}

// assemblyName reports whether the blanks of b are those of a class of .NET
// with its assembly, or of a login module of Java with its options.
func assemblyName(b []byte) bool {
	i := bytes.IndexByte(b, ' ')
	return i > 1 && (b[i-1] == ',' && bytes.IndexByte(b[:i], '.') > 0 || bytes.Count(b[:i], []byte{'.'}) > 2)
}

func containsASCII(b []byte, s string) bool { return bytes.Contains(b, []byte(s)) }

// phpObject weighs O:8:"Name":1:{ and arrays that hold such.
func phpObject(b []byte) int {
	if b[1] != ':' || !isDigit(b[2]) {
		return 0
	}
	if b[0] != 'a' {
		i := 2
		for i < len(b) && isDigit(b[i]) {
			i++
		}
		if i+2 < len(b) && b[i] == ':' && b[i+1] == '"' {
			return 75
		}
		return 0
	}
	head := b[:min(len(b), 4096)]
	for i := 0; ; {
		k := bytes.Index(head[i:], []byte("O:"))
		if k < 0 {
			return 0
		}
		i += k + 2
		if (head[i-3] == ';' || head[i-3] == '{') && i < len(head) && isDigit(head[i]) {
			return 65
		}
	}
}
