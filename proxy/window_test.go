package proxy

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"weir/tenant"
)

// sink is an upstream that keeps what it gets of each body, whole or not.
type sink struct {
	addr string
	mu   sync.Mutex
	body []byte
	errs []error
	done chan bool
}

func newSink(t *testing.T) *sink {
	t.Helper()
	s := &sink{done: make(chan bool, 10)}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		s.mu.Lock()
		s.body, s.errs = b, append(s.errs, err)
		s.mu.Unlock()
		s.done <- true
	})}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	go srv.Serve(ln)
	t.Cleanup(func() { srv.Close() })
	return s
}

const (
	injection = "1' UNION SELECT login,password FROM users-- -"
	formType  = "application/x-www-form-urlencoded"
	multiType = `multipart/form-data; boundary="b"`
)

func formPart(name, value string) string {
	return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
}

func filePart(size int) string {
	return "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\n\r\n" + strings.Repeat("plain words ", size/12) + "\r\n"
}

// chunked writes body in chunks of n bytes.
func chunked(host, contentType, body string, n int) string {
	var b strings.Builder
	b.WriteString(request("POST", host, "/", "Content-Type: "+contentType, "Transfer-Encoding: chunked"))
	for len(body) > 0 {
		k := min(n, len(body))
		fmt.Fprintf(&b, "%x\r\n%s\r\n", k, body[:k])
		body = body[k:]
	}
	return b.String() + "0\r\n\r\n"
}

// Parts of a long body are judged as they pass: an attack among them never
// reaches the upstream, which gets no whole request.
func TestPassingParts(t *testing.T) {
	up := newSink(t)
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr, tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", up.addr, tenant.ModeMonitoring))
	for i := range cfg.Tenants {
		cfg.Tenants[i].Sites[0].Limits.InspectBodyBytes = 4 << 10
	}
	n := startNode(t, cfg)
	f := func(contentType, body string, blocked bool) {
		t.Helper()
		for _, raw := range []string{post("acme.example", "/", contentType, body), chunked("acme.example", contentType, body, 5000)} {
			a := n.ask(t, raw)
			<-up.done
			got, err := up.body, up.errs[len(up.errs)-1]
			if !blocked {
				if a.StatusCode != 200 || err != nil || string(got) != body {
					t.Errorf("%.60q: %d, %v, %d of %d bytes", raw, a.StatusCode, err, len(got), len(body))
				}
				continue
			}
			if a.StatusCode != 403 || !a.Close || a.Header.Get("X-Incident-ID") == "" || err == nil || bytes.Contains(got, []byte("UNION")) {
				t.Errorf("%.60q: %d, upstream got %d bytes, %v", raw, a.StatusCode, len(got), err)
			}
		}
		// In monitoring mode it passes whole, with a hit.
		before := len(n.hits.all())
		a := n.ask(t, post("globex.example", "/", contentType, body))
		<-up.done
		if a.StatusCode != 200 || string(up.body) != body {
			t.Errorf("monitoring: %d, %d of %d bytes", a.StatusCode, len(up.body), len(body))
		}
		if hits := n.hits.all()[before:]; blocked != (len(hits) > 0) {
			t.Errorf("%d hits", len(hits))
		} else if blocked && (!hits[0].Partial || hits[0].Status != 200 || !strings.Contains(hits[0].Point, " id]")) {
			t.Errorf("hit %+v", hits[0])
		}
	}
	pairs := strings.Repeat("pad=quite+harmless&", 10000)
	f(formType, pairs, false)
	f(formType, pairs+"id="+injection, true)
	f(formType, pairs+"id="+injection+"&"+pairs, true)
	// Cut by the limit, in the window before the last, after a long value.
	f(formType, "p="+strings.Repeat("some words ", 371)+"to go&id="+injection+"&"+pairs, true)
	f(formType, "p="+strings.Repeat("some words ", 20000)+"&id="+injection, true)
	f(multiType, formPart("a", "1")+filePart(300<<10)+formPart("id", "1")+"--b--", false)
	f(multiType, formPart("a", "1")+filePart(300<<10)+formPart("id", injection)+"--b--", true)
	f(multiType, strings.Repeat(formPart("a", "1"), 3000)+formPart("id", injection)+filePart(100<<10)+"--b--", true)
	f(multiType, filePart(8<<10)+strings.Repeat(formPart("a", "1"), 3000)+formPart("id", injection)+filePart(100<<10)+"--b--", true)
	f(formType, "a="+strings.Repeat("&", 50000)+"id="+injection+"&"+pairs, true)
	if b := n.buffered.Load(); b != 0 {
		t.Errorf("%d bytes are still accounted for", b)
	}
	for _, tn := range n.Tenants() {
		if b := tn.Counters.Buffered.Load(); b != 0 {
			t.Errorf("%s: %d bytes are still accounted for", tn.Name, b)
		}
	}
}

