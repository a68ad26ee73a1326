package detect

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// position puts a value where an application would find it.
type position struct {
	name string
	fits func(v string) bool // whether it can carry v unchanged; nil: anything
	long bool                // people and programs put whole documents there
	flat bool                // it is judged with the text around it, too: for attacks only
	put  func(v string) *Request
}

var positions = []position{
	{"query", nil, true, false, func(v string) *Request { return asGet("/items?page=2&q=" + url.QueryEscape(v) + "&sort=new") }},
	{"query_last", nil, false, false, func(v string) *Request { return asGet("/items?id=" + url.QueryEscape(v)) }},
	{"query_name", nil, false, false, func(v string) *Request { return asGet("/items?" + url.QueryEscape(v) + "=1") }},
	{"query_array", nil, false, false, func(v string) *Request { return asGet("/items?filter[any][]=a&filter[any][]=" + url.QueryEscape(v)) }},
	{"query_twice", nil, false, false, func(v string) *Request { return asGet("/items?q=" + url.QueryEscape(url.QueryEscape(v))) }},
	{"query_thrice", nil, false, false, func(v string) *Request {
		return asGet("/items?q=" + url.QueryEscape(url.QueryEscape(url.QueryEscape(v))))
	}},
	{"query_all_percent", nil, false, false, func(v string) *Request { return asGet("/items?q=" + allPercent(v)) }},
	{"path", inSegment, false, false, func(v string) *Request { return asGet("/items/" + url.PathEscape(v) + "/view") }},
	{"path_last", inSegment, false, false, func(v string) *Request { return asGet("/items/" + url.PathEscape(v)) }},
	{"header", inHeader, false, false, func(v string) *Request { return asGet("/", "X-Note", v) }},
	{"user_agent", inHeader, false, false, func(v string) *Request { return asGet("/", "User-Agent", v) }},
	{"forwarded", inHeader, false, false, func(v string) *Request { return asGet("/", "X-Forwarded-For", v) }},
	{"referer", nil, true, false, func(v string) *Request {
		return asGet("/", "Referer", "https://shop.example/list?page=2&q="+url.QueryEscape(v))
	}},
	{"cookie", nil, false, false, func(v string) *Request {
		return asGet("/", "Cookie", "sid=4fa81c; note="+url.QueryEscape(v)+"; theme=dark")
	}},
	{"cookie_raw", inCookie, false, false, func(v string) *Request { return asGet("/", "Cookie", "sid=4fa81c; note="+v+"; theme=dark") }},
	{"form", nil, true, false, func(v string) *Request {
		return asPost("application/x-www-form-urlencoded", "id=7&text="+url.QueryEscape(v)+"&send=1")
	}},
	{"form_name", nil, false, false, func(v string) *Request { return asPost("application/x-www-form-urlencoded", url.QueryEscape(v)+"=1") }},
	{"multipart", nil, true, false, func(v string) *Request { return asMultipart(`name="text"`, "", v) }},
	{"multipart_name", inQuotes, false, false, func(v string) *Request { return asMultipart(`name="`+v+`"`, "", "x") }},
	{"file_name", inQuotes, false, false, func(v string) *Request {
		return asMultipart(`name="file"; filename="`+v+`"`, "text/plain", "notes of today")
	}},
	{"file", nil, true, false, func(v string) *Request { return asMultipart(`name="file"; filename="notes.txt"`, "text/plain", v) }},
	{"json", utf8.ValidString, true, false, func(v string) *Request { return asPost("application/json", `{"id":7,"text":`+quoteJSON(v)+`}`) }},
	{"json_escaped", utf8.ValidString, false, false, func(v string) *Request { return asPost("application/json", `{"text":`+escapeJSON(v)+`}`) }},
	{"json_key", utf8.ValidString, false, false, func(v string) *Request { return asPost("application/json", `{"a":{`+quoteJSON(v)+`:1}}`) }},
	{"json_nested", utf8.ValidString, true, false, func(v string) *Request {
		return asPost("application/json", `{"a":[{"b":{"c":[1,{"d":`+quoteJSON(v)+`}]}}]}`)
	}},
	{"json_in_json", utf8.ValidString, true, false, func(v string) *Request {
		return asPost("application/json", `{"payload":`+quoteJSON(`{"text":`+quoteJSON(v)+`}`)+`}`)
	}},
	{"json_in_form", utf8.ValidString, true, false, func(v string) *Request {
		return asPost("application/x-www-form-urlencoded", "data="+url.QueryEscape(`{"text":`+quoteJSON(v)+`}`))
	}},
	{"json_gzip", utf8.ValidString, true, false, func(v string) *Request {
		r := asPost("application/json", zip(`{"text":`+quoteJSON(v)+`}`))
		r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte("gzip")})
		return r
	}},
	{"xml", inXML, true, false, func(v string) *Request {
		return asPost("text/xml", "<order><text>"+xmlEscape.Replace(v)+"</text></order>")
	}},
	{"xml_attr", inXML, false, false, func(v string) *Request { return asPost("text/xml", `<order text="`+xmlEscape.Replace(v)+`"/>`) }},
	{"xml_cdata", inCDATA, true, false, func(v string) *Request { return asPost("text/xml", "<order><text><![CDATA["+v+"]]></text></order>") }},
	{"base64", nil, true, false, func(v string) *Request {
		return asGet("/restore?state=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(v))))
	}},
	{"base64_twice", nil, false, false, func(v string) *Request {
		return asGet("/restore?state=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(base64.StdEncoding.EncodeToString([]byte(v))))))
	}},
	{"base64_json", nil, true, false, func(v string) *Request {
		return asPost("application/json", `{"state":"`+base64.StdEncoding.EncodeToString([]byte(v))+`"}`)
	}},
	{"base64url_json", nil, true, false, func(v string) *Request {
		return asPost("application/json", `{"state":"`+base64.RawURLEncoding.EncodeToString([]byte(v))+`"}`)
	}},
	{"jwt", utf8.ValidString, false, false, func(v string) *Request {
		return asGet("/", "Authorization", "Bearer eyJhbGciOiJIUzI1NiJ9."+base64.RawURLEncoding.EncodeToString([]byte(`{"sub":`+quoteJSON(v)+`}`))+".c2lnbmF0dXJl")
	}},
	{"graphql_variable", utf8.ValidString, true, false, func(v string) *Request {
		return asPost("application/json", `{"query":"query find($text: String!) { items(text: $text) { id title } }","variables":{"text":`+quoteJSON(v)+`}}`)
	}},
	{"graphql_argument", inGraphQL, false, true, func(v string) *Request {
		return asPost("application/json", `{"query":`+quoteJSON(`{ items(text: `+quoteJSON(v)+`, first: 5) { id title } }`)+`}`)
	}},
	{"text", nil, true, false, func(v string) *Request { return asPost("text/plain", v) }},
}

func positionNamed(name string) *position {
	for i := range positions {
		if positions[i].name == name {
			return &positions[i]
		}
	}
	return nil
}

func asHeaders(pairs []string) []Header {
	h := []Header{{[]byte("Host"), []byte("shop.example")}}
	for i := 0; i < len(pairs); i += 2 {
		h = append(h, Header{[]byte(pairs[i]), []byte(pairs[i+1])})
	}
	return h
}

func asGet(target string, pairs ...string) *Request {
	return &Request{Method: []byte("GET"), Target: []byte(target), Headers: asHeaders(pairs)}
}

func asPost(ct, body string, pairs ...string) *Request {
	return &Request{Method: []byte("POST"), Target: []byte("/api/save"), Body: []byte(body),
		Headers: asHeaders(append([]string{"Content-Type", ct}, pairs...))}
}

// multipart is a request with one part between two plain ones.
func asMultipart(disposition, ct, content string) *Request {
	var b strings.Builder
	b.WriteString("--cut7\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n--cut7\r\nContent-Disposition: form-data; " + disposition + "\r\n")
	if ct != "" {
		b.WriteString("Content-Type: " + ct + "\r\n")
	}
	b.WriteString("\r\n" + content + "\r\n--cut7\r\nContent-Disposition: form-data; name=\"send\"\r\n\r\n1\r\n--cut7--\r\n")
	return asPost("multipart/form-data; boundary=cut7", b.String())
}

func zip(v string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(v))
	w.Close()
	return b.String()
}

