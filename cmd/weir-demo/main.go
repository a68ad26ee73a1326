// Weir-demo is the first look: a node, a cloud and the sample apps of four
// tenants in one process, in a temporary folder that goes when it ends.
//
// With -check it tries everything itself, prints a line for each check and
// exits 0 or 1.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// checkTime bounds -check as a whole, in-process start and stop included.
const checkTime = 30 * time.Second

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// options are the command line.
type options struct {
	check       bool
	keep        bool
	port        int
	consolePort int
}

func parse(args []string, errOut io.Writer) (o options, err error) {
	f := flag.NewFlagSet("weir-demo", flag.ContinueOnError)
	f.SetOutput(errOut)
	f.BoolVar(&o.check, "check", false, "try everything on free ports, print a line for each check, exit 0 or 1")
	f.BoolVar(&o.keep, "keep", false, "keep the temporary folder")
	f.IntVar(&o.port, "port", 8080, "port of the node; 0: a free one")
	f.IntVar(&o.consolePort, "console-port", 8444, "port of the console and the API; 0: a free one")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", f.Arg(0))
	}
	if o.check {
		o.port, o.consolePort = 0, 0
	}
	return o, nil
}

// run returns the exit code: 0, 1 for a failure, 2 for a wrong command line.
func run(args []string, out, errOut io.Writer) int {
	o, err := parse(args, errOut)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintf(errOut, "weir-demo: %v\n", err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if o.check {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, checkTime)
		defer cancel()
	}
	if err := show(ctx, o, out, errOut); err != nil {
		fmt.Fprintf(errOut, "weir-demo: %v\n", err)
		return 1
	}
	return 0
}

// show starts the demo, and checks it or waits for Ctrl-C.
func show(ctx context.Context, o options, out, errOut io.Writer) error {
	d, err := start(ctx, o, errOut)
	if err != nil {
		return err
	}
	if o.check {
		err = runChecks(ctx, d, out)
	} else {
		d.print(out)
		<-ctx.Done()
		fmt.Fprintln(out, "\nStopping.")
	}
	return errors.Join(err, d.close())
}
