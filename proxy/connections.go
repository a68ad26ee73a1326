package proxy

import "sync"

// connections are the clients' connections that are open, so that a stop can
// wait for them and, in the end, close them. It is safe for concurrent use.
type connections struct {
	mu     sync.Mutex
	open   map[*clientConn]struct{}
	closed bool
	empty  chan struct{} // closed once none is open; nil: nobody waits
}

func newConnections() *connections {
	return &connections{open: map[*clientConn]struct{}{}}
}

func (s *connections) add(c *clientConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[c] = struct{}{}
	if s.closed {
		c.Conn.Close()
	}
}

func (s *connections) remove(c *clientConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
	s.notice()
}

func (s *connections) notice() {
	if len(s.open) == 0 && s.empty != nil {
		close(s.empty)
		s.empty = nil
	}
}

// gone returns a channel that is closed when no connection is open any more.
func (s *connections) gone() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.empty == nil {
		s.empty = make(chan struct{})
	}
	c := s.empty
	s.notice()
	return c
}

func (s *connections) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// closeAll closes all of them, and those that are still to come.
func (s *connections) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for c := range s.open {
		c.Conn.Close()
	}
}
