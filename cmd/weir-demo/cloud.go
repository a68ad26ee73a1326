package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"

	"go.uber.org/zap"

	"weir/config"
	"weir/tenant/account"
	"weir/tenant/cloud"
	"weir/tenant/console"
	"weir/tenant/store"
)

// cloudHalf is the cloud, running.
type cloudHalf struct {
	consoleAddress string
	ingestAddress  string
	password       string // of every user of the demo
	technical      string // ID of the technical tenant
	stop           context.CancelFunc
	done           chan error
}

// startCloud makes a new store in dir with the sample account, and serves
// console and API on address and the nodes on a free port.
func startCloud(ctx context.Context, dir, address string, log *zap.Logger) (_ *cloudHalf, err error) {
	st, err := store.Open(ctx, "sqlite://"+filepath.Join(dir, "cloud"), store.Options{})
	if err != nil {
		return nil, err
	}
	c := &cloudHalf{password: account.GeneratePassword(), done: make(chan error, 1)}
	first, err := st.Init(ctx, accountName, brand, adminEmail, c.password)
	if err != nil {
		return nil, closing(st, err)
	}
	c.technical = first.Technical.String()
	people, nodes, err := listenTwo(address, "127.0.0.1:0")
	if err != nil {
		return nil, closing(st, err)
	}
	c.consoleAddress, c.ingestAddress = people.Addr().String(), nodes.Addr().String()
	srv := cloud.New(&config.CloudServer{PublicURL: "http://" + c.consoleAddress}, st, log)
	mux := http.NewServeMux()
	mux.Handle("/api/", srv.API())
	mux.Handle("/", console.New(srv.API(), console.Options{Log: log}))
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	go func() {
		err := srv.Serve(ctx, cloud.Endpoint{Listener: people, Handler: mux}, cloud.Endpoint{Listener: nodes, Handler: srv.Ingest()})
		c.done <- closing(st, err)
	}()
	return c, nil
}

func closing(st *store.Store, err error) error {
	if e := st.Close(); err == nil {
		return e
	}
	return err
}

func listenTwo(a, b string) (net.Listener, net.Listener, error) {
	first, err := net.Listen("tcp", a)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot listen for the console (another port: -console-port): %w", err)
	}
	second, err := net.Listen("tcp", b)
	if err != nil {
		first.Close()
		return nil, nil, fmt.Errorf("cannot listen for nodes: %w", err)
	}
	return first, second, nil
}

// close stops the cloud and waits until its store is closed.
func (c *cloudHalf) close() error {
	c.stop()
	return <-c.done
}
