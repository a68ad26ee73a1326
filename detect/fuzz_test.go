package detect

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"
)

// seeds are values in every encoding and structure that the engine knows.
var seeds = []string{
	"", "%", "%%", "%u", "%u00", "%u0027", "%2", "%25%32%37", "%c0%ae%c1%9c", "%c1%8s%bg%qf", "%2%f", "a+b+c",
	"&#", "&#x", "&#39;", "&#x27", "&lt", "&lt;svg&gt;", "&colon;", "&&&;",
	`\`, `\x`, `\x27`, `\u`, `\u0027`, `\u{27}`, `\u{`, `\47`, `\27 `, `\'`,
	"\xc0", "\xc0\xae", "\xe0\x80\xae", "\xf0\x80\x80\xaf", "\xff\xfe\x00", "\uff07\uff1c",
	"JyBvciAxPTE=", "JyBvciAxPTEg", "data:x;base64,JyBvciAxPTE=", "====", "H4sIAAAAAAAA", "eJwAAAAA",
	"eyJhbGciOiJub25lIn0.eyJhIjoiYiJ9.", "eyJ.eyJ.eyJ",
	`{"a":"b"}`, `{"a":["b",{"c":1e9}],"a":null}`, `{"a":`, `{"a"`, `[[[[`, `{a:b}`, `["\u0027"]`, `{"a":"\"}`, `{,,}`, `[1]]`,
	"<a b='c'>d</a>", "<a><![CDATA[x]]></a>", "<!-- -->", "<?xml version='1.0'?><a/>", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "<a", "</a>", "<a b=", "<![CDATA[", "<!", "<?",
	"a=b&c=d", "a[b][]=c", "&&==", "a=1;b=2", "p=1&p=2",
	"--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--B--", "--B\n\n--B", "--B",
	"1' or 1=1-- ", "1 union select a,b from c", "<script>alert(1)</script>", "\" onload=alert(1) x=\"", "../../etc/passwd", "..\\..\\windows\\win.ini", "; cat /etc/passwd", "$(id)", "`id`",
	"next page\r\nLocation: //h.example", "a\r\nLocation: //h.example/ab", "O'Neil", "select a date from the list", "https://h.example/p?q=1#f", "C:\\Users\\x", "a < b && c > d",
	"\x00\x00\x00\x00\x07\x0a\x05\x0a\x03x'y", "\x0a\x03x'y\x10\x01\x1a\x05\x0a\x03<b>",
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x00\x00\xff\xff", "\x78\x9c\x03\x00\x00\x00\x00\x01", "\x00\x01<?php x", "GIF89a<script>x</script>",
}

func addSeeds(f *testing.F) {
	for _, s := range seeds {
		f.Add([]byte(s))
	}
}

// A decoder appends: what stands before stays, the result is not longer than
// growth times the source, and a decoder without work returns its source.
func FuzzDecoders(f *testing.F) {
	addSeeds(f)
	plus := func(dst, src []byte) []byte { return appendPercent(dst, src, true) }
	percent := func(dst, src []byte) []byte { return appendPercent(dst, src, false) }
	decoders := []struct {
		name   string
		dec    func(dst, src []byte) []byte
		growth int
	}{
		{"percent", percent, 1}, {"percent with plus", plus, 1}, {"lenient percent", appendLenientPercent, 1}, {"plus", appendPlus, 1},
		{"html", appendHTML, 1}, {"escape", appendEscape, 1}, {"css", appendCSS, 2}, {"folded", appendFolded, 2}, {"json", appendJSON, 1},
		{"best fit", appendBestFit, 1}, {"utf7", appendUTF7, 1}, {"bare percent", appendBarePercent, 1},
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, d := range decoders {
			out := d.dec([]byte("before"), src)
			if !bytes.HasPrefix(out, []byte("before")) {
				t.Errorf("%s: %q: lost what stood before", d.name, src)
			}
			if len(out)-6 > d.growth*len(src)+utf8.UTFMax {
				t.Errorf("%s: %q: grew to %d bytes", d.name, src, len(out)-6)
			}
			if scan(src)&^plainBytes == 0 && !bytes.Equal(out[6:], src) {
				t.Errorf("%s: %q: changed a plain word to %q", d.name, src, out[6:])
			}
		}
	})
}

