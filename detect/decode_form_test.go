package detect

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// query writes v as a query value byte for byte.
func query(v string) string {
	var b strings.Builder
	for _, c := range []byte(v) {
		fmt.Fprintf(&b, "%%%02x", c)
	}
	return b.String()
}

// utf16le is ASCII text in UTF-16, low byte first.
func utf16le(v string) string { return strings.Join(strings.Split(v, ""), "\x00") + "\x00" }

// Each decoder opens its form and names its step.
func TestForms(t *testing.T) {
	f := func(value string, want ...string) {
		t.Helper()
		wantTrace(t, "GET /?v="+query(value)+"\n\n", want...)
	}
	std := base64.StdEncoding.EncodeToString
	const text = "' <hello> \"world\" ;"
	// hex, bare and with its prefix, alone and inside a value
	f(hex.EncodeToString([]byte(text)), `[query v][hex]="' <hello> \"world\" ;"`)
	f("0x"+strings.ToUpper(hex.EncodeToString([]byte(text))), `[query v][hex]="' <hello> \"world\" ;"`)
	f("id=0x"+hex.EncodeToString([]byte(text))+", x", `[query v][hex]="' <hello> \"world\" ;"`)
	// base64 inside a value, of any alphabet, with padding
	f("a:"+std([]byte(text))+";b", `[query v][base64]="' <hello> \"world\" ;"`)
	f("token "+base64.RawURLEncoding.EncodeToString([]byte("?>?>?> hello, world;")), `[query v][base64]="?>?>?> hello, world;"`)
	// base64 in lines, and with its plus signs taken for spaces
	f(std([]byte(text))[:12]+"\r\n"+std([]byte(text))[12:], `[query v][base64]="' <hello> \"world\" ;"`)
	f(strings.ReplaceAll(std([]byte("say >>> or <<< twice >>>")), "+", " "), `[query v][base64]="say >>> or <<< twice >>>"`)
	// hex of base64, base64 of hex, base64 of UTF-16
	f(hex.EncodeToString([]byte(std([]byte(text)))), `[query v][hex][base64]="' <hello> \"world\" ;"`)
	f(std([]byte(hex.EncodeToString([]byte(text)))), `[query v][base64][hex]="' <hello> \"world\" ;"`)
	f(std([]byte(utf16le("dir; echo x"))), `[query v][base64][utf8]="dir; echo x"`)
	// UTF-7
	f("x+ADw-b+AD4APQ-", `[query v][utf7]="x<b>="`)
	f("+ADw-b+ACY-lt+ADs-", `[query v][utf7][htmljs]="<b<"`)
	// the other characters of ASCII: full-width, small, mathematical, circled
	f("\uff53\uff45\uff4c\uff45\uff43\uff54 \ufe68\ufe64\ufe6b", `[query v][utf8]="select \\<@"`)
	f("\U0001d4ee\U0001d5cf\U0001d65a\U0001d7d9\u24d0\u24b7;", `[query v][utf8]="eve1aB;"`)
	f("a\u037e b\u1fef", "[query v][utf8]=\"a; b`\"")
	// typography beside syntax
	f("\u2019 = \u201dx \u2013\u2013", `[query v][bestfit]="' = \"x --"`)
	f("\u2039b\u203a(\u017felect)", `[query v][bestfit]="<b>(select)"`)
	// percent signs that start nothing
	f("uni%on 1", `[query v][percent]="union 1"`)
}

// Typography in prose is what it is.
func TestTypography(t *testing.T) {
	f := func(v string) {
		t.Helper()
		for _, g := range trace(t, rawRequest("GET /?v="+query(v)+"\n\n")) {
			if strings.Contains(g, "bestfit") {
				t.Errorf("%q became %s", v, g)
			}
		}
	}
	f("It\u2019s the neighbours\u2019 turn \u2013 \u201creally\u201d, she said.")
	f("\u00abBonjour\u00bb, dit-il\u2026 c\u2019est l\u2019heure \u2014 d\u00e9j\u00e0!")
	f("Why does \u201cx = 1; y = 2\u201d (from \u2018sh\u2019) fail?")
	f("\u201eGuten Tag\u201c, sagte er. I\u0131\u0130i")
}

// Identifiers, digests, random tokens and binaries have one form.
func TestNoForms(t *testing.T) {
	r := rand.New(rand.NewSource(11))
	f := func(make func(b []byte) string) {
		t.Helper()
		for range 2000 {
			b := [32]byte{}
			r.Read(b[:])
			v := make(b[:])
			for _, g := range trace(t, rawRequest("GET /?v="+v+"\n\n")) {
				if strings.Contains(g, "[hex]") || strings.Contains(g, "[base64]") {
					t.Errorf("%s became %s", v, g)
				}
			}
		}
	}
	f(func(b []byte) string { return hex.EncodeToString(b[:16]) })
	f(func(b []byte) string { return hex.EncodeToString(b) })
	f(func(b []byte) string { return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16]) })
	f(func(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) })
	f(func(b []byte) string { return "v1." + base64.RawURLEncoding.EncodeToString(b) + ".x" })
	f(func(b []byte) string {
		return fmt.Sprint(1600000000000000+int64(b[0])<<40+int64(b[1])<<20, int64(b[2])<<30)
	})
}

// Bodies in wide and shifted encodings are read as what they hold.
func TestBodyEncodings(t *testing.T) {
	f := func(ct, body string, want ...string) {
		t.Helper()
		wantTrace(t, "POST /\nContent-Type: "+ct+"\n\n"+body, want...)
	}
	wide := func(v string, before, after int) string {
		var b strings.Builder
		for _, c := range []byte(v) {
			b.WriteString(strings.Repeat("\x00", before) + string(rune(c)) + strings.Repeat("\x00", after))
		}
		return b.String()
	}
	const json, xml = `{"a":"b;"}`, `<a>b;</a>`
	f("application/json", wide(json, 0, 3), `[post][utf8][json][hash a]="b;"`)
	f("application/json", "\x00\x00\xfe\xff"+wide(json, 3, 0), `[post][utf8][json][hash a]="b;"`)
	f("text/xml", "\xff\xfe\x00\x00"+wide(xml, 0, 3), `[post][utf8][xml][xml_tag a]="b;"`)
	f("text/xml", wide(xml, 1, 0), `[post][utf8][xml][xml_tag a]="b;"`)
	f("application/x-www-form-urlencoded", "\xff\xfe"+wide("a=b;", 0, 1), `[post][utf8][form a]="b;"`)
	f("text/xml; charset=UTF-7", "+ADw-a+AD4-b;+ADw-/a+AD4-", `[post][utf7][xml][xml_tag a]="b;"`)
	f("text/xml", `<?xml version="1.0" encoding="utf-7"?>+ADw-a+AD4-b;+ADw-/a+AD4-`, `[post][utf7][xml][xml_tag a]="b;"`)
	f("application/json", "\xef\xbb\xbf"+json, `[post][json][hash a]="b;"`)
}

// No digit of a run escapes the probes, wherever it stands.
func TestEmbeddedRuns(t *testing.T) {
	run := base64.RawStdEncoding.EncodeToString([]byte("<hello> world;"))
	if len(run) < minEmbedded-1 {
		t.Fatalf("%d digits", len(run))
	}
	run = base64.RawStdEncoding.EncodeToString([]byte("<hello> worlds;"))
	for n := range 2 * minEmbedded {
		v := strings.Repeat(".", n) + "," + run + ","
		wantTrace(t, "GET /?v="+v+"\n\n", `[query v][base64]="<hello> worlds;"`)
	}
}
