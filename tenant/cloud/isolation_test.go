package cloud

import (
	"bytes"
	"database/sql"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

// open lists the routes that need no session. A new one needs a reason.
var open = []string{
	"POST /api/v1/session", // signing in
	"GET /api/v1/brand",    // what the sign-in page shows
}

// TestEveryRouteIsDeclared fails when the API document has an operation
// without an action, or an open one that is not meant to be.
func TestEveryRouteIsDeclared(t *testing.T) {
	h := newHouse(t)
	declared := map[string]route{}
	for _, r := range h.routes {
		declared[r.method+" "+r.path] = r
		if r.open != slices.Contains(open, r.method+" "+r.path) {
			t.Errorf("%s %s: open is %v", r.method, r.path, r.open)
		}
	}
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]any
	}
	h.call("GET", "/../openapi.json", "", nil, 200, &doc)
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("the document is OpenAPI %q", doc.OpenAPI)
	}
	n := 0
	for path, ops := range doc.Paths {
		for method := range ops {
			n++
			if _, ok := declared[strings.ToUpper(method)+" "+path]; !ok {
				t.Errorf("%s %s has no action", method, path)
			}
		}
	}
	if n != len(declared) || n < 25 {
		t.Errorf("%d operations in the document, %d declared", n, len(declared))
	}
}

// bodies are valid bodies for the calls that need one. %d makes names new.
var bodies = map[string]string{
	"PUT /api/v1/account":                        `{"name":"Partner","brand":{"name":"Shield"}}`,
	"POST /api/v1/tenants":                       `{"name":"made-%d"}`,
	"PATCH /api/v1/tenants/{tenant}":             `{"active":true}`,
	"PUT /api/v1/tenants/{tenant}/mode":          `{"mode":"monitoring"}`,
	"POST /api/v1/tenants/{tenant}/rules":        `{"type":"virtual_patch","class":"any","path":"/x"}`,
	"POST /api/v1/tenants/{tenant}/lists/{list}": `{"prefix":"192.0.2.1"}`,
	"POST /api/v1/tenants/{tenant}/users":        `{"email":"made-%d@example.com","role":"viewer","password":"a long enough password"}`,
	"POST /api/v1/tenants/{tenant}/node-tokens":  `{"name":"made"}`,
}

// place is a tenant with one object of each kind, by path parameter.
type place struct {
	id      string
	objects map[string]string
}

// marker stands in every object of tenant two; no one else may ever read it.
const marker = "belongs-to-two"

