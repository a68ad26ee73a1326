package detect

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// The workloads are ordinary clean requests of a browser and its scripts.

func browserHeaders(more ...string) []Header {
	pairs := append([]string{
		"Host", "shop.example.com",
		"User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
		"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Accept-Language", "en-GB,en;q=0.9,de;q=0.7",
		"Accept-Encoding", "gzip, deflate, br, zstd",
		"Connection", "keep-alive",
		"Referer", "https://shop.example.com/list/garden?page=2",
		"Sec-Fetch-Mode", "navigate",
	}, more...)
	var hs []Header
	for i := 0; i < len(pairs); i += 2 {
		hs = append(hs, Header{[]byte(pairs[i]), []byte(pairs[i+1])})
	}
	return hs
}

func getRequest() *Request {
	return &Request{
		Method:  []byte("GET"),
		Target:  []byte("/list/garden?page=3&sort=price-asc&q=folding+chair"),
		Headers: browserHeaders(),
	}
}

func cookieRequest() *Request {
	r := rand.New(rand.NewSource(1))
	var b strings.Builder
	for i := 0; b.Len() < 1500; i++ {
		fmt.Fprintf(&b, "c%d=%s; ", i, token(r, 20+r.Intn(60)))
	}
	q := getRequest()
	q.Headers = browserHeaders(
		"Cookie", b.String()+"theme=dark",
		"Sec-Ch-Ua", `"Chromium";v="130", "Not?A_Brand";v="99"`,
		"Sec-Ch-Ua-Mobile", "?0",
		"Sec-Ch-Ua-Platform", `"Linux"`,
		"Sec-Fetch-Dest", "document",
		"Sec-Fetch-Site", "same-origin",
		"Upgrade-Insecure-Requests", "1",
		"Cache-Control", "max-age=0",
	)
	return q
}

func token(r *rand.Rand, n int) string {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[r.Intn(len(digits))]
	}
	return string(b)
}

const prose = "We met the gardener on Tuesday and agreed on the new hedge, which should be planted before the frost. "

func bodyRequest(ct string, body []byte) *Request {
	return &Request{
		Method:  []byte("POST"),
		Target:  []byte("/orders/new"),
		Headers: browserHeaders("Content-Type", ct),
		Body:    body,
	}
}

func formRequest() *Request {
	var b strings.Builder
	for i := 0; b.Len() < 2000; i++ {
		fmt.Fprintf(&b, "field%d=value-%d&note%d=%s&", i, i*37, i, strings.ReplaceAll(prose, " ", "+"))
	}
	return bodyRequest("application/x-www-form-urlencoded", []byte(b.String()+"done=1"))
}

func jsonRequest() *Request {
	var b strings.Builder
	b.WriteString(`{"items":[`)
	for i := 0; b.Len() < 8000; i++ {
		fmt.Fprintf(&b, `{"id":%d,"sku":"AB-%d","title":"Folding chair, set of %d","price":%d.50,"tags":["garden","wood"],"note":"%s"},`, i, i*7, i+2, i*3, prose)
	}
	return bodyRequest("application/json", []byte(b.String()+`{"id":0}]}`))
}

func uploadRequest() *Request {
	const boundary = "----form5b2c9d8e7f"
	data := make([]byte, 1<<20)
	rand.New(rand.NewSource(2)).Read(data)
	var b bytes.Buffer
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nsummer\r\n", boundary)
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"garden.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n", boundary)
	b.Write([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"))
	b.Write(data)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return bodyRequest("multipart/form-data; boundary="+boundary, b.Bytes())
}

func xmlRequest() *Request {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><order xmlns="urn:shop">`)
	for i := 0; b.Len() < 4000; i++ {
		fmt.Fprintf(&b, `<item id="%d"><title>Chair &amp; table</title><note>%s</note></item>`, i, prose)
	}
	return bodyRequest("application/xml", []byte(b.String()+"</order>"))
}

var workloads = []struct {
	name string
	make func() *Request
}{
	{"get", getRequest},
	{"cookie", cookieRequest},
	{"form", formRequest},
	{"json", jsonRequest},
	{"xml", xmlRequest},
	{"upload", uploadRequest},
}

func BenchmarkInspect(b *testing.B) {
	p, err := NewPolicy(Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range workloads {
		r := w.make()
		b.Run(w.name, func(b *testing.B) {
			b.SetBytes(int64(requestSize(r)))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				s := &Scratch{}
				for pb.Next() {
					if p.Inspect(r, 1, s).Attack() {
						b.Error("BUG: the workload is clean")
					}
				}
			})
		})
	}
}

func BenchmarkScan(b *testing.B) {
	for _, n := range []int{16, 64, 1024} {
		v := bytes.Repeat([]byte("a"), n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(n))
			for b.Loop() {
				scan(v)
			}
		})
	}
}
