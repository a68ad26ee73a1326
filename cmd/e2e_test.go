package cmd

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"weir/tenant/wire"
)

// injection is an attack in a query that every node of these tests finds.
const injection = "q=1%27%20OR%20%271%27%3D%271%27%20--%20"

// own checks that hits are all of one tenant and returns how many requests
// they came from.
func own(hits []wire.Hit, id, host string) (int, error) {
	requests := map[string]bool{}
	for _, h := range hits {
		if h.Tenant.String() != id || h.Host != host {
			return 0, fmt.Errorf("hit %s is of tenant %s and host %s, want %s and %s", h.ID, h.Tenant, h.Host, id, host)
		}
		requests[h.RequestID] = true
	}
	return len(requests), nil
}

// wantRequests waits until exactly n attacked requests of a tenant are in the
// cloud.
func (c *cloudStage) wantRequests(token, id, host string, n int) []wire.Hit {
	c.t.Helper()
	var hits []wire.Hit
	eventually(c.t, func() error {
		var err error
		if hits, err = c.hits(token, id); err != nil {
			return err
		}
		got, err := own(hits, id, host)
		if err == nil && got != n {
			err = fmt.Errorf("hits of %d requests, want %d", got, n)
		}
		return err
	})
	return hits
}

// Each tenant's user sees the hits of his tenant, all of them and no other;
// acme blocks, globex only reports.
func TestEachTenantSeesItsOwnHits(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	n.want("acme.example", "/shop?q=shoes", 200)
	for i := range 3 {
		n.want("acme.example", fmt.Sprintf("/acme/%d?%s", i, injection), 403)
	}
	for i := range 2 {
		n.want("globex.example", fmt.Sprintf("/globex/%d?%s", i, injection), 200)
	}
	n.want("stranger.example", "/", 421)

	hits := c.wantRequests(c.acme, acmeID, "acme.example", 3)
	c.wantRequests(c.globex, globexID, "globex.example", 2)
	c.wantRequests(c.admin, acmeID, "acme.example", 3)
	const absent = "99999999-9999-9999-9999-999999999999"
	for _, path := range []string{"", "/hits", "/hits/" + hits[0].ID, "/hits/" + hits[0].Incident, "/attacks", "/policy", "/nodes", "/users", "/node-tokens"} {
		status, foreign, err := c.call(c.globex, "GET", "/tenants/"+acmeID+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, missing, err := c.call(c.globex, "GET", "/tenants/"+absent+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if status != 404 || foreign != missing {
			t.Errorf("%q: %d %s, a missing tenant gets %s", path, status, foreign, missing)
		}
	}
	for _, h := range hits {
		if !h.Blocked || h.Status != 403 || h.ModeSource != "tenant" || h.Mark.To <= h.Mark.From {
			t.Errorf("a hit of acme: %+v", h)
		}
	}
}

// The incident ID of the block page finds the hit, in the console too.
func TestIncidentLeadsToTheMarkedPayload(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	_, body := n.send("acme.example", "/search?"+injection, "Accept", "application/json")
	var p struct{ Incident string }
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Incident == "" {
		t.Fatalf("no incident in %q: %v", body, err)
	}
	c.wantRequests(c.acme, acmeID, "acme.example", 1)
	b := c.browser()
	page := b.get("/t/"+acmeID+"/incident?id="+url.QueryEscape(p.Incident), 200)
	for _, want := range []string{"<mark>", p.Incident, "SQL injection", "GET /search?q=", "query parameter"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page of the hit lacks %q", want)
		}
	}
	if foreign, missing := b.get("/t/"+globexID+"/attacks", 404), b.get("/nowhere", 404); foreign != missing {
		t.Error("the page for a foreign tenant differs from that for a missing thing")
	}
}

// A mode, a deny entry and a virtual patch made in the cloud reach the node.
func TestPolicyReachesTheNode(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	attack := "/x?" + injection
	n.want("acme.example", attack, 403)
	c.must(c.acme, "PUT", "/tenants/"+acmeID+"/mode", map[string]string{"mode": "monitoring"}, nil)
	n.eventually("acme.example", attack, 200)
	c.must(c.acme, "PUT", "/tenants/"+acmeID+"/mode", map[string]string{"mode": "block"}, nil)
	n.eventually("acme.example", attack, 403)

	c.must(c.acme, "POST", "/tenants/"+acmeID+"/rules", map[string]string{"type": "virtual_patch", "path": "/old*/**", "class": "any"}, nil)
	n.eventually("acme.example", "/old/page", 403)
	n.want("acme.example", "/new/page", 200)
	n.want("globex.example", "/old/page", 200)

	c.must(c.acme, "POST", "/tenants/"+acmeID+"/lists/deny", map[string]string{"prefix": "192.0.2.0/24"}, nil)
	n.eventually("acme.example", "/new/page", 403, "X-Forwarded-For", "192.0.2.9")
	n.want("acme.example", "/new/page", 200, "X-Forwarded-For", "198.51.100.9")
	n.want("globex.example", "/new/page", 200, "X-Forwarded-For", "192.0.2.9")
}

// While the cloud is away the node filters on and keeps its hits; afterwards
// each is there once.
func TestCloudRestartLosesNothing(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	n.want("acme.example", "/before?"+injection, 403)
	c.wantRequests(c.acme, acmeID, "acme.example", 1)
	c.halt()
	const away = 20
	for i := range away {
		n.want("acme.example", fmt.Sprintf("/away/%d?%s", i, injection), 403)
		n.want("globex.example", fmt.Sprintf("/away/%d?%s", i, injection), 200)
	}
	c.resume()
	hits := c.wantRequests(c.acme, acmeID, "acme.example", away+1)
	c.wantRequests(c.globex, globexID, "globex.example", away)
	ids := map[string]bool{}
	for _, h := range hits {
		if ids[h.ID] {
			t.Errorf("hit %s is there twice", h.ID)
		}
		ids[h.ID] = true
	}
}

// Hits that were on the node's disk when it stopped arrive after its start.
func TestNodeRestartLosesNothing(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	c.halt()
	const away = 10
	for i := range away {
		n.want("acme.example", fmt.Sprintf("/away/%d?%s", i, injection), 403)
	}
	n.halt()
	c.resume()
	n.start()
	c.wantRequests(c.acme, acmeID, "acme.example", away)
}

// The last good bundle is on the node's disk: without the cloud it starts
// with it.
func TestNodeStartsWithoutTheCloud(t *testing.T) {
	c := newCloud(t)
	n := newNode(t, c)
	c.must(c.acme, "PUT", "/tenants/"+acmeID+"/mode", map[string]string{"mode": "monitoring"}, nil)
	n.eventually("acme.example", "/x?"+injection, 200)
	n.halt()
	c.halt()
	n.start()
	n.want("acme.example", "/y?"+injection, 200)
	n.want("globex.example", "/y?"+injection, 200)
}

// Eight clients at once, each request with its tenant's marker in host,
// header and query: every hit that arrives bears the marker of its tenant
// and of no other, and none is missing.
func TestConcurrentTenantsDoNotMix(t *testing.T) {
	const clients, each = 8, 40
	c := newCloud(t)
	n := newNode(t, c)
	names := [...]string{"acme", "globex"}
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for j := range each {
				name := names[(i+j)%2]
				target := fmt.Sprintf("/m/%s/%d/%d?marker=%s-%d-%d&%s", name, i, j, name, i, j, injection)
				want := http.StatusForbidden
				if name == "globex" {
					want = http.StatusOK
				}
				if s, _ := n.send(name+".example", target, "X-Marker", fmt.Sprintf("%s-%d-%d", name, i, j)); s != want {
					t.Errorf("%s: status %d, want %d", target, s, want)
				}
			}
		})
	}
	wg.Wait()
	check := func(token, id, name, other string) {
		t.Helper()
		for _, h := range c.wantRequests(token, id, name+".example", clients*each/2) {
			raw := string(h.Request)
			parts := strings.Split(h.Path, "/") // "", m, name, i, j
			marker := strings.Join(parts[2:], "-")
			if parts[2] != name || h.TenantName != name || strings.Contains(raw, other+"-") || strings.Contains(raw, other+".example") {
				t.Errorf("hit %s of %s holds something of %s:\n%s", h.ID, name, other, raw)
			}
			lines := strings.Split(strings.ToLower(raw), "\r\n")
			if !strings.Contains(lines[0], "marker="+marker+"&") || !slices.Contains(lines, "x-marker: "+marker) ||
				!strings.Contains(raw, name+".example") {
				t.Errorf("hit %s does not agree with its marker %s:\n%s", h.ID, marker, raw)
			}
		}
	}
	check(c.acme, acmeID, "acme", "globex")
	check(c.globex, globexID, "globex", "acme")
}