// UTF-16 and UTF-32 give valid UTF-8 for any bytes in either order.
func FuzzWide(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			for _, width := range []int{2, 4} {
				if out := appendWide(nil, src, order, width); !utf8.Valid(out) || len(out) > 3*len(src) {
					t.Errorf("%q: got %q", src, out)
				}
			}
		}
		if order, width := wideOrder(src); (order == nil) != (width == 0) {
			t.Errorf("%q: order %v, width %d", src, order, width)
		}
	})
}

// Hex gives text of half its length or nothing.
func FuzzHex(f *testing.F) {
	addSeeds(f)
	f.Add([]byte("0x3c623e68656c6c6f3c2f623e"))
	f.Fuzz(func(t *testing.T, src []byte) {
		out := appendHex([]byte("before"), src)
		if !bytes.HasPrefix(out, []byte("before")) {
			t.Fatalf("%q: lost what stood before", src)
		}
		if n := len(out) - 6; n > 0 && (2*n != len(hexDigits(src)) || !isText(out[6:])) {
			t.Errorf("%q: got %q", src, out[6:])
		}
		maybeHex(src)
	})
}

// Whatever base64 takes has the length that the digits give, and MIME base64
// takes it too.
func FuzzBase64(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		out, ok := appendBase64([]byte("before"), src)
		if !bytes.HasPrefix(out, []byte("before")) {
			t.Fatalf("%q: lost what stood before", src)
		}
		if !ok || len(out) == len("before") {
			return
		}
		mime, ok := appendMIME(nil, src)
		if !ok || !bytes.Equal(mime, out[6:]) {
			t.Errorf("%q: base64 %q, MIME %q", src, out[6:], mime)
		}
		if len(src) >= minBase64 {
			maybeBase64(src)
		}
	})
}

// What is valid JSON is walked to its end without a complaint.
func FuzzJSON(f *testing.F) {
	addSeeds(f)
	p, err := NewPolicy(Options{})
	if err != nil {
		f.Fatal(err)
	}
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, src []byte) {
		s.reset(p, &Request{Body: src})
		ok := s.json(src, place{part: PartBody, to: len(src), exact: true})
		if validJSON(src) && !ok && s.found&(1<<Overlimit) == 0 {
			t.Errorf("%q: valid, but the walk complains", src)
		}
		if s.point.n != 0 || s.depth != 0 {
			t.Errorf("%q: point has %d steps, depth %d afterwards", src, s.point.n, s.depth)
		}
	})
}

func FuzzXML(f *testing.F) {
	addSeeds(f)
	p, err := NewPolicy(Options{})
	if err != nil {
		f.Fatal(err)
	}
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, src []byte) {
		s.reset(p, &Request{Body: src})
		s.xml(src, place{part: PartBody, to: len(src), exact: true})
		if s.point.n != 0 || s.depth != 0 || s.xmls != 0 {
			t.Errorf("%q: point has %d steps, depth %d, documents %d afterwards", src, s.point.n, s.depth, s.xmls)
		}
		var table entityTable
		if n := table.read(src); n < 0 || n > max(maxExpanded+1, len(src)) {
			t.Errorf("%q: expands to %d", src, n)
		} else if n <= maxExpanded {
			if size, out := table.sizeOf(src), table.appendExpanded(nil, src, 0); size <= maxExpanded && len(out) > len(src)+size {
				t.Errorf("%q: expands to %d bytes, not %d", src, len(out), size)
			}
		}
	})
}

func FuzzPoint(f *testing.F) {
	for _, s := range []string{"[query a]", "[post][json][hash x][array 3]", `[query \x5d]`, "[header][x]", "[", "[]", "[path 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		steps, err := parsePoint(text)
		if err != nil {
			return
		}
		var p Point
		for i, st := range steps {
			p.steps[i] = Step{st.kind, st.index, st.name}
			p.n++
		}
		again, err := parsePoint(p.String())
		if err != nil || len(again) != len(steps) {
			t.Errorf("%q: printed %s, which reads as %d steps, %v", text, &p, len(again), err)
		}
	})
}

