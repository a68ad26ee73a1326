package cloud

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"weir/config"
	"weir/tenant/account"
)

// Nobody gives more than he has.
func TestGrants(t *testing.T) {
	h := newHouse(t)
	root := h.session("root@partner.example")
	local := h.user(h.technical, "local@partner.example", account.Admin)
	admin := h.user(h.one, "admin@one.example", account.Admin)
	f := func(token, path, role string, status int) (id string) {
		t.Helper()
		var u struct{ ID string }
		r := h.do("POST", h.api+"/api/v1"+path, token, map[string]string{"email": role + token[:6] + "@x.example", "role": role, "password": password})
		if r.status != status {
			t.Errorf("%s at %s is %v, want %d", role, path, r, status)
		}
		if status == 201 {
			h.call("GET", path+"/"+between(string(r.body), `"id":"`, `"`), token, nil, 200, &u)
		}
		return u.ID
	}
	one, technical := h.path(h.one, "/users"), h.path(h.technical, "/users")
	f(admin, one, "viewer", 201)
	f(admin, one, "admin", 201)
	// global roles exist in the technical tenant only
	f(admin, one, "global_viewer", 400)
	f(root, one, "global_admin", 400)
	f(root, one, "deploy", 400)
	// a regular admin of the technical tenant makes no global user
	f(local, technical, "viewer", 201)
	f(local, technical, "global_viewer", 403)
	global := f(root, technical, "global_viewer", 201)
	// and removes none, nor makes a token that reaches every tenant
	h.call("DELETE", technical+"/"+global, local, nil, 403, nil)
	h.call("POST", h.path(h.technical, "/node-tokens"), local, map[string]string{}, 403, nil)
	h.call("DELETE", technical+"/"+global, root, nil, 204, nil)
	// nobody locks himself out
	var me struct{ User struct{ ID string } }
	h.call("GET", "/me", root, nil, 200, &me)
	h.call("DELETE", technical+"/"+me.User.ID, root, nil, 409, nil)
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// A user's address in one tenant says nothing in another, and each password
// opens its own.
func TestSameAddressInTwoTenants(t *testing.T) {
	h := newHouse(t)
	for i, id := range []string{h.path(h.one, "/users"), h.path(h.two, "/users")} {
		body := map[string]string{"email": "jo@agency.example", "role": "viewer", "password": "password of tenant " + string(rune('1'+i))}
		h.call("POST", id, h.session("root@partner.example"), body, 201, nil)
		h.call("POST", id, h.session("root@partner.example"), body, 409, nil)
	}
	for i, want := range []string{h.one.String(), h.two.String()} {
		var in struct{ User struct{ Tenant string } }
		h.call("POST", "/session", "", map[string]string{"email": "jo@agency.example", "password": "password of tenant " + string(rune('1'+i))}, 200, &in)
		if in.User.Tenant != want {
			t.Errorf("password %d opens tenant %s, want %s", i+1, in.User.Tenant, want)
		}
	}
	// the end of a user is the end of his sessions
	var in struct {
		Token string
		User  struct{ ID string }
	}
	h.call("POST", "/session", "", map[string]string{"email": "jo@agency.example", "password": "password of tenant 2"}, 200, &in)
	h.call("DELETE", h.path(h.two, "/users/"+in.User.ID), h.session("root@partner.example"), nil, 204, nil)
	h.call("GET", "/me", in.Token, nil, 401, nil)
}

func TestTenants(t *testing.T) {
	h := newHouse(t)
	root := h.session("root@partner.example")
	const id = "11111111-1111-1111-1111-111111111111"
	var made struct {
		ID, Name, Kind string
		Active         bool
	}
	h.call("POST", "/tenants", root, map[string]string{"id": strings.ToUpper(id), "name": "acme"}, 201, &made)
	if made.ID != id || made.Name != "acme" || made.Kind != "tenant" || !made.Active {
		t.Errorf("made %+v", made)
	}
	f := func(body map[string]string, status int) {
		t.Helper()
		h.call("POST", "/tenants", root, body, status, nil)
	}
	f(map[string]string{"name": "acme"}, 409)
	f(map[string]string{"name": "other", "id": id}, 409)
	f(map[string]string{"name": "other", "id": "1"}, 400)
	f(map[string]string{"name": ""}, 400)
	f(map[string]string{"name": " x"}, 400)
	f(map[string]string{"name": "a\nb"}, 400)
	f(map[string]string{}, 422)
	h.call("PATCH", "/tenants/"+id, root, map[string]string{"name": "one"}, 409, nil)
	h.call("PATCH", "/tenants/"+id, root, map[string]string{"name": "Acme Ltd"}, 200, &made)
	if made.Name != "Acme Ltd" {
		t.Errorf("renamed %+v", made)
	}
}

// The files and the log hold no secret that was ever shown or typed.
func TestNoSecretIsKept(t *testing.T) {
	h := newHouse(t)
	var log bytes.Buffer
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&log), zap.DebugLevel)
	s := New(&config.CloudServer{}, h.st, zap.New(core))
	defer s.Close()
	h.Server = s
	root := h.session("root@partner.example")
	token := h.nodeToken(h.one)
	h.deliver(token, hit(h.one, 1))
	h.call("POST", h.path(h.one, "/users"), root, map[string]string{"email": "jo@one.example", "role": "viewer", "password": "canary password"}, 201, nil)
	// a refused password is not in the answer either
	r := h.call("POST", h.path(h.one, "/users"), root, map[string]string{"email": "j2@one.example", "role": "viewer", "password": "canaryshort", "name": strings.Repeat("n", 201)}, 422, nil)
	canaries := []string{password, "canary password", "canaryshort", token, root, token[4:]}
	check := func(where string, content []byte) {
		t.Helper()
		for _, c := range canaries {
			if bytes.Contains(content, []byte(c)) {
				t.Errorf("%s holds %q", where, c)
			}
		}
	}
	check("the answer", r.body)
	check("the log", log.Bytes())
	files := 0
	err := filepath.WalkDir(h.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		files++
		check(path, b)
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files were read: %v", files, err)
	}
}