// furnish makes an object of each kind in a tenant.
func (h *house) furnish(id tenant.ID, name string, n int) place {
	h.t.Helper()
	ctx, t := h.t.Context(), h.handle(id)
	x := hit(id, n)
	x.ID, x.Incident, x.Path, x.Why = fmt.Sprintf("%s-%d", name, n), fmt.Sprintf("inc-%s-%d", name, n), fmt.Sprintf("/%s/%d", name, n), name
	if _, err := t.AddHits(ctx, []*wire.Hit{x}); err != nil {
		h.t.Fatal(err)
	}
	stored, err := t.Hit(ctx, x.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	r, err1 := t.AddRule(ctx, wire.Rule{Type: "virtual_patch", Class: "any", Path: "/p", Comment: name})
	p, err2 := parsePrefix("198.51.100.7")
	d, err3 := t.AddEntry(ctx, wire.Entry{List: tenant.ListDeny, Prefix: p, Reason: name})
	u, err4 := t.CreateUser(ctx, fmt.Sprintf("%s-%d@example.com", name, n), name, account.Viewer, password)
	k, _, err5 := t.CreateNodeToken(ctx, name)
	for _, err := range []error{err1, err2, err3, err4, err5} {
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return place{id.String(), map[string]string{"hit": x.ID, "attack": stored.AttackID, "rule": r.ID, "entry": d.ID, "user": u.ID, "token": k.ID}}
}

// fill puts a tenant and objects into the path of a route.
func fill(path, id string, objects map[string]string) string {
	path = strings.ReplaceAll(strings.ReplaceAll(path, "{tenant}", id), "{list}", "deny")
	for k, v := range objects {
		path = strings.ReplaceAll(path, "{"+k+"}", v)
	}
	return path
}

// all returns objects of which every ID is the same.
func all(id string) map[string]string {
	m := map[string]string{}
	for _, k := range []string{"hit", "attack", "rule", "entry", "user", "token"} {
		m[k] = id
	}
	return m
}

// caller is somebody with the tenants that he reaches.
type caller struct {
	name  string
	token string
	role  account.Role
	wide  bool
	home  tenant.ID
}

func (h *house) callers() []caller {
	list := []caller{}
	for r := range account.NumRoles {
		switch {
		case r == account.Deploy:
		case r.Global():
			list = append(list, caller{"global", h.user(h.technical, r.String()+"@partner.example", r), r, true, h.technical})
		default:
			list = append(list, caller{"one", h.user(h.one, r.String()+"@one.example", r), r, false, h.one})
			// regular users of the technical tenant see that one only
			list = append(list, caller{"technical", h.user(h.technical, r.String()+"@partner.example", r), r, false, h.technical})
		}
	}
	return list
}

// secondAccount puts a tenant of another account beside ours, as a later
// installation would.
func (h *house) secondAccount() tenant.ID {
	h.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(h.dir, "accounts.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		h.t.Fatal(err)
	}
	defer db.Close()
	id := tenant.ID{0xff}
	_, err = db.Exec(`
		INSERT INTO accounts (id, name, brand_name, brand_support, created) VALUES ('ff', 'Rival', 'Rival', '', 1);
		INSERT INTO tenants (id, account_id, name, kind, active, mode, version, created) VALUES ('` + id.String() + `', 'ff', 'rival', 'technical', 1, 'default', 1, 1)`)
	if err != nil {
		h.t.Fatal(err)
	}
	return id
}

// TestIsolation walks every route with every role against tenants and
// objects that are the caller's own, somebody else's, absent and nonsense.
func TestIsolation(t *testing.T) {
	h := newHouse(t)
	callers := h.callers()
	two := h.furnish(h.two, marker, 0)
	rival := h.secondAccount()
	absent := tenant.ID{0xab, 0xcd}.String()
	want := h.do("GET", h.api+"/api/v1/tenants/"+absent, callers[0].token, nil)
	if want.status != 404 {
		t.Fatalf("an absent tenant is answered %v", want)
	}
	n := 0
	for _, r := range h.routes {
		key := r.method + " " + r.path
		call := func(token, id string, objects map[string]string) reply {
			n++
			var body any
			if b := bodies[key]; b != "" {
				body = []byte(strings.ReplaceAll(b, "%d", fmt.Sprint(n)))
			}
			return h.do(r.method, h.api+fill(r.path, id, objects), token, body)
		}
		if r.open || key == "DELETE /api/v1/session" { // the latter: TestSession
			continue
		}
		for _, token := range []string{"", "nonsense", h.nodeToken(h.technical)} {
			if got := call(token, h.one.String(), all("x")); got.status != 401 {
				t.Errorf("%s without a session is %v", key, got)
			}
		}
		for _, c := range callers {
			own := h.furnish(c.home, "own", n)
			may := c.role.Can(r.action)
			if c.name == "technical" && r.action == account.ManageTokens {
				may = false // only global_admin handles tokens that reach every tenant
			}
			if !strings.Contains(r.path, "{tenant}") {
				checkStatus(t, key, c, call(c.token, "", nil), may)
				continue
			}
			foreign := []string{absent, rival.String(), "nonsense", "..%2f" + h.one.String(), h.one.String() + "%00"}
			if !c.wide {
				foreign = append(foreign, two.id)
			}
			for _, id := range foreign {
				same(t, key+" "+id, c, want, call(c.token, id, two.objects))
			}
			if may && strings.Contains(strings.ReplaceAll(r.path[len("/api/v1/tenants/{tenant}"):], "{list}", ""), "{") {
				same(t, key+" foreign object", c, want, call(c.token, own.id, two.objects))
				same(t, key+" absent object", c, want, call(c.token, own.id, all("usr_00000000000000000000000000000000")))
				same(t, key+" nonsense object", c, want, call(c.token, own.id, all("%27%20or%201=1--")))
			}
			got := call(c.token, own.id, own.objects)
			checkStatus(t, key, c, got, may)
			if !c.wide && bytes.Contains(got.body, []byte(marker)) {
				t.Errorf("%s shows %s %s what is not his: %v", key, c.name, c.role, got)
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d calls were made", n)
	}
}

func checkStatus(t *testing.T, key string, c caller, got reply, may bool) {
	t.Helper()
	if may != (got.status >= 200 && got.status < 300) || !may && got.status != 403 {
		t.Errorf("%s by %s %s is %v, allowed is %v", key, c.name, c.role, got, may)
	}
}

// same wants the answer to be the one to an absent tenant, byte for byte.
func same(t *testing.T, what string, c caller, want, got reply) {
	t.Helper()
	a, b := maps.Clone(want.header), maps.Clone(got.header)
	for _, h := range []http.Header{a, b} {
		h.Del("Date")
	}
	if got.status != want.status || !bytes.Equal(got.body, want.body) || !maps.EqualFunc(a, b, slices.Equal[[]string]) {
		t.Errorf("%s by %s %s is %v %v, want it like absent: %v %v", what, c.name, c.role, got, b, want, a)
	}
}
