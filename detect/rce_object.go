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
	score := 0
	switch b[0] {
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
		why: "is a serialised object of a class that the sender chose"}
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

// judgeClassName looks at a short value that is a name: of a class that runs
// code when it is read, or of a function of PHP that only calls need.
func judgeClassName(v *value) finding {
	b := v.b
	if len(b) > maxChain || v.f&(fSpace|fHigh) != 0 {
		return finding{}
	}
	why := "names a class or function that only injected code needs"
	if fn := codeFunctions.lookup(b); fn&fnOwn != 0 && fn&fnKinds <= fnShow && bytes.IndexByte(b, '_') > 0 || equalFold(b, "phpinfo") {
		return finding{score: 52, end: len(b), rule: "rce/name", why: why}
	}
	for start := 0; start < len(b); start++ {
		end := start
		for end < len(b) && isAlnum(b[end]) {
			end++
		}
		if end-start > 6 && gadgetClasses.lookup(b[start:end]) != 0 {
			return finding{score: 75, start: start, end: end, rule: "rce/name", why: why}
		}
		start = end
	}
	if i := bytes.Index(b, []byte("\\think\\")); i >= 0 {
		return finding{score: 62, start: i, end: len(b), rule: "rce/name", why: why}
	}
	return finding{}
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
