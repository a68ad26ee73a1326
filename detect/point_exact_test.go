package detect

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

// The same attack in every position and encoding is found, and its point is
// the exact chain.
func TestExactPoints(t *testing.T) {
	const attack = `1' UNION SELECT login, secret FROM staff WHERE '1'='1`
	p := mustPolicy(t, Options{})
	f := func(head, body, point string) {
		t.Helper()
		v := p.Inspect(rawRequest(head+"\n\n"+body), 1, &Scratch{})
		for i := range v.Matches {
			if m := &v.Matches[i]; m.Class == SQLi {
				if got := m.Point.String(); got != point {
					t.Errorf("%s: found at %s, want %s", head, got, point)
				}
				return
			}
		}
		t.Errorf("%s: not found at %s: %s", head, point, summary(v))
	}
	all := query(attack)
	b64 := func(v string) string { return base64.StdEncoding.EncodeToString([]byte(v)) }
	post := func(ct string) string { return "POST /\nContent-Type: " + ct }
	const form, json, xml = "application/x-www-form-urlencoded", "application/json", "text/xml"
	part := func(disposition, content string) string {
		return "--B\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n--B--"
	}
	// the request line
	f("GET /?id="+all, "", `[query id]`)
	f("GET /?ids[]="+all, "", `[query ids][array 0]`)
	f("GET /?u[name]="+all, "", `[query u][hash name]`)
	f("GET /?id=1'+UNION+SELECT+login&id=secret+FROM+staff+--+", "", `[query id]`)
	f("GET /?"+all+"=1", "", `[query_name]`)
	f("GET /list/"+all+"/x", "", `[path 1]`)
	f("GET /list;sort="+all+"/x", "", `[path 0][hash sort]`)
	// headers
	f("GET /\nX-Trace: "+attack, "", `[header X-Trace]`)
	f("GET /\nX-Forwarded-For: 192.0.2.1, "+attack, "", `[header X-Forwarded-For][array 1]`)
	f("GET /\nForwarded: for=\""+attack+"\"", "", `[header Forwarded][hash for]`)
	f("GET /\nReferer: https://h.example/a?b="+all, "", `[header Referer][query b]`)
	f("GET /\nCookie: a=b; s="+attack, "", `[header Cookie][cookie s]`)
	f("GET /\nX-A: 1' UNION SELECT login\nX-A: secret FROM staff WHERE '1'='1", "", `[header X-A]`)
	// bodies
	f(post(form), "a=b&id="+all, `[post][form id]`)
	f(post("multipart/form-data; boundary=B"), part("name=id", attack), `[post][multipart id]`)
	f(post("multipart/form-data; boundary=B"), part(`name=f; filename="a.txt"`, attack), `[post][multipart f][file]`)
	f(post("multipart/form-data; boundary=B"), part(`name=f; filename="`+attack+`"`, "x"), `[post][multipart f][file_name]`)
	f(post(json), `{"a":[{"b":{"c":[{"d":"`+attack+`"}]}}]}`, `[post][json][hash a][array 0][hash b][hash c][array 0][hash d]`)
	f(post(json), `{"`+attack+`":1}`, `[post][json][hash_name]`)
	f(post(xml), `<r><a>`+attack+`</a></r>`, `[post][xml][xml_tag r][xml_tag a]`)
	f(post(xml), `<r><a b="`+attack+`"/></r>`, `[post][xml][xml_tag r][xml_tag a][xml_attr b]`)
	f(post(xml), `<r><![CDATA[`+attack+`]]></r>`, `[post][xml][xml_tag r]`)
	f(post(xml), `<r>1' UNION <![CDATA[SELECT login, secret ]]>FROM staff WHERE '1'='1</r>`, `[post][xml][xml_tag r]`)
	f(post("application/x-protobuf"), field(1, field(3, attack)), `[post][protobuf][field 1][field 3]`)
	f(post("application/grpc"), frame(0, field(2, attack)), `[post][grpc 0][protobuf][field 2]`)
	f(post(json)+"\nContent-Encoding: br", pack(t, `{"a":"`+attack+`"}`, "br"), `[post][br][json][hash a]`)
	f(post(json)+"\nContent-Encoding: gzip, zstd", pack(t, `{"a":"`+attack+`"}`, "gzip", "zstd"), `[post][zstd][gzip][json][hash a]`)
	// encodings
	f("GET /?id="+strings.ReplaceAll(strings.ReplaceAll(all, "%", "%25"), "%", "%25"), "", `[query id][percent][percent]`)
	f("GET /?id="+query(b64(attack)), "", `[query id][base64]`)
	f("GET /?id="+query(b64(b64(attack))), "", `[query id][base64][base64]`)
	f("GET /?id="+query(b64(zip(attack))), "", `[query id][base64][gzip]`)
	f("GET /?id=0x"+hex.EncodeToString([]byte(attack)), "", `[query id][hex]`)
	f("GET /?id="+query(b64(`a:1:{s:2:"id";s:`+fmt.Sprint(len(attack))+`:"`+attack+`";}`)), "", `[query id][base64][php][hash id]`)
	f("GET /?id="+query(strings.ReplaceAll(attack, "'", "&#x27;")), "", `[query id][htmljs]`)
	const quotes = `x' or 'a'='a`
	f("GET /?id="+strings.ReplaceAll(query(quotes), "%27", "%c0%a7"), "", `[query id][utf8]`)
	f("GET /?id="+strings.ReplaceAll(query(quotes), "%27", "%u02bc"), "", `[query id][utf8]`)
	f("GET /?id="+query(strings.ReplaceAll(quotes, "'", "\u2019")), "", `[query id][bestfit]`)
	f("GET /\nAuthorization: Bearer "+base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`))+"."+
		base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"`+attack+`"}`))+".", "", `[header Authorization][jwt][array 1][json][hash sub]`)
	wide := utf16le(`{"a":"` + attack + `"}`)
	f(post(json), wide, `[post][utf8][json][hash a]`)
}
