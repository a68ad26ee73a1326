package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"weir/config"
	"weir/tenant/cloud"
	"weir/tenant/console"
	"weir/tenant/store"
)

func newRun() *cobra.Command {
	cmd := &cobra.Command{Use: "run", Short: "Serve console, API and nodes", Args: cobra.NoArgs}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load(cmd)
		if err != nil {
			return err
		}
		log, err := newLog(cfg.Log)
		if err != nil {
			return failed(exitFailure, err)
		}
		defer log.Sync()
		if err := serve(cmd, cfg, log); err != nil {
			return failed(exitFailure, err)
		}
		return nil
	}
	return cmd
}

// serve runs until the command's context ends.
func serve(cmd *cobra.Command, cfg *config.CloudServer, log *zap.Logger) (err error) {
	st, err := store.Open(cmd.Context(), cfg.StoreURL, storeOptions(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if _, err := st.Operator(cmd.Context()); errors.Is(err, store.ErrNotFound) {
		log.Warn("there is no account yet: run weir-cloud init")
	}
	s := cloud.New(cfg, st, log)
	people, err := listen(cmd.Context(), cfg.Console, peopleHandler(s, log))
	if err != nil {
		return err
	}
	nodes, err := listen(cmd.Context(), cfg.Ingest, s.Ingest())
	if err != nil {
		people.Listener.Close()
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "console %s\ningest %s\n", url(people), url(nodes))
	log.Info("cloud runs", zap.String("console", url(people)), zap.String("ingest", url(nodes)), zap.String("version", version))
	err = s.Serve(cmd.Context(), people, nodes)
	log.Info("cloud stopped")
	return err
}

// peopleHandler puts the API and the console, which calls it in process, on
// one address.
func peopleHandler(s *cloud.Server, log *zap.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/", s.API())
	mux.Handle("/", console.New(s.API(), console.Options{Log: log}))
	return mux
}

func listen(ctx context.Context, e config.Endpoint, h http.Handler) (cloud.Endpoint, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", e.Address)
	if err != nil {
		return cloud.Endpoint{}, fmt.Errorf("cannot listen on %q: %w", e.Address, err)
	}
	out := cloud.Endpoint{Listener: l, Handler: h}
	if e.TLS != nil {
		out.TLS = &cloud.TLSFiles{Cert: e.TLS.Cert, Key: e.TLS.Key}
	}
	return out, nil
}

func url(e cloud.Endpoint) string {
	if e.TLS != nil {
		return "https://" + e.Listener.Addr().String()
	}
	return "http://" + e.Listener.Addr().String()
}

// newLog writes JSON lines to standard error or the file.
func newLog(c config.Log) (*zap.Logger, error) {
	z := zap.NewProductionConfig()
	z.Sampling = nil
	z.EncoderConfig.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	z.DisableCaller = true
	if c.File != "" {
		z.OutputPaths = []string{c.File}
	}
	if c.Level != "" {
		if err := z.Level.UnmarshalText([]byte(c.Level)); err != nil {
			return nil, err
		}
	}
	return z.Build()
}
