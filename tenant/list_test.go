package tenant

import (
	"fmt"
	"net/netip"
	"testing"
	"unsafe"
)

func mustLists(t testing.TB, entries ...ListEntry) *Policy {
	t.Helper()
	ls, err := compileLists(entries)
	if err != nil {
		t.Fatal(err)
	}
	return &Policy{lists: ls}
}

func TestListed(t *testing.T) {
	d := func(id, prefix string, expires int64, apps ...int) ListEntry {
		return ListEntry{ID: id, List: ListDeny, Prefix: netip.MustParsePrefix(prefix), Expires: expires, Applications: apps}
	}
	allow := d("allowed", "192.0.2.9/32", 0)
	allow.List = ListAllow
	p := mustLists(t,
		d("wide", "203.0.0.0/8", 0),
		d("narrow", "203.0.113.0/24", 100),
		d("one", "192.0.2.7/32", 50),
		d("short", "198.51.100.1/32", 10), d("long", "198.51.100.1/32", 20), d("short2", "198.51.100.1/32", 15),
		d("mapped", "::ffff:192.0.2.128/121", 0),
		d("six", "2001:db8::/33", 0),
		d("unmasked", "10.1.2.3/16", 0),
		d("shop", "172.16.0.1/32", 0, 7), d("blog", "172.16.0.1/32", 0, 8, 9), d("net", "172.16.0.0/12", 0, 10),
		allow,
	)
	f := func(addr string, app int, now int64, want string) {
		t.Helper()
		got := ""
		if e := p.Listed(ListDeny, netip.MustParseAddr(addr), app, now); e != nil {
			got = e.ID
		}
		if got != want {
			t.Errorf("%s of %d at %d: got %q, want %q", addr, app, now, got, want)
		}
	}
	f("192.0.2.7", 0, 49, "one")
	f("192.0.2.7", 0, 50, "")
	f("192.0.2.8", 0, 0, "")
	// the narrowest in force
	f("203.0.113.9", 0, 99, "narrow")
	f("203.0.113.9", 0, 100, "wide")
	f("203.1.1.1", 0, 99, "wide")
	// one prefix, several ends
	f("198.51.100.1", 0, 19, "long")
	f("198.51.100.1", 0, 20, "")
	// IPv4 in IPv6, both ways; zones
	f("::ffff:192.0.2.7", 0, 0, "one")
	f("192.0.2.200", 0, 0, "mapped")
	f("192.0.2.100", 0, 0, "")
	f("2001:db8:7fff::1", 0, 0, "six")
	f("2001:db8:8000::1", 0, 0, "")
	f("2001:db8::1%eth0", 0, 0, "six")
	f("10.1.255.255", 0, 0, "unmasked")
	// applications; an entry of another application hides nothing wider
	f("172.16.0.1", 7, 0, "shop")
	f("172.16.0.1", 9, 0, "blog")
	f("172.16.0.1", 10, 0, "net")
	f("172.16.0.1", 0, 0, "")
	// lists are apart
	f("192.0.2.9", 0, 0, "")
	if p.Listed(ListAllow, allow.Prefix.Addr(), 3, 0) == nil || p.Listed(ListGray, allow.Prefix.Addr(), 3, 0) != nil {
		t.Error("the allowed address is not on the allowlist alone")
	}
	// nothing
	if (&Policy{}).Listed(ListDeny, netip.MustParseAddr("192.0.2.7"), 0, 0) != nil {
		t.Error("an empty policy lists")
	}
	if n := testing.AllocsPerRun(100, func() { p.Listed(ListDeny, netip.MustParseAddr("203.0.113.9"), 0, 1) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if _, err := compileLists([]ListEntry{{ID: "none"}}); err == nil {
		t.Error("an entry without a prefix compiles")
	}
}

// BenchmarkListed looks up addresses in a list of a million.
func BenchmarkListed(b *testing.B) {
	for _, n := range []int{1, 1000, 1000000} {
		entries := make([]ListEntry, n)
		for i := range entries {
			a := netip.AddrFrom4([4]byte{byte(i >> 16), byte(i >> 8), byte(i), 1})
			entries[i] = ListEntry{List: ListDeny, Prefix: netip.PrefixFrom(a, 32)}
		}
		p := mustLists(b, entries...)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				p.Listed(ListDeny, netip.AddrFrom4([4]byte{byte(i >> 12), byte(i >> 4), byte(i), 2}), 0, 0)
			}
		})
	}
}

func TestCountersStandApart(t *testing.T) {
	if s := unsafe.Sizeof(Counters{}); s%128 != 0 {
		t.Errorf("Counters has %d bytes, no multiple of 128", s)
	}
	tb := mustBuild(t, spec(1, "a.example"), spec(2, "b.example"), spec(3, "c.example"))
	for _, tn := range tb.Tenants {
		if a := uintptr(unsafe.Pointer(tn.Counters)); a%128 != 0 {
			t.Errorf("counters of %s stand at %#x, no multiple of 128", tn.Name, a)
		}
	}
}
