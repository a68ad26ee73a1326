package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	_ "time/tzdata" // time zones without the system's

	_ "golang.org/x/crypto/x509roots/fallback" // CA roots where the system has none

	"weir/config"
	"weir/proxy"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the node",
		Long: "Runs the node until SIGTERM or SIGINT, then drains. SIGHUP, or a change of its files, reads the\n" +
			"configuration again; SIGUSR1 reopens the log and the hits file.",
		Args: cobra.NoArgs,
	}
	file := configFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runNode(cmd.Context(), *file) }
	return cmd
}

func runNode(ctx context.Context, file string) error {
	cfg, problems := config.Load(file, nil)
	problems = append(problems, tokenProblem(cfg)...)
	if cfg == nil || problems.Fatal() {
		return failed(exitConfig, problems)
	}
	if cfg.Live() == 0 {
		return failed(exitConfig, fmt.Errorf("no tenant can be served:\n%w", problems))
	}
	log, sink, err := newLog(cfg.Log)
	if err != nil {
		return failed(exitFailure, err)
	}
	defer log.Sync()
	for _, p := range problems {
		log.Error("configuration", zap.String("problem", p.Error()))
	}
	limitMemory(log)
	node, err := proxy.OpenNode(cfg, version, log)
	if err != nil {
		return failed(exitFailure, err)
	}
	announce(log, node, cfg)
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	ctx, done := context.WithCancel(ctx)
	defer done()
	go listen(ctx, log, sink, node)
	if cfg.Watch {
		go watch(ctx, log, cfg.Sources, func() []string { return reload(log, node) }, func() {})
	}
	if err := node.Run(ctx); err != nil {
		return failed(exitFailure, err)
	}
	log.Info("stopped")
	return nil
}

func announce(log *zap.Logger, node *proxy.Node, cfg *config.Node) {
	var listeners []string
	for _, a := range node.Addrs() {
		listeners = append(listeners, a.String())
	}
	admin := ""
	if a := node.AdminAddr(); a != nil {
		admin = a.String()
	}
	log.Info("serving", zap.String("version", version), zap.Strings("listeners", listeners),
		zap.String("admin", admin), zap.Int("tenants", cfg.Live()), zap.Bool("cloud", cfg.Cloud != nil))
}

// listen acts on signals until ctx ends.
func listen(ctx context.Context, log *zap.Logger, sink *logFile, node *proxy.Node) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGUSR1)
	defer signal.Stop(signals)
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-signals:
			if s == syscall.SIGHUP {
				reload(log, node)
				continue
			}
			if err := errors.Join(sink.reopen(), node.Uplink.Reopen()); err != nil {
				log.Error("cannot reopen files", zap.Error(err))
			}
		}
	}
}

// reload reads the configuration again and returns the files that it came
// from.
func reload(log *zap.Logger, node *proxy.Node) []string {
	problems := node.Reload()
	for _, p := range problems {
		log.Error("configuration", zap.String("problem", p.Error()))
	}
	switch {
	case problems.Fatal():
		log.Error("reload failed, nothing changed")
	case len(problems) > 0:
		log.Warn("reloaded in part: the tenants named keep their last generation")
	default:
		log.Info("reloaded")
	}
	return node.Sources()
}
