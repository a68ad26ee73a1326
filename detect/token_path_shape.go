package detect

import "bytes"

// maxPathCanon bounds the canonical path that is kept: the head of what
// follows the last climb. Longer names are cut, their shape is still counted.
const maxPathCanon = 192

// pathShape is what resolving one path would do.
type pathShape struct {
	climbs  int // ".." segments
	lowest  int // the deepest climb below the start, as a positive number
	depth   int
	dots    int  // segments of three dots and more, or of dots and '?'
	here    int  // "." segments
	odd     int  // units written oddly
	encoded int  // dots and separators that are percent-encoded once
	back    int  // backslashes
	params  int  // ".." segments with matrix parameters, "..;"
	hidden  bool // a folder of a version control system, or of keys
	nul     int  // offset of a NUL after the name's dot, or -1
	rooted  bool
	drive   bool
	ended   bool // the last unit is a separator
	n       int
	canon   [maxPathCanon]byte // lower case, '/' separated, after the last climb
}

// segment is the state of the segment being read.
type pathSegment struct {
	start int  // in canon
	n     int  // units
	dots  int  // of these, dots
	marks int  // of these, '?'
	semi  int  // dots before a ';', plus one
	odd   bool // signs stand behind that ';'
}

// readShape reads b as one path. It is linear in len(b).
func (p *pathShape) read(b []byte) {
	*p = pathShape{nul: -1}
	i := p.root(b)
	var g pathSegment
	for i < len(b) {
		if c := b[i]; c != '0' && isAlnum(c) && !(g.dots == g.n && g.n > 1) { // Fast path: letters.
			p.add(&g, lowerByte(c))
			p.ended = false
			i++
			continue
		}
		u := readUnit(b, i)
		if g.n >= 2 && g.dots == g.n && u.c != unitDot && u.enc == 0 {
			if w := strippedSep(b, i); w > 0 {
				u = pathUnit{unitSep, 2, w}
			}
		}
		p.count(u, b, i)
		i += u.w
		if u.c == unitSep || u.c == unitOdd {
			p.close(&g, u.c)
			continue
		}
		p.add(&g, u.c)
	}
	p.close(&g, 0)
}

// root reads a drive letter and notes a leading separator.
func (p *pathShape) root(b []byte) int {
	if len(b) >= 2 && b[1] == ':' && b[0]|0x20 >= 'a' && b[0]|0x20 <= 'z' {
		p.drive = true
		return 2
	}
	if len(b) > 0 {
		u := readUnit(b, 0)
		p.rooted = u.c == unitSep
	}
	return 0
}

// strippedSep recognises the digits of an encoded separator whose percent
// sign was removed by a filter: ..2f..2f.
func strippedSep(b []byte, i int) int {
	if v, ok := hexPair(b, i); ok && (v == '/' || v == '\\') {
		return 2
	}
	return 0
}

func (p *pathShape) count(u pathUnit, b []byte, i int) {
	p.ended = u.c == unitSep
	switch {
	case u.c == unitOdd && u.w <= 3 && isNUL(b, i):
		if p.nul < 0 {
			p.nul = i
		}
	case u.enc == 2:
		p.odd++
	case u.enc == 1 && (u.c == unitSep || u.c == unitDot):
		p.encoded++
	case b[i] == '\\':
		p.back++
	}
}

func isNUL(b []byte, i int) bool {
	v, w := anyByte(b, i)
	return w > 0 && v == 0
}

func (p *pathShape) add(g *pathSegment, c byte) {
	if g.n == 0 {
		g.start = p.n
	}
	g.n++
	switch c {
	case unitDot:
		g.dots++
	case '?':
		g.marks++
	case ';':
		if g.dots == g.n-1 && g.dots > 0 {
			g.semi = g.dots + 1
		}
	case '-', '%', '*', '^', '!', '$', '~':
		g.odd = true
	}
	if p.n < maxPathCanon {
		p.canon[p.n] = c
		p.n++
	}
}

// close ends the segment before a separator.
func (p *pathShape) close(g *pathSegment, sep byte) {
	seg := *g
	*g = pathSegment{}
	switch {
	case seg.n == 0:
	case seg.semi == 3:
		p.params++
		p.climb()
		return
	case seg.semi == 2 && !seg.odd && (sep != 0 || seg.n == 2):
		p.params++
		p.n = seg.start
	case seg.dots == seg.n && seg.n == 2:
		p.climb()
		return
	case seg.dots == seg.n && seg.n == 1:
		p.here++
		p.n = seg.start
	case seg.dots+seg.marks == seg.n && (seg.dots >= 1 && seg.n >= 2 || seg.n == 2):
		p.dots++
		p.n = seg.start
	default:
		p.depth++
	}
	if p.n == 0 && seg.n > 0 {
		return // "./a" is "a"
	}
	if sep != 0 && p.n < maxPathCanon && (p.n == 0 || p.canon[p.n-1] != '/') {
		p.canon[p.n] = '/'
		p.n++
	}
}

func (p *pathShape) climb() {
	p.climbs++
	p.depth--
	p.lowest = max(p.lowest, -p.depth)
	p.canon[0] = '/'
	p.n = 1
}

// target returns the canonical path without a query and without separators at
// its end, valid until the next read.
func (p *pathShape) target() []byte {
	b := p.path()
	if i := bytes.IndexAny(b, "?#"); i > 0 {
		b = b[:i]
	}
	return trimSlash(b)
}

// path returns the canonical path, valid until the next read.
func (p *pathShape) path() []byte { return p.canon[:p.n] }
