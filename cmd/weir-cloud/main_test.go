package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shell runs commands against one cloud.toml.
type shell struct {
	t      *testing.T
	config string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	dir := t.TempDir()
	s := &shell{t, filepath.Join(dir, "cloud.toml")}
	toml := fmt.Sprintf("version = 1\n[console]\naddress = \"127.0.0.1:0\"\n[ingest]\naddress = \"127.0.0.1:0\"\n[store]\nurl = \"sqlite://%s/store\"\n[log]\nfile = \"%s/log\"\n", dir, dir)
	if err := os.WriteFile(s.config, []byte(toml), 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// run wants an exit code and returns what was printed.
func (s *shell) run(code int, args ...string) (stdout, stderr string) {
	s.t.Helper()
	var out, errs bytes.Buffer
	if got := run(s.t.Context(), append(args, "--config", s.config), &out, &errs); got != code {
		s.t.Fatalf("%v exits %d, want %d: %s", args, got, code, errs.String())
	}
	return out.String(), errs.String()
}

// json wants success and decodes what was printed.
func (s *shell) json(out any, args ...string) {
	s.t.Helper()
	text, _ := s.run(exitOK, append(args, "--output", "json")...)
	if err := json.Unmarshal([]byte(text), out); err != nil {
		s.t.Fatalf("%v prints %s: %v", args, text, err)
	}
}

func TestInit(t *testing.T) {
	s := newShell(t)
	_, says := s.run(exitFailure, "tenant", "list")
	if !strings.Contains(says, "init") {
		t.Errorf("before init: %s", says)
	}
	// a bad password or address makes nothing
	bad := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(bad, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run(exitUsage, "init", "--email", "root@partner.example", "--password-file", bad)
	s.run(exitUsage, "init", "--email", "root")
	s.run(exitFailure, "init", "--email", "root@partner.example", "--password-file", bad+"-none")
	var m made
	s.json(&m, "init", "--email", "root@partner.example")
	if len(m.AccountID) != 36 || len(m.TechnicalTenantID) != 36 || m.UserID == "" || m.Email != "root@partner.example" || len(m.Password) < 20 {
		t.Errorf("init made %+v", m)
	}
	_, says = s.run(exitFailure, "init", "--email", "other@partner.example")
	if !strings.Contains(says, "already initialised") {
		t.Errorf("the second init says %s", says)
	}
	var list struct{ Tenants []tenantRow }
	s.json(&list, "tenant", "list")
	if len(list.Tenants) != 1 || list.Tenants[0].ID != m.TechnicalTenantID || list.Tenants[0].Kind != "technical" {
		t.Errorf("tenants %+v", list)
	}
}

func TestAdministration(t *testing.T) {
	s := newShell(t)
	s.run(exitOK, "init", "--email", "root@partner.example")
	const id = "11111111-1111-1111-1111-111111111111"
	out, _ := s.run(exitOK, "tenant", "create", "--name", "acme", "--id", id)
	if out != id+"\n" {
		t.Errorf("created %q", out)
	}
	s.run(exitFailure, "tenant", "create", "--name", "acme")
	s.run(exitUsage, "tenant", "create", "--name", "x", "--id", "1")
	s.run(exitUsage, "tenant", "create")
	s.run(exitUsage, "tenant")
	s.run(exitUsage, "nonsense")
	var u userRow
	s.json(&u, "user", "create", "--tenant", id, "--email", "jo@acme.example", "--role", "analyst")
	if u.Role != "analyst" || u.Password == "" {
		t.Errorf("user %+v", u)
	}
	s.run(exitUsage, "user", "create", "--tenant", id, "--email", "jo2@acme.example", "--role", "global_admin")
	s.run(exitUsage, "user", "create", "--tenant", id, "--email", "jo2@acme.example", "--role", "deploy")
	s.run(exitFailure, "user", "create", "--tenant", id, "--email", "jo@acme.example", "--role", "viewer")
	// the token alone on standard output
	secret, _ := s.run(exitOK, "token", "node", "create", "--tenant", id)
	if len(secret) != 48 || !strings.HasPrefix(secret, "wnt_") {
		t.Errorf("token %q", secret)
	}
	var k struct{ ID, Tenant, Token string }
	s.json(&k, "token", "node", "create", "--tenant", id, "--name", "edge")
	if k.Tenant != id || !strings.HasPrefix(k.Token, "wnt_") {
		t.Errorf("token %+v", k)
	}
	list, _ := s.run(exitOK, "token", "node", "list", "--tenant", id)
	if !strings.Contains(list, k.ID) || strings.Contains(list, "wnt_") {
		t.Errorf("tokens %s", list)
	}
	s.run(exitOK, "token", "node", "revoke", "--tenant", id, "--id", k.ID)
	s.run(exitFailure, "token", "node", "revoke", "--tenant", id, "--id", k.ID)
	s.run(exitFailure, "token", "node", "create", "--tenant", "22222222-2222-2222-2222-222222222222")
	users, _ := s.run(exitOK, "user", "list", "--tenant", id)
	if !strings.Contains(users, "jo@acme.example") || strings.Contains(users, u.Password) {
		t.Errorf("users %s", users)
	}
}

func TestBadConfig(t *testing.T) {
	s := newShell(t)
	if err := os.WriteFile(s.config, []byte("version = 1\nnonsense = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run"}, {"tenant", "list"}, {"init", "--email", "a@b.example"}} {
		_, says := s.run(exitConfig, args...)
		if !strings.Contains(says, "cloud.toml:2") {
			t.Errorf("%v says %s", args, says)
		}
	}
}

// TestRun: the cloud serves, a shell beside it adds a user, who signs in;
// the end of the context is a clean exit.
func TestRun(t *testing.T) {
	s := newShell(t)
	s.run(exitOK, "init", "--email", "root@partner.example")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"run", "--config", s.config}, w, io.Discard)
		w.Close()
	}()
	urls := map[string]string{}
	for lines := bufio.NewScanner(r); len(urls) < 2 && lines.Scan(); {
		name, url, _ := strings.Cut(lines.Text(), " ")
		urls[name] = url
	}
	s.run(exitOK, "tenant", "create", "--name", "acme", "--id", "11111111-1111-1111-1111-111111111111")
	var u userRow
	s.json(&u, "user", "create", "--tenant", "11111111-1111-1111-1111-111111111111", "--email", "jo@acme.example", "--role", "viewer")
	f := func(method, url, body string, want int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Close = true
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s %s is %d, want %d", method, url, res.StatusCode, want)
		}
	}
	f("POST", urls["console"]+"/api/v1/session", fmt.Sprintf(`{"email":"jo@acme.example","password":%q}`, u.Password), 200)
	f("GET", urls["console"]+"/api/openapi.json", "", 200)
	f("GET", urls["console"]+"/sign-in", "", 200)
	f("POST", urls["ingest"]+"/ingest/v1/hits", "", 401)
	// neither listener serves the other's
	f("POST", urls["console"]+"/ingest/v1/hits", "", 404)
	f("GET", urls["ingest"]+"/api/openapi.json", "", 404)
	stop()
	if code := <-done; code != exitOK {
		t.Errorf("run exits %d", code)
	}
	log, err := os.ReadFile(filepath.Join(filepath.Dir(s.config), "log"))
	if err != nil || !bytes.Contains(log, []byte("cloud runs")) || bytes.Contains(log, []byte(u.Password)) {
		t.Errorf("log %s, %v", log, err)
	}
}
