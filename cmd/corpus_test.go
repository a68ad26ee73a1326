package cmd

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"weir/bench"
	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// TestCorpus sends a corpus through a node with two listeners, each with a
// default tenant in block, split by ID. Every verdict must be the one given
// in this process, and the cloud must hold every blocked request under the
// right tenant and nothing else. The corpus is our own requests, or the file
// that WEIR_CORPUS names.
func TestCorpus(t *testing.T) {
	files := ownCorpus(t)
	if name := os.Getenv("WEIR_CORPUS"); name != "" {
		files = []string{name}
	}
	c := newCloud(t)
	addresses := corpusNode(t, c)
	blocked := [2]map[string]bool{{}, {}} // incidents by listener
	score := bench.NewScore()
	differing := 0
	err := bench.Replay(files, 2, func(*bench.Record) bool { return true }, func() (bench.Judge, func()) {
		return besideNode(t, addresses)
	}, func(j bench.Judged) {
		score.Add(j.Record, j.Outcome)
		if j.Differs {
			if differing++; differing <= 20 {
				t.Errorf("%s %s/%s: %s", j.ID, j.Source, j.Class, j.Detail)
			}
		}
		if j.Outcome == bench.Stopped {
			blocked[listenerOf(j.ID)][j.Detail] = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	score.Print(os.Stderr)
	t.Logf("%d requests differ; %d blocked for acme, %d for globex", differing, len(blocked[0]), len(blocked[1]))
	for i, x := range []struct{ token, id string }{{c.acme, acmeID}, {c.globex, globexID}} {
		if len(blocked[i]) == 0 {
			t.Errorf("tenant %s had nothing blocked: the test says nothing", x.id)
		}
		eventuallyWithin(t, 5*time.Minute, func() error {
			n, err := c.incidents(x.token, x.id)
			if err != nil {
				return err
			}
			if !maps.Equal(n, blocked[i]) {
				return fmt.Errorf("tenant %s: %d incidents in the cloud, %d were answered", x.id, len(n), len(blocked[i]))
			}
			return nil
		})
	}
}

func listenerOf(id string) int { return int(xxhash.Sum64String(id) % 2) }

// ownCorpus writes the requests of testdata as a corpus.
func ownCorpus(t *testing.T) []string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "own.jsonl")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for dir, label := range map[string]string{"attack": "attack", "benign": "legit"} {
		seeds, err := filepath.Glob(filepath.Join("..", "testdata", dir, "*.txtar"))
		if err != nil || len(seeds) == 0 {
			t.Fatalf("no requests in %s: %v", dir, err)
		}
		for _, seed := range seeds {
			recs, err := bench.ReadSeeds(seed, label)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range recs {
				if err := json.NewEncoder(f).Encode(r); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return []string{name}
}

// corpusNode starts a node with a listener for each tenant.
func corpusNode(t *testing.T, c *cloudStage) (addresses []string) {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") }))
	t.Cleanup(app.Close)
	dir := t.TempDir()
	token := filepath.Join(dir, "node.token")
	text := fmt.Sprintf("version = 1\n[node]\nstate = %q\n[admin]\naddress = \"\"\n[cloud]\nurl = \"http://%s\"\ntoken_file = %q\n",
		filepath.Join(dir, "state"), c.nodes, token)
	for i, id := range []string{acmeID, globexID} {
		addresses = append(addresses, freeAddress(t))
		text += fmt.Sprintf("[[listener]]\naddress = %q\ndefault_tenant = %q\n[[tenant]]\nid = %q\nname = \"t%d\"\nmode = \"block\"\n"+
			"site = [{ hosts = [\"t%d.example\"], upstreams = [%q] }]\n", addresses[i], id, id, i, i, app.URL)
	}
	file := filepath.Join(dir, "node.toml")
	for name, content := range map[string]string{token: c.secret, file: text} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r, err := runNode(file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.stop(); err != nil {
			t.Errorf("the node stopped with %v", err)
		}
	})
	return addresses
}

// besideNode judges over the wire and in process; the detail of a stopped
// request is its incident.
func besideNode(t *testing.T, addresses []string) (bench.Judge, func()) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		t.Fatal(err)
	}
	limits := config.Defaults().Limits
	in := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant)
	var s detect.Scratch
	senders := make([]bench.Sender, len(addresses))
	for i, a := range addresses {
		senders[i] = bench.Sender{Address: a, Timeout: 30 * time.Second}
	}
	judge := func(rec *bench.Record) bench.Judged {
		want := bench.Passed
		if req, refusal := in.Read(rec.Raw); refusal != proxy.Accepted {
			want = bench.Refused
		} else if policy.Inspect(req, 0, &s).Attack() {
			want = bench.Stopped
		}
		a, err := senders[listenerOf(rec.ID)].Send(rec.Raw)
		got := a.Outcome()
		if err != nil {
			got = bench.Failed
		}
		j := bench.Judged{Record: rec, Outcome: got, Detail: a.Incident, Differs: got != want}
		if j.Differs {
			j.Detail = fmt.Sprintf("%s in process, the node answered %d, %v", want, a.Status, err)
		}
		return j
	}
	return judge, func() {
		for i := range senders {
			senders[i].Close()
		}
	}
}

// incidents returns those of every blocked hit of a tenant.
func (c *cloudStage) incidents(token, id string) (map[string]bool, error) {
	all := map[string]bool{}
	cursor := ""
	for {
		status, body, err := c.call(token, "GET", "/tenants/"+id+"/hits?limit=1000&blocked=true&cursor="+cursor, nil)
		if err != nil || status != 200 {
			return nil, fmt.Errorf("hits of %s: %d %.200s %w", id, status, body, err)
		}
		var page struct {
			Hits []struct{ Incident string }
			Next string
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil {
			return nil, err
		}
		for _, h := range page.Hits {
			all[h.Incident] = true
		}
		if cursor = page.Next; cursor == "" {
			return all, nil
		}
	}
}
