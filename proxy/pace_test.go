package proxy

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A peer is cut off when it stays below the minimum rate for a window, and
// only for time that the node spent waiting for it.
func TestPaceRead(t *testing.T) {
	f := func(rate int64, every, busy time.Duration, want error) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			var wg sync.WaitGroup
			wg.Go(func() {
				defer far.Close()
				for range 60 {
					time.Sleep(every)
					if _, err := far.Write(make([]byte, 10)); err != nil {
						return
					}
				}
			})
			var p pace
			p.reset(rate)
			// A pipe whose other end is closed takes no deadline either.
			buf := make([]byte, 10)
			var err error
			for err == nil {
				_, err = p.read(near, buf, near.Read)
				time.Sleep(busy)
			}
			near.Close()
			wg.Wait()
			if errors.Is(err, io.ErrClosedPipe) {
				err = io.EOF
			}
			if !errors.Is(err, want) {
				t.Errorf("10 bytes every %v at a minimum of %d: %v, want %v", every, rate, err, want)
			}
		})
	}
	f(5, time.Second, 0, io.EOF)
	f(100, time.Second, 0, errTooSlow)
	// Without a rate only silence counts.
	f(0, 9*time.Second, 0, io.EOF)
	f(0, 11*time.Second, 0, errTooSlow)
	// A slow other side of the node makes nobody look slow.
	f(5, time.Second, 30*time.Second, io.EOF)
}

func TestPaceWrite(t *testing.T) {
	f := func(rate int64, every time.Duration, want error) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			var wg sync.WaitGroup
			wg.Go(func() {
				defer far.Close()
				buf := make([]byte, 10)
				for range 60 {
					time.Sleep(every)
					if _, err := far.Read(buf); err != nil {
						return
					}
				}
			})
			var p pace
			p.reset(rate)
			_, err := p.write(near, make([]byte, 600))
			near.Close()
			wg.Wait()
			if !errors.Is(err, want) {
				t.Errorf("10 bytes every %v at a minimum of %d: %v, want %v", every, rate, err, want)
			}
		})
	}
	f(5, time.Second, nil)
	f(100, time.Second, errTooSlow)
}
