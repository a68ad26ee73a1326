package detect

// maxStripped bounds the values that are judged without their tags.
const maxStripped = 256

// judgeStripped judges what is left when a filter in front of the page removes
// tags: those that stand inside words hide what the words say.
func (x *xssReading) judgeStripped() {
	if len(x.b) > maxStripped {
		return
	}
	var buf [maxStripped]byte
	n, hidden := 0, false
	for i := 0; i < len(x.b); {
		end := plainTag(x.b[i:])
		if end == 0 {
			buf[n] = x.b[i]
			n++
			i++
			continue
		}
		hidden = hidden || n > 0 && isWordByte(buf[n-1]) && i+end < len(x.b) && (isWordByte(x.b[i+end]) || x.b[i+end] == '(')
		i += end
	}
	if !hidden {
		return
	}
	y := xssReading{b: buf[:n], kind: x.kind}
	y.judgeAttributes()
	y.judgeScripts(fQuote)
	x.report(y.best.score, 0, len(x.b), "xss/hidden", "what runs is hidden by tags that a filter would remove")
}

// plainTag returns the length of the tag without attributes that v begins
// with, or 0.
func plainTag(v []byte) int {
	if v[0] != '<' || len(v) < 3 {
		return 0
	}
	for i := 1; i < len(v) && i < 16; i++ {
		switch c := v[i]; {
		case c == '>' && i > 1:
			return i + 1
		case !isWordByte(c) && c != '/':
			return 0
		}
	}
	return 0
}
