//go:build hostile

package proxy

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// nginxConfig proxies all to the address that the second %s names, and says
// when it serves by the log line that start looks for.
const nginxConfig = `daemon off;
master_process off;
pid %[1]s/nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  underscores_in_headers on;
  ignore_invalid_headers off;
  client_body_temp_path %[1]s/body;
  proxy_temp_path %[1]s/proxy;
  fastcgi_temp_path %[1]s/fastcgi;
  uwsgi_temp_path %[1]s/uwsgi;
  scgi_temp_path %[1]s/scgi;
  server {
    listen %[2]s;
    location / { proxy_pass http://%[3]s; proxy_http_version 1.1; proxy_set_header Host $http_host; }
  }
}
`

// nginx runs Debian's nginx before backend.
func nginx(t *testing.T, backend string) string {
	t.Helper()
	dir := t.TempDir()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	ln.Close()
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, fmt.Appendf(nil, nginxConfig, dir, address, backend), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("nginx", "-p", dir, "-c", file, "-e", "stderr")
	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start nginx, which `make deps` installs: %v", err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "start worker") || strings.Contains(lines.Text(), "using the \"epoll\"") {
			for {
				c, err := net.Dial("tcp", address)
				if err == nil {
					c.Close()
					break
				}
			}
			go func() {
				for lines.Scan() {
				}
			}()
			return address
		}
	}
	t.Fatal("nginx did not start")
	return ""
}

// nginx before a server sees what the detector saw, too.
func TestDifferentialNginx(t *testing.T) {
	t.Run("go", func(t *testing.T) { differential(t, nginx(t, goEcho(t))) })
	t.Run("node", func(t *testing.T) { differential(t, nginx(t, nodeEcho(t))) })
}