// shapes put a value into each position of a request.
var shapes = []func(v []byte) *Request{
	func(v []byte) *Request { return &Request{Method: []byte("GET"), Target: append([]byte("/?a="), v...)} },
	func(v []byte) *Request { return &Request{Method: v, Target: append([]byte("/x/"), v...)} },
	func(v []byte) *Request {
		return &Request{Target: []byte("/"), Headers: []Header{{[]byte("Cookie"), v}, {[]byte("Referer"), v}, {[]byte("X"), v}, {[]byte("User-Agent"), v}, {[]byte("Authorization"), v}}}
	},
	func(v []byte) *Request { return typedBody("application/x-www-form-urlencoded", v) },
	func(v []byte) *Request { return typedBody("application/json", v) },
	func(v []byte) *Request { return typedBody("text/xml", v) },
	func(v []byte) *Request { return typedBody("multipart/form-data; boundary=B", v) },
	func(v []byte) *Request { return typedBody("", v) },
	func(v []byte) *Request { return typedBody("application/grpc", v) },
	func(v []byte) *Request {
		r := typedBody("", v)
		r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte("gzip")})
		return r
	},
	func(v []byte) *Request {
		r := typedBody("application/json", v)
		r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte("zstd, br")}, Header{[]byte("Content-Encoding"), v})
		return r
	},
}

func typedBody(ct string, v []byte) *Request {
	return &Request{Target: []byte("/"), Headers: []Header{{[]byte("Content-Type"), []byte(ct)}}, Body: v}
}

// FuzzInspect demands of any request: no panic, offsets within their bytes,
// the same verdict from the prefilter, the memo and the cache as without
// them, and a scratch that is empty afterwards.
func FuzzInspect(f *testing.F) {
	addSeeds(f)
	p := newInspectPair(f)
	f.Fuzz(func(t *testing.T, v []byte) { p.check(t, v) })
}

// Pairs of seeds, random bytes and mutilated seeds through the same checks.
func TestInspectSeeds(t *testing.T) {
	r := rand.New(rand.NewSource(7))
	p := newInspectPair(t)
	for _, a := range seeds {
		p.check(t, []byte(a))
		b := []byte(a + seeds[r.Intn(len(seeds))] + seeds[r.Intn(len(seeds))])
		p.check(t, b)
		for range 4 {
			if len(b) > 0 {
				b[r.Intn(len(b))] = byte(r.Intn(256))
			}
		}
		p.check(t, b)
	}
}

// inspectPair is a policy with every shortcut and one without any.
type inspectPair struct {
	on, off *Policy
	scope   uint64 // of one value: nothing is remembered from those before it
}

func newInspectPair(t testing.TB) *inspectPair {
	t.Helper()
	return &inspectPair{on: mustPolicy(t, Options{Cache: NewCache(512 << 10)}), off: mustPolicy(t, Options{NoPrefilter: true})}
}

func (p *inspectPair) check(t *testing.T, v []byte) {
	t.Helper()
	p.scope++
	s, s2 := &Scratch{}, &Scratch{}
	for i, shape := range shapes {
		r := shape(v)
		want := summary(p.off.Inspect(r, p.scope, s2))
		for range 2 {
			verdict := p.on.Inspect(r, p.scope, s)
			if got := summary(verdict); got != want {
				t.Errorf("shape %d of %q: got %s, without prefilter %s", i, v, got, want)
			}
			checkMatches(t, r, verdict)
		}
		if s.point.n != 0 || s.depth != 0 || len(s.forms) != 0 || len(s.seen) != 0 {
			t.Errorf("shape %d of %q: scratch is not empty: %d %d %d %d", i, v, s.point.n, s.depth, len(s.forms), len(s.seen))
		}
	}
}

func summary(v *Verdict) string {
	var b strings.Builder
	for i := range v.Matches {
		m := &v.Matches[i]
		fmt.Fprintf(&b, "%s %s %d %s %d:%d in %d %d:%d; ", m.Class, m.Rule, m.Score, &m.Point, m.Start, m.End, m.Part, m.From, m.To)
	}
	return b.String()
}

// checkMatches demands offsets that lie within what they point into.
func checkMatches(t *testing.T, r *Request, v *Verdict) {
	t.Helper()
	for i := range v.Matches {
		m := &v.Matches[i]
		if m.Start < 0 || m.End < m.Start || m.End > len(m.Value) {
			t.Errorf("%s: evidence %d:%d of %d bytes", m.Rule, m.Start, m.End, len(m.Value))
		}
		whole := r.Target
		switch m.Part {
		case PartHeader:
			whole = r.Headers[m.Header].Value
		case PartBody:
			whole = r.Body
		}
		if m.From < 0 || m.To < m.From || m.To > len(whole) {
			t.Errorf("%s: place %d:%d of %d bytes", m.Rule, m.From, m.To, len(whole))
		}
		if m.Score < 1 || m.Score > 100 || m.Rule == "" || m.Why == "" {
			t.Errorf("incomplete match %+v", m)
		}
	}
}
