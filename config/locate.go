package config

import "strings"

// place is where a key, a table or an item of an array stands in a file.
type place struct {
	line  int
	keys  map[string]*place
	items []*place
}

// maxNesting bounds arrays and inline tables within each other: what reads
// them recurses.
const maxNesting = 32

// at returns the place below p that the path leads to, each step a string
// (key) or an int (item); where the path ends early, the last one found. A
// nil place stands for a table that is not in the file.
func (p *place) at(path ...any) *place {
	if p == nil {
		return &place{}
	}
	for _, step := range path {
		next := p
		switch s := step.(type) {
		case string:
			next = p.keys[s]
		case int:
			if next = nil; s < len(p.items) {
				next = p.items[s]
			}
		}
		if next == nil {
			break
		}
		p = next
	}
	return p
}

// locator finds the places of the keys of a TOML file. It reads any bytes
// and judges nothing: the parser does that.
type locator struct {
	src  string
	i    int
	line int
	deep bool // maxNesting was crossed; the places are not complete
}

// locate returns the place of the file's root. deep tells that the file must
// not be parsed.
func locate(src string) (root *place, deep bool) {
	l := &locator{src: src, line: 1}
	root = &place{line: 1}
	table := root
	for l.blank(); l.i < len(l.src); l.blank() {
		if l.src[l.i] == '[' {
			table = l.header(root)
			continue
		}
		l.pair(table, 0)
	}
	return root, l.deep
}

// header reads [a.b] or [[a.b]].
func (l *locator) header(root *place) *place {
	line := l.line
	l.i++
	list := l.peek() == '['
	if list {
		l.i++
	}
	keys := l.dotted("]\n")
	for l.peek() == ']' {
		l.i++
	}
	p := root
	for i, k := range keys {
		p = p.child(k, line)
		if list && i == len(keys)-1 {
			p.items = append(p.items, &place{line: line})
		}
		if n := len(p.items); n > 0 {
			p = p.items[n-1]
		}
	}
	return p
}

// child returns the place of key, made when it is new.
func (p *place) child(key string, line int) *place {
	c := p.keys[key]
	if c == nil {
		if p.keys == nil {
			p.keys = map[string]*place{}
		}
		c = &place{line: line}
		p.keys[key] = c
	}
	return c
}

// pair reads key = value.
func (l *locator) pair(p *place, depth int) {
	start, line := l.i, l.line
	for _, k := range l.dotted("=\n,}") {
		p = p.child(k, line)
	}
	if l.peek() == '=' {
		l.i++
		l.value(p, depth)
	}
	if l.i == start {
		l.i++
	}
}

// dotted reads a dotted key up to one of the bytes of end.
func (l *locator) dotted(end string) (keys []string) {
	for l.i < len(l.src) && strings.IndexByte(end, l.src[l.i]) < 0 {
		switch c := l.src[l.i]; {
		case c == ' ' || c == '\t' || c == '\r' || c == '.':
			l.i++
		case c == '"' || c == '\'':
			keys = append(keys, l.quoted())
		default:
			from := l.i
			for l.i < len(l.src) && strings.IndexByte(" \t\r.\"'"+end, l.src[l.i]) < 0 {
				l.i++
			}
			keys = append(keys, l.src[from:l.i])
		}
	}
	return keys
}

func (l *locator) value(p *place, depth int) {
	for l.peek() == ' ' || l.peek() == '\t' {
		l.i++
	}
	if depth > maxNesting {
		l.deep = true
		l.i = len(l.src)
		return
	}
	switch l.peek() {
	case '"', '\'':
		l.quoted()
	case '[':
		l.array(p, depth)
	case '{':
		l.i++
		for l.blank(); l.i < len(l.src) && l.src[l.i] != '}'; l.blank() {
			if l.src[l.i] == ',' {
				l.i++
				continue
			}
			l.pair(p, depth+1)
		}
		l.i++
	default:
		for l.i < len(l.src) && strings.IndexByte(",]}\n#", l.src[l.i]) < 0 {
			l.i++
		}
	}
}

func (l *locator) array(p *place, depth int) {
	l.i++
	for l.blank(); l.i < len(l.src) && l.src[l.i] != ']'; l.blank() {
		if l.src[l.i] == ',' {
			l.i++
			continue
		}
		item, start := &place{line: l.line}, l.i
		p.items = append(p.items, item)
		if l.value(item, depth+1); l.i == start {
			l.i++
		}
	}
	l.i++
}

// quoted skips a string and returns what is between its quotes, escapes as
// they are: keys that need any are not ours.
func (l *locator) quoted() string {
	q := l.src[l.i : l.i+1]
	long := strings.HasPrefix(l.src[l.i:], q+q+q)
	if long {
		q += q + q
	}
	l.i += len(q)
	from := l.i
	for l.i < len(l.src) && !strings.HasPrefix(l.src[l.i:], q) {
		switch {
		case l.src[l.i] == '\\' && q[0] == '"' && l.i+1 < len(l.src) && l.src[l.i+1] != '\n':
			l.i++
		case l.src[l.i] == '\n' && !long:
			return l.src[from:l.i]
		case l.src[l.i] == '\n':
			l.line++
		}
		l.i++
	}
	s := l.src[from:min(l.i, len(l.src))]
	for l.i += len(q); long && l.peek() == q[0]; l.i++ {
	}
	return s
}

// blank skips white space, line ends and comments.
func (l *locator) blank() {
	for ; l.i < len(l.src); l.i++ {
		switch l.src[l.i] {
		case '\n':
			l.line++
		case '#':
			if n := strings.IndexByte(l.src[l.i:], '\n'); n >= 0 {
				l.i += n - 1
			} else {
				l.i = len(l.src) - 1
			}
		case ' ', '\t', '\r':
		default:
			return
		}
	}
}

// peek returns the byte at hand, 0 at the end.
func (l *locator) peek() byte {
	if l.i < len(l.src) {
		return l.src[l.i]
	}
	return 0
}
