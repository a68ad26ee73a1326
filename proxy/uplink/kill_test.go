package uplink

import (
	"bufio"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"weir/config"
)

const childState = "WEIR_UPLINK_TEST_STATE"

func isChild() bool { return os.Getenv(childState) != "" }

// child offers hits without end to a node whose cloud is away, and prints how
// many are spooled for sure.
func child() {
	u, err := Open(Options{
		State: os.Getenv(childState), Cloud: &config.Cloud{URL: "http://127.0.0.1:1"},
		ReadToken: func(string) (string, error) { return "secret", nil },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	go u.Run(context.Background())
	last := uint64(0)
	for {
		for range 10 {
			u.Offer(newHit(u.IDs().Next(), acme))
		}
		if n := u.spool.spooled.Load(); n != last {
			fmt.Println(n)
			last = n
		}
	}
}

// A node that is killed loses nothing that it had written to its spool, and
// starts again as often as one likes; no ID comes twice.
func TestKill(t *testing.T) {
	state := t.TempDir()
	var spooled int
	for range 5 {
		spooled += killChild(t, state)
	}
	c := newCloud(t)
	u := start(t, c.options(state))
	until(t, "spool drained", func() bool { return u.Status().SpoolBytes == 0 })
	if got := c.count(); got < spooled || c.again > 0 {
		t.Errorf("cloud has %d hits, %d twice; want at least the %d known to be spooled", got, c.again, spooled)
	}
	if n := u.Status().Dropped[Invalid.String()]; n != 0 {
		t.Errorf("%d hits arrived damaged", n)
	}
}

// killChild lets a child spool some hits, kills it, and returns how many of
// them it had said to be spooled.
func killChild(t *testing.T, state string) (spooled int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childState+"="+state)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range 1 + rand.IntN(10) {
		if !lines.Scan() {
			t.Fatal("child ended early")
		}
		fmt.Sscan(lines.Text(), &spooled)
	}
	cmd.Process.Kill()
	cmd.Wait()
	return spooled
}

// A copy of the folder at any moment is what a kill leaves: between any two
// steps of writing, sending and acknowledging.
func TestCopyAtAnyMoment(t *testing.T) {
	c := newCloud(t)
	state := t.TempDir()
	u := start(t, c.options(state))
	seen := 0
	for round := range 20 {
		mustOffer(t, u, acme, 200)
		before := int(u.Status().Spooled)
		copied := t.TempDir()
		copyFolder(t, state, copied)
		// what was in the cloud or in the copy is in the cloud after a start
		after := start(t, c.options(copied))
		until(t, "copy drained", func() bool {
			s := after.Status()
			return s.SpoolBytes == 0
		})
		mustClose(t, after)
		if n := c.count(); n < before {
			t.Fatalf("round %d: %d in the cloud, %d were spooled", round, n, before)
		}
		seen += 200
	}
	until(t, "all in the cloud", func() bool { return c.count() == seen })
}

func copyFolder(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(from, path)
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, rel), 0o700)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil // removed by now: acknowledged
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o600)
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// While the disk is broken hits wait in memory and then are dropped, counted;
// when it works again, so does the node.
func TestDiskBrokenUnderLoad(t *testing.T) {
	c := newCloud(t)
	o := c.options(t.TempDir())
	o.QueueBytes = 1 << 20
	u := mustOpen(t, o)
	d := &brokenDisk{err: errBroken, create: errBroken}
	repaired := make(chan struct{})
	u.spool.create = func(name string) (segmentFile, error) {
		select {
		case <-repaired:
			return createSegment(name)
		default:
			return d.open(name)
		}
	}
	go u.Run(context.Background())
	taken := map[bool]int{}
	for range 5000 {
		taken[u.Offer(newHit(u.IDs().Next(), acme))]++
	}
	if taken[true] == 0 || taken[false] == 0 {
		t.Fatalf("taken %v", taken)
	}
	until(t, "error seen", func() bool { return u.Status().LastError != "" })
	close(repaired)
	until(t, "hits that were taken", func() bool { return c.count() == taken[true] })
	if n := u.Status().Dropped[QueueFull.String()]; n != uint64(taken[false]) {
		t.Errorf("%d dropped, %d counted", taken[false], n)
	}
}

// Hits that no disk took are counted when the node stops.
func TestCloseOnBrokenDisk(t *testing.T) {
	o := newCloud(t).options(t.TempDir())
	u := mustOpen(t, o)
	u.spool.create = (&brokenDisk{create: errBroken}).open
	mustOffer(t, u, acme, 7)
	if err := u.Close(t.Context()); err == nil {
		t.Error("Close says that all is well")
	}
	if s := u.Status(); s.Dropped[DiskError.String()] != 7 || s.Queued != 0 {
		t.Errorf("%+v", s)
	}
	if u.Offer(newHit("late", acme)) {
		t.Error("a closed uplink took a hit")
	}
}
