package cloud

import (
	"fmt"
	"net/url"
	"testing"

	"weir/tenant/account"
	"weir/tenant/wire"
)

type hitList struct {
	Hits []struct {
		wire.Hit
		AttackID   string `json:"attack_id"`
		ReceivedAt int64  `json:"received_at"`
	}
	Total int
	Next  string
}

func TestHits(t *testing.T) {
	h := newHouse(t)
	token, viewer := h.nodeToken(h.one), h.user(h.one, "v@one.example", account.Viewer)
	var hits []*wire.Hit
	for n := 1; n <= 25; n++ {
		x := hit(h.one, n)
		x.Client = fmt.Sprintf("192.0.2.%d", n%3)
		x.Blocked = n%2 == 0
		if n%5 == 0 {
			x.Class = "xss"
		}
		hits = append(hits, x)
	}
	h.deliver(token, hits...)
	f := func(query string, total, listed int) (l hitList) {
		t.Helper()
		h.call("GET", h.path(h.one, "/hits?"+query), viewer, nil, 200, &l)
		if l.Total != total || len(l.Hits) != listed {
			t.Errorf("%s lists %d of %d, want %d of %d", query, len(l.Hits), l.Total, listed, total)
		}
		return l
	}
	f("", 25, 25)
	f("class=xss", 5, 5)
	f("class=nonsense", 0, 0)
	f("blocked=true", 12, 12)
	f("client=192.0.2.0&blocked=false", 4, 4)
	f("incident=inc-7", 1, 1)
	f("request_id=req-8", 1, 1)
	f("host=shop.example", 25, 25)
	f("since=1800000000010", 16, 16)
	f("since=2027-01-15T08:00:00.010Z&until=1800000000012", 2, 2)
	// newest first, and the pages make the whole
	l := f("limit=10", 25, 10)
	seen := []string{}
	for {
		for _, x := range l.Hits {
			seen = append(seen, x.ID)
		}
		if l.Next == "" {
			break
		}
		h.call("GET", h.path(h.one, "/hits?limit=10&cursor="+url.QueryEscape(l.Next)), viewer, nil, 200, &l)
	}
	if len(seen) != 25 || seen[0] != "node-1-25" || seen[24] != "node-1-1" {
		t.Errorf("pages hold %v", seen)
	}
	// one hit, by either name, as it was delivered
	var one struct {
		wire.Hit
		AttackID string `json:"attack_id"`
	}
	for _, id := range []string{"node-1-7", "inc-7"} {
		h.call("GET", h.path(h.one, "/hits/"+id), viewer, nil, 200, &one)
		if string(one.AppendJSON(nil)) != string(hits[6].AppendJSON(nil)) || one.AttackID == "" {
			t.Errorf("hit %+v, want %+v", one, hits[6])
		}
	}
	g := func(path string, status int) {
		t.Helper()
		h.call("GET", h.path(h.one, path), viewer, nil, status, nil)
	}
	g("/hits?limit=0", 422)
	g("/hits?limit=1001", 422)
	g("/hits?limit=x", 422)
	g("/hits?blocked=maybe", 422)
	g("/hits?since=yesterday", 400)
	g("/hits?cursor=x", 400)
	g("/hits/", 404)
}

func TestAttacks(t *testing.T) {
	h := newHouse(t)
	token, viewer := h.nodeToken(h.one), h.user(h.one, "v@one.example", account.Viewer)
	a, b, c := hit(h.one, 1), hit(h.one, 2), hit(h.one, 3)
	b.Client, b.Blocked = "192.0.2.2", false
	c.Point, c.Class = "[header user-agent]", "xss"
	h.deliver(token, a, b, c)
	type attack struct {
		ID, Class, Point, Host, Path, Status string
		Hits, Blocked, Clients               int
		First                                int64  `json:"first_time"`
		Last                                 int64  `json:"last_time"`
		Top                                  string `json:"top_client"`
	}
	f := func(query string, want ...string) (list []attack) {
		t.Helper()
		var out struct {
			Attacks []attack
			Total   int
			Next    string
		}
		h.call("GET", h.path(h.one, "/attacks?"+query), viewer, nil, 200, &out)
		list = out.Attacks
		if len(list) != len(want) || out.Total < len(want) {
			t.Fatalf("%s lists %+v", query, list)
		}
		for i, s := range want {
			if list[i].Status != s {
				t.Errorf("%s: attack %d is %s, want %s", query, i, list[i].Status, s)
			}
		}
		return list
	}
	list := f("", "blocked", "partly_blocked")
	got := list[1]
	got.ID = ""
	if got != (attack{"", "sqli", "[query id]", "shop.example", "/item", "partly_blocked", 2, 1, 2, a.Time, b.Time, "192.0.2.1"}) {
		t.Errorf("attack %+v", got)
	}
	f("status=partly_blocked", "partly_blocked")
	f("status=monitored")
	f("class=xss", "blocked")
	f("host=other.example")
	f("limit=1", "blocked")
	f(fmt.Sprintf("since=%d", c.Time), "blocked")
	f(fmt.Sprintf("until=%d", c.Time), "partly_blocked")
	var hits hitList
	h.call("GET", h.path(h.one, "/attacks/"+list[1].ID+"/hits"), viewer, nil, 200, &hits)
	if hits.Total != 2 || hits.Hits[0].ID != b.ID || hits.Hits[0].AttackID != list[1].ID {
		t.Errorf("hits of the attack %+v", hits)
	}
	var one attack
	h.call("GET", h.path(h.one, "/attacks/"+list[1].ID), viewer, nil, 200, &one)
	if one != list[1] {
		t.Errorf("attack %+v, listed as %+v", one, list[1])
	}
}
