package detect

import (
	"strings"
	"testing"
)

func gqlKinds(s string) string {
	var out strings.Builder
	for i := 0; ; {
		t := nextGQL([]byte(s), i)
		i = t.end
		out.WriteByte("$!pnisb"[t.kind])
		if t.kind <= gqlBad {
			return out.String()
		}
	}
}

func TestGraphQLTokens(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		if got := gqlKinds(in); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	f("", "$")
	f("{a}", "pnp$")
	f("query Q($id: ID!) { u(id: $id) { ...F } }", "nnppnpnpppnpnppnpppnpp$")
	f("-1.5e3 0x", "ii$")
	f(`"a\"b" "" """x "y" \""" z"""`, "ssb$")
	f("\xef\xbb\xbf, # comment \"\n a", "n$")
	// no tokens of the language
	f("a;", "n!")
	f(`"open`, "!")
	f("\"a\nb\"", "!")
	f(`"""open ""`, "!")
	f("..", "!")
	f("'a'", "!")
}

func TestLooksGraphQL(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		_, ok := measureGraphQL([]byte(in))
		if got := looksGraphQL([]byte(in)) && ok; got != want {
			t.Errorf("%q: got %v", in, got)
		}
	}
	f("{ a }", true)
	f("query { a(b: \"c\") { d } }", true)
	f("query Q($a: [Int!]! = [1, 2]) @x { a }", true)
	f("mutation M { m(i: {a: {b: 1}}) { id } } fragment F on T { x }", true)
	f("# note\n{ a }", true)
	f(`{"a": 1}`, false)
	f("{ a", false)
	f("{ a }}", false)
	f("query = 5", false)
	f("query the { database", false)
	f("query the database", false)
	f("{ return a; }", false)
	f("{}", false)
	f(`{ name: "x", paths: [a] }`, false)
	f("mutation", false)
}

// Strings of a document are values at their field and argument, wherever the
// document stands.
func TestViewGraphQL(t *testing.T) {
	f := func(raw string, want ...string) {
		t.Helper()
		wantTrace(t, raw, want...)
	}
	f("GET /?query=%7Bu(name:%22O'Neil%22,id:%225;%22)%7Bid%7D%7D\n\n", `[query query][gql][hash u][hash name]="O'Neil"`, `[query query][gql][hash u][hash id]="5;"`)
	f("POST /\nContent-Type: application/json\n\n{\"query\":\"mutation M { set(in: {key: \\\"a b\\\", text: \\\"c\\\\\\\"d\\\"}) }\",\"variables\":{\"v\":\"e f\"}}",
		`[post][json][hash query][gql][hash set][hash key]="a b"`, `[post][json][hash query][gql][hash set][hash text]="c\"d"`, `[post][json][hash variables][hash v]="e f"`)
	f("POST /\nContent-Type: application/graphql\n\nquery { p(t: \"\"\"x \"y\" z\"\"\") }", `[post][text][gql][hash p][hash t]="x \"y\" z"`)
	f("POST /\nContent-Type: application/graphql\n\n{ p(t: \"x y\") }", `[post][text][gql][hash p][hash t]="x y"`)
}

func TestGraphQLAttack(t *testing.T) {
	m := inspect(t, Options{}, "POST /\nContent-Type: application/json\n\n{\"query\":\"{ user(name: \\\"1' UNION SELECT login,secret FROM staff-- \\\") { id } }\"}")
	if len(m) != 1 || m[0].Class != SQLi || m[0].Point.String() != "[post][json][hash query][gql][hash user][hash name]" {
		t.Errorf("got %v", m)
	}
}

func TestGraphQLLimits(t *testing.T) {
	body := func(doc string) string {
		return "POST /\nContent-Type: application/graphql\n\n" + doc
	}
	f := func(l GraphQLLimits, raw, rule string) {
		t.Helper()
		p, s := mustPolicy(t, Options{GraphQL: l, Cache: NewCache(1 << 20)}), &Scratch{}
		for range 2 { // the second time from the memo or the cache
			v := p.Inspect(rawRequest(raw), 1, s)
			got := ""
			for i := range v.Matches {
				if v.Matches[i].Class == GraphQL {
					got = v.Matches[i].Rule
				}
			}
			if got != rule {
				t.Errorf("%+v %q: got %q, want %q", l, raw, got, rule)
			}
		}
	}
	deep := strings.Repeat("{a", 6) + strings.Repeat("}", 6)
	f(GraphQLLimits{}, body(deep), "")
	f(GraphQLLimits{Depth: 6}, body(deep), "")
	f(GraphQLLimits{Depth: 5}, body(deep), "gql/depth")
	// objects in arguments are no selections
	f(GraphQLLimits{Depth: 1}, body("{a(b:{c:{d:1}})}"), "")
	f(GraphQLLimits{Aliases: 2}, body("{x:a y:a}"), "")
	f(GraphQLLimits{Aliases: 1}, body("{x:a y:a}"), "gql/aliases")
	f(GraphQLLimits{Aliases: 1}, body("query($a:Int,$b:Int){x:a(b:1,c:2)}"), "")
	f(GraphQLLimits{DocumentBytes: 20}, body("{a(b:\"0123456789012345\")}"), "gql/document-size")
	f(GraphQLLimits{ValueBytes: 8}, body("{a(b:\"0123456789\")}"), "gql/value-size")
	f(GraphQLLimits{NoIntrospection: true}, body("query IntrospectionQuery { __schema { types { name } } }"), "gql/introspection")
	f(GraphQLLimits{NoIntrospection: true}, body("{ a { __typename } }"), "")
	batch := "POST /\nContent-Type: application/json\n\n[" + strings.Repeat(`{"query":"query { viewer { id } }"},`, 2) + `{"query":"query { viewer { id } }"}]`
	f(GraphQLLimits{Documents: 3}, batch, "")
	f(GraphQLLimits{Documents: 2}, batch, "gql/documents")
}

func FuzzGraphQL(f *testing.F) {
	addSeeds(f)
	for _, s := range []string{"query Q($a:I!){a(b:\"c\\u0027\"){...F}}", "{a(b:\"\"\"c\"\"\")}", "mutation{a(b:{c:[1,$d]})}", "#x\n{a}"} {
		f.Add([]byte(s))
	}
	p, err := NewPolicy(Options{GraphQL: GraphQLLimits{Depth: 2}})
	if err != nil {
		f.Fatal(err)
	}
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := 0; ; {
			tok := nextGQL(b, i)
			if tok.start < i || tok.end < tok.start || tok.end > len(b) {
				t.Fatalf("%q: token %+v at %d", b, tok, i)
			}
			if tok.kind <= gqlBad {
				break
			}
			if tok.end == tok.start {
				t.Fatalf("%q: empty token %+v", b, tok)
			}
			i = tok.end
		}
		s.reset(p, &Request{Body: b})
		s.graphql(b, place{part: PartBody, to: len(b), exact: true})
		if s.point.n != 0 || s.depth != 0 {
			t.Errorf("%q: point has %d steps, depth %d afterwards", b, s.point.n, s.depth)
		}
	})
}
