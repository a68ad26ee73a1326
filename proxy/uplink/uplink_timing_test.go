package uplink

import (
	"testing"

	"weir/tenant"
	"weir/tenant/wire"
)

// BenchmarkOffer is what a request pays for its hit.
func BenchmarkOffer(b *testing.B) {
	for _, tenants := range []int{1, 20, 1000} {
		b.Run(names[tenants], func(b *testing.B) {
			q := newQueue(1 << 40)
			q.divide(tenants)
			var hits []*wire.Hit
			for i := range tenants {
				hits = append(hits, newHit("x", nth(i)))
			}
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i++ {
					q.offer(hits[i%tenants])
					if i%4096 == 4095 {
						q.done(q.drain(nil))
					}
				}
			})
		})
	}
}

var names = map[int]string{1: "1-tenant", 20: "20-tenants", 1000: "1000-tenants"}

// BenchmarkOfferFull is a flood that is dropped.
func BenchmarkOfferFull(b *testing.B) {
	u := &Uplink{o: Options{Dropped: func(tenant.ID, int) {}}, queue: newQueue(1 << 20)}
	h := newHit("x", acme)
	b.ReportAllocs()
	for b.Loop() {
		u.Offer(h)
	}
}

func BenchmarkIDs(b *testing.B) {
	ids := newIDs(acme, 1)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			ids.Next()
		}
	})
}

func BenchmarkRecord(b *testing.B) {
	h, buf := newHit("0123456789abcdef0123456789abcdef-1x01234567-1", acme), []byte(nil)
	b.SetBytes(int64(len(appendRecord(nil, h))))
	b.ReportAllocs()
	for b.Loop() {
		buf = appendRecord(buf[:0], h)
	}
}

// BenchmarkSpool encodes, writes, reads and acknowledges 1 000 hits of 20
// tenants; nothing is synced.
func BenchmarkSpool(b *testing.B) {
	s := mustSpool(b, b.TempDir(), 1<<30)
	s.divide(20)
	var hits []*wire.Hit
	for i := range 1000 {
		hits = append(hits, newHit("0123456789abcdef0123456789abcdef-1x01234567-1", nth(i%20)))
	}
	b.ReportAllocs()
	for b.Loop() {
		k := &block{use: map[tenant.ID]int64{}, records: 1000}
		for _, h := range hits {
			at := len(k.b)
			k.b = appendRecord(k.b, h)
			s.take(h.Tenant, int64(len(k.b)-at))
			k.use[h.Tenant] += int64(len(k.b) - at)
		}
		if err := s.write(k); err != nil {
			b.Fatal(err)
		}
		for k, err := s.read(maxHits, maxLines); k != nil; k, err = s.read(maxHits, maxLines) {
			if err != nil {
				b.Fatal(err)
			}
			s.ack(k)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/hit")
}
