// Package cloud serves the cloud's two listeners: the API for people and
// tools, and the ingest for nodes.
//
// Rules of the package: every route of the API names the action that it is,
// and runs only after authorize found the caller's role to allow it; a
// handler gets the handle of the tenant, never its ID; what a caller may not
// see is answered byte for byte like what does not exist.
package cloud

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"go.uber.org/zap"

	"weir/config"
	"weir/tenant/store"
)

// Server is the cloud over one store.
type Server struct {
	store   *store.Store
	log     *zap.Logger
	secure  bool // the public URL is https
	signIns *limiter
	ingest  chan struct{} // slots for batches being read
	routes  []route
	api     http.Handler
	nodes   http.Handler
	closing context.Context // done when nodes' long polls are to end
	close   context.CancelFunc
}

// New returns a server that has bound nothing yet.
func New(cfg *config.CloudServer, st *store.Store, log *zap.Logger) *Server {
	s := &Server{
		store:   st,
		log:     log,
		secure:  strings.HasPrefix(cfg.PublicURL, "https://"),
		signIns: newLimiter(time.Now),
		ingest:  make(chan struct{}, maxBatches),
	}
	s.closing, s.close = context.WithCancel(context.Background())
	s.api = s.newAPI()
	s.nodes = s.newIngest()
	return s
}

// API serves /api/. It may be called in process.
func (s *Server) API() http.Handler { return s.api }

// Ingest serves /ingest/, what nodes speak.
func (s *Server) Ingest() http.Handler { return s.nodes }

// Close ends waiting long polls, so that a shutdown need not wait for them.
func (s *Server) Close() { s.close() }

// Endpoint is a listener with what it serves.
type Endpoint struct {
	Listener net.Listener
	Handler  http.Handler
	TLS      *TLSFiles // nil: plain
}

// TLSFiles names a certificate and its key.
type TLSFiles struct{ Cert, Key string }

// Time-outs of both listeners. A long poll answers within maxWait; the time
// to read must be longer, because net/http ends the context of a running
// handler when it is over. A batch of MaxBatch then comes at 45 kB/s or more.
const (
	headerTimeout   = 10 * time.Second
	readTimeout     = maxWait + 30*time.Second
	writeTimeout    = maxWait + 30*time.Second
	idleTimeout     = 120 * time.Second
	shutdownTimeout = 10 * time.Second
	maxHeaderBytes  = 32 << 10
)

// Serve serves the endpoints until ctx ends or one of them fails, then lets
// running requests finish for at most 10 seconds.
func (s *Server) Serve(ctx context.Context, endpoints ...Endpoint) error {
	failed := make(chan error, len(endpoints))
	servers := make([]*http.Server, len(endpoints))
	for i, e := range endpoints {
		srv := &http.Server{
			Handler:           e.Handler,
			ReadHeaderTimeout: headerTimeout,
			ReadTimeout:       readTimeout,
			WriteTimeout:      writeTimeout,
			IdleTimeout:       idleTimeout,
			MaxHeaderBytes:    maxHeaderBytes,
			ErrorLog:          zap.NewStdLog(s.log.WithOptions(zap.IncreaseLevel(zap.WarnLevel))),
		}
		servers[i] = srv
		go func() { failed <- serve(srv, e) }()
	}
	var err error
	running := len(endpoints)
	select {
	case <-ctx.Done():
	case err = <-failed:
		running--
	}
	s.Close()
	stop, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	for _, srv := range servers {
		if srv.Shutdown(stop) != nil {
			srv.Close()
		}
	}
	for range running {
		err = errors.Join(err, <-failed)
	}
	return err
}

func serve(srv *http.Server, e Endpoint) (err error) {
	if e.TLS != nil {
		err = srv.ServeTLS(e.Listener, e.TLS.Cert, e.TLS.Key)
	} else {
		err = srv.Serve(e.Listener)
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}
