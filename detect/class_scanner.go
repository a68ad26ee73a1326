package detect

import "bytes"

// Scanners that do not hide.
//
// Rules: a tool that looks for holes names itself in User-Agent or in fields
// of its own, or asks for a path that it made up. Whole words count, so that
// no product is meant by a part of its name.
//
// Guarantee, at balanced. Caught:
//
//	User-Agent: sqlmap/1.8#stable
//	User-Agent: Mozilla/5.0 (compatible; Nmap Scripting Engine; +https://x)
//	GET /nmaplowercheck1700000000
//
// Not an attack:
//
//	User-Agent: curl/8.5.0
//	User-Agent: Mozilla/5.0 (compatible; Googlebot/2.1)
//	q=how to use nikto and nmap
func maybeScanner(f features, n int) bool {
	return n > 2 && f&fAlpha != 0
}

func judgeScanner(v *value, _ *Scratch) finding {
	switch {
	case v.kind == kindUA && v.f&fAlpha != 0:
		return judgeAgent(v.b)
	case v.kind == kindPath && v.f&fAlpha != 0:
		return judgeProbe(v.b)
	}
	return finding{}
}

// judgeAgent looks each word up.
func judgeAgent(b []byte) finding {
	for i := 0; i < len(b); {
		end := i
		for end < len(b) && (isAlnum(b[end]) || b[end] == '-') {
			end++
		}
		if end == i {
			i++
			continue
		}
		if agentWord(b, i, end) && !longWord(b, i) && !longWord(b, end-1) {
			return finding{score: 75, start: i, end: end, rule: "scanner/agent", why: "names a tool that looks for holes"}
		}
		i = end
	}
	return finding{}
}

// agentWord reports whether b[i:end] names a scanner, as a whole, up to a
// hyphen, or with what follows.
func agentWord(b []byte, i, end int) bool {
	w := b[i:end]
	c := scannerNames.lookup(w)
	if c == 0 {
		if n := bytes.IndexByte(w, '-'); n > 0 {
			c = scannerNames.lookup(w[:n])
		}
	}
	if c != scannerFirst {
		return c == scannerTool
	}
	for _, s := range scannerPhrases {
		if hasPrefixFold(b[i:], s) {
			return true
		}
	}
	return false
}

// judgeProbe looks for the paths of scanners.
func judgeProbe(b []byte) finding {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '/' {
			continue
		}
		for _, s := range probePaths {
			if s[1] == b[i+1]|0x20 && hasPrefixFold(b[i:], s) {
				return finding{score: 65, start: i, end: i + len(s), rule: "scanner/path", why: "is a path that a scanner made up"}
			}
		}
	}
	return finding{}
}

// probeHeader records a header field that only scanners send.
func (s *Scratch) probeHeader(name []byte, pl place) {
	if len(name) == 0 {
		return
	}
	if c := name[0] | 0x20; (c == 'x' || c == 'a') && probeHeaders.lookup(name) != 0 {
		s.record(Scanner, name, finding{score: 70, end: len(name), rule: "scanner/header", why: "is a header field that only scanners send"}, pl)
	}
}
