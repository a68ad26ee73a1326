package detect

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
)

// maxBombMemory is what the inspection of one request, whatever it holds, may
// allocate with a new scratch.
const maxBombMemory = 16 << 20

// compress writes n bytes of fill through the coding that content coding
// names call name.
func compress(t testing.TB, name string, n int, fill byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch name {
	case "gzip":
		w, err = gzip.NewWriterLevel(&out, 9)
	case "zlib":
		w, err = zlib.NewWriterLevel(&out, 9)
	case "deflate":
		w, err = flate.NewWriter(&out, 9)
	case "br":
		w, err = brrr.NewWriter(&out, 9)
	case "zstd":
		w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20))
	}
	if err != nil {
		t.Fatal(err)
	}
	block := bytes.Repeat([]byte{fill}, 1<<16)
	for ; n > 0; n -= len(block) {
		w.Write(block[:min(n, len(block))])
	}
	w.Close()
	return out.Bytes()
}

// bombs are requests that cost a naive inspector gigabytes or minutes.
func bombs(t testing.TB) map[string]*Request {
	const form = "application/x-www-form-urlencoded"
	all := map[string]*Request{
		"nested-arrays":  typedBody("application/json", bytes.Repeat([]byte("["), 10<<20)),
		"nested-objects": typedBody("application/json", bytes.Repeat([]byte(`{"a":`), 2<<20)),
		"nested-xml":     typedBody("text/xml", bytes.Repeat([]byte("<a>"), 3<<20)),
		"params":         typedBody(form, bytes.Repeat([]byte("a=1&"), 100_000)),
		"distinct":       typedBody(form, manyParams(100_000)),
		"cookies":        {Target: []byte("/"), Headers: []Header{{[]byte("Cookie"), bytes.Repeat([]byte("a=1; "), 100_000)}}},
		"parts":          typedBody("multipart/form-data; boundary=B", bytes.Repeat([]byte("--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"), 50_000)),
		"json-values":    typedBody("application/json", []byte("["+strings.Repeat("1,", 1_000_000)+"1]")),
		"json-strings":   typedBody("application/json", []byte("["+strings.Repeat(`"a",`, 1_000_000)+`"a"]`)),
		"xml-values":     typedBody("text/xml", []byte("<r>"+strings.Repeat("<a>1</a>", 1_000_000)+"</r>")),
		"laughs":         typedBody("application/xml", []byte(laughs())),
		"quadratic":      typedBody("application/xml", []byte(`<!DOCTYPE d [<!ENTITY e "`+strings.Repeat("a", 50_000)+`">]><d>`+strings.Repeat("&e;", 50_000)+"</d>")),
		"references":     typedBody("application/xml", []byte(`<!DOCTYPE d [<!ENTITY e "`+strings.Repeat("&f;", 300_000)+`"><!ENTITY f "x">]><d/>`)),
	}
	for name, v := range map[string]string{"percent": "%25%32%35", "html": "&amp;amp;", "escape": `\x5c`, "quotes": `'"`, "plus": "+-"} {
		all["decode-"+name] = typedBody(form, []byte("a="+strings.Repeat(v, (1<<20)/len(v))))
	}
	for _, c := range []string{"gzip", "zlib", "deflate", "br", "zstd"} {
		r := typedBody("application/json", compress(t, c, 256<<20, ' '))
		coding := strings.Replace(c, "zlib", "deflate", 1)
		r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte(coding)})
		all["bomb-"+c] = r
	}
	return all
}

func manyParams(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		fmt.Fprintf(&b, "p%d=%d&", i, i)
	}
	return b.Bytes()
}

// laughs is a document whose entities double thirty times.
func laughs() string {
	var d strings.Builder
	d.WriteString(`<!DOCTYPE d [<!ENTITY e0 "ha">`)
	for i := range 30 {
		fmt.Fprintf(&d, `<!ENTITY e%d "&e%d;&e%d;">`, i+1, i, i)
	}
	return d.String() + "]><d>&e30;</d>"
}

// Every bomb ends in data_bomb or overlimit, within the memory bound, which
// values that are long and much encoded keep too.
func TestBombs(t *testing.T) {
	p := mustPolicy(t, Options{})
	for name, r := range bombs(t) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v := p.Inspect(r, 1, &Scratch{})
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > maxBombMemory {
			t.Errorf("%s: allocated %d bytes", name, n)
		}
		bounded := false
		for i := range v.Matches {
			bounded = bounded || v.Matches[i].Class == DataBomb || v.Matches[i].Class == Overlimit
		}
		if decodes := strings.HasPrefix(name, "decode-"); !decodes && (!bounded || !v.Partial) {
			t.Errorf("%s: no bound was crossed: %s", name, summary(v))
		}
	}
}

// A large body at an ordinary ratio is no bomb: it is judged in part.
func TestLargeCompressedBody(t *testing.T) {
	var text, out bytes.Buffer
	for i := 0; text.Len() < 6<<20; i++ {
		fmt.Fprintf(&text, `{"at":%d,"level":"info","text":"request %x took %d ms"}`+"\n", 1700000000+i*7, i*2654435761, i%977)
	}
	w := gzip.NewWriter(&out)
	w.Write(text.Bytes())
	w.Close()
	r := typedBody("application/x-ndjson", out.Bytes())
	r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte("gzip")})
	v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{})
	if !v.Partial || v.Attack() {
		t.Errorf("partial %v, %s", v.Partial, summary(v))
	}
}

// A stream that asks for a window beyond the bound is refused, not read.
func TestWindows(t *testing.T) {
	f := func(coding, body string) {
		t.Helper()
		r := typedBody("text/plain", []byte(body))
		r.Headers = append(r.Headers, Header{[]byte("Content-Encoding"), []byte(coding)})
		v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{})
		if len(v.Matches) == 0 || v.Matches[0].Class != DataBomb {
			t.Errorf("%s: %s", coding, summary(v))
		}
	}
	// 16 MiB, which brotli calls 24 bits
	f("br", "\x0f\x00\x00\x00")
	// 2^(10+20) bytes in the frame header of zstd
	f("zstd", "\x28\xb5\x2f\xfd\x00\xa0\x01\x00\x00")
}

// BenchmarkBombs prints what each costs of CPU.
func BenchmarkBombs(b *testing.B) {
	p := mustPolicy(b, Options{})
	for name, r := range bombs(b) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			before := cpuTime()
			for b.Loop() {
				p.Inspect(r, 1, &Scratch{})
			}
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N)/1e6, "cpu-ms/op")
		})
	}
}
