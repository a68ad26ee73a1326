package detect

import (
	"bytes"
	"fmt"
	"math/rand"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// worstSize is the request for which the goal of the worst case is set: at
// most a millisecond of CPU, whatever it holds.
const worstSize = 8 << 10

// worstUnits are pieces of which slow requests may be made: openings without
// ends, separators, words that judges look at, encodings inside one another.
var worstUnits = []string{
	"a", "1", " ", "'", "\"", "`", "<", ">", "(", ")", "[", "{", "}", "/", "\\", ".", "=", ";", "&", "|", "$", "%", "+", "-", "#", "*", ":", ",", "@", "_", "\n", "\x00", "\xc0", "\xe2\x80\x99", "é",
	"--", "/*", "*/", "/**/", "<!--", "<a ", "</", "<![CDATA[", "<?", "<%", "{{", "${", "#{", "$(", "`a`", "'a'", "a.", "a(", "a[", "(a", "a=", "a;", "a&", "a|", "a,", "../", "..\\", "/.", "//", "/a", ";/", "://", "%25", "%2e", "%c0%af", "%u0041", "&#60;", "&lt;", "\\x41", "\\u0041", "\\6a ",
	"or 1 ", "and a=a ", "union select ", "select(", "case when ", "a' or ", "',", "(1),", "@@a ", "q'[", "$a$", "e'", "n'", "x'41'",
	"alert(", "eval`", "document.", "window[", "top[", "onx=", " onabc=", "<svg ", "<x y=z ", "javascript:", "data:", "url(", "](", "style=",
	";id", "|cat ", "&&id ", "$(id", "`id`", "\nls", "${IFS}", "{a,b}", "/b?n/", "'i'd", "%0aid", "for %a in (", "() {",
	"java.", "os.", "class.", "__a", "system(", "exec('", "\"a\"(", "('a'.'b')(", "O:1:\"", "$_GET[", "<?=", "\\think\\",
	"${${a:", "${lower:", "{%", "{{7*7}}", "#set(", "http://a@", "//a\\", "ftp://", "0x2f", "0x7f.", "127.0.0.1:", "etc/", "etc/passwd", ".;/", "C:/",
	"\r\na: b", "\r\nSet-Cookie:", "\r\nRCPT TO:", ")(|(a=*", "*)(", "|(", "!(", "$gt:", "['$ne']", "||1==", "';return ",
	"string(", "count(//", "child::", "[1]", "]|//", "<!ENTITY a '", "<!DOCTYPE a [", "&a;", "aGVsbG8gd29ybGQh", "YWFhYWFhYWFhYWFhYWFhYQ==", "\"aGVsbG8gd29ybGQh\"", "68656c6c6f20776f726c6421", "+ADw-", "{\"a\":", "[[", "\"a\",", "{'a':'b'},", "eyJhIjoiYiJ9.",
}

// worstShapes put text into requests of worstSize bytes.
var worstShapes = []struct {
	name string
	make func(text []byte) *Request
}{
	{"query", func(v []byte) *Request {
		return &Request{Method: []byte("GET"), Target: append([]byte("/?a="), []byte(url.QueryEscape(string(v)))[:min(worstSize, len(url.QueryEscape(string(v))))]...)}
	}},
	{"path", func(v []byte) *Request { return &Request{Method: []byte("GET"), Target: append([]byte("/"), v...)} }},
	{"header", func(v []byte) *Request {
		return &Request{Method: []byte("GET"), Target: []byte("/"), Headers: []Header{{[]byte("X-Note"), v}}}
	}},
	{"cookie", func(v []byte) *Request {
		return &Request{Method: []byte("GET"), Target: []byte("/"), Headers: []Header{{[]byte("Cookie"), v}}}
	}},
	{"referer", func(v []byte) *Request {
		return &Request{Method: []byte("GET"), Target: []byte("/"), Headers: []Header{{[]byte("Referer"), append([]byte("http://h/"), v...)}}}
	}},
	{"form", func(v []byte) *Request { return typedBody("application/x-www-form-urlencoded", v) }},
	{"json", func(v []byte) *Request { return typedBody("application/json", v) }},
	{"string", func(v []byte) *Request {
		return typedBody("application/json", []byte(fmt.Sprintf("{\"a\":%q}", v))[:min(worstSize, len(v)+8)])
	}},
	{"xml", func(v []byte) *Request { return typedBody("text/xml", v) }},
	{"multipart", func(v []byte) *Request {
		return typedBody("multipart/form-data; boundary=B", append([]byte("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"), v...))
	}},
	{"text", func(v []byte) *Request { return typedBody("text/plain", v) }},
}

// worstText is units in turn up to worstSize bytes.
func worstText(units ...string) []byte {
	text := strings.Join(units, "")
	return []byte(strings.Repeat(text, worstSize/len(text)+1)[:worstSize])
}

// BenchmarkWorst searches for requests of worstSize bytes that cost the most
// CPU: every unit in every shape, then mutations of the dearest. It reports
// the dearest of each shape; goal: 1 ms.
func BenchmarkWorst(b *testing.B) {
	p := plainPolicy(b)
	for _, shape := range worstShapes {
		b.Run(shape.name, func(b *testing.B) {
			w := worstSearch{p: p, make: shape.make, r: rand.New(rand.NewSource(1))}
			for b.Loop() {
				w.search()
			}
			slices.SortFunc(w.best, func(a, b worstCase) int { return int(b.cost - a.cost) })
			b.ReportMetric(float64(w.best[0].cost.Microseconds()), "worst-us")
			b.Logf("%v of %.60q", w.best[0].cost, w.best[0].text)
		})
	}
}

type worstCase struct {
	text []byte
	cost time.Duration
}

type worstSearch struct {
	p    *Policy
	s    Scratch
	make func([]byte) *Request
	r    *rand.Rand
	best []worstCase
}

const worstKept = 8

func (w *worstSearch) search() {
	for _, u := range worstUnits {
		w.try(worstText(u))
	}
	for range 100 {
		w.try(w.mutation())
	}
}

// mutation is a dear text with pieces of others, or of some units, in it.
func (w *worstSearch) mutation() []byte {
	unit := func() string { return worstUnits[w.r.Intn(len(worstUnits))] }
	base := slices.Clone(w.best[w.r.Intn(len(w.best))].text)
	switch w.r.Intn(4) {
	case 0:
		return worstText(unit(), unit())
	case 1:
		return worstText(string(base[:min(len(base), 1+w.r.Intn(40))]), unit())
	case 2:
		at := w.r.Intn(len(base))
		return append(base[:at], worstText(unit())[:len(base)-at]...)
	}
	for range 1 + w.r.Intn(64) {
		copy(base[w.r.Intn(len(base)):], unit())
	}
	return base
}

// try measures text, the dearest of three runs wins nothing: the cheapest is
// its cost.
func (w *worstSearch) try(text []byte) {
	req := w.make(text)
	cost := time.Hour
	for range 3 {
		at := cpuTime()
		w.p.Inspect(req, uint64(w.r.Int63()), &w.s)
		cost = min(cost, cpuTime()-at)
	}
	if len(w.best) < worstKept {
		w.best = append(w.best, worstCase{text, cost})
		return
	}
	least := slices.MinFunc(w.best, func(a, b worstCase) int { return int(a.cost - b.cost) })
	if cost > least.cost {
		for i := range w.best {
			if bytes.Equal(w.best[i].text, least.text) {
				w.best[i] = worstCase{text, cost}
				return
			}
		}
	}
}
