package detect

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"math/rand"
	"net/url"
	"strings"
	"testing"
)

const injection = "1' UNION SELECT login,secret FROM staff-- "

// inspect returns the matches of raw, which must be the same without the
// prefilter.
func inspect(t testing.TB, o Options, raw string) []Match {
	t.Helper()
	v := mustPolicy(t, o).Inspect(rawRequest(raw), 1, &Scratch{})
	off := o
	off.NoPrefilter = true
	if got, want := summary(v), summary(mustPolicy(t, off).Inspect(rawRequest(raw), 1, &Scratch{})); got != want {
		t.Errorf("%q: got %q, without the prefilter %q", raw, got, want)
	}
	return append([]Match(nil), v.Matches...)
}

// The same attack in every position: found, at the exact point, and From and
// To cut its undecoded form out of the request.
func TestInspectPositions(t *testing.T) {
	f := func(raw, point, whole string) {
		t.Helper()
		r := rawRequest(raw)
		v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{})
		for i := range v.Matches {
			m := &v.Matches[i]
			if m.Class != SQLi {
				continue
			}
			if got := m.Point.String(); got != point {
				t.Errorf("%q: got point %s, want %s", raw, got, point)
			}
			if got := string(undecoded(r, m)); got != whole {
				t.Errorf("%q: got whole %q, want %q", raw, got, whole)
			}
			if m.Start < 0 || m.End > len(m.Value) || m.Start >= m.End || m.Why == "" || m.Rule == "" {
				t.Errorf("%q: incomplete match %+v", raw, m)
			}
			return
		}
		t.Errorf("%q: no sqli found", raw)
	}
	q := url.QueryEscape(injection)
	qq := url.QueryEscape(q)
	p := strings.ReplaceAll(q, "+", "%20")
	b := base64.StdEncoding.EncodeToString([]byte(injection))
	bb := base64.StdEncoding.EncodeToString([]byte(b))
	const form = "Content-Type: application/x-www-form-urlencoded\n\n"
	f("GET /?id="+q+"\n\n", "[query id]", q)
	f("GET /?a=1&id="+qq+"\n\n", "[query id][percent]", qq)
	f("GET /?"+q+"=1\n\n", "[query_name]", q)
	f("GET /?user[id]="+q+"\n\n", "[query user][hash id]", q)
	f("GET /?ids[]=1&ids[]="+q+"\n\n", "[query ids][array 1]", q)
	f("GET /item/"+p+"/x\n\n", "[path 1]", p)
	f("GET /\nX-Id: "+strings.TrimSpace(injection)+"\n\n", "[header X-Id]", strings.TrimSpace(injection))
	f("GET /\nUser-Agent: "+strings.TrimSpace(injection)+"\n\n", "[header User-Agent]", strings.TrimSpace(injection))
	f("GET /\nReferer: http://h/?id="+q+"&x=1\n\n", "[header Referer][query id]", q)
	f("GET /\nCookie: a=1; id="+q+"\n\n", "[header Cookie][cookie id][percent]", q)
	f("POST /\n"+form+"a=b&id="+q, "[post][form id]", q)
	f("POST /\n"+form+"id="+b, "[post][form id][base64]", b)
	f("POST /\n"+form+"id="+url.QueryEscape(bb), "[post][form id][base64][base64]", url.QueryEscape(bb))
	f("POST /\nContent-Type: application/json\n\n"+`{"a":[{"b":{"c":{"d":"`+injection+`"}}}]}`,
		"[post][json][hash a][array 0][hash b][hash c][hash d]", injection)
	f("POST /\nContent-Type: application/json\n\n"+`{"`+injection+`":1}`, "[post][json][hash_name]", injection)
	f("POST /\nContent-Type: text/xml\n\n<a><id>"+injection+"</id></a>", "[post][xml][xml_tag a][xml_tag id]", strings.TrimSpace(injection))
	f("POST /\nContent-Type: text/xml\n\n<a><id><![CDATA["+injection+"]]></id></a>", "[post][xml][xml_tag a][xml_tag id]", injection)
	f("POST /\nContent-Type: text/xml\n\n<a id=\""+injection+"\"/>", "[post][xml][xml_tag a][xml_attr id]", injection)
	f("POST /\nContent-Type: multipart/form-data; boundary=B\n\n--B\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n"+injection+"\r\n--B--",
		"[post][multipart id]", injection)
	f("POST /\n\n{\"q\":\"x\",\"token\":\""+b+"\"}", "[post][json][hash token][base64]", b)
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + injection + `"}`))
	f("GET /\nAuthorization: Bearer eyJhbGciOiJub25lIn0."+claims+".AA\n\n",
		"[header Authorization][jwt][array 1][json][hash sub]", "eyJhbGciOiJub25lIn0."+claims+".AA")
}

