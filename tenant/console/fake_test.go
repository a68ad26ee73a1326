package console

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"weir/tenant"
	"weir/tenant/wire"
)

const (
	technicalID = "00000000-0000-0000-0000-000000000001"
	acmeID      = "11111111-1111-1111-1111-111111111111"
	globexID    = "22222222-2222-2222-2222-222222222222"
	absentID    = "99999999-9999-9999-9999-999999999999"
)

// hostile is a request that tries to become a part of the page.
const hostile = "GET /search?q=%3Cscript%3E'<script>alert(1)</script> HTTP/1.1\r\n" +
	"Host: acme.example\r\nUser-Agent: \"><img src=x onerror=alert(2)>\r\nX: \x00\xff\x1b[31m\u202e\r\n\r\n"

// payload is the marked part of hostile.
const payload = "<script>alert(1)</script>"

// fakeAPI answers as the API does, for three users with one session each:
// "root-s" is global, "ann-s" of acme (admin), "vic-s" of acme (viewer).
type fakeAPI struct {
	mux  *http.ServeMux
	mu   sync.Mutex
	seen []*http.Request
	sent []string // method, path and body of each change
	hits []map[string]any
}

func (f *fakeAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	f.seen = append(f.seen, r)
	f.mu.Unlock()
	f.mux.ServeHTTP(w, r)
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, detail string) {
	reply(w, status, map[string]any{"status": status, "title": http.StatusText(status), "detail": detail})
}

func newFake() *fakeAPI {
	f := &fakeAPI{mux: http.NewServeMux()}
	f.hits = []map[string]any{fakeHit("n1.1.1", "INC1"), fakeHit("n1.1.2", "INC2"), fakeHit("n1.1.3", "INC2")}
	f.mux.HandleFunc("GET /api/v1/brand", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, fakeBrand)
	})
	f.mux.HandleFunc("POST /api/v1/session", f.session)
	f.mux.HandleFunc("DELETE /api/v1/session", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) })
	f.mux.HandleFunc("GET /api/v1/me", func(w http.ResponseWriter, r *http.Request) {
		if m := who(r); m == nil {
			refuse(w, 401, "sign in")
		} else {
			reply(w, 200, m)
		}
	})
	f.tenant("GET", "attacks", f.attacks)
	f.tenant("GET", "attacks/{id}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != "a1" {
			refuse(w, 404, "not found")
			return
		}
		reply(w, 200, fakeAttack)
	})
	f.tenant("GET", "attacks/{id}/hits", f.list)
	f.tenant("GET", "hits", f.list)
	f.tenant("GET", "hits/{id}", func(w http.ResponseWriter, r *http.Request) {
		i := slices.IndexFunc(f.hits, func(h map[string]any) bool { return h["id"] == r.PathValue("id") })
		if i < 0 {
			refuse(w, 404, "not found")
			return
		}
		reply(w, 200, f.hits[i])
	})
	f.tenant("GET", "policy", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, map[string]any{"version": 7, "mode": "monitoring",
			"rules": []wire.Rule{{ID: "r1", Type: "virtual_patch", Comment: "old <plugin>", Path: "/plugin*", Class: "any"}},
			"lists": []wire.Entry{{ID: "d1", List: tenant.ListDeny, Prefix: netip.MustParsePrefix("192.0.2.0/24"), Reason: "scanner", Expires: 1900000000}}})
	})
	f.tenant("GET", "nodes", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, 200, map[string]any{"refused": []any{map[string]any{"tenant": absentID, "state": "unknown", "hits": 5, "last_at": "2026-01-02T03:04:05Z"}},
			"nodes": []any{map[string]any{"id": "n1", "hostname": "edge-1", "version": "1.2.3",
				"last_seen": "2026-01-02T03:04:05Z", "active": false, "dropped_hits": 12345,
				"tenant": map[string]any{"version": 7, "applied": 6, "error": "rule r1: unknown class", "mode": "block"}}}})
	})
	f.tenant("PUT", "mode", f.change)
	f.tenant("POST", "lists/{list}", f.change)
	f.tenant("DELETE", "lists/{list}/{id}", f.change)
	f.tenant("POST", "rules", f.change)
	f.tenant("DELETE", "rules/{id}", f.change)
	return f
}

var fakeBrand = map[string]any{"name": "Sécurité & Fils", "support": "help@partner.example"}

var fakeAttack = map[string]any{"id": "a1", "class": "xss", "point": "[query q]", "host": "acme.example",
	"path": "/search", "first_time": 1767322000000, "last_time": "2026-01-02T03:04:05Z", "hits": 1234567,
	"blocked": 3, "status": "partly_blocked", "clients": 2, "top_client": "198.51.100.7"}

