package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/pires/go-proxyproto"
	"github.com/valyala/fasthttp"

	"weir/config"
	"weir/tenant"
)

// listener is an address at which clients are served.
type listener struct {
	net.Listener              // the socket
	server        *Server     // for the snapshot and the counters
	clock         *clock      // of server
	tls           *tls.Config // nil: plain
	scheme        string      // http or https
	h2c           bool
	proxied       bool       // trusted peers speak the PROXY protocol
	shared        bool       // a successor may listen beside us
	matchSNI      bool       // see snapshot.permits
	Health        string     // path; "" is off
	DefaultTenant *tenant.ID // nil: unknown hosts get 421
	closing       chan struct{}
	once          sync.Once
}

// acceptPause is how long a listener waits when the process has no room for
// another connection.
const acceptPause = 50 * time.Millisecond

// Accept implements net.Listener. That there is no room for a connection is
// no reason to stop listening.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err == nil {
			return l.wrap(c), nil
		}
		if !outOfRoom(err) {
			return nil, err
		}
		l.server.metrics.acceptErrors.Add(1)
		t := time.NewTimer(acceptPause)
		select {
		case <-t.C:
		case <-l.closing:
			t.Stop()
		}
	}
}

// outOfRoom reports whether an error of accept(2) is about one connection or
// about the resources of a moment.
func outOfRoom(err error) bool {
	for _, e := range [...]syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.ECONNABORTED, syscall.EPERM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// wrap prepares a connection; nothing is read from it yet, because whoever
// accepts must not wait for a client.
func (l *listener) wrap(c net.Conn) *clientConn {
	cc := newClientConn(c, l)
	if l.proxied && l.server.snapshot.Load().peers.Trusts(cc.peer) {
		cc.proxied = proxyproto.NewConn(c, proxyproto.WithPolicy(proxyproto.REQUIRE), proxyproto.SetReadHeaderTimeout(0))
		cc.Conn = cc.proxied
	}
	if l.tls != nil {
		cc.Conn = tls.Server(cc.Conn, l.tls)
	}
	l.server.conns.add(cc)
	return cc
}

// Close implements net.Listener; it may be called again.
func (l *listener) Close() (err error) {
	l.once.Do(func() {
		close(l.closing)
		err = l.Listener.Close()
	})
	return err
}

func (s *Server) listen(cfg *config.Node) error {
	for i := range cfg.Listeners {
		l, err := s.open(&cfg.Listeners[i])
		if err != nil {
			return fmt.Errorf("cannot listen on %s: %w", cfg.Listeners[i].Address, err)
		}
		s.listeners = append(s.listeners, l)
		s.servers = append(s.servers, s.newHTTP(cfg))
	}
	if cfg.Admin == "" {
		return nil
	}
	ln, err := net.Listen("tcp", cfg.Admin)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", cfg.Admin, err)
	}
	s.admin = newAdmin(s, ln)
	return nil
}

func (s *Server) open(c *config.Listener) (*listener, error) {
	l := &listener{server: s, clock: s.clock, scheme: "http", h2c: c.H2C, proxied: c.ProxyProtocol, matchSNI: c.MatchSNI, shared: sharesAddress(c),
		Health: c.Health, DefaultTenant: c.DefaultTenant, closing: make(chan struct{})}
	if c.TLS != nil {
		own, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
		if err != nil {
			return nil, err
		}
		l.scheme, l.tls = "https", s.serverTLS(c, &own)
	}
	var err error
	l.Listener, err = openSocket(c)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// sharesAddress reports whether another process may come to listen at the
// address: on the port, or in the place of a unix socket.
func sharesAddress(c *config.Listener) bool {
	_, unix := config.UnixPath(c.Address)
	return unix || c.ReusePort
}

// serverTLS chooses the certificate by server name: a site's, else the
// listener's own, as last loaded.
func (s *Server) serverTLS(c *config.Listener, own *tls.Certificate) *tls.Config {
	pair, protocols := *c.TLS, []string{"http/1.1"}
	if c.HTTP2 {
		protocols = []string{"h2", "http/1.1"}
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: protocols,
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			certs := s.snapshot.Load().certificates
			if c := certs.find(strings.ToLower(h.ServerName)); c != nil {
				return c, nil
			}
			if c := certs.pair(pair); c != nil {
				return c, nil
			}
			return own, nil
		},
	}
}

// maxClients bounds the connections of a listener.
const maxClients = 32 << 10

// newHTTP configures fasthttp: streaming bodies with nothing read ahead, no
// defaults of its own in answers, every time-out set, nothing of a request in
// its messages. Write deadlines are clientConn's.
func (s *Server) newHTTP(cfg *config.Node) *fasthttp.Server {
	srv := &fasthttp.Server{
		Handler:                      s.handle,
		ErrorHandler:                 s.unreadable,
		ExpectHandler:                s.expect,
		Logger:                       s.log,
		Concurrency:                  maxClients,
		ReadBufferSize:               cfg.Limits.MaxHeaderBytes,
		WriteBufferSize:              8 << 10,
		ReadTimeout:                  cfg.Timeouts.Header,
		IdleTimeout:                  cfg.Timeouts.Idle,
		MaxRequestsPerConn:           cfg.Limits.MaxRequests,
		MaxRequestBodySize:           1, // read ahead of the handler; see body
		StreamRequestBody:            true,
		ReduceMemoryUsage:            true, // until a first request has come; see gather
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultDate:                true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true,
		CloseOnShutdown:              true,
		LazyRequestTime:              true,
	}
	srv.NextProto("h2", s.serveHTTP2)
	return srv
}
