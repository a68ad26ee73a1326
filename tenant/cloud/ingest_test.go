package cloud

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"weir/tenant"
	"weir/tenant/account"
	"weir/tenant/wire"
)

func TestTakeHits(t *testing.T) {
	h := newHouse(t)
	wide, narrow := h.nodeToken(h.technical), h.nodeToken(h.one)
	unknown := tenant.ID{0xee}
	f := func(token string, want wire.Ack, hits ...*wire.Hit) {
		t.Helper()
		if diff := cmp.Diff(want, h.deliver(token, hits...)); diff != "" {
			t.Error(diff)
		}
	}
	// a token of the technical tenant reports for every tenant
	f(wide, wire.Ack{Accepted: 3}, hit(h.one, 1), hit(h.two, 1), hit(h.technical, 1))
	// the same again, and twice in one batch
	f(wide, wire.Ack{Accepted: 1, Duplicates: 2}, hit(h.one, 1), hit(h.one, 2), hit(h.one, 2))
	// a token of one tenant reports for that one; the rest is refused and the
	// batch's own hits are taken
	f(narrow, wire.Ack{Accepted: 1, Refused: map[tenant.ID]wire.Refusal{
		h.two:   {Hits: 2, State: wire.StateUnknown},
		unknown: {Hits: 1, State: wire.StateUnknown},
	}}, hit(h.two, 10), hit(h.one, 11), hit(h.two, 12), hit(unknown, 13))
	// hits of a deactivated tenant
	if err := h.handle(h.two).SetActive(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	f(wide, wire.Ack{Accepted: 1, Refused: map[tenant.ID]wire.Refusal{h.two: {Hits: 1, State: wire.StateDeactivated}}}, hit(h.two, 20), hit(h.one, 21))
	// a hit without a usable time
	timeless := hit(h.one, 22)
	timeless.Time = 0
	f(wide, wire.Ack{Accepted: 1, Invalid: 1}, timeless, hit(h.one, 23))

	admin := h.user(h.one, "admin@one.example", account.Admin)
	var list struct {
		Hits  []wire.Hit
		Total int
	}
	h.call("GET", h.path(h.one, "/hits"), admin, nil, 200, &list)
	if list.Total != 5 || len(list.Hits) != 5 {
		t.Fatalf("tenant one has %d hits, %d are listed", list.Total, len(list.Hits))
	}
	if list.Hits[0].ID != "node-1-23" {
		t.Errorf("the newest hit is %q", list.Hits[0].ID)
	}
	var nodes struct {
		Refused []struct {
			Tenant tenant.ID
			State  string
			Hits   int
		}
	}
	h.call("GET", h.path(h.one, "/nodes"), admin, nil, 200, &nodes)
	if len(nodes.Refused) != 2 {
		t.Errorf("the cloud shows %d refused tenants, want 2", len(nodes.Refused))
	}
}

func TestTakeHitsFailure(t *testing.T) {
	h := newHouse(t)
	token := h.nodeToken(h.one)
	user := h.user(h.one, "admin@one.example", account.Admin)
	f := func(token string, body []byte, status int) {
		t.Helper()
		if r := h.do("POST", h.node+wire.PathHits, token, body); r.status != status {
			t.Errorf("answered %v, want %d", r, status)
		}
	}
	good := pack(hit(h.one, 1))
	f("", good, 401)
	f("wnt_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", good, 401)
	f(token[:46], good, 401)
	// a person's session is no node token
	f(user, good, 401)
	f(token, []byte("no zstd"), 400)
	f(token, good[:len(good)-3], 400)
	// more than may be sent
	f(token, large(h.one), 413)
	// a bomb: 1 GiB of zeros in a few kilobytes
	f(token, bomb(t), 413)
	// the refused token
	list, err := h.handle(h.one).NodeTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := h.handle(h.one).RevokeNodeToken(t.Context(), list[0].ID); err != nil {
		t.Fatal(err)
	}
	f(token, good, 401)
}

// large returns a batch of more than wire.MaxBatch bytes.
func large(id tenant.ID) []byte {
	var hits []*wire.Hit
	for n := range 2 * wire.MaxBatch / wire.MaxRequest {
		x := hit(id, n)
		x.Request = make([]byte, wire.MaxRequest)
		rand.Read(x.Request)
		hits = append(hits, x)
	}
	return pack(hits...)
}

func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := zstd.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 1024 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A node token opens nothing that is for people, and the other way round.
func TestNodeTokenReadsNothing(t *testing.T) {
	h := newHouse(t)
	token := h.nodeToken(h.technical)
	for _, path := range []string{"/me", "/tenants", h.path(h.one, "/hits"), h.path(h.one, "/policy")} {
		h.call("GET", path, token, nil, 401, nil)
	}
	r := h.do("POST", h.node+wire.PathSync, h.session("root@partner.example"), &wire.Sync{Node: wire.NodeInfo{ID: "n"}})
	if r.status != 401 {
		t.Errorf("a session syncs: %v", r)
	}
	var problem struct{ Status int }
	if err := json.Unmarshal(r.body, &problem); err != nil || problem.Status != 401 {
		t.Errorf("no problem: %s", r.body)
	}
}
