package uplink

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Run works until ctx ends or Close is called, and returns nil once all of
// its goroutines have; a second Run is an error. Hits offered afterwards wait
// in memory for Close.
func (u *Uplink) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, err := u.begin(cancel)
	if err != nil {
		return err
	}
	defer close(ended)
	u.Changed()
	var wg sync.WaitGroup
	wg.Go(func() { u.writer.run(ctx) })
	if u.spool != nil {
		wg.Go(func() { u.spool.count(func() bool { return ctx.Err() != nil }) })
		wg.Go(func() { u.push.run(ctx) })
		wg.Go(func() { u.pull.run(ctx) })
	}
	if u.spool != nil && !u.writer.always {
		wg.Go(func() { u.writer.syncLoop(ctx, u.o.SyncEvery) })
	}
	wg.Wait()
	return nil
}

func (u *Uplink) begin(stop context.CancelFunc) (ended chan struct{}, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed || u.ended != nil {
		return nil, errors.New("uplink has run already")
	}
	u.stop, u.ended = stop, make(chan struct{})
	return u.ended, nil
}

// Close refuses further hits, ends Run, writes what is queued to disk, syncs
// and gives the state folder back. What the disk does not take is counted as
// dropped. When ctx ends first, Close leaves everything as it is. A second
// call does nothing.
func (u *Uplink) Close(ctx context.Context) error {
	u.queue.close()
	u.mu.Lock()
	stop, ended, again := u.stop, u.ended, u.closed
	u.closed = true
	u.mu.Unlock()
	if again {
		return nil
	}
	if ended != nil {
		stop()
		select {
		case <-ended:
		case <-ctx.Done():
			return fmt.Errorf("cannot close uplink: %w", ctx.Err())
		}
	}
	err := u.writer.flush()
	if err != nil {
		u.writer.abandon()
	}
	return errors.Join(err, u.release())
}

// release closes what is open.
func (u *Uplink) release() (err error) {
	if u.spool != nil {
		err = u.spool.close()
	}
	if u.file != nil {
		err = errors.Join(err, u.file.close())
	}
	if u.cloud != nil {
		u.cloud.http.CloseIdleConnections()
	}
	if u.lock != nil {
		err = errors.Join(err, u.lock.Close())
	}
	return err
}
