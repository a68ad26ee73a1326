package uplink

import (
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"

	"weir/config"
	"weir/tenant/wire"
)

// IDs are unique among goroutines, starts, and copies of a state folder.
func TestIDs(t *testing.T) {
	dir := t.TempDir()
	seen := map[string]bool{}
	valid := regexp.MustCompile(`^[0-9a-f]{32}-[0-9]+x[0-9a-f]{8}-[0-9]+$`)
	var node string
	var saved []byte
	for boot := range 4 {
		id, err := nextIdentity(dir)
		if err != nil {
			t.Fatal(err)
		}
		if node == "" {
			node = id.ID.String()
			saved, _ = os.ReadFile(filepath.Join(dir, identityFile))
		}
		if id.ID.String() != node || id.Boot != uint64(min(boot, 2)+1) {
			t.Errorf("start %d: node %s boot %d, want %s", boot, id.ID, id.Boot, node)
		}
		for _, s := range parallel(newIDs(id.ID, id.Boot)) {
			if seen[s] || !valid.MatchString(s) || len(s) > wire.MaxID {
				t.Fatalf("ID %q", s)
			}
			seen[s] = true
		}
		if boot == 2 { // an old copy of the folder comes back
			if err := os.WriteFile(filepath.Join(dir, identityFile), saved, 0o600); err != nil {
				t.Fatal(err)
			}
			saved2, err := nextIdentity(dir)
			if err != nil || saved2.Boot != 2 {
				t.Fatal(saved2, err)
			}
		}
	}
}

func parallel(ids *IDs) (all []string) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var mine []string
			for range 500 {
				mine = append(mine, ids.Next())
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
		})
	}
	wg.Wait()
	return all
}

func TestIdentityDamaged(t *testing.T) {
	dir := t.TempDir()
	first, err := nextIdentity(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, identityFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, err := nextIdentity(dir)
	if err != nil || second.ID == first.ID || second.Boot != 1 {
		t.Errorf("%+v after %+v, %v", second, first, err)
	}
	if _, err := os.Stat(filepath.Join(dir, identityFile+".bad")); err != nil {
		t.Error(err)
	}
}

// The state folder is one node's: a second one is refused, also after the
// first failed to open; nothing is made without a cloud.
func TestStateFolder(t *testing.T) {
	c := newCloud(t)
	state := filepath.Join(t.TempDir(), "weir")
	o := c.options(state)
	o.Cloud = nil
	u, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(state); err == nil {
		t.Error("state folder made without a cloud")
	}
	if len(u.IDs().Next()) < 40 || u.Status().Cloud != CloudNone {
		t.Errorf("ID %q, cloud %s", u.IDs().Next(), u.Status().Cloud)
	}
	mustClose(t, u)
	o = c.options(state)
	u = mustOpen(t, o)
	if info, err := os.Stat(state); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if again, err := Open(o); err == nil {
		t.Error("second node in the same folder")
		mustClose(t, again)
	}
	node := u.Node()
	mustClose(t, u)
	if u = mustOpen(t, o); u.Node() != node {
		t.Errorf("node is %s, was %s", u.Node(), node)
	}
}

func TestOpenFailure(t *testing.T) {
	f := func(change func(*Options)) {
		t.Helper()
		o := Options{State: t.TempDir(), Cloud: &config.Cloud{URL: "https://cloud.example"}}
		change(&o)
		if u, err := Open(o); err == nil {
			t.Error("opened")
			mustClose(t, u)
		}
	}
	f(func(o *Options) { o.Cloud.URL = "http://cloud.example" })
	f(func(o *Options) { o.Cloud.URL = "http://127.0.0.1.example" })
	f(func(o *Options) { o.Cloud.URL = "ftp://127.0.0.1" })
	f(func(o *Options) { o.Cloud.URL = "cloud.example" })
	f(func(o *Options) { o.Cloud.URL = "https://user:word@cloud.example" })
	f(func(o *Options) { o.Cloud.URL = "https://cloud.example/?a=b" })
	f(func(o *Options) { o.Cloud.CAFile = "identity.go" })
	f(func(o *Options) { o.Cloud.CAFile = "missing.pem" })
	f(func(o *Options) { o.State = "identity.go/x" })
	f(func(o *Options) { o.HitsFile = "missing/hits" })
}

func TestOpenSuccess(t *testing.T) {
	f := func(c config.Cloud) {
		t.Helper()
		mustOpen(t, Options{State: t.TempDir(), Cloud: &c})
	}
	f(config.Cloud{URL: "https://cloud.example:8445/"})
	f(config.Cloud{URL: "http://127.0.0.1:8445"})
	f(config.Cloud{URL: "http://[::1]:8445"})
	f(config.Cloud{URL: "http://localhost:8445"})
	f(config.Cloud{URL: "http://cloud.example", Insecure: true})
}

// A cloud with a certificate of its own is trusted by its CA file alone.
func TestCAFile(t *testing.T) {
	c := newCloud(t)
	tls := httptest.NewTLSServer(c)
	t.Cleanup(tls.Close)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: tls.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	o := c.options(t.TempDir())
	o.Cloud.URL = tls.URL + "/base"
	u := start(t, o)
	ids := mustOffer(t, u, acme, 5)
	until(t, "unknown certificate", func() bool { return u.Status().Cloud == CloudUnreachable })
	if c.count() != 0 {
		t.Error("hits went to a cloud without a known certificate")
	}
	mustClose(t, u)
	o.Cloud.CAFile = ca
	u = start(t, o)
	delivered(t, c, u, ids)
}