func fakeHit(id, incident string) map[string]any {
	h := wire.Hit{ID: id, Incident: incident, RequestID: "req-1", TenantName: "acme", Node: "n1", Time: 1767323045000,
		Class: "xss", Rule: "xss/script", Why: "a script element opens in text", Score: 95,
		Point:    "[post][json][hash user][base64]",
		Evidence: wire.Evidence{Text: []byte("q=" + payload), Start: 2, End: 2 + len(payload)},
		Method:   "GET", Scheme: "http", Host: "acme.example", Path: "/search", Client: "198.51.100.7",
		Request: []byte(hostile), Mode: "block", LocalMode: "monitoring", CloudMode: "block", ModeSource: "cloud",
		Blocked: true, BlockReason: "attack", Status: 403, InspectMicro: 41}
	h.Tenant, _ = tenant.ParseID(acmeID)
	h.Mark.From = strings.Index(hostile, payload)
	h.Mark.To = h.Mark.From + len(payload)
	b, _ := json.Marshal(h)
	m := map[string]any{"attack_id": "a1", "received_at": 1767323046000}
	_ = json.Unmarshal(b, &m)
	return m
}

// who is the answer of /me, or nil.
func who(r *http.Request) map[string]any {
	technical := map[string]any{"id": technicalID, "name": "Partner", "kind": "technical", "active": true}
	acme := map[string]any{"id": acmeID, "name": "acme", "kind": "tenant", "active": true}
	globex := map[string]any{"id": globexID, "name": "globex", "kind": "tenant", "active": false}
	answer := func(email, role, home string, tenants ...any) map[string]any {
		return map[string]any{"user": map[string]any{"id": "u1", "email": email, "role": role, "tenant": home},
			"account": map[string]any{"id": "a", "name": "Partner", "brand": fakeBrand}, "tenants": tenants}
	}
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	switch c.Value {
	case "root-s":
		return answer("root@partner.example", "global_admin", technicalID, technical, acme, globex)
	case "ann-s":
		return answer("ann@acme.example", "admin", acmeID, acme)
	case "vic-s":
		return answer("vic@acme.example", "viewer", acmeID, acme)
	}
	return nil
}

// tenant adds a call below a tenant that the session may see.
func (f *fakeAPI) tenant(method, rest string, h http.HandlerFunc) {
	f.mux.HandleFunc(method+" /api/v1/tenants/{tenant}/"+rest, func(w http.ResponseWriter, r *http.Request) {
		m := who(r)
		if m == nil {
			refuse(w, 401, "sign in")
			return
		}
		for _, t := range m["tenants"].([]any) {
			if t.(map[string]any)["id"] == r.PathValue("tenant") {
				h(w, r)
				return
			}
		}
		refuse(w, 404, "not found")
	})
}

func (f *fakeAPI) session(w http.ResponseWriter, r *http.Request) {
	var in struct{ Email, Password string }
	_ = json.NewDecoder(r.Body).Decode(&in)
	switch {
	case in.Email == "busy@acme.example":
		w.Header().Set("Retry-After", "30")
		refuse(w, 429, "too many")
	case in.Email != "ann@acme.example" || in.Password != "right":
		refuse(w, 401, "wrong")
	default:
		http.SetCookie(w, &http.Cookie{Name: cookieName, Value: "ann-s", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
		reply(w, 200, map[string]any{"token": "ann-s"})
	}
}

func (f *fakeAPI) attacks(w http.ResponseWriter, r *http.Request) {
	a := map[string]any{"attacks": []any{fakeAttack}, "total": 51, "next": "c2"}
	if r.URL.Query().Get("cursor") == "c2" {
		a["next"] = ""
	}
	if r.URL.Query().Get("class") == "nonsense" {
		refuse(w, 400, "unknown class")
		return
	}
	reply(w, 200, a)
}

func (f *fakeAPI) list(w http.ResponseWriter, r *http.Request) {
	hits := []any{}
	for _, h := range f.hits {
		if i := r.URL.Query().Get("incident"); i == "" || i == h["incident"] {
			hits = append(hits, h)
		}
	}
	reply(w, 200, map[string]any{"hits": hits, "total": len(hits), "next": ""})
}

func (f *fakeAPI) change(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(who(r)["user"].(map[string]any)["role"].(string), "viewer") {
		refuse(w, 403, "no")
		return
	}
	var in map[string]any
	_ = json.NewDecoder(r.Body).Decode(&in)
	b, _ := json.Marshal(in)
	f.sent = append(f.sent, fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, b))
	if in["prefix"] == "nonsense" {
		refuse(w, 400, "prefix: want an address or a network")
		return
	}
	reply(w, 200, map[string]any{})
}
