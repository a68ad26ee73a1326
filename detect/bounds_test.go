package detect

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// Each bound that is crossed is a match and makes the verdict partial.
func TestBounds(t *testing.T) {
	f := func(raw string, class Class, rule string) {
		t.Helper()
		v := mustPolicy(t, Options{}).Inspect(rawRequest(raw), 1, &Scratch{})
		if !v.Partial {
			t.Errorf("%.80q: verdict is not partial", raw)
		}
		for i := range v.Matches {
			if v.Matches[i].Class == class && v.Matches[i].Rule == rule {
				return
			}
		}
		t.Errorf("%.80q: no %s among %d matches", raw, rule, len(v.Matches))
	}
	// a million nested arrays, objects, elements
	f("POST /\n\n"+strings.Repeat("[", 1<<20), Overlimit, "overlimit/nesting")
	f("POST /\n\n"+strings.Repeat(`{"a":`, 1<<18), Overlimit, "overlimit/nesting")
	f("POST /\nContent-Type: text/xml\n\n"+strings.Repeat("<a>", 1<<18), Overlimit, "overlimit/nesting")
	// a hundred thousand parameters
	f("POST /\nContent-Type: application/x-www-form-urlencoded\n\n"+strings.Repeat("a=1&", 100000), Overlimit, "overlimit/params")
	// parts
	f("POST /\nContent-Type: multipart/form-data; boundary=B\n\n"+strings.Repeat("--B\r\n\r\n\r\n", 2000)+"--B--", Overlimit, "overlimit/parts")
	// values
	f("POST /\n\n["+strings.Repeat(`"a-b",`, 120000)+"1]", Overlimit, "overlimit/values")
	// decoders inside one another
	f("GET /?a=%"+strings.Repeat("25", 20)+"41\n\n", Overlimit, "overlimit/depth")
	// a body that grows ten thousand times
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, 9)
	for range 64 {
		w.Write(make([]byte, 1<<20))
	}
	w.Close()
	f("POST /\nContent-Encoding: gzip\n\n"+z.String(), DataBomb, "data_bomb/inflate")
	// entities that double thirty times
	var d strings.Builder
	d.WriteString(`<!DOCTYPE d [<!ENTITY e0 "ha">`)
	for i := range 30 {
		fmt.Fprintf(&d, `<!ENTITY e%d "&e%d;&e%d;">`, i+1, i, i)
	}
	f("POST /\nContent-Type: application/xml\n\n"+d.String()+"]><d>&e30;</d>", DataBomb, "data_bomb/entities")
}

// What was found before a bound was crossed stays found.
func TestBoundsKeepFindings(t *testing.T) {
	m := inspect(t, Options{}, "POST /?id=1'+UNION+SELECT+login,secret+FROM+staff--+\n\n"+strings.Repeat("[", 1000))
	if len(m) != 2 || m[0].Class != SQLi || m[1].Class != Overlimit {
		t.Errorf("got %v", m)
	}
}

// A long text is judged at its ends and at code in it, and says so.
func TestLongText(t *testing.T) {
	filler := strings.Repeat(sentence(rand.New(rand.NewSource(3)), 12), 3000)
	f := func(body string, attack bool) {
		t.Helper()
		v := mustPolicy(t, Options{}).Inspect(rawRequest("POST /\nContent-Type: text/plain\n\n"+body), 1, &Scratch{})
		if !v.Partial || v.Attack() != attack {
			t.Errorf("partial %v, matches %v", v.Partial, v.Matches)
		}
	}
	f(filler, false)
	f("<script>alert(document.cookie)</script> "+filler, true)
	f(filler+"<script>alert(document.cookie)</script>"+filler, true)
	f(filler+" <script>alert(document.cookie)</script>", true)
}

func TestScratchShrinks(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	body := "a=" + strings.Repeat("%41%20", 1<<19)
	p.Inspect(rawRequest("POST /\nContent-Type: application/x-www-form-urlencoded\n\n"+body), 1, s)
	p.Inspect(getRequest(rand.New(rand.NewSource(1))), 1, s)
	if cap(s.arena) > maxArena {
		t.Errorf("arena holds %d bytes", cap(s.arena))
	}
}

func TestExpansion(t *testing.T) {
	f := func(dtd string, want int) {
		t.Helper()
		if got := new(entityTable).read([]byte(dtd)); got != want {
			t.Errorf("%q: got %d, want %d", dtd, got, want)
		}
	}
	f(`<!DOCTYPE a>`, 0)
	f(`<!DOCTYPE a [<!ENTITY x "1234">]>`, 4)
	f(`<!DOCTYPE a [<!ENTITY x "1234"><!ENTITY y "&x;&x;">]>`, 6+8)
	f(`<!DOCTYPE a [<!ENTITY % x "12"><!ENTITY y "%x;">]>`, 3+2)
	// in any order, and in circles
	f(`<!DOCTYPE a [<!ENTITY y "&x;&x;"><!ENTITY x "1234">]>`, 6+8)
	f(`<!DOCTYPE a [<!ENTITY y "&x;"><!ENTITY x "&y;">]>`, maxExpanded+1)
	// signs without a name, in a time that is linear
	f(`<!DOCTYPE a [<!ENTITY x "`+strings.Repeat("&", 1<<20)+`;">]>`, 1<<20+1)
	// external entities and broken declarations have no size
	f(`<!DOCTYPE a [<!ENTITY x SYSTEM "file:///x"><!ENTITY y`, 0)
}
