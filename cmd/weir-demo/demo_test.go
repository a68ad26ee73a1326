package main

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// fasthttpOwn are goroutines that fasthttp leaves for a while, or for ever,
// after a server of it has ended: its clock, and sweepers that sleep.
var fasthttpOwn = []goleak.Option{
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.updateServerDate.func1"),
	goleak.IgnoreAnyFunction("github.com/valyala/fasthttp.(*workerPool).Start.func2"),
}

// The demo checks itself: what a visitor of the repository runs first.
func TestCheck(t *testing.T) {
	defer goleak.VerifyNone(t, fasthttpOwn...)
	var out, errOut bytes.Buffer
	if code := run([]string{"-check"}, &out, &errOut); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !regexp.MustCompile(`\n(2[5-9]|[3-9]\d) passed, 0 failed\n$`).MatchString(out.String()) || errOut.Len() > 0 {
		t.Errorf("%s%s", out.String(), errOut.String())
	}
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "ok   ") && !strings.HasSuffix(line, " failed\n") {
			t.Errorf("unexpected line %q", line)
		}
	}
}

// A check that fails is printed, counted and makes the exit code 1.
func TestFailedCheck(t *testing.T) {
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c := &checker{ctx: ctx, out: &out}
	c.check("good", func() error { return nil })
	c.check("bad", func() error { return errors.New("reason") })
	c.check("late", func() error { return c.until(func() error { return errors.New("not yet") }) })
	if c.passed != 1 || c.failed != 2 || !strings.Contains(out.String(), "FAIL bad: reason\n") || !strings.Contains(out.String(), "FAIL late: gave up waiting: not yet\n") {
		t.Errorf("%d passed, %d failed: %s", c.passed, c.failed, out.String())
	}
}

func TestUsage(t *testing.T) {
	f := func(want int, args ...string) {
		t.Helper()
		var out bytes.Buffer
		if got := run(args, &out, &out); got != want {
			t.Errorf("%q: exit code %d, want %d", args, got, want)
		}
	}
	f(2, "-nonsense")
	f(2, "-port", "x")
	f(2, "argument")
	f(0, "-help")
	f(1, "-port", "99999")
}

// The lines to copy name hosts below localhost and hold nothing that a shell
// or curl would read as its own.
func TestCurlLines(t *testing.T) {
	want := regexp.MustCompile(`^curl -i( -H '[A-Za-z-]+: [a-z/]+')? 'http://[a-z-]+\.localhost:8080/[a-zA-Z0-9?=%()/-]*'$`)
	if n := len(tries()); n != 5 {
		t.Errorf("%d lines", n)
	}
	for _, x := range tries() {
		if line := x.Curl("8080"); !want.MatchString(line) {
			t.Errorf("%s", line)
		}
	}
}
