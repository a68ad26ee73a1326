package proxy

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"weir/tenant"
)

// The probes in testdata/http are bytes as a client, or an upstream, sends
// them, and what must come of them. Blocks begin with "probe NAME"; then, a
// line each, strings as in Go:
//
//	send [N] "..."      what the client sends; it sends no more after that
//	want STATUS... [REASON]  of each answer; 0: none, cut: a body cut short
//	to NAME             the tenant whose upstream got the request
//	upstream "..."      stands in what an upstream got
//	absent "..."        does not, in any case
//	client "..."        stands in what the client got
//	noclient "..."      does not
//	answer [N] "..."    what the upstream says instead of "ok"
//	closes              and that it closes the connection then
type probe struct {
	name                               string
	send, answer                       []byte
	want                               []string
	reason, to                         string
	upstream, absent, client, noclient []string
	closes                             bool
}

func readProbes(t testing.TB, file string) (probes []probe) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "http", file))
	if err != nil {
		t.Fatal(err)
	}
	var p *probe
	for n, line := range strings.Split(string(b), "\n") {
		key, rest, _ := strings.Cut(line, " ")
		if key == "" || key[0] == '#' {
			continue
		}
		if key == "probe" {
			probes = append(probes, probe{name: rest})
			p = &probes[len(probes)-1]
			continue
		}
		if p == nil || !p.take(key, rest) {
			t.Fatalf("%s:%d: cannot read %q", file, n+1, line)
		}
	}
	if len(probes) < 50 {
		t.Fatalf("%s has %d probes", file, len(probes))
	}
	return probes
}

// clientProbes are the probes of clients.
func clientProbes(t testing.TB) (probes []probe) {
	t.Helper()
	for _, file := range []string{"tenant.probes", "framing.probes", "request.probes"} {
		probes = append(probes, readProbes(t, file)...)
	}
	return probes
}

func (p *probe) take(key, rest string) bool {
	times := 1
	if count, quoted, ok := strings.Cut(rest, " "); ok && rest[0] >= '0' && rest[0] <= '9' && quoted[0] == '"' {
		times, _ = strconv.Atoi(count)
		rest = quoted
	}
	text, err := strconv.Unquote(rest)
	switch key {
	case "send":
		p.send = append(p.send, strings.Repeat(text, times)...)
	case "answer":
		p.answer = append(p.answer, strings.Repeat(text, times)...)
	case "upstream":
		p.upstream = append(p.upstream, text)
	case "absent":
		p.absent = append(p.absent, text)
	case "client":
		p.client = append(p.client, text)
	case "noclient":
		p.noclient = append(p.noclient, text)
	case "want":
		p.want, err = strings.Fields(rest), nil
		if last := p.want[len(p.want)-1]; last != "cut" && last[0] > '9' {
			p.reason, p.want = last, p.want[:len(p.want)-1]
		}
	case "to":
		p.to, err = rest, nil
	case "closes":
		p.closes, err = true, nil
	default:
		return false
	}
	return err == nil
}

// converse sends raw, then nothing more, and reads answers until the node
// closes or count are there. It returns the statuses and all that came.
func (n *node) converse(t testing.TB, raw []byte, count int) (statuses []string, got []byte) {
	t.Helper()
	c := connect(t, n.addr)
	defer c.Close()
	c.Write(raw) // the node may have had enough before the end
	c.Conn.(*net.TCPConn).CloseWrite()
	var all bytes.Buffer
	br := bufio.NewReader(io.TeeReader(c, &all))
	method := "GET"
	if bytes.HasPrefix(raw, []byte("HEAD ")) {
		method = "HEAD"
	}
	for len(statuses) < count {
		resp, err := http.ReadResponse(br, &http.Request{Method: method})
		if err != nil {
			break
		}
		if resp.StatusCode == http.StatusContinue {
			continue
		}
		status := strconv.Itoa(resp.StatusCode)
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			status = "cut"
		}
		statuses = append(statuses, status)
	}
	io.Copy(io.Discard, br)
	return statuses, all.Bytes()
}

