package proxy

import (
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/http2"

	"weir/config"
)

// Bounds of an HTTP/2 connection. Windows bound what a client may send
// unasked, so they are memory that it can make us hold.
const (
	maxStreams   = 128
	streamWindow = 256 << 10
	connWindow   = 1 << 20
	maxFrame     = 16 << 10 // the least that may be
	deadClient   = 30 * time.Second
)

// http2Server serves HTTP/2 connections: their requests take the walk that
// those of HTTP/1 take.
type http2Server struct {
	http2.Server
	base *http.Server // configuration; it never serves
}

func newHTTP2(s *Server, cfg *config.Node) (*http2Server, error) {
	h := &http2Server{base: &http.Server{
		IdleTimeout:    cfg.Timeouts.Idle,
		MaxHeaderBytes: cfg.Limits.MaxHeaderBytes,
		ErrorLog:       log.New(io.Discard, "", 0), // counted instead
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams:          maxStreams,
			MaxReadFrameSize:              maxFrame,
			MaxReceiveBufferPerConnection: connWindow,
			MaxReceiveBufferPerStream:     streamWindow,
			WriteByteTimeout:              deadClient,
			CountError:                    func(string) { s.metrics.violations.Add(1) },
		},
	}}
	return h, http2.ConfigureServer(h.base, &h.Server)
}

// serveHTTP2 serves a connection until its end.
func (s *Server) serveHTTP2(c net.Conn) error {
	cc := c.(*clientConn)
	if cc.listener.tls == nil {
		c = struct{ net.Conn }{cc} // the server shall not look for TLS
	}
	s.http2.ServeConn(c, &http2.ServeConnOpts{BaseConfig: s.http2.base, Handler: streams{s, cc}})
	return nil
}

// streams serves the streams of a connection.
type streams struct {
	s *Server
	c *clientConn
}

// ServeHTTP implements http.Handler: one request, in a goroutine of its own.
func (h streams) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	st := h.s.streams.Get().(*stream)
	defer h.s.streams.Put(st)
	defer st.close()
	st.open(h.c, w, r)
	h.s.handle(&st.ctx)
	st.answer()
}
