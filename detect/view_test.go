package detect

import "testing"

func TestViewTarget(t *testing.T) {
	f := func(target string, want ...string) {
		t.Helper()
		wantTrace(t, "GET "+target+"\n\n", want...)
	}
	// the path as a whole and each segment
	f("/shop/red%20chair", `[path]="/shop/red chair"`, `[path 0]="shop"`, `[path 1]="red chair"`)
	// plus is no space in a path
	f("/a+b", `[path]="/a+b"`)
	// an encoded slash does not split a segment
	f("/a%2fb/c", `[path 0]="a/b"`, `[path 1]="c"`)
	// matrix parameters
	f("/car;color=red;year=1999/x", `[path 0][hash color]="red"`, `[path 0][hash year]="1999"`)
	// query names and values, decoded, all occurrences
	f("/?a%5f=1%2B2&b=x+y&b=z", `[query_name]="a_"`, `[query a_]="1+2"`, `[query b]="x y"`, `[query b]="z"`)
	// repeated names joined
	f("/?p=1&q=0&p=2&p=3", `[query p]="1,2,3"`)
	// notation of PHP and Rails
	f("/?user[name]=bob&ids[]=7;&ids[]=8&m[2][k]=v", `[query user][hash name]="bob"`, `[query ids][array 0]="7;"`, `[query ids][array 1]="8"`, `[query ids][array]="7;,8"`, `[query m][array 2][hash k]="v"`)
	// a bare query is a value
	f("/?cat+x", `[query_name]="cat x"`)
	// an empty value and an empty name
	f("/?a=&=v", `[query ]="v"`)
}

func TestViewHeaders(t *testing.T) {
	f := func(headers string, want ...string) {
		t.Helper()
		wantTrace(t, "GET /\n"+headers+"\n\n", want...)
	}
	// any header
	f("X-Colour: dark red", `[header X-Colour]="dark red"`)
	f("User-Agent: curl/8", `[header User-Agent]="curl/8"`)
	// cookies: names, values, encoded values
	f("Cookie: sid=abc; t%20x=1%202; flag", `[header Cookie][cookie sid]="abc"`, `[header Cookie][cookie t x]="1%202"`,
		`[header Cookie][cookie t x][percent]="1 2"`, `[header Cookie][cookie]="flag"`)
	// a Referer is taken apart
	f("Referer: https://h.example:8/p/q%20r?x=1%27&y=2#frag",
		`[header Referer][path 1]="q r"`, `[header Referer][query x]="1'"`, `[header Referer][query y]="2#frag"`)
	f("Referer: https://h.example/p#frag", `[header Referer]="frag"`)
	// or judged as it is
	f("Referer: not a url?x=1", `[header Referer]="not a url?x=1"`)
	f("Referer: https://h'x/", `[header Referer]="https://h'x/"`)
	// Basic credentials
	f("Authorization: Basic dXNlcjpwYXNzIHdvcmQ=", `[header Authorization][base64]="user:pass word"`)
	// the claims of a token
	f("Authorization: Bearer eyJhbGciOiJub25lIn0.eyJ1c2VyIjoiYm9iICYgY28ifQ.AAAA",
		`[header Authorization][jwt][array 0][json][hash alg]="none"`, `[header Authorization][jwt][array 1][json][hash user]="bob & co"`)
}

func TestViewHeadersSkipped(t *testing.T) {
	r := rawRequest("GET /\nHost: h\nContent-Length: 3\nConnection: close\nTransfer-Encoding: chunked\nDATE: now\n\n")
	for _, g := range trace(t, r) {
		if g != `[path]="/"` {
			t.Errorf("looked at %s", g)
		}
	}
}

