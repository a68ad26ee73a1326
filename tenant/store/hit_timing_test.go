package store

import (
	"fmt"
	"testing"

	"weir/tenant"
	"weir/tenant/wire"
)

// traffic makes hits as nodes send them: some hundred clients, some dozen
// attacks, a request of half a kilobyte.
func traffic(id tenant.ID, from, n int) []*wire.Hit {
	request := []byte("POST /cart/checkout HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\r\n" +
		"Accept: text/html,application/xhtml+xml;q=0.9\r\nAccept-Language: en\r\nCookie: sid=****************\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" +
		"item=4711&amount=2&note=1%27+union+select+name%2Cpassword+from+users--+&address=12+High+Street%2C+Springfield&phone=555-0100&voucher=SUMMER&accept=yes&newsletter=no&step=3")
	hits := make([]*wire.Hit, n)
	for i := range hits {
		k := from + i
		x := hit(id, k, float64(k)/6000)
		x.Client = fmt.Sprintf("198.51.100.%d", k*7919%251)
		x.Path = fmt.Sprintf("/cart/%d", k%40)
		x.Request = request
		x.Evidence = wire.Evidence{Text: []byte("1' union select name,password from users-- "), Start: 1, End: 42}
		hits[i] = x
	}
	return hits
}

// BenchmarkAddHits reports hits per second, committed to the disk.
func BenchmarkAddHits(b *testing.B) {
	for _, size := range []int{100, 1000, 5000} {
		b.Run(fmt.Sprint("batch-", size), func(b *testing.B) {
			h := newHouse(b)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				b.StopTimer()
				hits := traffic(h.one.ID, n, size)
				b.StartTimer()
				h.add(h.one, hits...)
				n += size
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "hits/s")
		})
	}
}

// BenchmarkSearch reads the first page of a tenant with many hits.
func BenchmarkSearch(b *testing.B) {
	h := newHouse(b)
	for n := 0; n < 50_000; n += 5000 {
		h.add(h.one, traffic(h.one.ID, n, 5000)...)
	}
	for _, q := range []HitQuery{{}, {Class: "sqli"}, {Client: "198.51.100.7"}, {Incident: "inc-000777"}} {
		q.Limit = 50
		b.Run(fmt.Sprintf("class=%s,client=%s,incident=%s", q.Class, q.Client, q.Incident), func(b *testing.B) {
			for b.Loop() {
				if _, err := h.one.Hits(b.Context(), q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
