// Command hostile shows what slow and greedy clients cost a running node: it
// starts the node, a backend and the clients as processes of their own on
// loopback, watches the node's memory and another client's latency, and ends
// with 1 when a bound is crossed.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"time"
)

// The bounds.
const (
	greedyClients = 500
	greedyMemory  = 64 << 20 // bytes resident
	slowClients   = 10000
	slowMemory    = 300 << 20
	slowdown      = 3 // of the other client's 99th percentile
	uploadBytes   = 5 << 30
	uploadMemory  = 16 << 20 // beyond what is resident before
)

func main() {
	node := flag.String("weir", "bin/weir", "the node's `program`")
	lasts := flag.Duration("for", time.Minute, "how long the slow clients stay")
	role := flag.String("role", "", "backend, greedy or slow: what a child process does")
	address := flag.String("address", "", "of the node, for a child process")
	count := flag.Int("count", 0, "connections of a child process")
	flag.Parse()
	var err error
	switch *role {
	case "":
		err = run(*node, *lasts)
	case "backend":
		err = serve()
	case "greedy":
		err = greedy(*address, *count)
	case "slow":
		err = slow(*address, *count)
	default:
		err = errors.New("unknown role")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

func run(program string, lasts time.Duration) error {
	b, err := start(os.Args[0], "-role", "backend")
	if err != nil {
		return err
	}
	defer b.stop()
	backend, err := b.line()
	if err != nil {
		return err
	}
	n, err := startNode(program, backend)
	if err != nil {
		return err
	}
	defer n.stop()
	return errors.Join(n.measureUpload(), n.measureGreedy(), n.measureSlow(lasts))
}

// measureUpload looks at one body of 5 GB.
func (n *node) measureUpload() error {
	if _, err := n.latency(2 * time.Second); err != nil {
		return err
	}
	before, err := n.memory()
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	n.peak = 0
	go func() { done <- upload(n.address, uploadBytes) }()
	for sent := false; !sent; {
		if _, err := n.latency(100 * time.Millisecond); err != nil {
			return err
		}
		select {
		case err := <-done:
			if sent = true; err != nil {
				return err
			}
		default:
		}
	}
	fmt.Printf("a body of %d GiB: %d MiB resident more, at most %d\n", uploadBytes>>30, (n.peak-before)>>20, uploadMemory>>20)
	if n.peak-before > uploadMemory {
		return errors.New("too much memory for a large body")
	}
	return nil
}

// measureGreedy looks at connections that declare 4 MiB and send a byte.
func (n *node) measureGreedy() error {
	c, err := n.clients("greedy", greedyClients)
	if err != nil {
		return err
	}
	defer c.stop()
	if _, err := c.line(); err != nil { // all are connected
		return err
	}
	if _, err := n.latency(time.Second); err != nil { // and have been accepted
		return err
	}
	rss, err := n.memory()
	if err != nil {
		return err
	}
	fmt.Printf("%d connections that declare 4 MiB and send a byte: %d MiB resident, at most %d\n", greedyClients, rss>>20, greedyMemory>>20)
	if rss > greedyMemory {
		return errors.New("too much memory for what was declared")
	}
	return nil
}

// slowProcesses share the slow clients.
const slowProcesses = 4

// measureSlow looks at another client's latency without slow clients and with
// them.
func (n *node) measureSlow(lasts time.Duration) error {
	alone, err := n.latency(min(lasts, 20*time.Second))
	if err != nil {
		return err
	}
	for range slowProcesses {
		c, err := n.clients("slow", slowClients/slowProcesses)
		if err != nil {
			return err
		}
		defer c.stop()
		if _, err := c.line(); err != nil {
			return err
		}
	}
	among, err := n.latency(lasts)
	if err != nil {
		return err
	}
	rss, err := n.memory()
	if err != nil {
		return err
	}
	fmt.Printf("%d slow connections for %s: %d MiB resident at most, at most %d; p99 of another client %s, alone %s\n",
		slowClients, lasts, n.peak>>20, slowMemory>>20, among, alone)
	if max(rss, n.peak) > slowMemory {
		return errors.New("too much memory for slow connections")
	}
	if among > slowdown*alone {
		return fmt.Errorf("slow connections cost another client more than %d times its latency", slowdown)
	}
	return nil
}
