package cloud

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

func TestPolicy(t *testing.T) {
	h := newHouse(t)
	admin := h.user(h.one, "admin@one.example", account.Admin)
	var p struct {
		Version int
		Mode    string
		Rules   []wire.Rule
		Lists   []wire.Entry
	}
	r := h.call("GET", h.path(h.one, "/policy"), admin, nil, 200, &p)
	if p.Version != 1 || p.Mode != "default" || len(p.Rules)+len(p.Lists) != 0 || r.header.Get("ETag") != `"1"` {
		t.Errorf("first policy %+v, ETag %s", p, r.header.Get("ETag"))
	}
	h.call("PUT", h.path(h.one, "/mode"), admin, map[string]string{"mode": "block"}, 200, &p)
	var rule wire.Rule
	h.call("POST", h.path(h.one, "/rules"), admin, map[string]string{"type": "virtual_patch", "comment": "old plugin", "method": "post",
		"host": "Shop.Example.", "path": "/plugin/*", "point": "[query cmd]", "class": "rce"}, 201, &rule)
	if rule.Method != "POST" || rule.Host != "shop.example" || rule.ID == "" {
		t.Errorf("rule %+v", rule)
	}
	var entry wire.Entry
	h.call("POST", h.path(h.one, "/lists/deny"), admin, map[string]any{"prefix": "192.0.2.99/24", "ttl_seconds": 3600, "reason": "scanner", "applications": []int{7}}, 201, &entry)
	if entry.Prefix != netip.MustParsePrefix("192.0.2.0/24") || entry.List != tenant.ListDeny || len(entry.Applications) != 1 || entry.Expires < time.Now().Add(59*time.Minute).Unix() {
		t.Errorf("entry %+v", entry)
	}
	h.call("GET", h.path(h.one, "/policy"), admin, nil, 200, &p)
	if p.Version != 4 || p.Mode != "block" || len(p.Rules) != 1 || len(p.Lists) != 1 || !reflect.DeepEqual(p.Rules[0], rule) || !reflect.DeepEqual(p.Lists[0], entry) {
		t.Errorf("policy %+v", p)
	}
	h.call("DELETE", h.path(h.one, "/rules/"+rule.ID), admin, nil, 204, nil)
	h.call("DELETE", h.path(h.one, "/rules/"+rule.ID), admin, nil, 404, nil)
	h.call("DELETE", h.path(h.one, "/lists/gray/"+entry.ID), admin, nil, 404, nil)
	h.call("DELETE", h.path(h.one, "/lists/deny/"+entry.ID), admin, nil, 204, nil)
	h.call("GET", h.path(h.one, "/policy"), admin, nil, 200, &p)
	// what failed made no version
	if p.Version != 6 || len(p.Rules)+len(p.Lists) != 0 {
		t.Errorf("policy %+v", p)
	}
	if v := h.version(h.two); v != 1 {
		t.Errorf("the other tenant's policy has version %d", v)
	}
}

