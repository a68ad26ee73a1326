package bench

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
)

//go:embed workloads/*.http
var workloads embed.FS

// Workloads names the requests that benchmarks send: "get" (3 query
// parameters), "cookie" (16 headers, 1.5 KiB of cookies), "form" (2 KiB),
// "json" (8 KiB, nested) and "upload" (1 MiB, multipart).
var Workloads = []string{"get", "cookie", "form", "json", "upload"}

// Workload returns the raw request of that name.
func Workload(name string) ([]byte, error) {
	if name == "upload" {
		return upload(1 << 20), nil
	}
	raw, err := workloads.ReadFile("workloads/" + name + ".http")
	if err != nil {
		return nil, fmt.Errorf("unknown workload %q, want one of %s", name, strings.Join(Workloads, ", "))
	}
	return raw, nil
}

// upload is a multipart form with one field and one binary file of size bytes
// that look like compressed data: a fixed linear congruential sequence.
func upload(size int) []byte {
	const boundary = "----part-7f3a19c2"
	var body bytes.Buffer
	fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"album\"\r\n\r\nharbour at dusk\r\n", boundary)
	fmt.Fprintf(&body, "--%s\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"pier.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n", boundary)
	x := uint32(1)
	for range size {
		x = x*1664525 + 1013904223
		body.WriteByte(byte(x >> 24))
	}
	fmt.Fprintf(&body, "\r\n--%s--\r\n", boundary)
	head := fmt.Sprintf("POST /photos HTTP/1.1\r\nHost: shop.example\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %d\r\n\r\n", boundary, body.Len())
	return append([]byte(head), body.Bytes()...)
}
