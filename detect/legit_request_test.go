package detect

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// fileRequest is a request of testdata with its name, class/what.
type fileRequest struct {
	name string
	*Request
}

// readRequests reads the requests of testdata/dir/*.txtar as the wire would
// carry them: a multipart body has CR and LF, no body its last line end.
func readRequests(t testing.TB, dir string) (out []fileRequest) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", dir, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no requests in %s: %v", dir, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range txtar.Parse(data).Files {
			r := rawRequest(string(m.Data))
			r.Body = bytes.TrimSuffix(r.Body, []byte("\n"))
			if bytes.Contains(r.header("content-type"), []byte("multipart/")) {
				r.Body = bytes.ReplaceAll(r.Body, []byte("\n"), []byte("\r\n"))
			}
			out = append(out, fileRequest{m.Name, r})
		}
	}
	return out
}

// TestLegitRequests: no request of a browser, an app or a service is an
// attack.
func TestLegitRequests(t *testing.T) {
	p, s := mustPolicy(t, Options{}), &Scratch{}
	for _, r := range readRequests(t, "benign") {
		legitRequest(t, p, s, r.name, r.Request)
	}
	for i, b := range protobufs() {
		legitRequest(t, p, s, fmt.Sprintf("protobuf %d", i), asPost("application/x-protobuf", b))
		legitRequest(t, p, s, fmt.Sprintf("grpc %d", i), asPost("application/grpc", "\x00\x00\x00\x00"+string(rune(len(b)%128))+b))
		legitRequest(t, p, s, fmt.Sprintf("octets %d", i), asPost("application/octet-stream", b))
	}
}

func legitRequest(t *testing.T, p *Policy, s *Scratch, name string, r *Request) {
	t.Helper()
	v := p.Inspect(r, 1, s)
	for i := range v.Matches {
		m := &v.Matches[i]
		t.Errorf("%s: %s %d at %s: %q", name, m.Rule, m.Score, &m.Point, m.Value[m.Start:m.End])
	}
}

// protobufs are messages on the wire: fields of text, numbers, nested
// messages, packed numbers.
func protobufs() []string {
	text := func(field int, s string) string { return string([]byte{byte(field<<3 | 2), byte(len(s))}) + s }
	number := func(field int, b ...byte) string { return string(append([]byte{byte(field << 3)}, b...)) }
	address := text(1, "5 O'Connell St.; Apt #4") + text(2, "Cork") + number(3, 0x96, 0x01)
	order := text(1, "20240501-77") + text(2, "Anna O'Hara <anna@mail.example>") + text(3, address) + number(4, 0xff, 0xff, 0xff, 0xff, 0x0f)
	packed := text(5, "\x01\x02\x7f\x80\x01\x3c\x27\x22\x60\x24\x28\x3b\x7c\x26")
	double := string([]byte{6<<3 | 1, 0x27, 0x3c, 0x7c, 0x72, 0x22, 0x31, 0x3d, 0x40})
	return []string{
		order, order + packed + double, text(1, order) + text(1, order),
		text(1, "hello; world & <friends>") + text(2, `{"a":"it's","b":[1,2]}`) + number(3, 1),
		text(9, "https://shop.example/?a=1&b=2") + text(10, "Mozilla/5.0 (X11; Linux x86_64)") + packed,
		text(1, "/usr/share/icons/hicolor/48x48/app.png") + text(2, "../img/logo.png"),
	}
}
