package wire

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"weir/tenant"
)

// full is a hit without a zero field.
func full() *Hit {
	return &Hit{
		ID: "n-1-2", Incident: "inc", RequestID: "req", Tenant: tenant.ID{1, 2, 15: 3}, TenantName: "acme \"x\"",
		Node: "node", Time: 1_700_000_000_123, Application: 21,
		Class: "sqli", Rule: "builtin", Why: "quote closed, then a tautology", Score: 90,
		Point: "[query id][base64]", Evidence: Evidence{Text: []byte("1' or \xff1=1"), Start: 2, End: 9}, Partial: true,
		Method: "POST", Scheme: "https", Host: "acme.example:8443", Path: "/a\\b\t<é>\u2028", Client: "192.0.2.1", Peer: "10.0.0.1",
		Request: []byte("POST / HTTP/1.1\r\n\r\n"), RequestCut: true, Mark: Span{5, 6},
		Blocked: true, BlockReason: "attack", Mode: "block", LocalMode: "monitoring", CloudMode: "block", ModeSource: "cloud", ModeRule: "rul_1",
		Status: 403, ResponseSize: -1, InspectMicro: 12, UpstreamMS: 34,
	}
}

func TestAppendJSON(t *testing.T) {
	f := func(h *Hit) {
		t.Helper()
		got := new(Hit)
		line := h.AppendJSON(nil)
		if err := json.Unmarshal(line, got); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		std, err := json.Marshal(h)
		if err != nil {
			t.Fatal(err)
		}
		want := new(Hit)
		if err := json.Unmarshal(std, want); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("differs from encoding/json: %s", d)
		}
		for _, c := range line {
			if c < ' ' {
				t.Errorf("raw control character %#x in %s", c, line)
			}
		}
	}
	f(full())
	f(new(Hit))
	// bytes that are no UTF-8, control characters, quotes
	f(&Hit{Path: "/\xff\xfe\x00\x1f\x7f\"\\\n\xc3", Host: "é\xed\xa0\x80"})
	f(&Hit{Request: []byte{}, Evidence: Evidence{Text: []byte{0, 1, 2, 3}}})
}

// A field that AppendJSON forgets would be lost in silence.
func TestAppendJSONKnowsEveryField(t *testing.T) {
	h := full()
	v := reflect.ValueOf(h).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("full has no %s", v.Type().Field(i).Name)
		}
	}
	got, err := DecodeHit(h.AppendJSON(nil))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(h, got); d != "" {
		t.Error(d)
	}
}

// The line is what the hits file, the cloud and its API promise: names may be
// added, never changed.
func TestGolden(t *testing.T) {
	const want = `{"id":"n-1-2","incident":"inc","request_id":"req","tenant":"01020000-0000-0000-0000-000000000003",` +
		`"tenant_name":"acme \"x\"","node":"node","time":1700000000123,"application":21,"class":"sqli","rule":"builtin",` +
		`"why":"quote closed, then a tautology","score":90,"point":"[query id][base64]",` +
		`"evidence":{"text":"MScgb3Ig/zE9MQ==","start":2,"end":9},"partial":true,"method":"POST","scheme":"https",` +
		`"host":"acme.example:8443","path":"/a\\b\u0009<é>` + "\u2028" + `","client":"192.0.2.1","peer":"10.0.0.1",` +
		`"request":"UE9TVCAvIEhUVFAvMS4xDQoNCg==","request_cut":true,"mark":{"from":5,"to":6},"blocked":true,` +
		`"block_reason":"attack","mode":"block","local_mode":"monitoring","cloud_mode":"block","mode_source":"cloud","mode_rule":"rul_1",` +
		`"status":403,"response_size":-1,"inspect_us":12,"upstream_ms":34}`
	if got := string(full().AppendJSON(nil)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAppendJSONAllocatesNothing(t *testing.T) {
	h, buf := full(), make([]byte, 0, 4096)
	if n := testing.AllocsPerRun(100, func() { buf = h.AppendJSON(buf[:0]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
