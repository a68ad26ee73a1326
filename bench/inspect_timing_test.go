package bench

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// BenchmarkInspect is the detector's own cost of each workload, as the node
// meets it: the views of a request that was read and gated. The goals are
// 0 allocations, and at most 4 microseconds for "get". On a shared machine
// cpu-ns/op, the thread's own time, is the figure to read.
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
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			cpu := threadTime(b)
			for b.Loop() {
				if v := policy.Inspect(req, 0, &s); v.Attack() {
					b.Fatalf("%s is clean, found %s", name, v.Matches[0].Rule)
				}
			}
			b.ReportMetric(float64(threadTime(b)-cpu)/float64(b.N), "cpu-ns/op")
		})
	}
}

// threadTime is the processor time of the calling thread, in nanoseconds.
func threadTime(b *testing.B) int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return t.Nano()
}
