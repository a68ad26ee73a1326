package detect

import (
	"bytes"
	"encoding/base64"
	"io"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/molecule-man/go-brrr"
)

// pack compresses text once with each of the codings named, in order.
func pack(t testing.TB, text string, names ...string) string {
	t.Helper()
	for _, name := range names {
		var out bytes.Buffer
		var w io.WriteCloser
		var err error
		switch name {
		case "gzip":
			w = gzip.NewWriter(&out)
		case "zlib":
			w = zlib.NewWriter(&out)
		case "deflate":
			w, err = flate.NewWriter(&out, 6)
		case "br":
			w, err = brrr.NewWriter(&out, 5)
		case "zstd":
			w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
		}
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
		w.Close()
		text = out.String()
	}
	return text
}

func TestContentCodings(t *testing.T) {
	const text = "hello ; world"
	f := func(header, body, want string) {
		t.Helper()
		wantTrace(t, "POST /\n"+header+"\n\n"+body, want)
	}
	// each coding, deflate with and without its wrapper, any case
	f("Content-Encoding: gzip", pack(t, text, "gzip"), `[post][gzip][text]="hello ; world"`)
	f("Content-Encoding: X-GZIP", pack(t, text, "gzip"), `[post][gzip][text]="hello ; world"`)
	f("Content-Encoding: deflate", pack(t, text, "zlib"), `[post][gzip][text]="hello ; world"`)
	f("Content-Encoding: deflate", pack(t, text, "deflate"), `[post][gzip][text]="hello ; world"`)
	f("Content-Encoding: br", pack(t, text, "br"), `[post][br][text]="hello ; world"`)
	f("Content-Encoding: zstd", pack(t, text, "zstd"), `[post][zstd][text]="hello ; world"`)
	// lists, in one field or several, undone from the end
	f("Content-Encoding: gzip, br", pack(t, text, "gzip", "br"), `[post][br][gzip][text]="hello ; world"`)
	f("Content-Encoding: zstd , identity,,deflate", pack(t, text, "zstd", "zlib"), `[post][gzip][zstd][text]="hello ; world"`)
	f("Content-Encoding: gzip\nContent-Encoding: zstd", pack(t, text, "gzip", "zstd"), `[post][zstd][gzip][text]="hello ; world"`)
	f("Content-Encoding: identity", text, `[post][text]="hello ; world"`)
	// what does not decode is judged as it stands
	f("Content-Encoding: br", text, `[post][text]="hello ; world"`)
	f("Content-Encoding: compress", text, `[post][text]="hello ; world"`)
	// no coding named, but a magic
	f("X: y", pack(t, text, "gzip"), `[post][text][gzip]="hello ; world"`)
	f("X: y", pack(t, text, "zstd"), `[post][text][zstd]="hello ; world"`)
}

func TestCompressedValues(t *testing.T) {
	f := func(coding, want string) {
		t.Helper()
		b := base64.RawURLEncoding.EncodeToString([]byte(pack(t, "hello ; world", coding)))
		wantTrace(t, "GET /?v="+b+"\n\n", want)
	}
	f("gzip", `[query v][base64][gzip]="hello ; world"`)
	f("zlib", `[query v][base64][gzip]="hello ; world"`)
	f("zstd", `[query v][base64][zstd]="hello ; world"`)
}

// SAML's redirect binding has raw deflate in base64.
func TestSAML(t *testing.T) {
	const request = `<samlp:AuthnRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"><a>b; c</a></samlp:AuthnRequest>`
	v := query(base64.StdEncoding.EncodeToString([]byte(pack(t, request, "deflate"))))
	wantTrace(t, "GET /?SAMLRequest="+v+"\n\n", `[query SAMLRequest][base64][gzip]=`+strconv.Quote(request))
}

// More codings than the bound are a reason in the verdict.
func TestManyCodings(t *testing.T) {
	codings := []string{"gzip", "gzip", "gzip", "gzip", "gzip"}
	r := rawRequest("POST /\nContent-Encoding: " + strings.Join(codings, ",") + "\n\n" + pack(t, "x", codings...))
	v := mustPolicy(t, Options{}).Inspect(r, 1, &Scratch{})
	if len(v.Matches) != 1 || v.Matches[0].Rule != "overlimit/codings" {
		t.Error(summary(v))
	}
}

// Whatever a decompressor reads, its output stays within the bounds, and it
// can be used again.
func FuzzInflate(f *testing.F) {
	addSeeds(f)
	good := [...][]byte{codingGzip: nil, codingDeflate: nil, codingBrotli: nil, codingZstd: nil}
	for c, name := range [...]string{codingGzip: "gzip", codingDeflate: "deflate", codingBrotli: "br", codingZstd: "zstd"} {
		if name != "" {
			good[c] = []byte(pack(f, "hello ; world", name))
			f.Add(good[c])
		}
	}
	p := mustPolicy(f, Options{})
	s := &Scratch{}
	f.Fuzz(func(t *testing.T, src []byte) {
		for c := codingGzip; c <= codingZstd; c++ {
			s.reset(p, &Request{Body: src})
			v, ok := s.decompress(src, c, place{part: PartBody, to: len(src)})
			if ok != (len(v) > 0) || len(v) > max(growthFloor, len(src)*maxGrowth) {
				t.Errorf("coding %d of %q: %v, %d bytes", c, src, ok, len(v))
			}
			if v, ok = s.decompress(good[c], c, place{}); !ok || string(v) != "hello ; world" {
				t.Errorf("coding %d after %q: got %q", c, src, v)
			}
		}
	})
}
