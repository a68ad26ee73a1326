package detect

// Lookups of Log4j: ${jndi:ldap://host/x}, whose name may be put together
// from nested lookups: ${${lower:j}ndi:...}, ${${::-j}${env:X:-n}di:...}.

const (
	maxLookupText  = 96   // resolved bytes that are kept
	maxLookupDepth = 16   // nested lookups that are followed
	maxLookupBytes = 4096 // bytes of the value that are read
)

// lookupReader resolves nested lookups as they close.
type lookupReader struct {
	n     int
	depth int
	empty bool // a lookup without a name was resolved to its default
	text  [maxLookupText]byte
	open  [maxLookupDepth]int
}

// judgeLookup finds a lookup that resolves to jndi.
func judgeLookup(v *value) finding {
	b := v.b[:min(len(v.b), maxLookupBytes)]
	var r lookupReader
	start := -1
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '$' && i+1 < len(b) && b[i+1] == '{':
			if start < 0 {
				start = i
			}
			r.push()
			i++
		case c == '}' && r.depth > 0:
			r.pop()
		case r.depth > 0:
			i += r.put(b, i) - 1
			if c == ':' && r.jndi() {
				return finding{score: 95, start: start, end: len(b), rule: "rce/jndi-lookup",
					why: "asks the logger to load an object from a directory service"}
			}
		default:
			r.n = 0
		}
	}
	if start >= 0 {
		if w := lookupCode(b[start+2:]); w > 0 {
			return finding{score: 80, start: start, end: start + 2 + w, rule: "rce/lookup",
				why: "asks a text library to run a script, fetch a URL or tell about its machine"}
		}
	}
	if r.empty {
		return finding{score: 70, start: start, end: len(b), rule: "rce/nested-lookup",
			why: "hides a lookup's name behind nested lookups"}
	}
	return finding{}
}

// lookupCode reports the length of the name of a lookup of Commons Text or
// Log4j that b begins with, if it runs script, connects or tells about the
// machine; 0 otherwise.
func lookupCode(b []byte) int {
	for _, s := range [...]string{"script:javascript:", "script:js:", "script:groovy:", "script:nashorn:", "url:utf-8:", "url:iso-8859", "url:us-ascii:",
		"dns:address|", "dns:canonical|", "dns:name|", "java:version", "java:runtime", "java:vm", "java:os", "java:hw", "java:locale",
		"file:utf-8:", "xml:/", "resourcebundle:"} {
		if hasPrefixFold(b, s) {
			return len(s)
		}
	}
	return 0
}

func (r *lookupReader) push() {
	if r.depth < maxLookupDepth {
		r.open[r.depth] = r.n
	}
	r.depth++
}

// pop replaces the innermost lookup by its value: the default after ":-",
// or what follows the name of a lookup that changes case.
func (r *lookupReader) pop() {
	r.depth--
	if r.depth >= maxLookupDepth {
		return
	}
	from := r.open[r.depth]
	text := r.text[from:r.n]
	cut := -1
	for i := 0; i+1 < len(text); i++ {
		if text[i] == ':' && text[i+1] == '-' {
			cut = i + 2
			r.empty = r.empty || i < 2 && text[0] == ':'
			break
		}
	}
	if cut < 0 && (hasPrefixFold(text, "lower:") || hasPrefixFold(text, "upper:")) {
		cut = 6
	}
	if cut < 0 && hasPrefixFold(text, "date:'") && text[len(text)-1] == '\'' {
		cut, r.n = 6, r.n-1 // a format that is one literal
		text = text[:len(text)-1]
	}
	if cut < 0 {
		return
	}
	r.n = from + copy(r.text[from:], text[cut:])
}

// put appends one character; the dotless i of Turkish is upper-cased to I.
func (r *lookupReader) put(b []byte, i int) int {
	c, w := b[i], 1
	if c == 0xc4 && i+1 < len(b) && b[i+1] == 0xb1 {
		c, w = 'i', 2
	}
	if r.n < maxLookupText {
		r.text[r.n] = lowerByte(c)
		r.n++
	}
	return w
}

// jndi reports whether an open lookup's text begins with the name.
func (r *lookupReader) jndi() bool {
	for d := 0; d < min(r.depth, maxLookupDepth); d++ {
		if hasPrefixFold(r.text[r.open[d]:r.n], "jndi:") {
			return true
		}
	}
	return false
}
