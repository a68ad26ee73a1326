package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"

	"weir/config"
	"weir/proxy/uplink"
	"weir/tenant"
	"weir/tenant/wire"
)

// Node is a server with its uplink: what a program runs.
type Node struct {
	*Server
	Uplink *uplink.Uplink
}

// closeTime bounds how long the last hits may take to disk.
const closeTime = 10 * time.Second

// OpenNode opens the listeners and, with [cloud], the state folder; the
// bundles kept there are in force before the first request. It serves
// nothing until Run.
func OpenNode(cfg *config.Node, version string, log *zap.Logger) (*Node, error) {
	n := &Node{}
	up, err := uplink.Open(uplink.Options{
		Dropped: func(id tenant.ID, k int) { n.count(id, k, func(c *tenant.Counters) { c.HitsDropped.Add(uint64(k)) }) },
		Refused: func(id tenant.ID, k int) { n.count(id, k, func(c *tenant.Counters) { c.HitsRefused.Add(uint64(k)) }) },
		Tenants: n.modes,
		Apply:   func(b wire.Bundle) error { return n.Apply(b) },
		OnState: func(id tenant.ID, state wire.TenantState) {
			if err := n.SetState(id, state); err != nil {
				log.Warn("cannot take in the state of a tenant", zap.Error(err))
			}
		},
		State: cfg.State, Cloud: cfg.Cloud, HitsFile: cfg.HitsFile, Log: log, Version: version,
		QueueBytes: cfg.Limits.QueueBytes, SpoolBytes: cfg.Limits.SpoolBytes,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot open the uplink: %w", err)
	}
	n.Uplink = up
	n.Server, err = New(cfg, Deps{Version: version, NodeID: up.Node(), NextID: up.IDs().Next, Sink: up, Log: log,
		Uplink: func() any { return up.Status() }, Reload: n.Reload,
		WriteMetrics: func(w io.Writer) { up.Status().WriteMetrics(w) }})
	if err != nil {
		return nil, errors.Join(err, up.Close(context.Background()))
	}
	for id, b := range up.Bundles() {
		up.Report(id, b.Version, n.Apply(b))
	}
	for id, state := range up.States() {
		if err := n.SetState(id, state); err != nil {
			log.Warn("cannot take in the state of a tenant", zap.Error(err))
		}
	}
	return n, nil
}

// count adds to the counters of a tenant that is still there.
func (n *Node) count(id tenant.ID, k int, add func(*tenant.Counters)) {
	if n.Server == nil || k <= 0 {
		return
	}
	if t := n.snapshot.Load().table.ByID(id); t != nil {
		add(t.Counters)
	}
}

// modes are the tenants that the cloud is asked about.
func (n *Node) modes() map[tenant.ID]tenant.Mode {
	m := map[tenant.ID]tenant.Mode{}
	for _, t := range n.Tenants() {
		m[t.ID] = t.Mode
	}
	return m
}

// Reload reads the configuration again and tells the cloud what changed.
func (n *Node) Reload() config.Problems {
	problems := n.ReloadFile()
	n.Uplink.Changed()
	return problems
}

// Run serves until ctx ends, drains, and brings the last hits to disk.
func (n *Node) Run(ctx context.Context) error {
	pushed := make(chan error, 1)
	go func() { pushed <- n.Uplink.Run(context.WithoutCancel(ctx)) }()
	err := n.Server.Run(ctx)
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	return errors.Join(err, n.Uplink.Close(last), <-pushed)
}