func TestPolicyFailure(t *testing.T) {
	h := newHouse(t)
	admin := h.user(h.one, "admin@one.example", account.Admin)
	f := func(method, path, body string, status int, says string) {
		t.Helper()
		r := h.do(method, h.api+"/api/v1"+h.path(h.one, path), admin, []byte(body))
		if r.status != status || !strings.Contains(string(r.body), says) || r.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s is answered %v, want %d and %q", body, r, status, says)
		}
	}
	f("PUT", "/mode", `{"mode":"sometimes"}`, 422, "body.mode")
	f("PUT", "/mode", `{}`, 422, "mode")
	f("PUT", "/mode", `{"mode":"off","x":1}`, 422, "unexpected")
	f("PUT", "/mode", `{`, 400, "")
	f("PUT", "/mode", `{"mode":"`+strings.Repeat("x", maxBody)+`"}`, 413, "")
	f("POST", "/rules", `{"type":"rate_limit","path":"/x"}`, 400, "rate")
	f("POST", "/rules", `{"type":"rate_limit","rate":{"key":"body","rate":5,"unit":"second"}}`, 400, "unknown key")
	f("POST", "/rules", `{"type":"rate_limit","rate":{"key":"remote_addr","rate":5,"unit":"hour"}}`, 422, "unit")
	f("POST", "/rules", `{"type":"rate_limit","rate":{"key":"remote_addr","rate":5,"unit":"second","burst":2,"delay":3}}`, 400, "delay")
	f("POST", "/rules", `{"type":"rate_limit","mode":"off","rate":{"key":"remote_addr","rate":5,"unit":"second"}}`, 400, "rate limit")
	f("POST", "/rules", `{"type":"mode","mode":"off","path":"/x","rate":{"key":"remote_addr","rate":5,"unit":"second"}}`, 400, "rate_limit")
	f("POST", "/rules", `{"type":"mode","path":"/x/**"}`, 400, "mode")
	f("POST", "/rules", `{"type":"mode","mode":"block"}`, 400, "every request")
	f("POST", "/rules", `{"type":"mode","mode":"block","path":"/x","class":"sqli"}`, 400, "virtual patches")
	f("POST", "/rules", `{"type":"mode","mode":"loud","path":"/x"}`, 422, "mode")
	f("POST", "/rules", `{"type":"mode","mode":"off","path":"/{{(?=x)}}"}`, 400, "(?=")
	f("POST", "/rules", `{"type":"mode","mode":"off","headers":[{"name":"x","op":"like"}]}`, 422, "op")
	f("POST", "/rules", `{"type":"mode","mode":"off","query":[{"name":"x","op":"regex","value":"("}]}`, 400, "query")
	f("POST", "/rules", `{"type":"virtual_patch","class":"nonsense"}`, 400, "class")
	f("POST", "/rules", `{"type":"other","class":"any","path":"/"}`, 422, "body.type")
	// would block the whole site
	f("POST", "/rules", `{"type":"virtual_patch","class":"any"}`, 400, "every request")
	f("POST", "/rules", `{"type":"virtual_patch","class":"any","path":"x"}`, 400, "path")
	f("POST", "/rules", `{"type":"virtual_patch","class":"any","host":"a b"}`, 400, "host")
	f("POST", "/rules", `{"type":"virtual_patch","class":"any","method":"GET POST"}`, 400, "method")
	f("POST", "/lists/deny", `{"prefix":"192.0.2.0/33"}`, 400, "prefix")
	f("POST", "/lists/deny", `{"prefix":"all"}`, 400, "prefix")
	f("POST", "/lists/deny", `{"prefix":"192.0.2.1","expires":1000}`, 400, "past")
	f("POST", "/lists/deny", `{"prefix":"192.0.2.1","expires":99999999999,"ttl_seconds":500}`, 400, "ttl_seconds")
	f("POST", "/lists/deny", `{"prefix":"192.0.2.1","ttl_seconds":5}`, 400, "less than 300")
	f("POST", "/lists/deny", `{"prefix":"192.0.2.1","applications":[0]}`, 400, "applications")
	f("POST", "/lists/black", `{"prefix":"192.0.2.1"}`, 422, "list")
	if v := h.version(h.one); v != 1 {
		t.Errorf("refused changes made version %d", v)
	}
}

func TestParsePrefix(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		p, err := parsePrefix(in)
		if want == "" {
			if err == nil {
				t.Errorf("parsePrefix(%q) = %v", in, p)
			}
			return
		}
		if err != nil || p.String() != want {
			t.Errorf("parsePrefix(%q) = %v, %v, want %s", in, p, err, want)
		}
	}
	f("192.0.2.1", "192.0.2.1/32")
	f("192.0.2.77/24", "192.0.2.0/24")
	f("0.0.0.0/0", "0.0.0.0/0")
	f("2001:db8::1", "2001:db8::1/128")
	f("2001:db8::1/32", "2001:db8::/32")
	f("::ffff:192.0.2.1", "192.0.2.1/32")
	f("::ffff:192.0.2.1/120", "192.0.2.0/24")
	f("::ffff:192.0.2.1/64", "")
	f("fe80::1%eth0", "")
	f("192.0.2", "")
	f("", "")
}
