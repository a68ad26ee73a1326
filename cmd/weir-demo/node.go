package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"weir/config"
	"weir/proxy"
	"weir/proxy/uplink"
	"weir/tenant"
	"weir/tenant/wire"
)

// version is set by the linker.
var version = "dev"

// nodeHalf is the node, running.
type nodeHalf struct {
	up     *uplink.Uplink
	stop   context.CancelFunc
	served chan error
	pushed chan error
}

// startNode loads the node's configuration as weir run does, and serves.
func startNode(ctx context.Context, file string, log *zap.Logger) (*nodeHalf, error) {
	cfg, problems := config.Load(file, nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("cannot start the node: %w", problems)
	}
	var srv *proxy.Server // set before the uplink runs and calls back
	up, err := uplink.Open(uplink.Options{
		Tenants: func() map[tenant.ID]tenant.Mode { return modes(srv) },
		Apply:   func(b wire.Bundle) error { return srv.Apply(b) },
		OnState: func(id tenant.ID, s wire.TenantState) { _ = srv.SetState(id, s) }, // fails for a tenant of ours only
		State:   cfg.State, Cloud: cfg.Cloud, Log: log, Version: version,
		QueueBytes: cfg.Limits.QueueBytes, SpoolBytes: cfg.Limits.SpoolBytes,
	})
	if err != nil {
		return nil, err
	}
	srv, err = proxy.New(cfg, proxy.Deps{Version: version, NodeID: up.Node(), Sink: up, Log: log})
	if err != nil {
		return nil, errors.Join(err, up.Close(ctx))
	}
	n := &nodeHalf{up: up, served: make(chan error, 1), pushed: make(chan error, 1)}
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	for id, b := range up.Bundles() {
		up.Report(id, b.Version, srv.Apply(b))
	}
	go func() { n.served <- srv.Run(ctx) }()
	go func() { n.pushed <- up.Run(context.WithoutCancel(ctx)) }() // Close ends it, after the last hit
	return n, nil
}

func modes(srv *proxy.Server) map[tenant.ID]tenant.Mode {
	m := map[tenant.ID]tenant.Mode{}
	for _, t := range srv.Tenants() {
		m[t.ID] = t.Mode
	}
	return m
}

// close drains the node, then brings its last hits to disk.
func (n *nodeHalf) close() error {
	n.stop()
	err := <-n.served
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	return errors.Join(err, n.up.Close(ctx), <-n.pushed)
}

// newLog writes warnings and errors, one a line.
func newLog(out io.Writer) *zap.Logger {
	e := zap.NewProductionEncoderConfig()
	e.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly)
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(e), zapcore.Lock(zapcore.AddSync(out)), zap.WarnLevel))
}
