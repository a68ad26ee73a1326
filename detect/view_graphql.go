package detect

import "bytes"

// GraphQLLimits are what a tenant allows a GraphQL document. A zero field
// sets no limit; the zero GraphQLLimits looks at nothing. Crossing a limit is
// a match of class GraphQL with full score.
type GraphQLLimits struct {
	DocumentBytes   int  // of one document
	ValueBytes      int  // of one string in it
	Depth           int  // of nested selections
	Aliases         int  // in one document
	Documents       int  // in one request
	NoIntrospection bool // refuses __schema and __type
}

const (
	maxGQL        = 128 << 10 // bytes of a document that is read as one
	maxGQLStrings = 1000      // strings of a document that are inspected
)

// looksGraphQL reports whether b begins as a document with operations.
func looksGraphQL(b []byte) bool {
	if len(b) < 3 || len(b) > maxGQL {
		return false
	}
	t := nextGQL(b, 0)
	switch {
	case t.kind == gqlPunct && b[t.start] == '{':
		n := nextGQL(b, t.end)
		return n.kind == gqlName || n.kind == gqlPunct && n.end-n.start == 3
	case t.kind == gqlName:
		switch string(b[t.start:t.end]) {
		case "query", "mutation", "subscription", "fragment":
			n := nextGQL(b, t.end)
			return n.kind == gqlName || n.kind == gqlPunct && (b[n.start] == '{' || b[n.start] == '(' || b[n.start] == '@')
		}
	}
	return false
}

// gqlShape is what a document measures.
type gqlShape struct {
	depth, aliases, longest int
	introspects             bool
}

// measureGraphQL reads b to its end; ok is false when it is not a document
// with balanced brackets.
func measureGraphQL(b []byte) (m gqlShape, ok bool) {
	braces, parens, inner := 0, 0, 0
	var last gqlToken
	for i := 0; ; {
		t := nextGQL(b, i)
		i = t.end
		switch t.kind {
		case gqlEnd:
			return m, braces == 0 && parens == 0 && inner == 0 && m.depth > 0
		case gqlBad:
			return m, false
		case gqlString, gqlBlock:
			if parens == 0 { // strings are arguments
				return m, false
			}
			m.longest = max(m.longest, t.end-t.start)
		case gqlName:
			m.introspects = m.introspects || parens == 0 && (string(b[t.start:t.end]) == "__schema" || string(b[t.start:t.end]) == "__type")
		case gqlPunct:
			switch b[t.start] {
			case '{':
				if parens > 0 {
					inner++
				} else if braces++; braces > m.depth {
					m.depth = braces
				}
			case '}':
				if parens > 0 {
					inner--
				} else {
					braces--
				}
			case '(':
				parens++
			case ')':
				parens--
			case ':':
				if parens == 0 && braces > 0 && last.kind == gqlName {
					m.aliases++
				}
			}
			if braces < 0 || parens < 0 || inner < 0 {
				return m, false
			}
		}
		last = t
	}
}

// graphql inspects the strings of a document, each under the names of its
// field and argument. What is no document it leaves alone.
func (s *Scratch) graphql(b []byte, pl place) {
	m, ok := measureGraphQL(b)
	if !ok {
		return
	}
	s.push(StepGQL, -1, nil)
	s.depth++
	s.limitGraphQL(&m, b, pl)
	if m.longest > 0 {
		s.gqlStrings(b, pl)
	}
	s.depth--
	s.pop()
}

// gqlStrings inspects each string of a document.
func (s *Scratch) gqlStrings(b []byte, pl place) {
	var field, arg, name []byte
	parens, found := 0, 0
	for i := 0; found < maxGQLStrings; {
		t := nextGQL(b, i)
		i = t.end
		switch t.kind {
		case gqlEnd, gqlBad:
			return
		case gqlName:
			name = b[t.start:t.end]
		case gqlPunct:
			switch b[t.start] {
			case '(':
				if parens++; parens == 1 {
					field, arg = name, nil
				}
			case ')':
				parens--
			case ':':
				arg = name
			}
		case gqlString, gqlBlock:
			found++
			s.push(StepHash, -1, field)
			s.push(StepHash, -1, arg)
			s.gqlString(b, t, pl)
			s.pop()
			s.pop()
		}
	}
}

// gqlString inspects one string with its escapes decoded; blocks have none.
func (s *Scratch) gqlString(b []byte, t gqlToken, pl place) {
	if t.kind == gqlBlock {
		s.value(b[t.start+3:t.end-3], kindParam, pl.sub(t.start+3, t.end-3))
		return
	}
	v := b[t.start+1 : t.end-1]
	pl = pl.sub(t.start+1, t.end-1)
	if bytes.IndexByte(v, '\\') < 0 {
		s.value(v, kindParam, pl)
		return
	}
	m := s.mark()
	s.value(s.keep(appendJSON(s.arena, v)), kindParam, pl.inexact())
	s.free(m)
}

// limitGraphQL records the first limit of the policy that the document
// crosses.
func (s *Scratch) limitGraphQL(m *gqlShape, b []byte, pl place) {
	l := &s.p.graphql
	if *l == (GraphQLLimits{}) {
		return
	}
	s.asked = true // documents are counted, so each has to be seen
	s.documents++
	f := finding{score: 100, end: len(b)}
	switch over := func(n, limit int) bool { return limit > 0 && n > limit }; {
	case over(len(b), l.DocumentBytes):
		f.rule, f.why = "gql/document-size", "is a GraphQL document longer than allowed"
	case over(m.longest, l.ValueBytes):
		f.rule, f.why = "gql/value-size", "holds a string longer than allowed"
	case over(m.depth, l.Depth):
		f.rule, f.why = "gql/depth", "nests selections deeper than allowed"
	case over(m.aliases, l.Aliases):
		f.rule, f.why = "gql/aliases", "has more aliases than allowed"
	case over(s.documents, l.Documents):
		f.rule, f.why = "gql/documents", "is one document more than a request may hold"
	case l.NoIntrospection && m.introspects:
		f.rule, f.why = "gql/introspection", "asks for the schema"
	default:
		return
	}
	s.record(GraphQL, b, f, pl)
}
