package uplink

import (
	"context"
	"time"

	"go.uber.org/zap"

	"weir/tenant"
	"weir/tenant/wire"
)

// writer empties the queue into the spool, the hits file and the log: at
// once after a quiet time, and every flushEvery under load. One goroutine
// uses it at a time.
type writer struct {
	q       *queue
	spool   *spool      // nil without a cloud
	file    *hitsFile   // nil without [hits]
	log     *zap.Logger // nil when one of the others takes the hits
	lost    func(tenant.ID, Reason, int)
	trouble *trouble
	always  bool // sync after every write

	hits    []*wire.Hit // drained
	at      int         // hits[:at] are in the block, or done with
	freed   int         // hits[:freed] are off the queue
	block   block
	written chan struct{} // has a token after an attempt to write to the spool
}

const (
	flushEvery = 20 * time.Millisecond  // a hit is in memory alone for 25 ms at most
	writeAgain = 100 * time.Millisecond // after an error of the spool's
	maxBlock   = 256 << 10              // bytes of one write
)

// run ends with ctx, after a last flush.
func (w *writer) run(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-w.q.wake:
			pause := flushEvery
			if w.flush() != nil {
				pause = writeAgain
				signal(w.q.wake)
			}
			sleep(ctx, pause)
		}
	}
	w.flush()
}

// flush writes everything that is queued. Only the spool's errors stop it and
// are returned; the queue then fills up until a later flush succeeds.
func (w *writer) flush() error {
	for {
		if err := w.writeBlock(); err != nil {
			return err
		}
		w.q.done(w.hits[w.freed:w.at])
		w.freed = w.at
		if w.at == len(w.hits) {
			w.hits = w.q.drain(w.hits)
			w.at, w.freed = 0, 0
		}
		w.encode()
		if w.file != nil {
			w.trouble.note("hits file", w.file.flush())
		}
		if len(w.hits) == 0 {
			return nil
		}
	}
}

func (w *writer) writeBlock() error {
	if len(w.block.b) == 0 {
		return nil
	}
	err := w.spool.write(&w.block)
	w.trouble.note("spool", err)
	if w.always {
		w.trouble.note("spool sync", w.spool.sync())
	} else {
		signal(w.written) // after an error too: files may be left to close
	}
	if err != nil {
		return err
	}
	w.block = block{b: w.block.b[:0]}
	return nil
}

// encode fills the block.
func (w *writer) encode() {
	if w.block.use == nil {
		w.block.use = map[tenant.ID]int64{}
	}
	for w.at < len(w.hits) && len(w.block.b) < maxBlock {
		h := w.hits[w.at]
		w.at++
		at := len(w.block.b)
		b := appendRecord(w.block.b, h)
		line := b[at+recordHeader:]
		if len(line) > wire.MaxLine {
			w.block.b = b[:at]
			w.lost(h.Tenant, TooLarge, 1)
			continue
		}
		w.toFile(h, line)
		w.block.b = b[:at]
		if w.spool != nil && w.admit(h, int64(len(b)-at)) {
			w.block.b = b
		}
	}
}

func (w *writer) admit(h *wire.Hit, n int64) bool {
	if !w.spool.take(h.Tenant, n) {
		w.lost(h.Tenant, SpoolFull, 1)
		return false
	}
	w.block.records++
	w.block.use[h.Tenant] += n
	return true
}

func (w *writer) toFile(h *wire.Hit, line []byte) {
	if w.file != nil && !w.file.add(line) && w.spool == nil {
		w.lost(h.Tenant, FileError, 1)
	}
	if w.log != nil {
		logHit(w.log, h)
	}
}

// abandon counts what can no longer be written.
func (w *writer) abandon() {
	w.hits = append(w.hits[w.freed:], w.q.drain(nil)...)
	for _, h := range w.hits {
		w.lost(h.Tenant, DiskError, 1)
	}
	w.q.done(w.hits)
	w.hits, w.at, w.freed, w.block = nil, 0, 0, block{}
}

// logHit is for a node that has nowhere else to put its hits.
func logHit(log *zap.Logger, h *wire.Hit) {
	log.Info("hit",
		zap.String("id", h.ID), zap.String("incident", h.Incident), zap.Stringer("tenant", h.Tenant),
		zap.String("tenant_name", h.TenantName), zap.Int64("time", h.Time), zap.Int("application", h.Application),
		zap.String("class", h.Class), zap.String("rule", h.Rule), zap.String("why", h.Why), zap.Int("score", h.Score),
		zap.String("point", h.Point), zap.ByteString("evidence", h.Evidence.Text),
		zap.String("method", h.Method), zap.String("host", h.Host), zap.String("path", h.Path), zap.String("client", h.Client),
		zap.Bool("blocked", h.Blocked), zap.String("mode", h.Mode), zap.String("mode_source", h.ModeSource), zap.Int("status", h.Status))
}

// syncLoop syncs the spool at most every `every` while there are writes.
func (w *writer) syncLoop(ctx context.Context, every time.Duration) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-w.written:
			w.trouble.note("spool sync", w.spool.sync())
			sleep(ctx, every)
		}
	}
}

// sleep waits, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
