package bench

import (
	"testing"

	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// BenchmarkInspect is the detector's own cost of each workload, as the node
// meets it: the views of a request that was read and gated. The goals are
// 0 allocations, and at most 4 microseconds for "get".
func BenchmarkInspect(b *testing.B) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		b.Fatal(err)
	}
	limits := config.Defaults().Limits
	for _, name := range Workloads {
		b.Run(name, func(b *testing.B) {
			raw, err := Workload(name)
			if err != nil {
				b.Fatal(err)
			}
			limits.Tenant.InspectBodyBytes = 4 << 20
			req, refusal := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant).Read(raw)
			if refusal != proxy.Accepted {
				b.Fatalf("the gate refuses %s: %s", name, refusal)
			}
			var s detect.Scratch
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				if v := policy.Inspect(req, 0, &s); v.Attack() {
					b.Fatalf("%s is clean, found %s", name, v.Matches[0].Rule)
				}
			}
		})
	}
}
