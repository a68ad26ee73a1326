package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"weir/config"
	"weir/proxy"
)

// version is set by the linker.
var version = "dev"

// nodeHalf is the node, running.
type nodeHalf struct {
	stop context.CancelFunc
	done chan error
}

// startNode loads the node's configuration as weir run does, and serves.
func startNode(ctx context.Context, file string, log *zap.Logger) (*nodeHalf, error) {
	cfg, problems := config.Load(file, nil)
	if len(problems) > 0 {
		return nil, fmt.Errorf("cannot start the node: %w", problems)
	}
	node, err := proxy.OpenNode(cfg, version, log)
	if err != nil {
		return nil, err
	}
	n := &nodeHalf{done: make(chan error, 1)}
	ctx, n.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() { n.done <- node.Run(ctx) }()
	return n, nil
}

// close drains the node and brings its last hits to disk.
func (n *nodeHalf) close() error {
	n.stop()
	return <-n.done
}

// newLog writes warnings and errors, one a line.
func newLog(out io.Writer) *zap.Logger {
	e := zap.NewProductionEncoderConfig()
	e.EncodeTime = zapcore.TimeEncoderOfLayout(time.TimeOnly)
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(e), zapcore.Lock(zapcore.AddSync(out)), zap.WarnLevel))
}
