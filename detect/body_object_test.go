package detect

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestViewPHP(t *testing.T) {
	f := func(value string, want ...string) {
		t.Helper()
		wantTrace(t, "GET /?v="+query(value)+"\n\n", want...)
	}
	f(`a:3:{i:0;s:3:"a;b";s:2:"k'";a:1:{s:1:"x";s:3:"c d";}s:1:"n";i:7;}`,
		`[query v][php][array 0]="a;b"`, `[query v][php][hash_name]="k'"`, `[query v][php][hash k'][hash x]="c d"`)
	f(`O:3:"A\B":1:{s:1:"p";O:1:"C":1:{s:1:"q";s:4:"d;"e";}}`, `[query v][php]="A\\B"`, `[query v][php][hash p][hash q]="d;\"e"`)
	f(`s:5:"a;b c";`, `[query v][php]="a;b c"`)
	// a broken value as far as it goes
	f(`a:2:{i:0;s:3:"a;b";i:1;s:9:"c d";}`, `[query v][php][array 0]="a;b"`)
	// from a cookie's base64
	wantTrace(t, "GET /\nCookie: s="+base64.StdEncoding.EncodeToString([]byte(`a:1:{s:1:"u";s:3:"o'b";}`))+"\n\n", `[header Cookie][cookie s][base64][php][hash u]="o'b"`)
}

func TestViewObjects(t *testing.T) {
	f := func(value string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\nContent-Type: application/x-www-form-urlencoded\n\nv="+query(base64.StdEncoding.EncodeToString([]byte(value))), want...)
	}
	// a list of strings written by Java
	f("\xac\xed\x00\x05sr\x00\x13java.util.ArrayListx\x81\xd2\x1d\x99\xc7a\x9d\x03\x00\x01I\x00\x04sizexp\x00\x00\x00\x01w\x04\x00\x00\x00\x01t\x00\x05a'; bx",
		`[post][form v][base64][java][array 0]="java.util.ArrayList"`, `[post][form v][base64][java][array 1]="a'; b"`)
	// a pair of strings in a view state
	f("\xff\x01\x0f\x05\x05a'; b\x1e\x03x<y", `[post][form v][base64][viewstate][array 0]="a'; b"`, `[post][form v][base64][viewstate][array 1]="x<y"`)
	// as a body
	wantTrace(t, "POST /\n\n\xac\xed\x00\x05t\x00\x05a'; b", `[post][text][java][array 0]="a'; b"`)
	// a string record of .NET
	f("\x00\x01\x00\x00\x00\xff\xff\xff\xff\x01\x00\x00\x00\x00\x00\x00\x00\x06\x01\x00\x00\x00\x05a'; b\x0b", `[post][form v][base64][dotnet][array 0]="a'; b"`)
}

// Tokens are known anywhere, behind a scheme too.
func TestViewJWT(t *testing.T) {
	f := func(raw, want string) {
		t.Helper()
		wantTrace(t, raw, want)
	}
	enc := base64.RawURLEncoding.EncodeToString
	token := enc([]byte(`{"alg":"HS256","kid":"a'b"}`)) + "." + enc([]byte(`{"sub":"c;d"}`)) + ".c2ln"
	f("GET /\nAuthorization: Bearer "+token+"\n\n", `[header Authorization][jwt][array 0][json][hash kid]="a'b"`)
	f("GET /\nCookie: t="+token+"\n\n", `[header Cookie][cookie t][jwt][array 1][json][hash sub]="c;d"`)
	f("GET /\nCookie: t=bearer%20"+token+"\n\n", `[header Cookie][cookie t][percent][jwt][array 1][json][hash sub]="c;d"`)
	f("GET /?t="+token+"\n\n", `[query t][jwt][array 1][json][hash sub]="c;d"`)
	f("POST /\nContent-Type: application/json\n\n"+`{"t":"`+token+`"}`, `[post][json][hash t][jwt][array 1][json][hash sub]="c;d"`)
	f("GET /x/"+token+"\n\n", `[path 1][jwt][array 0][json][hash kid]="a'b"`)
	f("GET /\nX-Token: "+token+"\n\n", `[header X-Token][jwt][array 1][json][hash sub]="c;d"`)
}

// Depth is bounded.
func TestPHPBounds(t *testing.T) {
	s := &Scratch{}
	v := mustPolicy(t, Options{}).Inspect(typedBody("text/plain", []byte(strings.Repeat("a:1:{i:0;", 1000)+"}")), 1, s)
	for i := range v.Matches {
		if v.Matches[i].Rule == "overlimit/nesting" {
			return
		}
	}
	t.Error(summary(v))
}

// Serialised values are walked to their end whatever they hold.
func FuzzObjects(f *testing.F) {
	addSeeds(f)
	for _, s := range []string{`a:1:{i:0;s:1:"x";}`, `O:1:"A":1:{s:1:"p";N;}`, "\xac\xed\x00\x05t\x00\x01x", "\xff\x01\x05\x01x", "\x00\x01\x00\x00\x00\xff\xff\xff\xff\x06\x01\x00\x00\x00\x01x"} {
		f.Add([]byte(s))
	}
	p := mustPolicy(f, Options{})
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, b []byte) {
		s.reset(p, &Request{Body: b})
		pl := place{part: PartBody, to: len(b), exact: true}
		s.php(b, pl)
		for i := range objectForms {
			s.objects(&objectForms[i], b, pl)
		}
		if s.point.n != 0 || s.depth != 0 {
			t.Errorf("%q: point has %d steps, depth %d afterwards", b, s.point.n, s.depth)
		}
	})
}
