package bench

import (
	"context"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/valyala/fasthttp"

	"weir/config"
	"weir/proxy"
	"weir/tenant"
)

// BenchmarkBeside sends each workload in turn through a plain fasthttp proxy,
// the node with inspection off and the node in block mode, all in this
// process, and reports the medians as ratios to the plain proxy. One
// connection, one request at a time: a round trip's latency, not a
// throughput.
func BenchmarkBeside(b *testing.B) {
	backend := serve(b, func(ctx *fasthttp.RequestCtx) { ctx.Response.SetBodyRaw(page[:]) })
	plain := serve(b, plainProxy(backend))
	off := startNode(b, backend, tenant.ModeOff)
	block := startNode(b, backend, tenant.ModeBlock)
	for _, name := range Workloads {
		b.Run(name, func(b *testing.B) {
			raw, err := Workload(name)
			if err != nil {
				b.Fatal(err)
			}
			peers := []*Sender{{Address: plain}, {Address: off}, {Address: block}}
			times := make([][]time.Duration, len(peers))
			for b.Loop() {
				for i, s := range peers {
					s.Timeout = 10 * time.Second
					start := time.Now()
					a, err := s.Send(raw)
					times[i] = append(times[i], time.Since(start))
					if err != nil || a.Status != http.StatusOK {
						b.Fatalf("peer %d answered %d, %v", i, a.Status, err)
					}
				}
			}
			base := median(times[0])
			b.ReportMetric(median(times[1])/base, "off/plain")
			b.ReportMetric(median(times[2])/base, "block/plain")
			for _, s := range peers {
				s.Close()
			}
		})
	}
}

var page [1 << 10]byte

func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2])
}

// serve runs a fasthttp server until the benchmark ends.
func serve(b *testing.B, h fasthttp.RequestHandler) (address string) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	s := &fasthttp.Server{Handler: h, MaxRequestBodySize: 8 << 20, NoDefaultServerHeader: true}
	go s.Serve(ln)
	b.Cleanup(func() { s.Shutdown() })
	return ln.Addr().String()
}

// plainProxy is the obvious proxy: it forwards and looks at nothing.
func plainProxy(backend string) fasthttp.RequestHandler {
	c := &fasthttp.HostClient{Addr: backend, MaxConns: 512}
	return func(ctx *fasthttp.RequestCtx) {
		if err := c.Do(&ctx.Request, &ctx.Response); err != nil {
			ctx.Error("upstream failed", http.StatusBadGateway)
		}
	}
}

func startNode(b *testing.B, backend string, mode tenant.Mode) (address string) {
	cfg := config.Defaults()
	cfg.Admin = ""
	cfg.State = b.TempDir()
	cfg.Listeners = []config.Listener{{Address: "127.0.0.1:0"}}
	limits := cfg.Limits.Tenant
	limits.InspectBodyBytes = 4 << 20
	cfg.Tenants = []tenant.Spec{{ID: tenant.ID{1}, Name: "shop", Mode: mode, Limits: limits, Timeouts: cfg.Timeouts,
		Sites: []tenant.SiteSpec{{Hosts: []string{"shop.example"}, Limits: limits, Timeouts: cfg.Timeouts,
			Upstreams: []tenant.Upstream{{Scheme: "http", Address: backend}}}}}}
	s, err := proxy.New(cfg, proxy.Deps{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	b.Cleanup(func() { stop(); <-done })
	return s.Addrs()[0].String()
}
