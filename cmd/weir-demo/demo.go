package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"go.uber.org/zap"
)

const (
	readyTime = 15 * time.Second // start to ready
	closeTime = 5 * time.Second  // for running requests at the end
)

// demo is everything, running.
type demo struct {
	dir         string
	keep        bool
	places      []*place
	apps        []*http.Server
	cloud       *cloudHalf
	nodeHalf    *nodeHalf
	nodeAddress string
	admin       string // address of the node's own pages
	apiURL      string // of console and API
	password    string // of every user
}

// start brings everything up and waits until the node is ready. What was
// started is stopped again when something fails.
func start(ctx context.Context, o options, errOut io.Writer) (_ *demo, err error) {
	d := &demo{keep: o.keep, places: newPlaces()}
	if d.dir, err = os.MkdirTemp("", "weir-demo-"); err != nil {
		return nil, fmt.Errorf("cannot make the demo's folder: %w", err)
	}
	if err := d.start(ctx, o, newLog(errOut)); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *demo) start(ctx context.Context, o options, log *zap.Logger) (err error) {
	for _, p := range d.places {
		app, err := startApp(p)
		if err != nil {
			return err
		}
		d.apps = append(d.apps, app)
	}
	if d.cloud, err = startCloud(ctx, d.dir, local(o.consolePort), log); err != nil {
		return err
	}
	d.apiURL, d.password = "http://"+d.cloud.consoleAddress, d.cloud.password
	admin, err := signIn(ctx, d.apiURL, adminEmail, d.password)
	if err != nil {
		return err
	}
	token, err := admin.populate(ctx, d.cloud.technical, d.password, d.places)
	if err != nil {
		return err
	}
	if d.nodeAddress, err = freeAddress(o.port); err != nil {
		return err
	}
	if d.admin, err = freeAddress(0); err != nil {
		return err
	}
	file, err := writeNode(d.dir, d.nodeAddress, d.admin, "http://"+d.cloud.ingestAddress, token, d.places)
	if err != nil {
		return err
	}
	if d.nodeHalf, err = startNode(ctx, file, log); err != nil {
		return err
	}
	return d.await(ctx)
}

func local(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// freeAddress returns the address of a port, of a free one for 0.
func freeAddress(port int) (string, error) {
	l, err := net.Listen("tcp", local(port))
	if err != nil {
		return "", fmt.Errorf("cannot listen for the node (another port: -port): %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// await returns when the node answers its health path.
func (d *demo) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	c := newClient(d.nodeAddress)
	defer c.http.CloseIdleConnections()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		_, err := c.expect(ctx, try{Host: "127.0.0.1", Target: "/healthz", Want: http.StatusOK})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the node did not become ready: %w", err)
		case <-tick.C:
		}
	}
}

// close stops node, cloud and apps in this order and removes the folder.
func (d *demo) close() error {
	var errs []error
	if d.nodeHalf != nil {
		errs = append(errs, d.nodeHalf.close())
	}
	if d.cloud != nil {
		errs = append(errs, d.cloud.close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	stopAll(ctx, d.apps)
	if !d.keep {
		errs = append(errs, os.RemoveAll(d.dir))
	}
	return errors.Join(errs...)
}

// print tells what runs, who may sign in, and what to try.
func (d *demo) print(out io.Writer) {
	_, port, _ := net.SplitHostPort(d.nodeAddress)
	_, consolePort, _ := net.SplitHostPort(d.cloud.consoleAddress)
	fmt.Fprintf(out, "Weir is running. Everything lives in %s", d.dir)
	if d.keep {
		fmt.Fprint(out, ", which stays.\n")
	} else {
		fmt.Fprint(out, " and goes when you press Ctrl-C.\n")
	}
	fmt.Fprintf(out, "\nSites behind the node\n")
	for _, p := range d.places {
		fmt.Fprintf(out, "  %-36s %s, %s; mode %s\n", "http://"+p.Host()+":"+port+"/", p.Company, p.About, p.Mode)
	}
	fmt.Fprintf(out, "\nConsole   http://localhost:%s/\nAPI       http://localhost:%s/api/openapi.json\nNode      http://%s/status\n", consolePort, consolePort, d.admin)
	fmt.Fprintf(out, "\nSign in; the password of everybody is %s\n", d.password)
	fmt.Fprintf(out, "  %-28s sees every tenant\n", adminEmail)
	for _, p := range d.places {
		fmt.Fprintf(out, "  %-28s sees %s\n", p.Email, p.Name)
	}
	fmt.Fprintf(out, "\nTry\n")
	for _, t := range tries() {
		fmt.Fprintf(out, "  # %s\n  %s\n", t.Why, t.Curl(port))
	}
}
