package detect

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// injectionSeeds holds, for each class whose language has no tests of its own
// kind, attacks that must be found in every position and every encoding.
var injectionSeeds = map[Class][]string{
	SSI: {`<!--#exec cmd="uptime" -->`, `<esi:include src="http://h.example/f"/>`},
	XXE: {
		`<!DOCTYPE r [<!ENTITY e SYSTEM "file:///srv/settings">]><r>&e;</r>`, `<?xml version="1.0"?><!DOCTYPE r SYSTEM "http://h.example/r.dtd"><r/>`,
		`<r xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="a"/></r>`,
	},
	NoSQLi:        {"x', $nor: [{}], 'a': 'b", "0; return this.secret.length > 8; var z = '", "a' && this.pw.match(/^b/)//", "k\r\nset own 0 60 4\r\ndata"},
	LDAPi:         {"*)(mail=*))(|(mail=*", "anna)(&)", "*(|(cn=*))"},
	XPath:         {"x' or count(parent::*)=1 or 'a'='b", "x'] | //a/*[position()=2", "count(/child::node())"},
	CRLF:          {"en\r\nSet-Cookie: sid=1", "\nHTTP/1.1 200 OK"},
	MailInjection: {"a@mail.example\r\nBcc: b@mail.example", "x\r\nRCPT TO:<b@mail.example>", "1\r\nA1 FETCH 2 BODY[]"},
}

// wantCaught demands that the judge of c counts s at balanced sensitivity.
func wantCaught(t *testing.T, c Class, k kind, s string) {
	t.Helper()
	if fd := judgeOne(judgeOf(c), k, s); fd.score < thresholds[Balanced] {
		t.Errorf("%s: %q: score %d by %q", c, s, fd.score, fd.rule)
	}
}

// wantClean demands that the judge of c does not count s.
func wantClean(t *testing.T, c Class, k kind, s string) {
	t.Helper()
	if fd := judgeOne(judgeOf(c), k, s); fd.score >= thresholds[Balanced] {
		t.Errorf("%s: %q: score %d by %q: %q", c, s, fd.score, fd.rule, s[fd.start:fd.end])
	}
}

// change is a way of writing that keeps the meaning.
type change struct {
	name string
	f    func(string) string
}

// wantVariants demands that no change, alone or after another one, hides a
// seed from the judge of c.
func wantVariants(t *testing.T, c Class, k kind, seeds []string, changes []change) {
	t.Helper()
	same := change{"as it is", func(s string) string { return s }}
	for _, seed := range seeds {
		for _, a := range append([]change{same}, changes...) {
			for _, b := range changes {
				in := b.f(a.f(seed))
				if fd := judgeOne(judgeOf(c), k, in); fd.score < thresholds[Balanced] {
					t.Errorf("%s + %s: %q: score %d by %q", a.name, b.name, in, fd.score, fd.rule)
				}
			}
		}
	}
}

