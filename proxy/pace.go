package proxy

import (
	"errors"
	"net"
	"os"
	"time"
)

// paceWindow is the time over which a minimum rate is averaged.
const paceWindow = 10 * time.Second

// errTooSlow says that the other side moves fewer bytes than the minimum
// rate.
var errTooSlow = errors.New("peer is slower than the minimum rate")

// pace enforces a minimum rate on one direction of a connection. Only time
// spent waiting for the peer counts, so a slow other side of the node cannot
// make an innocent one look slow. A rate of 0 limits each single wait to the
// window.
type pace struct {
	rate int64 // bytes a second
	wait time.Duration
	got  int64
}

// reset starts a new message.
func (p *pace) reset(rate int64) { *p = pace{rate: rate} }

// left returns how long the next wait may last.
func (p *pace) left() time.Duration { return paceWindow - p.wait }

// add accounts for a wait that moved n bytes.
func (p *pace) add(n int, d time.Duration) {
	p.wait += d
	p.got += int64(n)
	if n > 0 && p.got >= p.rate*int64(paceWindow/time.Second) {
		p.wait, p.got = 0, 0
	}
}

// waiter is what pace can interrupt.
type waiter interface {
	SetReadDeadline(t time.Time) error
}

// read reads from c under the pace.
func (p *pace) read(c waiter, b []byte, read func([]byte) (int, error)) (int, error) {
	start := time.Now()
	if err := c.SetReadDeadline(start.Add(p.left())); err != nil {
		return 0, err
	}
	n, err := read(b)
	p.add(n, time.Since(start))
	if n == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		err = errTooSlow
	}
	return n, err
}

// write writes all of b to c under the pace, in steps that a slow but
// acceptable peer can take within a window.
func (p *pace) write(c net.Conn, b []byte) (n int, err error) {
	for n < len(b) && err == nil {
		start := time.Now()
		if err = c.SetWriteDeadline(start.Add(p.left())); err != nil {
			return n, err
		}
		var m int
		m, err = c.Write(b[n:min(len(b), n+paceStep)])
		n += m
		p.add(m, time.Since(start))
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = errTooSlow
			if m > 0 && p.wait == 0 {
				err = nil // slow, yet faster than the minimum
			}
		}
	}
	return n, err
}

// paceStep bounds the bytes of one write.
const paceStep = 64 << 10
