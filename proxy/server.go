package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/valyala/fasthttp"
	"go.uber.org/zap"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

// Sink takes hits. Offer never blocks and keeps h, which nobody changes any
// more; false means that the hit is dropped, which the sink counts.
type Sink interface {
	Offer(h *wire.Hit) bool
}

// Deps is what the node's program gives the server.
type Deps struct {
	Version string
	NodeID  string        // of this node, for ever; in hit IDs
	NextID  func() string // IDs of hits, unique for ever; nil: of this process
	Sink    Sink          // nil: hits are logged
	Log     *zap.Logger
	// Uplink describes the link to the cloud in /status; nil without one.
	Uplink func() any
	// WriteMetrics appends the uplink's metrics in exposition format; nil
	// without any.
	WriteMetrics func(w io.Writer)
	// Reload reads the configuration again and hands it to Server.Reload; nil
	// means Server.ReloadFile.
	Reload func() config.Problems
}

// Server is the node. Its exported methods may be called by any goroutine.
type Server struct {
	deps      Deps
	file      string
	clock     *clock
	log       *nodeLog
	metrics   *nodeMetrics
	pages     *pages
	started   time.Time
	snapshot  atomic.Pointer[snapshot]
	ready     atomic.Bool
	draining  atomic.Bool
	bypass    atomic.Pointer[bypass]
	sequence  atomic.Uint64
	buffered  atomic.Int64 // bytes of bodies held now
	exchanges sync.Pool
	scratches scratches
	streams   sync.Pool // of HTTP/2

	loading  sync.Mutex // one reload at a time, so that the last to start is the last in force
	mu       sync.Mutex // guards changes of the snapshot
	overlays map[tenant.ID]tenant.Overlay

	listeners []*listener
	conns     *connections
	tunnels   *tunnels
	servers   []*fasthttp.Server
	http2     *http2Server
	admin     *adminServer
}

// New compiles cfg and opens the listeners; it serves nothing until Run.
// Broken tenants do not fail it: their hosts answer 503. Errors are a
// listener's or that no tenant can be served.
func New(cfg *config.Node, deps Deps) (*Server, error) {
	if deps.Log == nil {
		deps.Log = zap.NewNop()
	}
	s := &Server{deps: deps, file: cfg.File, clock: newClock(), started: time.Now(), pages: newPages(), conns: newConnections(), tunnels: newTunnels(),
		overlays: map[tenant.ID]tenant.Overlay{}, metrics: newMetrics()}
	if s.deps.NextID == nil {
		boot := s.started.UnixMilli()
		s.deps.NextID = func() string { return fmt.Sprintf("%s-%x-%d", s.deps.NodeID, boot, s.sequence.Add(1)) }
	}
	s.log = &nodeLog{Logger: deps.Log, clock: s.clock}
	s.exchanges.New = s.newExchange
	snap, problems := compile(cfg, nil, nil, s.clock)
	for _, err := range problems {
		s.log.Error("tenant cannot be served as configured", zap.Error(err))
	}
	s.snapshot.Store(snap)
	s.streams.New = newStream
	var err error
	if s.http2, err = newHTTP2(s, cfg); err != nil {
		return nil, err
	}
	if err := s.listen(cfg); err != nil {
		s.closeListeners()
		return nil, err
	}
	return s, nil
}

func (s *Server) newExchange() any {
	return &exchange{}
}

// Run serves until ctx ends, then drains. It returns nil when no request was
// cut off.
func (s *Server) Run(ctx context.Context) error {
	background, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { s.clock.run(background) })
	wg.Go(func() { s.housekeep(background) })
	failed := make(chan error, len(s.listeners)+1)
	for i, l := range s.listeners {
		wg.Go(func() { failed <- s.servers[i].Serve(l) })
	}
	if s.admin != nil {
		wg.Go(func() { failed <- s.admin.serve() })
	}
	s.ready.Store(true)
	var err error
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	err = errors.Join(err, s.drain(s.snapshot.Load().cfg.Drain))
	stop()
	wg.Wait()
	return err
}

// Close gives up the listeners of a server that never ran.
func (s *Server) Close() { s.closeListeners() }

func (s *Server) closeListeners() {
	for _, l := range s.listeners {
		l.Close()
	}
	if s.admin != nil {
		s.admin.listener.Close()
	}
}

// housekeep looks after what no request should: the kill switch, idle
// connections, names and health of upstreams.
func (s *Server) housekeep(ctx context.Context) {
	t := time.NewTicker(time.Second)
	defer t.Stop()
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		s.checkBypass()
		for _, up := range s.snapshot.Load().pools {
			up.tend(ctx, &wg, s.log)
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
	}
}

// Addrs returns the addresses of the listeners in order of configuration.
func (s *Server) Addrs() (addrs []net.Addr) {
	for _, l := range s.listeners {
		addrs = append(addrs, l.Addr())
	}
	return addrs
}

// AdminAddr returns the address of the admin listener, nil when it is off.
func (s *Server) AdminAddr() net.Addr {
	if s.admin == nil {
		return nil
	}
	return s.admin.listener.Addr()
}
