package detect

import "bytes"

// Serialised objects: a reader of these makes objects of classes that the
// sender chooses.

// judgeObject looks at the beginning of the value.
func judgeObject(v *value) finding {
	b := bytes.TrimLeft(v.b, " \t\r\n\"'")
	if len(b) < 8 {
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
		return finding{}
	}
	start := len(v.b) - len(b)
	return finding{score: score, start: start, end: min(len(v.b), start+64), rule: "rce/object",
		why: "is a serialised object of a class that the sender chose"}
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
