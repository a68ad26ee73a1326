package cloud

import (
	"fmt"
	"testing"

	"weir/tenant"
	"weir/tenant/wire"
)

// BenchmarkIngest delivers batches of 1000 hits of four tenants over HTTP;
// it reports hits per second, acknowledged.
func BenchmarkIngest(b *testing.B) {
	h := newHouse(b)
	token := h.nodeToken(h.technical)
	tenants := []tenant.ID{h.one, h.two, h.newTenant("three"), h.newTenant("four")}
	const size = 1000
	n := 0
	for b.Loop() {
		b.StopTimer()
		hits := make([]*wire.Hit, size)
		for i := range hits {
			n++
			hits[i] = hit(tenants[n%len(tenants)], n)
			hits[i].Client = fmt.Sprintf("198.51.100.%d", n*7919%251)
			hits[i].Path = fmt.Sprintf("/cart/%d", n%40)
			hits[i].Request = append(hits[i].Request, make([]byte, 400)...)
		}
		body := pack(hits...)
		b.StartTimer()
		if r := h.do("POST", h.node+wire.PathHits, token, body); r.status != 200 {
			b.Fatal(r)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "hits/s")
}
