package tenant

import (
	"net/netip"
	"strings"
	"testing"
)

func TestClient(t *testing.T) {
	peers := NewPeers([]netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("::ffff:172.16.0.0/108"),
		netip.MustParsePrefix("2001:db8::/32"),
	})
	// lines are separated by '|'; those of Forwarded begin with "F:"
	f := func(peer, headers, want string) {
		t.Helper()
		var xff, fwd [][]byte
		for _, l := range strings.Split(headers, "|") {
			if v, ok := strings.CutPrefix(l, "F:"); ok {
				fwd = append(fwd, []byte(v))
			} else if l != "" {
				xff = append(xff, []byte(l))
			}
		}
		got := Client(netip.MustParseAddr(peer), xff, fwd, peers)
		if got != netip.MustParseAddr(want) {
			t.Errorf("%s with %q: got %s, want %s", peer, headers, got, want)
		}
	}
	// nobody is believed but trusted peers
	f("192.0.2.1", "203.0.113.9", "192.0.2.1")
	f("192.0.2.1", "F:for=203.0.113.9", "192.0.2.1")
	f("10.1.1.1", "", "10.1.1.1")
	f("10.1.1.1", "203.0.113.9", "203.0.113.9")
	// right-most untrusted, over several lines
	f("10.1.1.1", "6.6.6.6, 203.0.113.9, 10.2.2.2", "203.0.113.9")
	f("10.1.1.1", "6.6.6.6|203.0.113.9|10.2.2.2 ,10.3.3.3", "203.0.113.9")
	// all trusted: the left-most
	f("10.1.1.1", "10.4.4.4, 10.2.2.2", "10.4.4.4")
	// junk ends the walk at whoever said it
	f("10.1.1.1", "203.0.113.9, unknown, 10.2.2.2", "10.2.2.2")
	f("10.1.1.1", "203.0.113.9,", "10.1.1.1")
	f("10.1.1.1", "203.0.113.9|x", "10.1.1.1")
	f("10.1.1.1", "203.0.113.9:http", "10.1.1.1")
	f("10.1.1.1", "fe80::1%eth0", "10.1.1.1")
	f("10.1.1.1", strings.Repeat("1", 4096), "10.1.1.1")
	// forms of an address
	f("10.1.1.1", "203.0.113.9:4711", "203.0.113.9")
	f("10.1.1.1", "[2001:db9::1]:4711", "2001:db9::1")
	f("10.1.1.1", "[2001:db9::1]", "2001:db9::1")
	f("10.1.1.1", "2001:db9::1", "2001:db9::1")
	f("10.1.1.1", "[2001:db9::1]x", "10.1.1.1")
	f("::ffff:10.1.1.1", "::ffff:203.0.113.9", "203.0.113.9")
	f("172.16.0.9", "203.0.113.9", "203.0.113.9")
	f("fe80::1%eth0", "203.0.113.9", "fe80::1")
	// Forwarded
	f("10.1.1.1", `F:for=192.0.2.60;proto=http;by=203.0.113.43`, "192.0.2.60")
	f("10.1.1.1", `F:proto=http; For="[2001:db9:cafe::17]:4711"`, "2001:db9:cafe::17")
	f("10.1.1.1", `F:for=6.6.6.6, for=192.0.2.43|F:for="10.2.2.2:80"`, "192.0.2.43")
	f("10.1.1.1", `F:for=_hidden, for=10.2.2.2`, "10.2.2.2")
	f("10.1.1.1", `F:by=203.0.113.43`, "10.1.1.1")
	// Forwarded counts only without X-Forwarded-For
	f("10.1.1.1", "203.0.113.9|F:for=6.6.6.6", "203.0.113.9")
}

func TestPeersNilTrustsNobody(t *testing.T) {
	var p *Peers
	if p.Trusts(netip.MustParseAddr("127.0.0.1")) {
		t.Error("a nil Peers trusts 127.0.0.1")
	}
	if got := Client(netip.MustParseAddr("127.0.0.1"), [][]byte{[]byte("6.6.6.6")}, nil, p); got.String() != "127.0.0.1" {
		t.Errorf("got %s", got)
	}
}

func TestClientAllocatesNothing(t *testing.T) {
	peers := NewPeers([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	peer, xff := netip.MustParseAddr("10.1.1.1"), [][]byte{[]byte("6.6.6.6, [2001:db8::1]:80, 10.2.2.2")}
	if n := testing.AllocsPerRun(100, func() { Client(peer, xff, nil, peers) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzClient(f *testing.F) {
	f.Add([]byte("1.2.3.4, [::1]:80,x"), []byte(`for="[::1]:8";by=x, for=1.2.3.4`))
	f.Fuzz(func(t *testing.T, xff, fwd []byte) {
		peer := netip.MustParseAddr("10.0.0.1")
		all := NewPeers([]netip.Prefix{netip.MustParsePrefix("::/0"), netip.MustParsePrefix("0.0.0.0/0")})
		for _, got := range []netip.Addr{Client(peer, [][]byte{xff}, nil, all), Client(peer, nil, [][]byte{fwd}, all)} {
			if !got.IsValid() || got.Zone() != "" || got.Is4In6() {
				t.Fatalf("got %v", got)
			}
		}
	})
}