// FuzzWindow: whatever passes is what came, in order, and each part was
// judged before its first byte passed, as far as the window reaches.
func FuzzWindow(f *testing.F) {
	f.Add([]byte("a=1&b=2&"), uint16(3), uint16(1), true)
	f.Add([]byte("--b\r\nx\r\n--b\n--b--"), uint16(9), uint16(7000), false)
	f.Fuzz(func(t *testing.T, seed []byte, head, step uint16, form bool) {
		body := bytes.Repeat(seed, 1+200<<10/(len(seed)+1))
		seen := min(int(head), len(body))
		w := &window{parts: multiParts, delim: []byte("--b")}
		if form {
			w.parts = formParts
		}
		src := bytes.NewReader(body[seen:])
		w.from = func(p []byte) (int, error) { return src.Read(p[:min(len(p), int(step)+1)]) }
		judged := seen
		at := w.begin(body[:seen], seen)
		passed := append([]byte(nil), body[:at]...)
		w.stops = func(run []byte) bool {
			if from := len(passed); !bytes.Equal(body[from:from+len(run)], run) {
				t.Fatalf("judged other bytes than come at %d", from)
			}
			judged = max(judged, len(passed)+len(run))
			return false
		}
		buf := make([]byte, copyBuffer)
		for {
			n, err := w.read(buf)
			passed = append(passed, buf[:n]...)
			if len(passed) > judged {
				if run := body[judged:len(passed)]; w.nextStart(run) >= 0 && w.nextStart(run) < len(run) {
					t.Fatalf("a part passed at %d, judged up to %d", len(passed), judged)
				}
				judged = len(passed)
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(passed, body) {
			t.Fatalf("%d bytes passed of %d", len(passed), len(body))
		}
	})
}

// A tenant's bodies are bounded on their own: beyond it the tenant's
// requests get 503, others go on.
func TestBufferBounds(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	cfg := testConfig(t, testSpec(acmeID, "acme", "acme.example", up.addr(), tenant.ModeBlock),
		testSpec(globexID, "globex", "globex.example", up.addr(), tenant.ModeBlock))
	cfg.Tenants[0].BufferBytes = 20 << 10
	cfg.Limits.BufferBytes = 48 << 10
	n := startNode(t, cfg)
	f := func(host string, size, status int) {
		t.Helper()
		if a := n.ask(t, post(host, "/", "text/plain", strings.Repeat("x", size))); a.StatusCode != status {
			t.Errorf("%s with %d bytes: %d, want %d", host, size, a.StatusCode, status)
		}
	}
	f("acme.example", 16<<10, 200)
	f("acme.example", 20<<10, 503)
	f("globex.example", 20<<10, 200)
	f("globex.example", 33<<10, 503)
	held := n.Tenants()[0].Counters.Buffered.Load() + n.buffered.Load()
	if held != 0 {
		t.Errorf("%d bytes are still accounted for", held)
	}
}
