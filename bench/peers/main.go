// Peers measures the detector and Coraza with the Core Rule Set side by side,
// in one process and one run: the CPU time of each workload, and of a corpus
// what each stops. A filter that looks at less is faster for nothing.
//
// It is a module of its own, so that Weir does not depend on its peers.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"weir/bench"
	"weir/config"
	"weir/detect"
	"weir/proxy"
)

func main() {
	corpus := flag.String("corpus", "", "labelled requests, as weir replay takes them; default: the requests in -seeds")
	seeds := flag.String("seeds", "../../testdata", "folder with attack/*.txtar and benign/*.txtar")
	sample := flag.Int("sample", 2000, "requests of the corpus that are judged, at equal distances")
	budget := flag.Duration("time", time.Second, "CPU time for each workload and engine")
	flag.Parse()
	if err := run(*corpus, *seeds, *sample, *budget); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

func run(corpus, seeds string, sample int, budget time.Duration) error {
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		return err
	}
	coraza, err := newPeer()
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	runtime.LockOSThread()
	engines := []engine{{"weir", newOurs(policy)}, {"coraza pl1", coraza.blocks}}
	if err := speed(engines, budget); err != nil {
		return err
	}
	recs, err := records(corpus, seeds, sample)
	if err != nil {
		return err
	}
	return catch(engines, recs)
}

// engine judges a request.
type engine struct {
	name   string
	blocks func(*detect.Request) (bool, error)
}

// newOurs judges each request as the first one that it sees: the memo never
// helps.
func newOurs(p *detect.Policy) func(*detect.Request) (bool, error) {
	var s detect.Scratch
	scope := uint64(0)
	return func(r *detect.Request) (bool, error) {
		scope++
		return p.Inspect(r, scope, &s).Attack(), nil
	}
}

// ringSize is how many variants of a workload take turns; minRounds is how
// often a slow engine is measured at least.
const (
	ringSize  = 16
	minRounds = 3
)

// speed prints the CPU time of each workload in each engine.
func speed(engines []engine, budget time.Duration) error {
	fmt.Printf("%-10s", "us CPU")
	for _, e := range engines {
		fmt.Printf("%14s", e.name)
	}
	fmt.Printf("%10s\n", "ratio")
	for _, name := range bench.Workloads {
		raw, err := bench.Workload(name)
		if err != nil {
			return err
		}
		req, ok := read(raw)
		if !ok {
			return fmt.Errorf("the gate refuses workload %q", name)
		}
		ring := bench.Variants(req, ringSize)
		fmt.Printf("%-10s", name)
		var us [2]float64
		for i, e := range engines {
			if us[i], err = cost(e, ring, budget); err != nil {
				return err
			}
			fmt.Printf("%14.1f", us[i])
		}
		fmt.Printf("%10.0f\n", us[1]/us[0])
	}
	return nil
}

// cost returns the CPU time of a request in microseconds.
func cost(e engine, ring []*detect.Request, budget time.Duration) (float64, error) {
	if _, err := e.blocks(ring[0]); err != nil {
		return 0, err
	}
	n, start := 0, cpu()
	for ; n < minRounds || cpu()-start < budget; n++ {
		blocked, err := e.blocks(ring[n%len(ring)])
		if err != nil {
			return 0, err
		}
		if blocked {
			return 0, fmt.Errorf("%s stops a clean request", e.name)
		}
	}
	return float64((cpu() - start).Nanoseconds()) / 1e3 / float64(n), nil
}

// cpu is the processor time of this process.
func cpu() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		panic("BUG: getrusage: " + err.Error())
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// read takes a raw request through the gate of the node.
func read(raw []byte) (*detect.Request, bool) {
	limits := config.Defaults().Limits
	limits.Tenant.InspectBodyBytes = 4 << 20
	req, refusal := proxy.NewRawReader(limits.MaxHeaderBytes, limits.Tenant).Read(raw)
	return req, refusal == proxy.Accepted
}

// records returns the labelled requests to judge.
func records(corpus, seeds string, sample int) ([]bench.Record, error) {
	var out []bench.Record
	if corpus == "" {
		for label, dir := range map[string]string{"attack": "attack", "legit": "benign"} {
			files, err := filepath.Glob(filepath.Join(seeds, dir, "*.txtar"))
			if err != nil {
				return nil, err
			}
			for _, f := range files {
				recs, err := bench.ReadSeeds(f, label)
				if err != nil {
					return nil, err
				}
				out = append(out, recs...)
			}
		}
	} else if err := bench.EachRecord(strings.Split(corpus, ","), func(r *bench.Record) error {
		if r.Tier == "core" {
			out = append(out, *r)
		}
		return nil
	}); err != nil {
		return nil, err
	}
	if sample <= 0 || len(out) <= sample {
		return out, nil
	}
	some := make([]bench.Record, sample)
	for i := range some {
		some[i] = out[i*len(out)/sample]
	}
	return some, nil
}

// catch prints what each engine stops of the attacks and of the rest.
func catch(engines []engine, recs []bench.Record) error {
	fmt.Printf("\n%-10s%14s%14s%14s\n", "of corpus", "attacks %", "legit %", "us CPU each")
	for _, e := range engines {
		var stopped, all [2]int
		start := cpu()
		for i := range recs {
			req, ok := read(recs[i].Raw)
			if !ok {
				continue // neither engine sees it
			}
			blocked, err := e.blocks(req)
			if err != nil {
				return fmt.Errorf("cannot judge %s: %w", recs[i].ID, err)
			}
			k := 0
			if !recs[i].Attack() {
				k = 1
			}
			all[k]++
			if blocked {
				stopped[k]++
			}
		}
		each := float64((cpu() - start).Microseconds()) / float64(max(1, all[0]+all[1]))
		fmt.Printf("%-10s%14.2f%14.2f%14.1f\n", e.name, percent(stopped[0], all[0]), percent(stopped[1], all[1]), each)
	}
	fmt.Printf("requests: %d\n", len(recs))
	return nil
}

func percent(n, of int) float64 { return 100 * float64(n) / float64(max(1, of)) }
