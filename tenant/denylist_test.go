package tenant

import (
	"net/netip"
	"testing"
	"unsafe"
)

func TestDenied(t *testing.T) {
	d := func(id, prefix string, expires int64) DenyEntry {
		return DenyEntry{ID: id, Prefix: netip.MustParsePrefix(prefix), Expires: expires}
	}
	p := &Policy{deny: compileDeny([]DenyEntry{
		d("wide", "203.0.0.0/8", 0),
		d("narrow", "203.0.113.0/24", 100),
		d("one", "192.0.2.7/32", 50),
		d("short", "198.51.100.1/32", 10), d("long", "198.51.100.1/32", 20), d("short2", "198.51.100.1/32", 15),
		d("ever", "198.51.100.2/32", 0), d("once", "198.51.100.2/32", 15),
		d("mapped", "::ffff:192.0.2.128/121", 0),
		d("six", "2001:db8::/33", 0),
		d("unmasked", "10.1.2.3/16", 0),
	})}
	f := func(addr string, now int64, want string) {
		t.Helper()
		got := ""
		if e, ok := p.Denied(netip.MustParseAddr(addr), now); ok {
			got = e.ID
		}
		if got != want {
			t.Errorf("%s at %d: got %q, want %q", addr, now, got, want)
		}
	}
	f("192.0.2.7", 49, "one")
	f("192.0.2.7", 50, "")
	f("192.0.2.8", 0, "")
	// the narrowest in force
	f("203.0.113.9", 99, "narrow")
	f("203.0.113.9", 100, "wide")
	f("203.1.1.1", 99, "wide")
	// the one that ends later
	f("198.51.100.1", 19, "long")
	f("198.51.100.1", 20, "")
	f("198.51.100.2", 99, "ever")
	// IPv4 in IPv6, both ways; zones
	f("::ffff:192.0.2.7", 0, "one")
	f("192.0.2.200", 0, "mapped")
	f("192.0.2.100", 0, "")
	f("2001:db8:7fff::1", 0, "six")
	f("2001:db8:8000::1", 0, "")
	f("2001:db8::1%eth0", 0, "six")
	f("10.1.255.255", 0, "unmasked")
	// nothing
	if _, ok := (&Policy{}).Denied(netip.MustParseAddr("192.0.2.7"), 0); ok {
		t.Error("an empty policy denies")
	}
	if n := testing.AllocsPerRun(100, func() { p.Denied(netip.MustParseAddr("203.0.113.9"), 1) }); n != 0 {
		t.Errorf("%v allocations", n)
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
