package detect

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The workloads are ordinary clean requests of a browser and its scripts.

var agents = []string{
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1",
}

func browserHeaders(r *rand.Rand, more ...string) []Header {
	pairs := append([]string{
		"Host", "shop.example.com",
		"User-Agent", agents[r.Intn(len(agents))],
		"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
		"Accept-Language", "en-GB,en;q=0.9,de;q=0.7",
		"Accept-Encoding", "gzip, deflate, br, zstd",
		"Connection", "keep-alive",
		"Referer", fmt.Sprintf("https://shop.example.com/list/%s?page=%d", words(r, 1), r.Intn(20)),
		"Sec-Fetch-Mode", "navigate",
	}, more...)
	var hs []Header
	for i := 0; i < len(pairs); i += 2 {
		hs = append(hs, Header{[]byte(pairs[i]), []byte(pairs[i+1])})
	}
	return hs
}

func getRequest(r *rand.Rand) *Request {
	return &Request{
		Method:  []byte("GET"),
		Target:  []byte(fmt.Sprintf("/list/%s?page=%d&sort=price-asc&q=%s", words(r, 1), r.Intn(50), strings.ReplaceAll(words(r, 2), " ", "+"))),
		Headers: browserHeaders(r),
	}
}

func cookieRequest(r *rand.Rand) *Request {
	var b strings.Builder
	for i := 0; b.Len() < 1500; i++ {
		fmt.Fprintf(&b, "c%d=%s; ", i, token(r, 20+r.Intn(60)))
	}
	q := getRequest(r)
	q.Headers = browserHeaders(r,
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

const vocabulary = "we met the gardener on tuesday and agreed about new hedge which should be planted before first frost please call me when " +
	"order has left your house since last parcel never came nobody could tell where it went thank you for patience kind regards"

// words returns n random words.
func words(r *rand.Rand, n int) string {
	all := strings.Fields(vocabulary)
	var out []string
	for range n {
		out = append(out, all[r.Intn(len(all))])
	}
	return strings.Join(out, " ")
}

// sentence returns n words as they are written.
func sentence(r *rand.Rand, n int) string {
	return "Hello, " + words(r, n/2) + ", " + words(r, n-n/2) + ". "
}

func bodyRequest(r *rand.Rand, ct string, body []byte) *Request {
	return &Request{
		Method:  []byte("POST"),
		Target:  []byte("/orders/new"),
		Headers: browserHeaders(r, "Content-Type", ct),
		Body:    body,
	}
}

func formRequest(r *rand.Rand) *Request {
	var b strings.Builder
	for i := 0; b.Len() < 2000; i++ {
		fmt.Fprintf(&b, "field%d=value-%d&note%d=%s&", i, r.Intn(1000), i, strings.ReplaceAll(sentence(r, 16), " ", "+"))
	}
	return bodyRequest(r, "application/x-www-form-urlencoded", []byte(b.String()+"done=1"))
}

func jsonRequest(r *rand.Rand) *Request {
	var b strings.Builder
	b.WriteString(`{"items":[`)
	for i := 0; b.Len() < 8000; i++ {
		fmt.Fprintf(&b, `{"id":%d,"sku":"AB-%d","title":"Folding chair, set of %d","price":%d.50,"tags":["garden","wood"],"note":"%s"},`,
			i, r.Intn(9999), i+2, i*3, sentence(r, 16))
	}
	return bodyRequest(r, "application/json", []byte(b.String()+`{"id":0}]}`))
}

func uploadRequest(r *rand.Rand) *Request {
	const boundary = "----form5b2c9d8e7f"
	data := make([]byte, 1<<20)
	r.Read(data)
	var b bytes.Buffer
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nsummer\r\n", boundary)
	fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"garden.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n", boundary)
	b.Write([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"))
	b.Write(data)
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return bodyRequest(r, "multipart/form-data; boundary="+boundary, b.Bytes())
}

func xmlRequest(r *rand.Rand) *Request {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><order xmlns="urn:shop">`)
	for i := 0; b.Len() < 4000; i++ {
		fmt.Fprintf(&b, `<item id="%d"><title>Chair &amp; table</title><note>%s</note></item>`, i, sentence(r, 16))
	}
	return bodyRequest(r, "application/xml", []byte(b.String()+"</order>"))
}

var workloads = []struct {
	name string
	make func(*rand.Rand) *Request
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
		b.Run(w.name, func(b *testing.B) {
			var rs [workloadVariants]*Request
			r := rand.New(rand.NewSource(1))
			for i := range rs {
				rs[i] = w.make(r)
			}
			b.SetBytes(int64(requestSize(rs[0])))
			b.ReportAllocs()
			b.ResetTimer()
			before := cpuTime()
			b.RunParallel(func(pb *testing.PB) {
				s := &Scratch{}
				for i := 0; pb.Next(); i++ {
					if p.Inspect(rs[i%len(rs)], 1, s).Attack() {
						b.Error("BUG: the workload is clean")
					}
				}
			})
			b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
		})
	}
}

// cpuTime is the CPU time of this process: on a busy machine it tells more
// than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// workloadVariants requests take turns, so that the memo helps as it does in
// traffic: with what browsers send again and again, not with the values.
const workloadVariants = 64

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