func TestViewBodies(t *testing.T) {
	f := func(ct, body string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\nContent-Type: "+ct+"\n\n"+body, want...)
	}
	const form = "application/x-www-form-urlencoded"
	f(form, "a=1%20&b+c=2", `[post][form a]="1 "`, `[post][form_name]="b c"`, `[post][form b c]="2"`)
	// a form in disguise, JSON in disguise, text
	f("text/plain", "name=v%20w&x=y", `[post][form name]="v w"`)
	f("text/plain", ` {"a":"b c"}`, `[post][json][hash a]="b c"`)
	f(form, `{"a":"b c"}`, `[post][json][hash a]="b c"`)
	f("text/plain", "hello, world", `[post][text]="hello, world"`)
	// JSON: keys, nesting, escapes, duplicate keys, sequences of texts
	f("application/json", `{"u":{"k'":["x","y\u0027",{"z":"1 "}]}}`,
		`[post][json][hash u][hash_name]="k'"`, `[post][json][hash u][hash k'][array 1]="y'"`, `[post][json][hash u][hash k'][array 2][hash z]="1 "`)
	f("application/json", `{"a":"1;","a":"2;"}`, `[post][json][hash a]="1;"`, `[post][json][hash a]="2;"`)
	f("application/json", "{\"a\":\"1;\"}\n{\"b\":\"2;\"}", `[post][json][hash a]="1;"`, `[post][json][hash b]="2;"`)
	// broken JSON is text as well
	f("application/json", `{"a":'x'}`, `[post][json][hash a]="'x'"`, `[post][text]="{\"a\":'x'}"`)
	// JSON in a string, JSON in base64
	f("application/json", `{"a":"{\"b\":\"c;\"}"}`, `[post][json][hash a][json][hash b]="c;"`)
	f(form, "a=eyJiIjoiYzsifQ%3D%3D", `[post][form a][base64][json][hash b]="c;"`)
	// XML: names, attributes, text, CDATA, comment, references
	f("text/xml", `<r><a x="1&lt;">t&amp;u<b><![CDATA[<c>]]></b></a><!-- note --></r>`,
		`[post][xml][xml_tag r][xml_tag a][xml_attr x]="1<"`, `[post][xml][xml_tag r][xml_tag a]="t&u"`,
		`[post][xml][xml_tag r][xml_tag a][xml_tag b]="<c>"`, `[post][xml][xml_tag r][xml_comment]=" note "`)
	f("text/xml", `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///x">]><d/>`, `[post][xml][xml_dtd][xml_dtd_entity e]="file:///x"`)
	f("text/xml", `<!DOCTYPE d PUBLIC "a'b" "c;d"><d><?run x;?></d>`, `[post][xml][xml_dtd]="a'b"`, `[post][xml][xml_tag d][xml_pi]="run x;"`)
	// character data in pieces
	f("text/xml", "<a>x' un<![CDATA[io]]><!-- c -->n &lt;<b>;</b> t</a>", `[post][xml][xml_tag a]="x' union <"`, `[post][xml][xml_tag a]="t"`)
	// entities in text and attributes, and in one another
	f("text/xml", `<!DOCTYPE d [<!ENTITY a "<sc"><!ENTITY b "&a;ript">]><d k="&a;">&b;&gt;</d>`,
		`[post][xml][xml_tag d][xml_attr k]="<sc"`, `[post][xml][xml_tag d]="<script>"`)
	// UTF-16 in either order
	f("application/json", "\xff\xfe{\x00\"\x00a\x00\"\x00:\x00\"\x00;\x00=\xd8\x00\xde\"\x00}\x00", "[post][utf8][json][hash a]=\";\U0001f600\"")
	f("text/xml", "\x00<\x00a\x00>\x00;\x00<\x00/\x00a\x00>", `[post][utf8][xml][xml_tag a]=";"`)
	// broken XML is text as well
	f("text/xml", `<a><b></a`, `[post][text]="<a><b></a"`)
}

func TestViewMultipart(t *testing.T) {
	f := func(body string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\nContent-Type: multipart/form-data; boundary=\"b-1\"\n\n"+body, want...)
	}
	// fields and files
	f("--b-1\r\nContent-Disposition: form-data; name=\"a'\"\r\n\r\nv w\r\n"+
		"--b-1\r\nContent-Disposition: form-data; name=f; filename=\"../x\"\r\nContent-Type: text/plain\r\n\r\nfile text\r\n--b-1--\r\n",
		`[post][multipart a']="a'"`, `[post][multipart a']="v w"`, `[post][multipart f][file_name]="../x"`,
		`[post][multipart f][file]="file text"`, `[post][multipart f][header Content-Type]="text/plain"`)
	// bare line feeds, a missing last boundary, an unescaped quote
	f("--b-1\nContent-Disposition: form-data; name=\"a\"b\"; x=1\n\nv;", `[post][multipart a"b]="v;"`)
	// a transfer encoding
	f("--b-1\r\ncontent-disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64\r\n\r\naGVs\r\nbG8g\r\nISE=\r\n--b-1--",
		`[post][multipart a][base64]="hello !!"`)
	// the boundary inside a line is content
	f("--b-1\r\nContent-Disposition: form-data; name=a\r\n\r\nx --b-1 y\r\n--b-1--", `[post][multipart a]="x --b-1 y"`)
	f("--b-1\r\nContent-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nx=27=\r\ny=3D\r\n--b-1--",
		`[post][multipart a][quoted_printable]="x'y="`)
	// names with brackets, repeated names
	const part = "--b-1\r\nContent-Disposition: form-data; name="
	f(part+"u[n]\r\n\r\na;\r\n"+part+"i[]\r\n\r\nb;\r\n"+part+"i[]\r\n\r\nc;\r\n--b-1--",
		`[post][multipart u][hash n]="a;"`, `[post][multipart i][array 1]="c;"`, `[post][multipart i][array]="b;,c;"`)
	// content by type, a multipart inside
	f(part+"j\r\nContent-Type: application/json\r\n\r\n{\"k\":\"v;\"}\r\n--b-1--", `[post][multipart j][json][hash k]="v;"`)
	f(part+"m\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nContent-Disposition: attachment; filename=\"f;\"\r\n\r\nx;\r\n--c--\r\n--b-1--",
		`[post][multipart m][multipart][file_name]="f;"`, `[post][multipart m][multipart][file]="x;"`)
	// no boundary at all
	f("no parts, only text", `[post][text]="no parts, only text"`)
}
