package uplink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"weir/tenant"
	"weir/tenant/wire"
)

// puller keeps one long poll with the cloud: it says what the node has and
// gets what is newer, which is applied, saved and reported by the next poll
// at once.
type puller struct {
	cloud   *client
	ledger  *ledger
	bundles bundles
	trouble *trouble
	node    func() wire.NodeInfo
	tenants func() map[tenant.ID]tenant.Mode
	apply   func(wire.Bundle) error
	onState func(tenant.ID, wire.TenantState)
	hold    time.Duration // how long the cloud may hold a poll
	wait    backoff

	changed chan struct{} // has a token when a poll under way says old things
	states  map[tenant.ID]wire.TenantState
}

const (
	pollHold  = 20 * time.Second
	pollSlack = 10 * time.Second // beyond the hold, until a poll counts as lost
	pollAgain = time.Second      // after an answer that came early and said nothing
)

// run polls until ctx ends.
func (p *puller) run(ctx context.Context) {
	for ctx.Err() == nil {
		began := time.Now()
		news, err := p.poll(ctx)
		switch {
		case errors.Is(err, context.Canceled):
		case err != nil:
			p.trouble.note("polling the cloud", err)
			p.pause(ctx, p.wait.next(asked(err)))
		default:
			p.trouble.note("polling the cloud", nil)
			p.wait.reset()
			if !news && time.Since(began) < p.hold/2 {
				p.pause(ctx, pollAgain)
			}
		}
	}
}

func asked(err error) time.Duration {
	var s *statusError
	if errors.As(err, &s) {
		return s.after
	}
	return 0
}

// pause waits, but not when there is something to say.
func (p *puller) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-p.changed:
	}
}

// poll makes one call and applies its answer. news says that something is to
// be reported or was learnt.
func (p *puller) poll(ctx context.Context) (news bool, err error) {
	select {
	case <-p.changed: // what follows is up to date
	default:
	}
	served := p.tenants()
	body, err := json.Marshal(p.report(served))
	if err != nil {
		return false, fmt.Errorf("cannot encode poll: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, p.hold+pollSlack)
	defer cancel()
	stop := p.hangUp(cancel)
	defer stop()
	b, err := p.cloud.post(ctx, wire.PathSync, http.Header{"Content-Type": {"application/json"}}, body, maxBundle)
	if err != nil {
		return false, fmt.Errorf("cannot poll: %w", err)
	}
	var answer wire.SyncAnswer
	if err := json.Unmarshal(b, &answer); err != nil {
		return false, fmt.Errorf("cannot read answer to poll: %w", err)
	}
	return p.take(served, &answer), nil
}

// hangUp ends a poll when the node has something else to say.
func (p *puller) hangUp(cancel func()) (stop func()) {
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-over:
		case <-p.changed:
			cancel()
		}
	}()
	return func() { close(over); <-ended }
}

func (p *puller) report(served map[tenant.ID]tenant.Mode) *wire.Sync {
	s := &wire.Sync{Node: p.node(), Tenants: make(map[tenant.ID]wire.SyncTenant, len(served)), WaitMS: int(p.hold.Milliseconds())}
	for id, mode := range served {
		t := p.ledger.of(id)
		s.Tenants[id] = wire.SyncTenant{Version: t.Version, Applied: t.Applied, Error: t.Error, Mode: mode.String(), State: string(t.State)}
	}
	return s
}

// take acts on an answer. What it says of tenants that were not asked about
// is ignored.
func (p *puller) take(served map[tenant.ID]tenant.Mode, a *wire.SyncAnswer) (news bool) {
	for id, state := range a.Tenants {
		if _, ok := served[id]; ok && p.takeState(id, state) {
			news = true
		}
	}
	if news {
		p.trouble.note("saving tenant states", p.bundles.saveStates(p.states))
	}
	for _, b := range a.Bundles {
		if _, ok := served[b.Tenant]; ok && p.takeBundle(b) {
			news = true
		}
	}
	return news
}

func (p *puller) takeState(id tenant.ID, state wire.TenantState) bool {
	switch state {
	case wire.StateActive, wire.StateDeactivated, wire.StateUnknown:
	default:
		return false // of a newer cloud
	}
	if p.ledger.of(id).State == state {
		return false
	}
	p.ledger.edit(id, func(t *TenantStatus) { t.State = state })
	p.states[id] = state
	p.onState(id, state)
	return true
}

func (p *puller) takeBundle(b wire.Bundle) bool {
	if b.Version <= 0 || b.Version == p.ledger.of(b.Tenant).Version {
		return false
	}
	err := p.tryApply(b)
	p.ledger.edit(b.Tenant, func(t *TenantStatus) { t.seen(b.Version, err) })
	if err == nil {
		p.trouble.note("saving bundles", p.bundles.save(b))
	}
	return true
}

// tryApply makes a panic of one bundle's an error: it must not take the
// other tenants down.
func (p *puller) tryApply(b wire.Bundle) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot apply bundle: panic: %v", r)
		}
	}()
	return p.apply(b)
}

// maxReport bounds the error text that the cloud gets, in bytes.
const maxReport = 4096

func (t *TenantStatus) seen(version int64, err error) {
	t.Version = version
	if err == nil {
		t.Applied, t.Error = version, ""
		return
	}
	t.Error = err.Error()
	t.Error = t.Error[:min(len(t.Error), maxReport)]
}

// start takes what an earlier process left.
func (p *puller) start(saved map[tenant.ID]wire.Bundle, states map[tenant.ID]wire.TenantState) {
	p.states = maps.Clone(states)
	for id, b := range saved {
		p.ledger.edit(id, func(t *TenantStatus) { t.seen(b.Version, nil) })
	}
	for id, state := range states {
		p.ledger.edit(id, func(t *TenantStatus) { t.State = state })
	}
}