// injectionPlaces put a value into a request as a client would.
var injectionPlaces = []struct {
	name string
	make func(v string) *Request
}{
	{"query", func(v string) *Request { return rawRequest("GET /?a=1&q=" + url.QueryEscape(v) + "\n\n") }},
	{"twice encoded", func(v string) *Request {
		return rawRequest("GET /?q=" + url.QueryEscape(url.QueryEscape(v)) + "\n\n")
	}},
	{"base64", func(v string) *Request {
		return rawRequest("GET /?q=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(v))) + "\n\n")
	}},
	{"form", func(v string) *Request {
		return typedBody("application/x-www-form-urlencoded", []byte("x=1&q="+url.QueryEscape(v)))
	}},
	{"json", func(v string) *Request {
		b, _ := json.Marshal(map[string]any{"a": []any{map[string]string{"b": v}}})
		return typedBody("application/json", b)
	}},
	{"multipart", func(v string) *Request {
		return typedBody("multipart/form-data; boundary=B", []byte("--B\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\n"+v+"\r\n--B--\r\n"))
	}},
	{"cookie", func(v string) *Request { return rawRequest("GET /\nCookie: a=1; q=" + url.QueryEscape(v) + "\n\n") }},
	{"header", func(v string) *Request { return rawRequest("GET /\nX-Note: " + url.PathEscape(v) + "\n\n") }},
	{"path", func(v string) *Request { return rawRequest("GET /a/" + url.PathEscape(v) + "/b\n\n") }},
	{"referer", func(v string) *Request {
		return rawRequest("GET /\nReferer: https://h.example/p?q=" + url.QueryEscape(v) + "\n\n")
	}},
	{"xml text", func(v string) *Request {
		return typedBody("text/xml", []byte("<a><b>"+strings.NewReplacer("&", "&amp;", "<", "&lt;", "\r", "&#13;", "\n", "&#10;").Replace(v)+"</b></a>"))
	}},
}

func TestInjectionPositions(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	for c, seeds := range injectionSeeds {
		for _, seed := range seeds {
			for _, at := range injectionPlaces {
				v := p.Inspect(at.make(seed), 1, s)
				if !hasClass(v, c) {
					t.Errorf("%s at %s: %q: not among %s", c, at.name, seed, summary(v))
				}
			}
		}
	}
}

func hasClass(v *Verdict, c Class) bool {
	for i := range v.Matches {
		if v.Matches[i].Class == c {
			return true
		}
	}
	return false
}

// TestInjectionClean: what people and programs send, in every kind of place.
func TestInjectionClean(t *testing.T) {
	var all []string
	for _, list := range [][]string{legitTexts, legitPosts, benignValues, benignTexts, injectionLookAlikes} {
		all = append(all, list...)
	}
	for c := range injectionSeeds {
		for _, k := range []kind{kindParam, kindHeader, kindText, kindFile} {
			for _, s := range all {
				wantClean(t, c, k, s)
			}
		}
	}
}

// injectionLookAlikes are texts that hold what the languages of the classes
// are made of.
var injectionLookAlikes = []string{
	"<!-- header --><!--[if IE]>x<![endif]--><!--#region a-->",
	"To: all hands\nFrom: the kitchen\n\nSubject to change: lunch is at one.",
	"Name: Anna\nPhone: 5\nE-mail: anna@mail.example\n",
	"Dear all,\n\nplease find the plan below.\n\n-----Original Message-----\nFrom: Anna Berg <anna@mail.example>\nSent: Monday\nTo: Bob <bob@mail.example>\nSubject: plan\n\nHi Bob,\nsee you.\n",
	"cn=Anna Berg,ou=people,dc=mail,dc=example", "uid=anna+mail=a@b.example,ou=x\\,y,o=z",
	"*(x|y).txt", "src/**/*.(ts|tsx)", "=(A1+B2)*(C3-D4)", "f(a)(b=c)", "(a=b)", ":) (x=5)", "if ((a & b) | (c = d)) x();",
	"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nSUMMARY:lunch\r\nLOCATION:Berlin\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
	"BEGIN:VCARD\nVERSION:3.0\nN:Berg;Anna\nEMAIL:anna@mail.example\nEND:VCARD",
	"User-agent: *\nDisallow: /a\nAllow: /b\n", "name: build\non: push\njobs:\n  test:\n    runs-on: linux\n",
	"line one\r\nline two: with a colon\r\nline three", "Address:\n12 Elm Street\nCity: York",
	"std::vector<int>::iterator", "parent::__construct($a);", "Foo::bar('x') and self::count($y)", "//div[@id='main']/a[1]",
	"db.users.find({ age: { $gt: 18 } }) lists all adults, as the manual of the database explains at length",
	`{"$schema":"http://json-schema.org/schema","$defs":{"a":{"$ref":"#/$defs/b"}},"$id":"x"}`, `{"_id":{"$oid":"5f"},"at":{"$date":"2024-01-01"}}`,
	`{"event":"view","properties":{"$os":"Linux","$browser":"x","$set":{"a":1},"$unset":["b"]}}`, "$filter=age gt 5&$top=10&$orderby=name",
	`query Find($where: UserFilter!, $in: [ID!], $not: Boolean) { users(where: $where, in: $in) { id } }`,
	"db.users.find({ age: { $gt: 18 } })", "if (a || b == c) { return true; }", "x && y; return z", "a; var b = c", "set -e; return 0",
	"Use $match, then $group: the pipeline is done.", "echo '$in'; return 1", "it's 5; return to sender", "set a 1\nset b 2\nadd c", "eval \"$x\"\nflush the pipe",
	"interface eth0\nset mtu 1500\nadd vlan 7\nconfig saved", "'a' || 'b'", "'yes' && 'no'", "5; 6 || 7", "1 || 2",
	"costs $in total, or $ne if not", "price: $or", "$where are you?", `$a = 1; $b = "x";`,
	"<!DOCTYPE html>\n<html><head><title>x</title></head><body>y</body></html>",
	`<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml"/>`,
	`<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>`,
	`<!DOCTYPE html SYSTEM "about:legacy-compat"><p>x</p>`, `<!DOCTYPE note SYSTEM "note.dtd"><note/>`,
	`<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"/>`,
	`<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#"><!ENTITY nbsp "&#160;">]><rdf:RDF/>`,
	"In the file we declare an entity like this: <!ENTITY a SYSTEM \"b.xml\">, and then the parser puts the text of the other file there.",
}

func TestInjectionAllocs(t *testing.T) {
	for c, seeds := range injectionSeeds {
		j, s := judgeOf(c), &Scratch{}
		for _, in := range append(append([]string{}, seeds...), benignTexts...) {
			v := value{b: []byte(in)}
			v.f = scan(v.b)
			if n := testing.AllocsPerRun(10, func() { j.judge(&v, s) }); n != 0 {
				t.Errorf("%s allocates %v on %q", c, n, in)
			}
		}
	}
}

// FuzzInjection demands of each of these judges evidence inside the value,
// a rule and a reason, and a prefilter that lets pass what it finds.
func FuzzInjection(f *testing.F) {
	for _, seeds := range injectionSeeds {
		for _, s := range seeds {
			f.Add([]byte(s), uint8(0))
		}
	}
	for i, s := range injectionLookAlikes {
		f.Add([]byte(s), uint8(i))
	}
	f.Fuzz(func(t *testing.T, b []byte, k uint8) {
		for c := range injectionSeeds {
			if err := checkJudge(c, kind(k%9), b); err != nil {
				t.Error(err)
			}
		}
	})
}

// checkJudge reports what is wrong with the finding of c's judge in b.
func checkJudge(c Class, k kind, b []byte) error {
	v := value{b: b, f: scan(b), kind: k}
	fd := judgeOf(c).judge(&v, &Scratch{})
	switch {
	case fd.score <= 0:
		return nil
	case fd.start < 0 || fd.start > fd.end || fd.end > len(b):
		return fmt.Errorf("%s: %q: evidence %d:%d", c, b, fd.start, fd.end)
	case fd.rule == "" || fd.why == "" || fd.score > 100:
		return fmt.Errorf("%s: %q: incomplete %+v", c, b, fd)
	case fd.score >= thresholds[High] && !judgeOf(c).maybe(v.f, len(b)):
		return fmt.Errorf("%s: the prefilter lets %q pass", c, b)
	}
	return nil
}

// tokenSeeds start the fuzzing of tokenisers.
func tokenSeeds(f *testing.F) {
	addSeeds(f)
	for _, s := range injectionLookAlikes {
		f.Add([]byte(s))
	}
	for _, seeds := range injectionSeeds {
		for _, s := range seeds {
			f.Add([]byte(s))
		}
	}
}
