package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"weir/tenant/wire"
)

const childVariable = "WEIR_TEST_STORE"

func childDir() string { return os.Getenv(childVariable) }

// runChild adds hits one by one and prints each as soon as it is
// acknowledged, until it is killed.
func runChild() {
	ctx := context.Background()
	st, err := Open(ctx, "sqlite://"+childDir(), Options{})
	if err != nil {
		panic(err)
	}
	p, err := st.Operator(ctx)
	if err != nil {
		panic(err)
	}
	list, err := st.Tenants(ctx, p)
	if err != nil {
		panic(err)
	}
	t, err := st.Tenant(ctx, p, list[len(list)-1].ID)
	if err != nil {
		panic(err)
	}
	for n := 1; ; n++ {
		x, twin := hit(t.ID, n, 0), hit(t.ID, n, 0)
		twin.ID += "b"
		if _, err := t.AddHits(ctx, []*wire.Hit{x, twin}); err != nil {
			panic(err)
		}
		fmt.Println(n)
	}
}

// TestAcknowledgedSurvivesKill: SIGKILL in the midst of writing loses
// nothing that was acknowledged and leaves no half of a batch.
func TestAcknowledgedSurvivesKill(t *testing.T) {
	h := newHouse(t)
	acked := 0
	for range 3 {
		acked = max(acked, killAfter(t, h.dir, acked+25))
	}
	p, err := h.one.Hits(t.Context(), HitQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if p.Total < int64(2*acked) || p.Total%2 != 0 {
		t.Errorf("%d hits, %d were acknowledged, two at a time", p.Total, 2*acked)
	}
	for n := 1; n <= acked; n++ {
		if _, err := h.one.Hit(t.Context(), hit(h.one.ID, n, 0).ID); err != nil {
			t.Errorf("hit %d of %d: %v", n, acked, err)
		}
	}
	list := h.attacks(h.one)
	if len(list) != 1 || list[0].Hits != p.Total {
		t.Errorf("attacks %+v do not count the %d hits", list, p.Total)
	}
}

// killAfter runs a child until it has acknowledged n hits.
func killAfter(t *testing.T, dir string, n int) (acked int) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(out); acked < n && s.Scan(); {
		fmt.Sscan(s.Text(), &acked)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if acked < n {
		t.Fatalf("the child ended after %d hits", acked)
	}
	return acked
}
