package detect

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// mustPolicy compiles o.
func mustPolicy(t testing.TB, o Options) *Policy {
	t.Helper()
	p, err := NewPolicy(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rawRequest reads a request as it stands on the wire, with LF line ends.
func rawRequest(raw string) *Request {
	head, body, _ := strings.Cut(raw, "\n\n")
	lines := strings.Split(head, "\n")
	f := strings.SplitN(lines[0], " ", 2)
	r := &Request{Method: []byte(f[0]), Target: []byte(f[1]), Body: []byte(body)}
	for _, l := range lines[1:] {
		n, v, _ := strings.Cut(l, ":")
		r.Headers = append(r.Headers, Header{[]byte(n), bytes.TrimSpace([]byte(v))})
	}
	return r
}

// trace returns "point=value" for every form that the inspection of r looks
// at, but for the method.
func trace(t testing.TB, r *Request) []string {
	t.Helper()
	var out []string
	s := &Scratch{Trace: func(p *Point, v []byte) {
		if p.At(0).Kind != StepMethod {
			out = append(out, fmt.Sprintf("%s=%q", p, v))
		}
	}}
	mustPolicy(t, Options{}).Inspect(r, 0, s)
	return out
}

// wantTrace demands that each of want is among the forms of raw.
func wantTrace(t *testing.T, raw string, want ...string) {
	t.Helper()
	got := trace(t, rawRequest(raw))
	for _, w := range want {
		found := false
		for _, g := range got {
			found = found || g == w
		}
		if !found {
			t.Errorf("%q: no form %s among\n  %s", raw, w, strings.Join(got, "\n  "))
		}
	}
}
