package detect

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Condition says which requests a rule is for: everything that it names must
// hold. The zero Condition holds for every request.
type Condition struct {
	Method string // exact
	Host   string // canonical; "*.name" takes one label or more before name
	// Path is a pattern over the components of the normalised path: a
	// literal, "*" one component that is not empty or, inside a component,
	// any characters of it, "**" any number of components, none included,
	// "{{re}}" a regular expression over one component.
	Path         string
	Applications []int  // one of these
	Query        []Term // parameters of the query
	Headers      []Term // header fields, names in any case
}

// Term is what must be true of a parameter or header field: of one of its
// occurrences, unless it has to be absent.
type Term struct {
	Name  string
	Op    Op
	Value string
}

// Op is how a Term compares.
type Op uint8

// The operators. OpRegex is unanchored and in the syntax of RE2.
const (
	OpEqual  Op = iota // byte for byte
	OpIEqual           // in any ASCII case
	OpRegex
	OpAbsent // there is none; Value is not looked at
	numOps
)

var opNames = [numOps]string{"equal", "iequal", "regex", "absent"}

// String returns the name that TOML, API and bundles use.
func (o Op) String() string { return opNames[o] }

// MarshalText is String.
func (o Op) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText accepts the names of String.
func (o *Op) UnmarshalText(b []byte) error {
	i := slices.Index(opNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("unknown operator %q, want equal, iequal, regex or absent", b)
	}
	*o = Op(i)
	return nil
}

// Bounds of a condition.
const (
	maxTerms     = 16
	maxRuleRegex = 1 << 10 // bytes of one regular expression
)

// Matcher is a compiled Condition: immutable, for any goroutines.
type Matcher struct {
	c              Condition
	suffix         string // of the host, with its dot; "" for an exact one
	path           pathPattern
	query, headers []*regexp.Regexp // by term; nil where none is needed
	rank           [6]int
}

// NewMatcher compiles c. Errors name the field.
func NewMatcher(c Condition) (*Matcher, error) {
	m := &Matcher{c: c}
	if rest, ok := strings.CutPrefix(c.Host, "*."); ok {
		m.suffix = "." + rest
	}
	var err error
	if m.path, err = compilePath(c.Path); err != nil {
		return nil, fmt.Errorf("path: %w", err)
	}
	if m.query, err = compileTerms(c.Query); err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	if m.headers, err = compileTerms(c.Headers); err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	m.rank = m.specificity()
	return m, nil
}

func compileTerms(terms []Term) ([]*regexp.Regexp, error) {
	if len(terms) > maxTerms {
		return nil, fmt.Errorf("%d terms, %d at most", len(terms), maxTerms)
	}
	out := make([]*regexp.Regexp, len(terms))
	for i, t := range terms {
		if t.Name == "" {
			return nil, fmt.Errorf("term %d has no name", i+1)
		}
		if t.Op != OpRegex {
			continue
		}
		re, err := compileRegex(t.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		out[i] = re
	}
	return out, nil
}

// compileRegex compiles RE2 within its bound; what RE2 lacks is named by the
// error.
func compileRegex(text string) (*regexp.Regexp, error) {
	if len(text) > maxRuleRegex {
		return nil, fmt.Errorf("a regular expression of %d bytes, %d at most", len(text), maxRuleRegex)
	}
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%w (RE2 syntax)", err)
	}
	return re, nil
}

// Match reports whether r meets the condition.
func (m *Matcher) Match(r *Request) bool {
	c := &m.c
	if c.Method != "" && c.Method != string(r.Method) || !m.matchHost(r.Host) {
		return false
	}
	if len(c.Applications) > 0 && !slices.Contains(c.Applications, r.Application) {
		return false
	}
	if c.Path != "" && !m.path.match(r.path()) {
		return false
	}
	for i := range c.Headers {
		if !m.matchHeader(r, &c.Headers[i], m.headers[i]) {
			return false
		}
	}
	for i := range c.Query {
		if !m.matchQuery(r, &c.Query[i], m.query[i]) {
			return false
		}
	}
	return true
}

func (m *Matcher) matchHost(host []byte) bool {
	if m.suffix != "" {
		return len(host) > len(m.suffix) && string(host[len(host)-len(m.suffix):]) == m.suffix
	}
	return m.c.Host == "" || m.c.Host == string(host)
}

func (m *Matcher) matchHeader(r *Request, t *Term, re *regexp.Regexp) bool {
	for i := range r.Headers {
		h := &r.Headers[i]
		if len(h.Name) != len(t.Name) || !bytes.EqualFold(h.Name, []byte(t.Name)) {
			continue
		}
		if t.Op == OpAbsent {
			return false
		}
		if t.holds(h.Value, re) {
			return true
		}
	}
	return t.Op == OpAbsent
}

func (m *Matcher) matchQuery(r *Request, t *Term, re *regexp.Regexp) bool {
	var names, values [128]byte
	_, query, _ := bytes.Cut(r.Target, []byte("?"))
	for len(query) > 0 {
		var param []byte
		param, query, _ = bytes.Cut(query, []byte("&"))
		name, value, _ := bytes.Cut(param, []byte("="))
		if string(appendPercent(names[:0], name, true)) != t.Name {
			continue
		}
		if t.Op == OpAbsent {
			return false
		}
		if t.holds(appendPercent(values[:0], value, true), re) {
			return true
		}
	}
	return t.Op == OpAbsent
}

func (t *Term) holds(v []byte, re *regexp.Regexp) bool {
	switch t.Op {
	case OpEqual:
		return string(v) == t.Value
	case OpIEqual:
		return len(v) == len(t.Value) && bytes.EqualFold(v, []byte(t.Value))
	case OpRegex:
		return re.Match(v)
	}
	return false
}

// path is the normalised path, as far as the caller gave one.
func (r *Request) path() []byte {
	if r.Path != nil {
		return r.Path
	}
	path, _, _ := bytes.Cut(r.Target, []byte("?"))
	return path
}

// specificity ranks conditions where one rule has to win: an exact path
// before one with "**" at its end, more literal components, more exact
// comparisons, more terms, fewer regular expressions and globs, a deeper path.
func (m *Matcher) specificity() (rank [6]int) {
	c := &m.c
	rank[0], rank[1], rank[5] = m.path.exact(), m.path.count(partLiteral), len(m.path)
	rank[4] = -m.path.count(partGlob) - m.path.count(partRegex)
	for _, b := range [...]bool{c.Method != "", c.Host != "", c.Path != "", len(c.Applications) > 0} {
		if b {
			rank[3]++
		}
	}
	for _, t := range slices.Concat(c.Query, c.Headers) {
		switch t.Op {
		case OpRegex:
			rank[4]--
		case OpEqual:
			rank[2]++
		}
		rank[3]++
	}
	return rank
}

// Compare orders by specificity: below 0 when m is the more general.
func (m *Matcher) Compare(o *Matcher) int { return slices.Compare(m.rank[:], o.rank[:]) }
