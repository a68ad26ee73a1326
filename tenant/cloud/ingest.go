package cloud

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"go.uber.org/zap"

	"weir/tenant"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// Bounds of the memory that ingest may take: batches read at a time, and
// bytes of hits of one batch that wait for their commit. A batch larger than
// that is committed in parts; it is acknowledged once, after the last.
const (
	maxBatches = 8
	maxPending = 16 << 20
)

// committers is the number of tenants of one batch that are committed at a
// time: each commit waits for the disk.
const committers = 4

// newIngest builds the handler of /ingest/.
func (s *Server) newIngest() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+wire.PathHits, s.asNode(s.takeHits))
	mux.HandleFunc("POST "+wire.PathSync, s.asNode(s.sync))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { writeProblem(w, http.StatusNotFound, "not found") })
	return s.headers(s.recovered(mux))
}

// asNode runs do for the node whose token the request carries.
func (s *Server) asNode(do func(w http.ResponseWriter, r *http.Request, p *store.Principal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := bearer(r)
		p, err := s.store.NodeByToken(r.Context(), token)
		if err != nil {
			s.refuse(w, r, err)
			return
		}
		do(w, r, p)
	}
}

// refuse answers a node's call that failed. Nodes retry 5xx and 429.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, store.ErrCredential):
		writeProblem(w, http.StatusUnauthorized, "node token not accepted")
	case errors.Is(err, wire.ErrTooLarge), errors.As(err, &tooLarge):
		writeProblem(w, http.StatusRequestEntityTooLarge, "too large")
	case errors.Is(err, wire.ErrBatch):
		writeProblem(w, http.StatusBadRequest, err.Error())
	case r.Context().Err() != nil:
		writeProblem(w, http.StatusServiceUnavailable, "the request ended before its answer")
	default:
		s.log.Error("ingest failed", zap.Error(err))
		writeProblem(w, http.StatusInternalServerError, "the cloud failed; its log says why")
	}
}

// takeHits answers wire.PathHits.
func (s *Server) takeHits(w http.ResponseWriter, r *http.Request, p *store.Principal) {
	select {
	case s.ingest <- struct{}{}:
		defer func() { <-s.ingest }()
	case <-r.Context().Done():
		return
	}
	b := &batch{s: s, p: p, handles: map[tenant.ID]*store.Tenant{}, pending: map[tenant.ID][]*wire.Hit{}}
	_, invalid, err := wire.ReadBatch(http.MaxBytesReader(w, r.Body, wire.MaxBatch), func(h *wire.Hit) error { return b.add(r.Context(), h) })
	if err == nil {
		err = b.commit(r.Context())
	}
	if err == nil {
		err = s.store.CountRefused(r.Context(), p, b.ack.Refused)
	}
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	b.ack.Invalid += invalid
	writeJSON(w, &b.ack)
}

// batch collects the hits of one call by tenant. What a hit says about its
// tenant only chooses among the tenants that the token may report for.
type batch struct {
	s       *Server
	p       *store.Principal
	handles map[tenant.ID]*store.Tenant // nil: refused
	pending map[tenant.ID][]*wire.Hit
	size    int
	ack     wire.Ack
}

func (b *batch) add(ctx context.Context, h *wire.Hit) error {
	t, known := b.handles[h.Tenant]
	if !known {
		var err error
		if t, err = b.s.store.Tenant(ctx, b.p, h.Tenant); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		b.handles[h.Tenant] = t
	}
	if t == nil || !t.Active {
		b.refuse(h.Tenant, t)
		return nil
	}
	b.pending[h.Tenant] = append(b.pending[h.Tenant], h)
	if b.size += h.Size(); b.size > maxPending {
		return b.commit(ctx)
	}
	return nil
}

func (b *batch) refuse(id tenant.ID, t *store.Tenant) {
	if b.ack.Refused == nil {
		b.ack.Refused = map[tenant.ID]wire.Refusal{}
	}
	r := b.ack.Refused[id]
	r.Hits++
	r.State = wire.StateUnknown
	if t != nil {
		r.State = wire.StateDeactivated
	}
	b.ack.Refused[id] = r
}

// commit stores what is pending, each tenant's hits in one transaction, and
// returns when all of it is durable.
func (b *batch) commit(ctx context.Context) error {
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		first error
		slots = make(chan struct{}, committers)
	)
	for id, hits := range b.pending {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			a, err := b.handles[id].AddHits(ctx, hits)
			mu.Lock()
			defer mu.Unlock()
			b.ack.Accepted += a.New
			b.ack.Duplicates += a.Known
			b.ack.Invalid += a.Invalid
			if first == nil {
				first = err
			}
		})
	}
	wg.Wait()
	clear(b.pending)
	b.size = 0
	return first
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(v)
}
