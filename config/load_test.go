package config

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"weir/tenant"
)

func load1(t *testing.T, name string) (*Node, string) {
	t.Helper()
	c := openCase(t, "../testdata/config/ok/"+name)
	n, ps := Load(c.file, nil)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return n, filepath.Dir(c.file)
}

// Every default of the contract.
func TestDefaults(t *testing.T) {
	n, _ := load1(t, "smallest.toml")
	limits := tenant.Limits{InspectBodyBytes: 1 << 20}
	timeouts := tenant.Timeouts{
		Header: 10 * time.Second, Connect: 3 * time.Second, FirstByte: time.Minute, Idle: time.Minute, MinRate: 256, TunnelIdle: time.Hour, DNSRefresh: 30 * time.Second,
	}
	want := &Node{
		File: n.File, State: "/var/lib/weir", Admin: "127.0.0.1:9180",
		Listeners: []Listener{{Line: 3, Address: ":8080"}},
		Timeouts:  timeouts,
		Drain:     Drain{Time: 30 * time.Second},
		Limits:    Limits{MaxHeaderBytes: 32 << 10, Tenant: limits, QueueBytes: 16 << 20, SpoolBytes: 1 << 30, BufferBytes: 256 << 20},
		Log:       Log{Level: "info"},
		Sources:   []string{n.File}, Watch: true,
		Tenants: []tenant.Spec{{
			ID:   tenant.ID{0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11},
			Name: "acme", File: n.File, Line: 6, Mode: tenant.ModeMonitoring, Override: tenant.OverrideOn,
			OnDeactivated: tenant.DeactivatedBypass, BufferBytes: 64 << 20, Limits: limits, Timeouts: timeouts,
			Sites: []tenant.SiteSpec{{
				Line: 10, Hosts: []string{"acme.example"}, Limits: limits, Timeouts: timeouts,
				Upstreams: []tenant.Upstream{{Scheme: "http", Address: "127.0.0.1:18081"}},
			}},
		}},
	}
	if d := cmp.Diff(want, n); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// Every key, the inheritance of each, and files relative to their folder.
func TestEverything(t *testing.T) {
	n, dir := load1(t, "everything")
	tenants := n.Tenants
	n.Tenants = nil
	id := tenants[2].ID
	limits := tenant.Limits{InspectBodyBytes: 256 << 10, MaxBodyBytes: 100e6, Beyond: tenant.BeyondReject, MaxResponseBytes: 1 << 30}
	timeouts := tenant.Timeouts{Header: 5 * time.Second, Connect: 1500 * time.Millisecond, FirstByte: 90 * time.Second, Idle: 2 * time.Minute, MinRate: 1 << 10, TunnelIdle: 10 * time.Minute, DNSRefresh: 5 * time.Second}
	want := &Node{
		File: dir + "/node.toml", State: dir + "/state", Admin: "",
		Listeners: []Listener{
			{Line: 10, Address: "127.0.0.1:0", Health: "/healthz", DefaultTenant: &id},
			{Line: 15, Address: "[::1]:0", ProxyProtocol: true, ReusePort: true, H2C: true},
			{Line: 21, Address: "unix:" + dir + "/weir.sock", Mode: 0o600},
		},
		Identify: n.Identify, Timeouts: timeouts,
		Drain:    Drain{Delay: 5 * time.Second, Time: 20 * time.Second},
		Limits:   Limits{MaxHeaderBytes: 64 << 10, MaxRequests: 1000, Tenant: limits, QueueBytes: 8 << 20, SpoolBytes: 2 << 30, BufferBytes: 1 << 30},
		Cloud:    &Cloud{URL: "https://cloud.example:8445", TokenFile: dir + "/node.token"},
		HitsFile: dir + "/hits.ndjson", DenyPhase: DenyAfterInspection,
		Sources: []string{dir + "/node.toml", dir + "/pages/blocked.html", dir + "/pages/blocked.json", dir + "/partner.toml", dir + "/tenants.d/*.toml", dir + "/tenants.d/scanners.txt"}, Log: Log{Level: "warn", File: dir + "/weir.log"},
	}
	if d := cmp.Diff(want, n, cmp.Comparer(func(a, b Identify) bool { return true })); d != "" {
		t.Errorf("node (-want +got)\n%s", d)
	}
	if len(n.Identify.Trusted) != 2 || n.Identify.Trusted[0].String() != "127.0.0.0/8" || n.Identify.Trusted[1].String() != "::1/128" || n.Identify.Header != "X-Tenant-Id" {
		t.Errorf("got %v", n.Identify)
	}
	names := []string{}
	for _, s := range tenants {
		names = append(names, s.Name+" "+strings.TrimPrefix(s.File, dir))
	}
	if d := cmp.Diff([]string{"AAAAAAAA-0000-0000-0000-000000000003 /partner.toml", "users /partner.toml", "acme /tenants.d/acme.toml"}, names); d != "" {
		t.Fatalf("tenants (-want +got)\n%s", d)
	}
	limits.MaxBodyBytes, timeouts.Connect = 0, 2*time.Second
	base := tenant.Spec{
		Mode: tenant.ModeBlock, Override: tenant.OverrideStrict, OnDeactivated: tenant.DeactivatedReject, Application: 3, BufferBytes: 32 << 20,
		Fail:      tenant.Fail{Panic: tenant.FailClosed, Overlimit: tenant.FailClosed},
		WebSocket: true, Brand: tenant.Brand{Name: "Partner", Support: "help@partner.example"}, Limits: limits, Timeouts: timeouts,
	}
	for _, kv := range [][2]string{{"sqli", "high"}, {"xss", "low"}} {
		if err := base.Sensitivity.Set(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	f := func(i int, change func(s *tenant.Spec)) {
		t.Helper()
		w := base
		w.ID, w.Name, w.File, w.Line = tenants[i].ID, tenants[i].Name, tenants[i].File, tenants[i].Line
		change(&w)
		if d := cmp.Diff(w, tenants[i], cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
			cmp.Comparer(func(a, b *tenant.BlockPage) bool { return a == b })); d != "" {
			t.Errorf("tenant %d (-want +got)\n%s", i, d)
		}
	}
	siteOf := func(w *tenant.Spec, s tenant.SiteSpec) tenant.SiteSpec {
		s.Limits, s.Timeouts, s.WebSocket = w.Limits, w.Timeouts, w.WebSocket
		return s
	}
	f(0, func(w *tenant.Spec) {
		w.Sites = []tenant.SiteSpec{siteOf(w, tenant.SiteSpec{Line: 6, Hosts: []string{"shared.example"}, Upstreams: []tenant.Upstream{{Scheme: "h2c", Address: "[::1]:9000"}}})}
	})
	f(1, func(w *tenant.Spec) {
		w.Sites = []tenant.SiteSpec{siteOf(w, tenant.SiteSpec{Line: 13, Hosts: []string{"shared.example"}, Path: "/users", Upstreams: []tenant.Upstream{{Scheme: "http", Address: "users_app:80", DNSRefresh: 5 * time.Second}}})}
	})
	f(2, func(w *tenant.Spec) {
		w.Mode, w.Override, w.WebSocket, w.Brand.Name = tenant.ModeMonitoring, tenant.OverrideOff, false, "ACME"
		w.Timeouts.FirstByte = 10 * time.Second
		w.Fail.Overlimit, w.Fail.MissingPolicy = tenant.FailOpen, tenant.FailClosed
		off, safe, on := tenant.ModeOff, tenant.ModeSafeBlocking, tenant.OverrideOn
		first := siteOf(w, tenant.SiteSpec{
			Line: 12, Hosts: []string{"acme.example", "*.acme.example", "my_app.acme.example", "192.0.2.7", "[2001:db8::7]"},
			Upstreams: []tenant.Upstream{
				{Scheme: "https", Address: "10.0.0.1:443", ServerName: "app.internal"},
				{Scheme: "https", Address: "app.internal:8443", ServerName: "app.internal", DNSRefresh: 5 * time.Second},
			},
			UpstreamHost: "app.internal:8443", Mode: &off,
			Routes: []tenant.RouteSpec{
				{Line: 19, Path: "/login", Application: 21, Mode: &safe},
				{Line: 24, Path: "= /", Override: &on},
				{Line: 28, Path: `~* \.(css|js)$`, Mode: &off},
			},
		})
		first.Limits.InspectBodyBytes, first.Limits.Beyond = 1<<20, tenant.BeyondBypass
		pool := tenant.Pool{Connections: 64, Wait: 50 * time.Millisecond}
		health := tenant.Health{Path: "/healthz", Interval: time.Second, Timeout: 500 * time.Millisecond, Fails: 2, Passes: 1, Down: 20 * time.Second}
		second := siteOf(w, tenant.SiteSpec{
			Line: 33, Hosts: []string{"acme.example"}, Path: "/shop", Application: 7,
			Upstreams: []tenant.Upstream{
				{Scheme: "http", Address: "127.0.0.1:18082", Pool: pool, Health: health},
				{Scheme: "http", Address: "127.0.0.1:18083", Pool: pool, Health: health},
			},
			Weights: []int{1, 3}, Balance: tenant.BalanceClientHash,
		})
		w.Sites = []tenant.SiteSpec{first, second}
		for _, net := range []string{"192.0.2.0/24", "2001:db8:bad::/48", "198.51.100.7/32", "100.64.0.0/10", "100.127.0.1/32"} {
			w.Lists = append(w.Lists, tenant.ListEntry{ID: "scanners", List: tenant.ListDeny, Prefix: netip.MustParsePrefix(net),
				Applications: []int{21}, Expires: time.Date(2030, 1, 31, 10, 0, 0, 0, time.UTC).Unix(), Reason: "seen in March"})
		}
		w.Pages = tenants[2].Pages // compiled; looked at below
		w.Rates = []tenant.RateRule{{ID: "sign-in", When: tenant.Condition{Path: "/login/**", Method: "POST", Host: "acme.example"},
			Key: tenant.RateKey{From: tenant.KeyHeader, Name: "X-Api-Key"}, Rate: 300, Per: time.Minute, Burst: 12, Delay: 8, Status: 429}}
		w.Lists = append(w.Lists, tenant.ListEntry{ID: "acme.toml:50", List: tenant.ListGray, Prefix: netip.MustParsePrefix("203.0.113.0/24")})
	})
	pages := tenants[2].Pages
	if len(pages) != 2 || !pages[0].HasHTML() || !pages[0].HasJSON() || pages[0].Status != 406 || !pages[1].Redirects() || len(pages[1].For) != 2 {
		t.Errorf("pages: %+v", pages)
	}
}

func TestLoadCloud(t *testing.T) {
	c := openCase(t, "../testdata/config/ok/cloud")
	dir := filepath.Dir(c.file)
	got, ps := LoadCloud(c.file)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	want := &CloudServer{
		File: c.file, Console: Endpoint{Address: "127.0.0.1:0"}, PublicURL: "https://console.partner.example",
		Ingest: Endpoint{Address: "127.0.0.1:0"}, StoreURL: "postgres://weir@db.internal/weir", SecretKeyFile: dir + "/secret.key",
		Session: Session{Idle: 15 * time.Minute, Absolute: 8 * time.Hour}, Log: Log{Level: "debug"},
		SMTP: &SMTP{Address: "mail.partner.example:465", Security: "tls", Username: "weir", PasswordFile: dir + "/smtp.password", From: "weir@partner.example"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	got, ps = LoadCloud(openCase(t, "../testdata/config/ok/cloud_smallest").file)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	got.File = ""
	if d := cmp.Diff(cloudDefaults(), got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestLoadMissingFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "node.toml")
	n, ps := Load(file, nil)
	if n != nil || !ps.Fatal() || ps.Error() != file+": cannot read: no such file or directory" {
		t.Errorf("got %v, %v", n, ps)
	}
	if c, ps := LoadCloud(file); c != nil || !ps.Fatal() {
		t.Errorf("got %v, %v", c, ps)
	}
}

func TestReadToken(t *testing.T) {
	dir := t.TempDir()
	f := func(name string, mode os.FileMode, content, want, wantErr string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, mode); err != nil {
			t.Fatal(err)
		}
		got, err := ReadToken(file)
		if got != want || (err == nil) != (wantErr == "") || err != nil && !strings.Contains(err.Error(), wantErr) {
			t.Errorf("%s: got %q, %v; want %q, %q", name, got, err, want, wantErr)
		}
	}
	f("good", 0o600, "  weir-token\n", "weir-token", "")
	f("read-only", 0o400, "weir-token", "weir-token", "")
	f("group", 0o640, "weir-token", "", "can be read by others, run: chmod 600 "+dir+"/group")
	f("others", 0o604, "weir-token", "", "run: chmod 600 "+dir+"/others")
	f("with space", 0o644, "weir-token", "", "run: chmod 600 '"+dir+"/with space'")
	f("empty", 0o600, "\n", "", "must hold one token and nothing else")
	f("lines", 0o600, "a\nb\n", "", "must hold one token and nothing else")
	f("long", 0o600, strings.Repeat("a", maxToken+1), "", "must hold one token and nothing else")
	if _, err := ReadToken(dir); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("folder: %v", err)
	}
	if _, err := ReadToken(dir + "/none"); err == nil || !os.IsNotExist(cause(err)) && !strings.Contains(err.Error(), "no such file") {
		t.Errorf("missing: %v", err)
	}
}
