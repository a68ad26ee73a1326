package detect

import (
	"strings"
	"testing"
)

func TestNoSQLiCaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, NoSQLi, kindParam, s) }
	// The three of the class file.
	wantCaught(t, NoSQLi, kindName, "password[$gt]")
	f("x', $nor: [{}], 'a': 'b")
	f("0; return this.secret.length > 8; var z = '")
	// Operators as keys.
	for _, name := range []string{"$ne", "user[$regex]", "user[$not][$gt]", "a[$in][]", "a[b][$exists]", "user.$ne", "$where", "[$nin]", "$or[0][x]", "a[$or]", "a[$expr", "$lookup"} {
		wantCaught(t, NoSQLi, kindName, name)
	}
	f("{$ne: 1}")
	f("{ '$gt' : '' }")
	f("[{$regex: '.*'}]")
	f("{login: {$ne: null}}")
	f("7, $where: '3 == 3'")
	f("$where: 'sleep(9)'")
	f("x'}, $or: [{}, {'a': 'a")
	f(`"}, "$gt": "`)
	f("user[$ne]=x&pass[$ne]=y")
	// Script behind the end of a string, or of a number.
	f("'; return true; var a = '")
	f("';while(true){}'")
	f("\";do{a=1}while(1);\"")
	f("a'; sleep(4000); var b='")
	f("a'});db.users.drop();//")
	f("';t=new Date();while(new Date()-t<9000);'")
	f("a' || 'b'=='b")
	f("a' || this.role == 'admin")
	f("a' && this.pw.length === 5 //")
	f("'||true//")
	f("' || 1\x00")
	f("1; return 1")
	f("1 || 3==3")
	f("'; return !this.b;'")
	f("db.a.insert({b:1});return 1;db.c.find()")
	// Clauses of graph queries.
	f("x' OR 2=2 RETURN n //")
	f("x'}) MATCH (m) DETACH DELETE m //")
	f("x' UNION MATCH (m:User) RETURN m.pw //")
	f("x') CALL db.labels() YIELD label")
	f("x' LOAD CSV FROM 'http://h.example/' AS l")
	// Commands to caches.
	f("k\r\nset own 0 60 4\r\ndata\r\n")
	f("k 0 0 1\nflush_all\n")
	f("k\r\n*1\r\n$8\r\nFLUSHALL")
	f("k\r\nCONFIG SET dir /srv")
	f("k\r\nSLAVEOF 198.51.100.7 6379")
	f("k\r\neval \"return 1\" 0")
}

func TestNoSQLiClean(t *testing.T) {
	f := func(k kind, s string) { t.Helper(); wantClean(t, NoSQLi, k, s) }
	// The three of the class file.
	for _, k := range []kind{kindParam, kindText, kindHeader} {
		f(k, `{"$schema": "http://json-schema.org/schema", "$defs": {}}`)
		f(k, "query($where: UserFilter!, $in: [ID!]) { users(where: $where) { id } }")
		f(k, "db.users.find({ age: { $gt: 18 } })")
	}
	// Names that begin with '$' and are no operator of queries.
	for _, name := range []string{"$schema", "$ref", "$id", "$defs", "$comment", "$oid", "$date", "$numberLong", "$filter", "$top", "$select", "$orderby", "$expand", "$count", "$search",
		"$set", "$unset", "$add", "$append", "$type", "$value", "$t", "$text", "$os", "$lib", "$token", "$group_0", "price$", "a[b]", "a$ne", "$never", "filters[age][$gt]", "$in_stock", "$order"} {
		f(kindName, name)
	}
	// Text and code.
	f(kindText, "please\nadd milk 2 3 4\nthanks")
	f(kindText, "set a 1 2 3\nadd b 4 5 6")
	f(kindParam, "costs $in total, or $ne if not")
	f(kindParam, "sum: $or, and then")
	f(kindParam, "'a'; return b")
	f(kindParam, "O'Neil; return to sender")
	f(kindParam, "rock 'n' roll || jazz")
	f(kindParam, "5; 7; 9")
	f(kindParam, "10 && 20")
	f(kindParam, "1 || 2")
	f(kindParam, "it' s a match (of two) and a return to //")
	f(kindParam, "'return' the union (match) and call me")
	f(kindParam, "Salt & pepper; if (you) like")
	f(kindText, "set timeout 30\nset retries 5\nadd user anna\nconfig saved")
	f(kindText, strings.Repeat("With operators a query says how a field is compared to a value. ", 6)+"For instance, {$gt: 18} finds adults, and {$ne: null} those with any.")
	f(kindText, "$ npm install\n$ where node\n$ in the shell: yes")
}

