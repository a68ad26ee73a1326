package bench

import (
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"weir/config"
	"weir/detect"
	"weir/proxy"
)

// variants are the requests of a workload that take turns; those of a
// megabyte are fewer.
const (
	variants      = 64
	largeVariants = 4
)

// BenchmarkInspect is the detector's own cost of each workload, as the node
// meets it: the views of a request that was read and gated. Values vary from
// request to request; in "new" nothing was seen before, in "seen" the memo
// knows what browsers send again and again. The goals hold for "new": 0
// allocations, and with GOEXPERIMENT=simd get 1.8, cookie 4.5, form 6, json
// 18, upload 95 microseconds. On a shared machine cpu-ns/op, the thread's own
// time, is the figure to read.
func BenchmarkInspect(b *testing.B) {
	for _, name := range Workloads {
		for i, kind := range []string{"new", "seen"} {
			b.Run(name+"/"+kind, func(b *testing.B) { benchmarkInspect(b, name, i == 0) })
		}
	}
}

func benchmarkInspect(b *testing.B, name string, fresh bool) {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		b.Fatal(err)
	}
	size, ring := workloadRing(b, name)
	var s detect.Scratch
	b.SetBytes(int64(size))
	b.ReportAllocs()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, r := range ring { // grow the buffers
		policy.Inspect(r, 0, &s)
	}
	cpu, n, scope := threadTime(b), 0, uint64(1)
	for b.Loop() {
		if fresh {
			scope++
		}
		if n++; n == len(ring) {
			n = 0
		}
		if v := policy.Inspect(ring[n], scope, &s); v.Attack() {
			b.Fatalf("%s is clean, found %s", name, v.Matches[0].Rule)
		}
	}
	b.ReportMetric(float64(threadTime(b)-cpu)/float64(b.N), "cpu-ns/op")
}

// workloadRing returns the size of a workload and its variants.
func workloadRing(b *testing.B, name string) (int, []*detect.Request) {
	raw, err := Workload(name)
	if err != nil {
		b.Fatal(err)
	}
	limits := config.Defaults().Limits
	limits.Tenant.InspectBodyBytes = 4 << 20
	req, refusal := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant).Read(raw)
	if refusal != proxy.Accepted {
		b.Fatalf("the gate refuses %s: %s", name, refusal)
	}
	if len(raw) > large {
		return len(raw), Variants(req, largeVariants)
	}
	return len(raw), Variants(req, variants)
}

// threadTime is the processor time of the calling thread, in nanoseconds.
func threadTime(b *testing.B) int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
		b.Fatal(err)
	}
	return t.Nano()
}