func quoteJSON(v string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("BUG: a string has no JSON: " + err.Error())
	}
	return strings.TrimSpace(b.String())
}

// escapeJSON writes every ASCII sign as \uNNNN.
func escapeJSON(v string) string {
	const hex = "0123456789abcdef"
	q := quoteJSON(v)
	var b strings.Builder
	for i := 0; i < len(q); i++ {
		c := q[i]
		if c == '\\' && i+1 < len(q) {
			b.WriteString(q[i : i+2])
			i++
			continue
		}
		if i == 0 || i == len(q)-1 || c >= 0x80 || isAlnum(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteString(`\u00` + string(hex[c>>4]) + string(hex[c&15]))
	}
	return b.String()
}

func allPercent(v string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(v) {
		b.WriteString("%" + string(hex[v[i]>>4]) + string(hex[v[i]&15]))
	}
	return b.String()
}

var xmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// inSegment: an empty segment or a dot segment is another path.
func inSegment(v string) bool { return v != "" && v != "." && v != ".." }

// inHeader: line ends and NUL end a field, white space around it is not part
// of it (RFC 9110 section 5.5).
func inHeader(v string) bool {
	return !strings.ContainsAny(v, "\r\n\x00") && strings.TrimSpace(v) == v && v != ""
}

// inCookie: a semicolon ends a cookie.
func inCookie(v string) bool { return inHeader(v) && !strings.Contains(v, ";") }

// inQuotes: what ends a quoted parameter of Content-Disposition, which
// browsers percent-encode (RFC 7578 section 2).
func inQuotes(v string) bool { return !strings.ContainsAny(v, "\r\n\x00\"\\") }

func inCDATA(v string) bool { return inXML(v) && !strings.Contains(v, "]]>") }

// inGraphQL: a GraphQL string knows the escapes of JSON.
func inGraphQL(v string) bool { return utf8.ValidString(v) }

// inXML: XML has no control characters (section 2.2 of XML 1.0), and parsers
// drop white space around text.
func inXML(v string) bool {
	for _, c := range v {
		if c < 0x20 && c != '\t' && c != '\n' && c != '\r' || c == utf8.RuneError {
			return false
		}
	}
	return strings.TrimSpace(v) != ""
}