// Operators stand in keys of every notation that frameworks turn into
// objects.
func TestNoSQLiNames(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	f := func(r *Request, want bool) {
		t.Helper()
		if v := p.Inspect(r, 1, s); hasClass(v, NoSQLi) != want {
			t.Errorf("%s %s: got %s", r.Target, r.Body, summary(v))
		}
	}
	const form = "application/x-www-form-urlencoded"
	f(asGet("/login?user[$ne]=x"), true)
	f(asGet("/login?user%5B%24ne%5D=x"), true)
	f(asGet("/login?user%255B%2524ne%255D=x"), true)
	f(asGet("/login?user[$ne]="), true)
	f(asGet("/login?$where=1"), true)
	f(asPost(form, "user=a&pass[$regex]=^a"), true)
	f(asPost(form, "user=%7B%22%24gt%22%3A%22%22%7D"), true)
	f(asPost("application/json", `{"u":{"$ne":null}}`), true)
	f(asPost("application/json", `{"u":"a","p":{"\u0024gt":""}}`), true)
	f(asPost("application/json", `{"u":{"$in":["a","b"]}}`), true)
	f(asPost("application/json", `{"u":{$ne:1}}`), true)
	f(asPost("application/json", `{"u":"{\"$ne\":1}"}`), true)
	f(asPost("application/json", `[{"$or":[{},{"a":"a"}]}]`), true)
	f(asPost("text/plain", `{"$where":"return 1"}`), true)
	f(asPost("application/json", `{"a":{"$and":[{"b":1}]}}`), true)
	f(asPost("application/json", `{"a":{"$and":"no","$or":1}}`), false)
	f(asMultipart(`name="user[$ne]"`, "", "x"), true)
	f(asGet("/", "Cookie", "user[$ne]=x"), true)
	f(asGet("/odata?$filter=a%20eq%205&$top=5&$expand=b"), false)
	f(asGet("/api/books?filters[title][$contains]=x&filters[id][$in][0]=3"), false)
	f(asPost("application/json", `{"$schema":"x","properties":{"a":{"$ref":"#/b"}}}`), false)
	f(asPost("application/json", `{"query":"query($in: [ID!], $where: Filter) { a(in: $in) { id } }","variables":{"in":["1"],"where":{"or":[]}}}`), false)
	f(asPost("application/json", `{"event":"$pageview","properties":{"$os":"x","$set_once":{"a":1}},"$set":{"b":2}}`), false)
}

func TestNoSQLiVariants(t *testing.T) {
	wantVariants(t, NoSQLi, kindParam, []string{"a'; return true; var b = '", "a' || this.b == 'c", "a'; while(1){} var c = '", "a', $or: [{}, {'b': 'c"}, []change{
		{"double quotes", replacer("'", `"`)}, {"tabs", replacer(" ", "\t")}, {"line ends", replacer("; ", ";\n")}, {"tight", replacer(" || ", "||")},
		{"and", replacer("||", "&&")}, {"strict", replacer(" == ", " === ")}, {"not", replacer(" == ", " != ")}, {"nor", replacer("$or", "$nor")},
		{"false", replacer("true", "1")}, {"closed", replacer("a'", "a')")}, {"object closed", replacer("a'", "a'}")}, {"comment", func(s string) string { return s + "//" }},
		{"longer", func(s string) string { return "anna.berg-" + s }}, {"for", replacer("while(1)", "for(;;)")}, {"nul", func(s string) string { return s + "\x00" }},
	})
}

func FuzzQuery(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for i := range b {
			if b[i] == '$' {
				if _, end := queryOperatorAt(b, i); end <= i || end > len(b) {
					t.Fatalf("%q: operator %d:%d", b, i, end)
				}
			}
			for name, end := range map[string]int{"operand": operand(b, i), "identifier": identifier(b, i), "segment": segmentAt(b, i), "comparison": i + comparison(b, i)} {
				if end < i || end > len(b) {
					t.Fatalf("%q: %s %d:%d", b, name, i, end)
				}
			}
		}
		if i, _ := scriptBreak(b); i < 0 || i > len(b) {
			t.Fatalf("%q: break-out ends at %d", b, i)
		}
	})
}
