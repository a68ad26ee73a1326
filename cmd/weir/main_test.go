package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"weir": main})
}

// The scripts start this program as users do. Beside testscript's commands
// they have: exits CODE COMMAND..., which runs it and keeps its output for
// stdout and stderr; envsubst FILE..., which puts variables into files; ports NAME..., which sets free ports; backend NAME,
// which serves a greeting; get STATUS URL HOST, which asks until the answer
// has that status.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "envsubst": envsubst, "ports": ports, "backend": backend, "get": get,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	if exit, ok := err.(*exec.ExitError); ok {
		code = fmt.Sprint(exit.ExitCode())
	} else if err != nil {
		ts.Fatalf("cannot run %s: %v", args[1], err)
	}
	if code != args[0] {
		ts.Fatalf("%s exits %s, want %s", strings.Join(args[1:], " "), code, args[0])
	}
}

func envsubst(ts *testscript.TestScript, _ bool, files []string) {
	for _, f := range files {
		text := os.Expand(ts.ReadFile(f), ts.Getenv)
		ts.Check(os.WriteFile(ts.MkAbs(f), []byte(text), 0o600))
	}
}

func ports(ts *testscript.TestScript, _ bool, names []string) {
	for _, name := range names {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		ts.Check(err)
		ts.Defer(func() { ln.Close() })
		_, port, err := net.SplitHostPort(ln.Addr().String())
		ts.Check(err)
		ts.Setenv(name, port)
		ts.Check(ln.Close())
	}
}

func backend(ts *testscript.TestScript, _ bool, args []string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello from %s, tenant %s\n", args[0], r.Header.Get("X-Tenant-ID"))
	})}
	go srv.Serve(ln)
	ts.Defer(func() { srv.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	ts.Check(err)
	ts.Setenv(args[0], port)
}

// patience bounds how long get asks for the status it wants.
const patience = 20 * time.Second

func get(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: get STATUS URL HOST")
	}
	var last string
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		req, err := http.NewRequest(http.MethodGet, args[1], nil)
		ts.Check(err)
		req.Host, req.Close = args[2], true
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			last = err.Error()
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if last = fmt.Sprintf("%d\n%s", resp.StatusCode, body); fmt.Sprint(resp.StatusCode) == args[0] {
			ts.Logf("%s", last)
			ts.Check(os.WriteFile(ts.MkAbs("answer"), body, 0o600))
			return
		}
	}
	ts.Fatalf("%s of %s never answered %s, last: %s", args[1], args[2], args[0], last)
}

// Every bad configuration is refused by "weir check" with the lines and the
// exit code that stand at its beginning, and by "weir run" with its own.
func TestBadConfigurations(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/config/bad/*")
	if err != nil || len(paths) < 50 {
		t.Fatalf("%d cases, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			dir := t.TempDir()
			file := copyCase(t, path, dir)
			if file == "" {
				return // for the cloud
			}
			head, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var wants []string
			codes := map[string]string{}
			for line := range strings.Lines(string(head)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "# want":
					wants = append(wants, value)
				case "# exit", "# run":
					codes[key] = value
				case "# chmod":
					args := strings.Fields(value)
					for _, name := range args[1:] {
						if out, err := exec.Command("chmod", args[0], filepath.Join(dir, name)).CombinedOutput(); err != nil {
							t.Fatalf("%v: %s", err, out)
						}
					}
				}
			}
			out, code := start(t, "check", "--config", file)
			if code != codes["# exit"] {
				t.Errorf("check exits %s, want %s", code, codes["# exit"])
			}
			got := strings.Split(strings.TrimSpace(strings.ReplaceAll(out, dir+"/", "")), "\n")
			for _, want := range wants {
				if !slices.Contains(got, want) {
					t.Errorf("check does not say\n%s\nbut\n%s", want, strings.Join(got, "\n"))
				}
			}
			if codes["# run"] == "3" {
				if _, code := start(t, "run", "--config", file); code != "3" {
					t.Errorf("run exits %s, want 3", code)
				}
			}
		})
	}
}

// copyCase copies a case into dir and names its main file; "" when it is a
// cloud's.
func copyCase(t *testing.T, path, dir string) string {
	t.Helper()
	if filepath.Ext(path) == ".toml" {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, filepath.Base(path))
		if err := os.WriteFile(file, b, 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	if err := os.CopyFS(dir, os.DirFS(path)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "node.toml")
	if _, err := os.Stat(file); err != nil {
		return ""
	}
	return file
}

// start runs this program in a process of its own.
func start(t *testing.T, args ...string) (output, code string) {
	t.Helper()
	weir, err := exec.LookPath("weir") // put there by testscript.Main
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(weir, args...)
	out, err := cmd.CombinedOutput()
	if exit, ok := err.(*exec.ExitError); err != nil && !ok {
		t.Fatal(err)
	} else if ok {
		return string(out), fmt.Sprint(exit.ExitCode())
	}
	return string(out), "0"
}
