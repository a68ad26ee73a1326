package tenant

import (
	"fmt"
	"runtime"
	"testing"
)

// manySpecs makes n tenants with three hosts each, one of them a wildcard.
func manySpecs(n int) []Spec {
	specs := make([]Spec, n)
	for i := range specs {
		h := fmt.Sprintf("shop%d.example", i)
		specs[i] = Spec{
			ID: ID{12: byte(i >> 24), 13: byte(i >> 16), 14: byte(i >> 8), 15: byte(i)}, Name: h, Mode: ModeBlock,
			Sites: []SiteSpec{{Hosts: []string{h, "www." + h, "*.app." + h}, Upstreams: []Upstream{{Scheme: "http", Address: "127.0.0.1:8080"}}}},
		}
		specs[i].ID[0] = 1
	}
	return specs
}

func BenchmarkLookup(b *testing.B) {
	for _, n := range []int{10, 10_000, 100_000} {
		tb := mustBuild(b, manySpecs(n)...)
		path := []byte("/cart/items")
		run := func(name, format string, want bool) {
			hosts := make([][]byte, 64)
			for i := range hosts {
				hosts[i] = fmt.Appendf(nil, format, i*n/64)
			}
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if _, ok := tb.Lookup(hosts[i&63], ID{}, false, path); ok != want {
						b.Fatal(ok)
					}
				}
			})
		}
		run("exact", "shop%d.example", true)
		run("wildcard", "a.b.app.shop%d.example", true)
		run("unknown", "a.b.shop%d.test", false)
	}
}

func BenchmarkCanonicalHost(b *testing.B) {
	buf, host := make([]byte, 0, 256), []byte("Shop.Acme.Example:8443")
	b.ReportAllocs()
	b.SetBytes(int64(len(host)))
	for b.Loop() {
		buf, _ = CanonicalHost(buf[:0], host)
	}
}

func BenchmarkAppendPath(b *testing.B) {
	buf, target := make([]byte, 0, 256), []byte("/shop/category/items/4711?page=2&sort=price")
	b.ReportAllocs()
	b.SetBytes(int64(len(target)))
	for b.Loop() {
		buf = AppendPath(buf[:0], target)
	}
}

// BenchmarkBuild reports what stays in memory for each tenant, the Specs
// themselves included.
func BenchmarkBuild(b *testing.B) {
	const n = 10_000
	specs := manySpecs(n)
	var tb *Table
	for b.Loop() {
		tb, _ = Build(specs, nil, nil)
	}
	tb, specs = nil, nil
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tb, _ = Build(manySpecs(n), nil, nil)
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/n, "bytes/tenant")
	runtime.KeepAlive(tb)
}

func BenchmarkWith(b *testing.B) {
	specs := manySpecs(10_000)
	tb := mustBuild(b, specs...)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tb.With(specs[7].ID, Overlay{Mode: ModeBlock}); err != nil {
			b.Fatal(err)
		}
	}
}
