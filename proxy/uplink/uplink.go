// Package uplink is the node's way to its cloud: hits go up through a memory
// queue, a disk spool and batches; bundles and tenant states come down by a
// long poll. Without a cloud, hits go to a file or to the log.
//
//	u, err := uplink.Open(options)    // before the listener
//	for id, b := range u.Bundles() {} // apply; u.Report what could not be
//	go u.Run(ctx)                     // until the listener is closed
//	u.Offer(hit)                      // from any handler
//	u.Close(ctx)                      // what is queued goes to disk
package uplink

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.uber.org/zap"

	"weir/config"
	"weir/tenant"
	"weir/tenant/wire"
)

// Options say where hits go and who wants to hear what. The functions are
// called from Run and, the first two, from Offer and Close; they may be
// called by several goroutines, must not block, and may be nil.
type Options struct {
	Dropped func(id tenant.ID, n int) // hits lost
	Refused func(id tenant.ID, n int) // hits the cloud did not take
	// Tenants are those that the node serves, with their local modes.
	Tenants func() map[tenant.ID]tenant.Mode
	// Apply puts a bundle in force, or says why not. One call at a time.
	Apply func(wire.Bundle) error
	// OnState is told when the cloud's view of a tenant changes.
	OnState func(tenant.ID, wire.TenantState)

	State    string        // folder; made and locked only with Cloud
	Cloud    *config.Cloud // nil: none
	HitsFile string        // "": none; without both, hits go to Log
	Log      *zap.Logger

	QueueBytes int64 // 0: 32 MiB
	SpoolBytes int64 // 0: 1 GiB
	// SyncEvery is how long a loss of power may undo; 0 is 100 ms, negative
	// syncs every write.
	SyncEvery time.Duration

	Version   string // of the program
	Hostname  string // "": the system's
	ReadToken func(file string) (string, error)
}

// Uplink is open until Close. All methods but Run and Close may be called by
// any goroutine at any time.
type Uplink struct {
	o       Options
	node    string
	ids     *IDs
	ledger  ledger
	trouble trouble
	queue   *queue
	writer  *writer
	file    *hitsFile // nil without [hits]

	// With a cloud.
	lock   *os.File
	cloud  *client
	spool  *spool
	push   *pusher
	pull   *puller
	loaded map[tenant.ID]wire.Bundle
	states map[tenant.ID]wire.TenantState

	mu     sync.Mutex
	stop   context.CancelFunc // of Run
	ended  chan struct{}      // Run is over
	closed bool
}

// Open makes everything ready and starts nothing. Damage on disk is counted
// and logged, not returned; what is returned is a configuration that cannot
// work: a bad URL or CA file, a state folder that cannot be made or is
// another node's, a hits file that cannot be opened.
func Open(o Options) (*Uplink, error) {
	u := &Uplink{o: o.withDefaults()}
	u.trouble.log = u.o.Log
	u.queue = newQueue(u.o.QueueBytes)
	u.writer = &writer{q: u.queue, lost: u.lost, trouble: &u.trouble, written: make(chan struct{}, 1), always: u.o.SyncEvery < 0}
	if err := u.open(); err != nil {
		return nil, errors.Join(err, u.release())
	}
	return u, nil
}