// probeNode serves two tenants whose upstreams keep what they get.
func probeNode(t *testing.T) (n *node, ups [2]*fake) {
	t.Helper()
	names := [2]string{"acme", "globex"}
	specs := make([]tenant.Spec, 2)
	for i, id := range []tenant.ID{{0x11}, {0x22}} {
		ups[i] = fakeUpstream(t, says(okReply))
		specs[i] = testSpec(id, names[i], names[i]+".example", ups[i].addr(), tenant.ModeMonitoring)
	}
	cfg := testConfig(t, specs...)
	cfg.Limits.MaxHeaderBytes = 32 << 10
	return startNode(t, cfg), ups
}

// Every probe of a client gets its answer; what was refused reached nobody,
// and what was accepted reached its tenant once, as it was.
func TestProbes(t *testing.T) {
	n, ups := probeNode(t)
	for _, file := range []string{"tenant.probes", "framing.probes", "request.probes"} {
		for _, p := range readProbes(t, file) {
			t.Run(strings.TrimSuffix(file, ".probes")+"/"+p.name, func(t *testing.T) { p.ask(t, n, ups) })
		}
	}
}

func (p *probe) ask(t *testing.T, n *node, ups [2]*fake) {
	before := [2]int{ups[0].count(), ups[1].count()}
	refused := n.refusedFor(p.reason)
	statuses, got := n.converse(t, p.send, len(p.want))
	served := 0
	for _, s := range p.want {
		if s == "200" {
			served++
		}
	}
	if want := slices.DeleteFunc(slices.Clone(p.want), func(s string) bool { return s == "0" }); !slices.Equal(statuses, want) {
		t.Errorf("answered %v, want %v: %.300q", statuses, p.want, got)
	}
	if served == 0 && len(statuses) > 0 && !bytes.Contains(got, []byte("\r\nConnection: close\r\n")) {
		t.Errorf("refused without Connection: close: %q", got)
	}
	if p.reason != "" && n.refusedFor(p.reason) != refused+1 {
		t.Errorf("not counted as %s", p.reason)
	}
	for i, up := range ups {
		want := served
		if i == 0 && p.to == "globex" || i == 1 && p.to != "globex" {
			want = 0
		}
		if c := up.count() - before[i]; c != want {
			t.Errorf("upstream %d got %d requests, want %d", i, c, want)
		}
		if want > 0 {
			contains(t, up.last(), p.upstream, p.absent)
		}
	}
	contains(t, string(got), p.client, p.noclient)
}

func contains(t *testing.T, got string, present, absent []string) {
	t.Helper()
	for _, s := range present {
		if !strings.Contains(got, s) {
			t.Errorf("no %q in %.400q", s, got)
		}
	}
	for _, s := range absent {
		if strings.Contains(strings.ToLower(got), strings.ToLower(s)) {
			t.Errorf("%q in %.400q", s, got)
		}
	}
}

func (n *node) refusedFor(reason string) uint64 {
	for r := Accepted; r < numRefusals; r++ {
		if r.String() == reason {
			return n.metrics.refused[r].Load()
		}
	}
	return 0
}

// Every answer of an upstream costs its own request at most, which is sent
// once; whoever comes after it gets what is theirs.
func TestHostileUpstream(t *testing.T) {
	for _, p := range readProbes(t, "answer.probes") {
		t.Run(p.name, func(t *testing.T) { p.answers(t) })
	}
}

func (p *probe) answers(t *testing.T) {
	up := fakeUpstream(t, func(c net.Conn, r *http.Request) bool {
		if r.URL.Path == "/next" {
			io.WriteString(c, okReply)
			return true
		}
		c.Write(p.answer)
		return !p.closes
	})
	n := oneTenant(t, up.addr(), tenant.ModeMonitoring)
	raw := p.send
	if raw == nil {
		raw = []byte(request("PUT", "acme.example", "/"))
	}
	statuses, got := n.converse(t, raw, 1)
	if !slices.Equal(statuses, p.want) {
		t.Errorf("answered %v, want %v: %.300q", statuses, p.want, got)
	}
	contains(t, string(got), p.client, p.noclient)
	if c := up.count(); c != 1 {
		t.Errorf("sent %d times", c)
	}
	for range 3 {
		if a := n.ask(t, get("acme.example", "/next")); a.StatusCode != 200 || a.body != "ok" {
			t.Errorf("poisons: %d %q", a.StatusCode, a.body)
		}
	}
	if a := n.snapshot.Load().sites[0].upstreams[0].active.Load(); a != 0 {
		t.Errorf("%d connections are accounted for", a)
	}
}
