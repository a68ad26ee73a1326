package proxy

import (
	"crypto/tls"
	"fmt"
	"net"

	"github.com/valyala/fasthttp"

	"weir/config"
	"weir/tenant"
)

// listener is an address at which clients are served.
type listener struct {
	net.Listener
	clock         *clock
	scheme        string     // http or https
	Health        string     // path; "" is off
	DefaultTenant *tenant.ID // nil: unknown hosts get 421
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return newClientConn(c, l), nil
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
	if c.ProxyProtocol {
		return nil, fmt.Errorf("proxy_protocol is not supported yet")
	}
	l := &listener{clock: s.clock, scheme: "http", Health: c.Health, DefaultTenant: c.DefaultTenant}
	var own *tls.Certificate
	if c.TLS != nil {
		pair, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key)
		if err != nil {
			return nil, err
		}
		own = &pair
	}
	ln, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, err
	}
	l.Listener = ln
	if own != nil {
		l.scheme = "https"
		l.Listener = tls.NewListener(ln, s.serverTLS(own))
	}
	return l, nil
}

// serverTLS chooses the certificate by server name: a site's, else the
// listener's own.
func (s *Server) serverTLS(own *tls.Certificate) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		NextProtos: []string{"http/1.1"},
		GetCertificate: func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
			if c := s.snapshot.Load().certificates.find(h.ServerName); c != nil {
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
	return &fasthttp.Server{
		Handler:                      s.handle,
		ErrorHandler:                 s.unreadable,
		ExpectHandler:                s.expect,
		Logger:                       s.log,
		Concurrency:                  maxClients,
		ReadBufferSize:               cfg.Limits.MaxHeaderBytes,
		WriteBufferSize:              8 << 10,
		ReadTimeout:                  cfg.Timeouts.Header,
		IdleTimeout:                  cfg.Timeouts.Idle,
		MaxRequestBodySize:           1, // read ahead of the handler; see body
		StreamRequestBody:            true,
		DisablePreParseMultipartForm: true,
		NoDefaultServerHeader:        true,
		NoDefaultDate:                true,
		NoDefaultContentType:         true,
		SecureErrorLogMessage:        true,
		CloseOnShutdown:              true,
		LazyRequestTime:              true,
	}
}