func (o Options) withDefaults() Options {
	set := func(n *int64, to int64) {
		if *n <= 0 {
			*n = to
		}
	}
	set(&o.QueueBytes, 32<<20)
	set(&o.SpoolBytes, 1<<30)
	if o.SyncEvery == 0 {
		o.SyncEvery = 100 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if o.ReadToken == nil {
		o.ReadToken = config.ReadToken
	}
	if o.Hostname == "" {
		o.Hostname, _ = os.Hostname() // for people only
	}
	if o.Dropped == nil {
		o.Dropped = func(tenant.ID, int) {}
	}
	if o.Refused == nil {
		o.Refused = func(tenant.ID, int) {}
	}
	if o.Tenants == nil {
		o.Tenants = func() map[tenant.ID]tenant.Mode { return nil }
	}
	if o.Apply == nil {
		o.Apply = func(wire.Bundle) error { return errors.New("this node takes no bundles") }
	}
	if o.OnState == nil {
		o.OnState = func(tenant.ID, wire.TenantState) {}
	}
	return o
}

func (u *Uplink) open() (err error) {
	if u.o.HitsFile != "" {
		if u.file, err = openHitsFile(u.o.HitsFile); err != nil {
			return err
		}
		u.writer.file = u.file
	}
	if u.o.Cloud != nil {
		return u.openCloud()
	}
	if u.file == nil {
		u.writer.log = u.o.Log
	}
	u.identify(identity{ID: randomUUID()})
	return nil
}

func (u *Uplink) openCloud() (err error) {
	if u.cloud, err = newClient(u.o.Cloud, u.o.ReadToken); err != nil {
		return err
	}
	if u.lock, err = lockState(u.o.State); err != nil {
		return err
	}
	id, err := nextIdentity(u.o.State)
	if err != nil {
		return err
	}
	u.identify(id)
	if u.spool, err = openSpool(filepath.Join(u.o.State, "spool"), u.o.SpoolBytes); err != nil {
		return err
	}
	u.writer.spool = u.spool
	b := bundles{filepath.Join(u.o.State, "bundles")}
	u.loaded, err = b.load()
	u.trouble.note("loading bundles", err)
	u.states = b.loadStates()
	return u.connect(b)
}

func (u *Uplink) connect(b bundles) error {
	zip, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return fmt.Errorf("cannot make zstd encoder: %w", err)
	}
	wait := backoff{least: leastWait, most: mostWait}
	u.push = &pusher{
		spool: u.spool, cloud: u.cloud, lost: u.lost, refused: u.refused, trouble: &u.trouble,
		linger: pushLinger, wait: wait, zip: zip,
	}
	u.pull = &puller{
		cloud: u.cloud, ledger: &u.ledger, bundles: b, trouble: &u.trouble, node: u.info, tenants: u.o.Tenants,
		apply: u.o.Apply, onState: u.o.OnState, hold: pollHold, wait: wait, changed: make(chan struct{}, 1),
	}
	u.pull.start(u.loaded, u.states)
	return nil
}

func (u *Uplink) identify(id identity) {
	u.node = id.ID.String()
	u.ids = newIDs(id.ID, id.Boot)
}

func (u *Uplink) info() wire.NodeInfo {
	return wire.NodeInfo{ID: u.node, Hostname: u.o.Hostname, Version: u.o.Version, Dropped: u.ledger.lost()}
}

// Node is the node's ID: kept in the state folder with a cloud, of this
// process alone without.
func (u *Uplink) Node() string { return u.node }

// IDs makes the IDs of hits.
func (u *Uplink) IDs() *IDs { return u.ids }

// Bundles are the last ones in force before this start. The caller applies
// them before the listener opens; the map is the caller's.
func (u *Uplink) Bundles() map[tenant.ID]wire.Bundle { return u.loaded }

// States are the cloud's last views of the tenants before this start.
func (u *Uplink) States() map[tenant.ID]wire.TenantState { return u.states }

// Report corrects what the cloud is told of a bundle: err says why it is not
// in force after all (at start, or after a reload), nil that it is.
func (u *Uplink) Report(id tenant.ID, version int64, err error) {
	u.ledger.edit(id, func(t *TenantStatus) {
		if t.Applied == version && err != nil {
			t.Applied = 0
		}
		t.seen(version, err)
	})
	u.Changed()
}

// Changed says that the tenants served, or their local modes, are not what
// they were: after each reload.
func (u *Uplink) Changed() {
	n := len(u.o.Tenants())
	u.queue.divide(n)
	if u.spool != nil {
		u.spool.divide(n)
		signal(u.pull.changed)
	}
}

// Offer hands over a hit, which nobody may change from then on. It does not
// wait for disk or network and reports false when the hit is lost, which is
// counted: its tenant's share of the memory is full, or Close was called.
func (u *Uplink) Offer(h *wire.Hit) bool {
	if u.queue.offer(h) {
		return true
	}
	u.lost(h.Tenant, QueueFull, 1)
	return false
}

// Reopen goes on in a new hits file, after the old one was renamed.
func (u *Uplink) Reopen() error {
	if u.file == nil {
		return nil
	}
	return u.file.reopen()
}

func (u *Uplink) lost(id tenant.ID, why Reason, n int) {
	u.ledger.drop(id, why, n)
	if id != (tenant.ID{}) {
		u.o.Dropped(id, n)
	}
}

func (u *Uplink) refused(id tenant.ID, r wire.Refusal) {
	if u.ledger.refuse(id, r) {
		signal(u.pull.changed) // the poll will tell more
	}
	u.o.Refused(id, r.Hits)
}
