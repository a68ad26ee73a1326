package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// process is a child with its standard input and output.
type process struct {
	cmd *exec.Cmd
	in  io.Closer
	out *bufio.Reader
}

func start(program string, args ...string) (*process, error) {
	cmd := exec.Command(program, args...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", program, err)
	}
	return &process{cmd, in, bufio.NewReader(out)}, nil
}

// line is what the child says next.
func (p *process) line() (string, error) {
	s, err := p.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("child said nothing: %w", err)
	}
	return strings.TrimSpace(s), nil
}

func (p *process) stop() {
	p.in.Close()
	p.cmd.Process.Kill()
	p.cmd.Wait()
}

// node is a running node.
type node struct {
	*process
	dir     string
	address string
	peak    int64 // of the resident memory, in bytes, while latency watched
}

const nodeConfig = `version = 1
[node]
state = %q
[[listener]]
address = "127.0.0.1:18989"
[admin]
address = ""
[[tenant]]
id = "11111111-1111-1111-1111-111111111111"
name = "acme"
mode = "block"
[[tenant.site]]
hosts = ["acme.example"]
upstreams = ["http://%s"]
upstream_pool = { connections = 8192 }
limits = { inspect_body_bytes = "4MiB" }
`

// startNode runs program before backend, and waits until it serves.
func startNode(program, backend string) (*node, error) {
	dir, err := os.MkdirTemp("", "hostile")
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "node.toml")
	if err := os.WriteFile(file, fmt.Appendf(nil, nodeConfig, dir, backend), 0o600); err != nil {
		return nil, err
	}
	p, err := start(program, "run", "--config", file)
	if err != nil {
		return nil, err
	}
	n := &node{process: p, dir: dir, address: "127.0.0.1:18989"}
	for range 100 {
		if _, err = n.latency(time.Millisecond); err == nil {
			n.peak = 0
			return n, nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	n.stop()
	return nil, fmt.Errorf("node does not serve: %w", err)
}

func (n *node) stop() {
	n.process.stop()
	os.RemoveAll(n.dir)
}

// clients starts a child that opens connections.
func (n *node) clients(role string, count int) (*process, error) {
	return start(os.Args[0], "-role", role, "-address", n.address, "-count", fmt.Sprint(count))
}

// memory is what the node holds resident, in bytes.
func (n *node) memory() (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", n.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	var kib int64
	_, rest, _ := strings.Cut(string(b), "VmRSS:")
	_, err = fmt.Sscan(rest, &kib)
	return kib << 10, err
}

// latency asks the node again and again on one connection and returns the
// 99th percentile; it notes the peak of the node's memory.
func (n *node) latency(lasts time.Duration) (time.Duration, error) {
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	var times []time.Duration
	for end := time.Now().Add(lasts); time.Now().Before(end) || len(times) == 0; time.Sleep(5 * time.Millisecond) {
		req, err := http.NewRequest("GET", "http://"+n.address+"/?page=2", nil)
		if err != nil {
			return 0, err
		}
		req.Host = "acme.example"
		begin := time.Now()
		resp, err := client.Do(req)
		if err != nil {
			return 0, err
		}
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return 0, fmt.Errorf("got %s", resp.Status)
		}
		times = append(times, time.Since(begin))
		if rss, err := n.memory(); err == nil {
			n.peak = max(n.peak, rss)
		}
	}
	slices.Sort(times)
	return times[len(times)*99/100], nil
}
