package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"weir/config"
	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "a long enough password"

// house is a cloud with an account of two tenants, served over real HTTP.
type house struct {
	*Server
	t         testing.TB
	st        *store.Store
	dir       string
	api, node string // base URLs
	op        *store.Principal
	technical tenant.ID
	one, two  tenant.ID
	client    *http.Client
}

func newHouse(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), client: &http.Client{Transport: &http.Transport{}}}
	ctx := t.Context()
	st, err := store.Open(ctx, "sqlite://"+h.dir, store.Options{Passwords: account.NewPasswords(account.Params{MemoryKiB: 64, Passes: 1, Threads: 1})})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	first, err := st.Init(ctx, "Partner", wire.Brand{Name: "Shield", Support: "help@partner.example"}, "root@partner.example", password)
	if err != nil {
		t.Fatal(err)
	}
	h.st, h.technical = st, first.Technical
	if h.op, err = st.Operator(ctx); err != nil {
		t.Fatal(err)
	}
	h.one, h.two = h.newTenant("one"), h.newTenant("two")
	h.Server = New(&config.CloudServer{PublicURL: "http://console.example"}, st, zap.NewNop())
	api, nodes := httptest.NewServer(h.API()), httptest.NewServer(h.Ingest())
	t.Cleanup(func() {
		h.Server.Close()
		h.client.CloseIdleConnections()
		api.Close()
		nodes.Close()
	})
	h.api, h.node = api.URL, nodes.URL
	return h
}

func (h *house) newTenant(name string) tenant.ID {
	h.t.Helper()
	t, err := h.st.CreateTenant(h.t.Context(), h.op, nil, name)
	if err != nil {
		h.t.Fatal(err)
	}
	return t.ID
}

func (h *house) handle(id tenant.ID) *store.Tenant {
	h.t.Helper()
	t, err := h.st.Tenant(h.t.Context(), h.op, id)
	if err != nil {
		h.t.Fatal(err)
	}
	return t
}

// user makes a user and returns his session token.
func (h *house) user(id tenant.ID, email string, role account.Role) string {
	h.t.Helper()
	if _, err := h.handle(id).CreateUser(h.t.Context(), email, "", role, password); err != nil {
		h.t.Fatal(err)
	}
	return h.session(email)
}

func (h *house) session(email string) string {
	h.t.Helper()
	_, token, _, err := h.st.SignIn(h.t.Context(), email, password)
	if err != nil {
		h.t.Fatal(err)
	}
	return token
}

func (h *house) nodeToken(id tenant.ID) string {
	h.t.Helper()
	_, secret, err := h.handle(id).CreateNodeToken(h.t.Context(), "node")
	if err != nil {
		h.t.Fatal(err)
	}
	return secret
}

// reply is an answer as it came.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do calls url; body is sent as it is when it is []byte, else as JSON.
func (h *house) do(method, url, token string, body any) reply {
	h.t.Helper()
	return h.doContext(h.t.Context(), method, url, token, body)
}

func (h *house) doContext(ctx context.Context, method, url, token string, body any) reply {
	h.t.Helper()
	raw, ok := body.([]byte)
	if !ok && body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			h.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(raw))
	if err != nil {
		h.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Errorf("%s %s: %v", method, url, err)
		return reply{}
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.t.Errorf("%s %s: %v", method, url, err)
	}
	return reply{res.StatusCode, res.Header, b}
}

// call calls the API below /api/v1, wants a status and decodes to out.
func (h *house) call(method, path, token string, body any, status int, out any) reply {
	h.t.Helper()
	r := h.do(method, h.api+"/api/v1"+path, token, body)
	if r.status != status {
		h.t.Fatalf("%s %s is %d, want %d: %s", method, path, r.status, status, r.body)
	}
	if out != nil {
		if err := json.Unmarshal(r.body, out); err != nil {
			h.t.Fatalf("%s %s: %v", method, path, err)
		}
	}
	return r
}

func (h *house) path(id tenant.ID, rest string) string { return "/tenants/" + id.String() + rest }

// hit makes a hit; n makes it unique within the test.
func hit(id tenant.ID, n int) *wire.Hit {
	return &wire.Hit{ID: fmt.Sprintf("node-1-%d", n), Incident: fmt.Sprintf("inc-%d", n), RequestID: fmt.Sprintf("req-%d", n), Tenant: id,
		Time: 1_800_000_000_000 + int64(n), Class: "sqli", Rule: "sqli", Why: "a condition that is always true", Score: 90, Point: "[query id]",
		Evidence: wire.Evidence{Text: []byte("1' or '1'='1"), Start: 1, End: 12}, Method: "GET", Scheme: "http", Host: "shop.example", Path: "/item",
		Client: "192.0.2.1", Request: []byte("GET /item?id=1 HTTP/1.1\r\n\r\n"), Mode: "block", Blocked: true, Status: 403}
}

func pack(hits ...*wire.Hit) []byte {
	var b []byte
	for _, h := range hits {
		b = append(h.AppendJSON(b), '\n')
	}
	z, err := zstd.NewWriter(nil)
	if err != nil {
		panic(err)
	}
	defer z.Close()
	return z.EncodeAll(b, nil)
}

// deliver sends hits as a node does.
func (h *house) deliver(token string, hits ...*wire.Hit) wire.Ack {
	h.t.Helper()
	r := h.do("POST", h.node+wire.PathHits, token, pack(hits...))
	var ack wire.Ack
	if err := json.Unmarshal(r.body, &ack); err != nil || r.status != 200 {
		h.t.Fatalf("hits are answered %d: %s", r.status, r.body)
	}
	return ack
}

// String is for messages.
func (r reply) String() string { return fmt.Sprintf("%d %s", r.status, r.body) }
