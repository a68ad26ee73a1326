package proxy

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"weir/tenant"
)

var epoch = time.UnixMilli(0x0184a39d6b00)

// What is secret leaves the handler nowhere; what is not stays readable.
func TestMasking(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	f := func(raw string) string {
		t.Helper()
		before := len(n.hits.all())
		if a := n.ask(t, raw); a.StatusCode != 200 {
			t.Fatalf("%q: %d", raw, a.StatusCode)
		}
		hits := n.hits.all()[before:]
		if len(hits) == 0 {
			t.Fatalf("%q: no hit", raw)
		}
		var all strings.Builder
		for _, h := range hits {
			b, err := json.Marshal(h)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
			all.Write(h.Request)
			all.Write(h.Evidence.Text)
		}
		if strings.Contains(all.String(), "CANARY") {
			t.Errorf("a secret got out of %q:\n%s", raw, all.String())
		}
		return string(hits[0].Request)
	}
	has := func(s, want string) {
		t.Helper()
		if !strings.Contains(s, want) {
			t.Errorf("no %q in %q", want, s)
		}
	}
	s := f(get("acme.example", attack, "Authorization: Bearer CANARY", "Cookie: sid=CANARY; theme=CANARY", "X-Api-Key: CANARY", "Accept: */*"))
	has(s, "Authorization: *************\r\n")
	has(s, "Cookie: sid=******; theme=******\r\n")
	has(s, "Accept: */*\r\n")
	has(s, "UNION")
	s = f(get("acme.example", attack+"&Password=CANARY&x=y&access_token=CANARY&pass%77ord=CANARY", "Referer: https://acme.example/?token=CANARY"))
	has(s, "&Password=******&x=y&access_token=******")
	s = f(post("acme.example", attack, "application/x-www-form-urlencoded", "user=joe&pwd=CANARY&cvv=CANARY&next=1"))
	has(s, "user=joe&pwd=******&cvv=******&next=1")
	s = f(post("acme.example", attack, "application/json", `{"user":"joe","password":"CANARY \"CANARY","a":[{"apiKey":12, "token" : {"x":"CANARY"}}],"next":"z"}`))
	has(s, `{"user":"joe","password":"***************","a":[{"apiKey":**, "token" : **************}],"next":"z"}`)
	s = f(post("acme.example", attack, "application/json", `{"user":"joe","secret":"CANARY`))
	has(s, `"secret":"******`)
	s = f(post("acme.example", attack, "text/xml", `<r><user pin="CANARY" name="n">joe</user><Password>CANARY</Password><z>1</z></r>`))
	has(s, `<user pin="******" name="n">joe</user><Password>******</Password><z>1</z>`)
	s = f(post("acme.example", attack, "multipart/form-data; boundary=bb",
		"--bb\r\nContent-Disposition: form-data; name=\"password\"\r\n\r\nCANARY\r\n--bb\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\njoe\r\n--bb--\r\n"))
	has(s, "\r\n\r\njoe\r\n--bb--")
	// Attacks inside secrets are reported without their text.
	f(post("acme.example", "/", "application/x-www-form-urlencoded", "password=CANARY' UNION SELECT login,password FROM users-- -"))
	f(get("acme.example", "/", "Cookie: x=CANARY' UNION SELECT login,password FROM users-- -"))
	// What cannot be read is not shown.
	var zipped bytes.Buffer
	w := gzip.NewWriter(&zipped)
	w.Write([]byte("password=CANARY"))
	w.Close()
	s = f(post("acme.example", attack, "application/x-www-form-urlencoded", zipped.String(), "Content-Encoding: gzip"))
	if !strings.HasSuffix(s, "\r\n\r\n"+strings.Repeat("*", zipped.Len())) {
		t.Errorf("a compressed body is shown: %q", s)
	}
}

func FuzzMask(f *testing.F) {
	f.Add([]byte(`{"password":"x","a":[1,{"token":{"b":"c"}}]}`), "application/json")
	f.Add([]byte(`<a pin="1"><secret>x</secret></a>`), "text/xml")
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=token\r\n\r\nx\r\n--b--"), "multipart/form-data; boundary=b")
	f.Add([]byte("a=b&pass=c"), "")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		m := masker{b: body}
		m.body(0, []byte(contentType))
		for _, s := range m.spans {
			if s.From < 0 || s.From >= s.To || s.To > len(body) {
				t.Fatalf("span %v of %d bytes", s, len(body))
			}
		}
	})
}
