package detect

import "bytes"

// Constructs of shells that are no simple commands.

// judgeForkBomb finds a function of the shell that calls itself through a
// pipe: f(){ f|f& };f.
func judgeForkBomb(v *value) finding {
	b := v.b
	i := bytes.Index(b, []byte("()"))
	if i < 1 || v.f&fPipe == 0 || v.f&fAmp == 0 {
		return finding{}
	}
	start := i
	for start > 0 && i-start < maxShellWord && b[start-1] > ' ' && b[start-1] != ';' {
		start--
	}
	name := b[start:i]
	rest := bytes.TrimLeft(b[i+2:min(len(b), i+2+maxCommand)], " ")
	if len(name) == 0 || len(rest) == 0 || rest[0] != '{' {
		return finding{}
	}
	rest = bytes.TrimLeft(rest[1:], " ")
	if !bytes.HasPrefix(rest, name) {
		return finding{}
	}
	rest = bytes.TrimLeft(rest[len(name):], " ")
	if len(rest) == 0 || rest[0] != '|' && rest[0] != '&' && rest[0] != '(' {
		return finding{}
	}
	return finding{score: 85, start: start, end: min(len(b), i+maxShellWord), rule: "rce/fork-bomb",
		why: "defines a shell function that starts itself without end"}
}

// judgeLoop finds the loop of cmd.exe: for /f %i in ('command') do.
func (x *shellContext) judgeLoop() finding {
	b := x.b
	for i, n := 0, 0; i < len(b) && n < maxCommands; n++ {
		k := bytes.IndexByte(b[i:], '%')
		if k < 0 {
			return finding{}
		}
		i += k
		j := i + 1
		if j < len(b) && b[j] == '%' {
			j++
		}
		rest := b[min(len(b), j+1):]
		rest = bytes.TrimLeft(rest, " ")
		if j < len(b) && b[j] > ' ' && hasPrefixFold(rest, "in ") && len(bytes.TrimLeft(rest[3:], " ")) > 0 && bytes.TrimLeft(rest[3:], " ")[0] == '(' && forBefore(b[:i]) {
			return finding{score: 75 - x.textDoubt(x.wordsBefore(i), certain), start: i, end: min(len(b), i+maxShellWord), rule: "rce/loop",
				why: "is a loop of the Windows command interpreter"}
		}
		i = j
	}
	return finding{}
}

// forBefore reports whether the word for stands shortly before the end of b.
func forBefore(b []byte) bool {
	b = b[max(0, len(b)-maxShellWord):]
	for i := 0; i+3 < len(b); i++ {
		if b[i]|0x20 == 'f' && b[i+1]|0x20 == 'o' && b[i+2]|0x20 == 'r' && (b[i+3] == ' ' || b[i+3] == '/') && (i == 0 || !isAlnum(b[i-1])) {
			return true
		}
	}
	return false
}
