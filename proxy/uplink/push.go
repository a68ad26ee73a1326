package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/zstd"

	"weir/tenant"
	"weir/tenant/wire"
)

// pusher sends what the spool holds, oldest first, and takes it off the
// spool when the cloud says that it is committed: at least once. A batch that
// the cloud calls too large or unreadable is halved until the hit to blame is
// alone, and that hit is dropped and counted, so that it never blocks others.
type pusher struct {
	spool   *spool
	cloud   *client
	lost    func(tenant.ID, Reason, int)
	refused func(tenant.ID, wire.Refusal)
	trouble *trouble
	linger  time.Duration // after a hit, for others to travel with it
	wait    backoff
	zip     *zstd.Encoder

	limit  int // hits of the next batch
	oldest atomic.Int64

	pushed, accepted, duplicates atomic.Uint64
}

const (
	maxHits    = 2000    // of a batch
	maxLines   = 3 << 20 // bytes of a batch before zstd: below wire.MaxBatch even if it cannot shrink
	maxAck     = 4 << 20 // bytes
	pushLinger = 50 * time.Millisecond
	leastWait  = 250 * time.Millisecond
	mostWait   = 5 * time.Second
)

// run sends until ctx ends.
func (p *pusher) run(ctx context.Context) {
	p.limit = maxHits
	for ctx.Err() == nil {
		k, err := p.spool.read(p.limit, maxLines)
		p.trouble.note("reading the spool", err)
		switch {
		case err != nil:
			sleep(ctx, p.wait.next(0))
		case k == nil:
			p.oldest.Store(0)
			select {
			case <-ctx.Done():
			case <-p.spool.ready:
				sleep(ctx, p.linger)
			}
		default:
			p.oldest.Store(k.oldest)
			sleep(ctx, p.deliver(ctx, k))
		}
	}
}

// deliver sends a batch and says how long to wait before the next call.
func (p *pusher) deliver(ctx context.Context, k *batch) time.Duration {
	ack, err := p.send(ctx, k)
	if err == nil {
		p.trouble.note("sending hits", nil)
		p.settle(k, ack)
		return 0
	}
	if ctx.Err() != nil {
		return 0
	}
	p.trouble.note("sending hits", err)
	var s *statusError
	if errors.As(err, &s) {
		switch s.code {
		case http.StatusBadRequest, http.StatusUnprocessableEntity:
			return p.halve(k, Invalid)
		case http.StatusRequestEntityTooLarge:
			return p.halve(k, TooLarge)
		}
		return p.wait.next(s.after)
	}
	return p.wait.next(0)
}

func (p *pusher) send(ctx context.Context, k *batch) (ack wire.Ack, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	header := http.Header{"Content-Type": {wire.ContentHits}, "Content-Encoding": {"zstd"}}
	b, err := p.cloud.post(ctx, wire.PathHits, header, p.zip.EncodeAll(k.lines, nil), maxAck)
	if err != nil {
		return wire.Ack{}, fmt.Errorf("cannot send hits: %w", err)
	}
	if err := json.Unmarshal(b, &ack); err != nil {
		return wire.Ack{}, fmt.Errorf("cannot read acknowledgement: %w", err)
	}
	if settled(ack) == 0 {
		return wire.Ack{}, errors.New("cloud answers 200 but acknowledges nothing")
	}
	return ack, nil
}

// settled is how many hits an acknowledgement is about.
func settled(ack wire.Ack) int {
	n := ack.Accepted + ack.Duplicates + ack.Invalid
	for _, r := range ack.Refused {
		n += r.Hits
	}
	return n
}

// settle takes an acknowledged batch off the spool.
func (p *pusher) settle(k *batch, ack wire.Ack) {
	p.wait.reset()
	p.limit = min(maxHits, 2*p.limit)
	p.pushed.Add(uint64(k.hits))
	p.accepted.Add(uint64(max(0, ack.Accepted)))
	p.duplicates.Add(uint64(max(0, ack.Duplicates)))
	if n := min(ack.Invalid, k.hits); n > 0 {
		p.lost(k.sole(), Invalid, n)
	}
	for id, r := range ack.Refused {
		if sent := k.hitsOf[id]; sent > 0 {
			r.Hits = min(max(0, r.Hits), sent)
			p.refused(id, r)
		}
	}
	p.spool.ack(k)
}

// halve makes the next batch half of k, or drops the only hit of k. Drops
// without a success between them get slower, lest a cloud that calls
// everything bad empties the spool.
func (p *pusher) halve(k *batch, why Reason) time.Duration {
	if k.hits > 1 {
		p.limit = k.hits / 2
		return 0
	}
	p.lost(k.first, why, 1)
	p.spool.ack(k)
	return p.wait.next(0)
}
