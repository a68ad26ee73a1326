package proxy

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"

	"weir/config"
)

// How a node stops, so that no client sees a request fail:
//
//  1. It is not ready any more, and goes on for Drain.Delay, in which load
//     balancers turn away.
//  2. Where it shares a port, new connections go to the successor; those
//     that are on their way already are taken.
//  3. Listeners close. Every answer says "Connection: close" or GOAWAY,
//     tunnels are told to go, and connections that are silent for lingerTime
//     are closed: until then they may have had a request on its way.
//  4. What is left is waited for, at most Drain.Time in all, and then cut.
const (
	// handTime is how long connections may be on their way to a socket: the
	// kernel chose it when they began. handLimit bounds the wait for those
	// that have arrived and are not accepted yet.
	handTime  = 200 * time.Millisecond
	handLimit = 5 * time.Second
	// lingerTime is the time that clients have to make another request, by
	// whose answer they learn that the node goes.
	lingerTime = 5 * time.Second
	// stopTime is Drain.Time where the configuration says nothing.
	stopTime = 30 * time.Second
)

// errCut says that a stop did not wait for everybody.
var errCut = errors.New("requests were cut off: they took longer than the drain may")

func (s *Server) drain(d config.Drain) error {
	if d.Time == 0 {
		d.Time = stopTime
	}
	s.ready.Store(false)
	s.log.Info("draining", zap.Duration("delay", d.Delay), zap.Int("connections", s.conns.count()))
	pause(d.Delay)
	ctx, cancel := context.WithTimeout(context.Background(), d.Time)
	defer cancel()
	s.draining.Store(true)
	s.handOver()
	for _, l := range s.listeners {
		l.Close()
	}
	s.tunnels.close()
	s.http2.base.Shutdown(ctx) // GOAWAY; it serves nothing that it could wait for
	err := s.await(ctx)
	if s.admin != nil {
		err = errors.Join(err, s.admin.close())
	}
	s.snapshot.Load().retire(nil)
	return err
}

func pause(d time.Duration) {
	if d > 0 {
		<-time.After(d)
	}
}

// handOver leaves new connections to a successor.
func (s *Server) handOver() {
	shared := false
	for _, l := range s.listeners {
		if l.shared {
			if err := steer(l.Listener, successor); err != nil {
				s.log.Debug("cannot steer connections to a successor", zap.Error(err))
			}
			shared = true
		}
	}
	if !shared {
		return
	}
	until := time.Now().Add(handLimit)
	for pause(handTime); time.Now().Before(until); pause(handTime / 10) {
		if !slices.ContainsFunc(s.listeners, func(l *listener) bool { return l.shared && waiting(l.Listener) }) {
			return
		}
	}
}

// await waits until the clients are gone, and sends those away that stay.
func (s *Server) await(ctx context.Context) error {
	linger := time.NewTimer(lingerTime)
	defer linger.Stop()
	gone := s.conns.gone()
	select {
	case <-gone:
	case <-linger.C:
	case <-ctx.Done():
	}
	var wg sync.WaitGroup
	for _, srv := range s.servers {
		wg.Go(func() { srv.ShutdownWithContext(ctx) }) // closes those that are idle
	}
	var err error
	select {
	case <-gone:
	case <-ctx.Done():
		err = errCut
		s.log.Warn("drain is over", zap.Int("cut", s.conns.count()))
		s.conns.closeAll()
	}
	wg.Wait()
	return err
}