func TestInspectGzipBody(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	fmt.Fprintf(w, `{"id":%q}`, injection)
	w.Close()
	m := inspect(t, Options{}, "POST /\nContent-Encoding: gzip\nContent-Type: application/json\n\n"+b.String())
	if len(m) == 0 || m[0].Point.String() != "[post][gzip][json][hash id]" {
		t.Errorf("got %v", m)
	}
}

func TestInspectPollution(t *testing.T) {
	m := inspect(t, Options{}, "GET /?id=1'+UNION/*&id=*/SELECT+login/*&id=*/FROM+staff--+\n\n")
	if len(m) == 0 || m[0].Class != SQLi {
		t.Errorf("got %v", m)
	}
}

// Two attacks in two parameters are two matches, in order of class.
func TestInspectTwoClasses(t *testing.T) {
	m := inspect(t, Options{}, "GET /?b=%3Cscript%3Ealert(1)%3C/script%3E&a="+url.QueryEscape(injection)+"\n\n")
	if len(m) != 2 || m[0].Class != SQLi || m[1].Class != XSS {
		t.Fatalf("got %v", m)
	}
	if m[0].Point.String() != "[query a]" || m[1].Point.String() != "[query b]" {
		t.Errorf("got points %s, %s", &m[0].Point, &m[1].Point)
	}
}

func TestInspectClean(t *testing.T) {
	f := func(raw string) {
		t.Helper()
		if m := inspect(t, Options{}, raw); len(m) > 0 {
			t.Errorf("%q: got %s %s at %s", raw, m[0].Class, m[0].Rule, &m[0].Point)
		}
	}
	f("GET /?id=1%27+UNION+SELECT\n\n")
	f("GET /?q=select+a+date+from+the+list\n\n")
	f("GET /?name=O%27Neil&city=K%C3%B6ln\n\n")
	f("GET /?t=NTUwZTg0MDAtZTI5Yi00MWQ0LWE3MTYtNDQ2NjU1NDQwMDAw\n\n")
	f("GET /?back=https%3A%2F%2Fshop.example%2Flist%3Fpage%3D2%26sort%3Dprice\n\n")
	f("POST /\nContent-Type: application/x-protobuf\n\n\x0a\x0bhello world\x10\x96\x01\x1a\x03abc")
	for _, w := range workloads {
		r := w.make(rand.New(rand.NewSource(1)))
		if v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{}); v.Attack() || v.Partial {
			t.Errorf("%s: got %+v", w.name, v.Matches)
		}
	}
}

func TestInspectAllocs(t *testing.T) {
	p := mustPolicy(t, Options{Cache: NewCache(1 << 20)})
	s := &Scratch{}
	for _, w := range workloads {
		r := w.make(rand.New(rand.NewSource(1)))
		for range 3 {
			p.Inspect(r, 1, s)
		}
		if n := testing.AllocsPerRun(20, func() { p.Inspect(r, 1, s) }); n != 0 {
			t.Errorf("%s: %v allocations", w.name, n)
		}
	}
}

// A match stays valid until the scratch is used again, and a scratch that
// held an attack finds nothing in a clean request.
func TestScratchReuse(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	attack := rawRequest("POST /\nContent-Type: application/x-www-form-urlencoded\n\nid=" + url.QueryEscape(injection) + "&rest=" + strings.Repeat("%41%20", 5000))
	for range 3 {
		v := p.Inspect(attack, 1, s)
		if !v.Attack() || string(v.Matches[0].Value) != injection {
			t.Fatalf("got %+v", v.Matches)
		}
		if v := p.Inspect(getRequest(rand.New(rand.NewSource(1))), 1, s); v.Attack() {
			t.Fatalf("clean request: got %+v", v.Matches)
		}
	}
}

func TestSensitivity(t *testing.T) {
	p := mustPolicy(t, Options{Sensitivity: [NumClasses]Sensitivity{SQLi: Low, XSS: High}})
	if p.threshold[SQLi] != 80 || p.threshold[XSS] != 30 || p.threshold[RCE] != 50 {
		t.Errorf("got thresholds %v", p.threshold)
	}
}
