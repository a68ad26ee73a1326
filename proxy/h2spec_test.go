package proxy

import (
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	h2spec "github.com/summerwind/h2spec/config"
	"github.com/summerwind/h2spec/generic"
	"github.com/summerwind/h2spec/hpack"
	h2rules "github.com/summerwind/h2spec/http2"
	"github.com/summerwind/h2spec/spec"

	"weir/tenant"
)

// stricter lists the cases whose demand golang.org/x/net/http2 goes beyond.
var stricter = map[string]string{
	"Sends multiple values of SETTINGS_INITIAL_WINDOW_SIZE":                                          "a setting that stands twice ends the connection",
	"Sends a HEADERS frame that contains the connection-specific header field":                       "answered by 400 (RFC 9113 8.1.1 lets a server)",
	"Sends a HEADERS frame that contains the TE header field with any value other than \"trailers\"": "answered by 400 too",
}

// The cases of h2spec for RFC 7540 and 7541, over TLS.
func TestH2Spec(t *testing.T) {
	up := fakeUpstream(t, says(okReply))
	// The client names the address it connects to.
	cfg := testConfig(t, testSpec(acmeID, "acme", "127.0.0.1", up.addr(), tenant.ModeMonitoring))
	overTLS(t, cfg)
	n := startNode(t, cfg)
	host, port, _ := net.SplitHostPort(n.addr)
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	c := &h2spec.Config{Host: host, Port: number, Path: "/", Timeout: 2 * time.Second, MaxHeaderLen: 4000, TLS: true, Insecure: true}
	run := 0
	for _, g := range []*spec.TestGroup{generic.Spec(), h2rules.Spec(), hpack.Spec()} {
		quietly(t, func() { g.Test(c) })
		run += g.PassedCount + g.FailedCount
		each(g, func(tc *spec.TestCase) {
			if tc.Result.Failed && stricter[tc.Desc] == "" {
				t.Errorf("%s: %s: %v", tc.Parent.ID(), tc.Desc, tc.Result.Error)
			}
		})
	}
	if run < 140 {
		t.Errorf("only %d cases were run", run)
	}
}

// quietly keeps the cases' own report off the output.
func quietly(t *testing.T, f func()) {
	t.Helper()
	out := os.Stdout
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = null
	defer func() { os.Stdout = out; null.Close() }()
	f()
}

func each(g *spec.TestGroup, f func(*spec.TestCase)) {
	for _, tc := range g.Tests {
		if tc.Result != nil {
			f(tc)
		}
	}
	for _, sub := range g.Groups {
		each(sub, f)
	}
}
