package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"weir/tenant"
)

// node is a configuration folder that changes between loads.
type node struct {
	t    *testing.T
	dir  string
	prev []tenant.Spec
}

func newNode(t *testing.T) *node {
	n := &node{t: t, dir: t.TempDir()}
	n.write("node.toml", "version = 1\ninclude = [\"t/*.toml\"]\n[[listener]]\naddress = \":8080\"\n")
	return n
}

func (n *node) write(name, content string) {
	n.t.Helper()
	file := filepath.Join(n.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		n.t.Fatal(err)
	}
}

func (n *node) remove(name string) {
	n.t.Helper()
	if err := os.Remove(filepath.Join(n.dir, name)); err != nil {
		n.t.Fatal(err)
	}
}

// tenantText is a tenant tN with a mode and hosts.
func tenantText(i int, mode string, hosts ...string) string {
	return fmt.Sprintf("[[tenant]]\nid = \"00000000-0000-0000-0000-%012d\"\nname = \"t%d\"\nmode = %q\n"+
		"[[tenant.site]]\nhosts = [\"%s\"]\nupstreams = [\"http://127.0.0.1:1\"]\n", i, i, mode, strings.Join(hosts, `", "`))
}

// load reloads and compares the tenants, printed as "name mode hosts", "!"
// before a broken one, and the problems, each by a part of it.
func (n *node) load(tenants string, problems ...string) {
	n.t.Helper()
	next, ps := Load(filepath.Join(n.dir, "node.toml"), n.prev)
	if len(ps) != len(problems) {
		n.t.Errorf("got problems\n%s\nwant %q", ps.Error(), problems)
	}
	for i, p := range ps {
		if i < len(problems) && !strings.Contains(p.Error(), problems[i]) {
			n.t.Errorf("got problem %s, want %q", p, problems[i])
		}
	}
	if next == nil {
		if tenants != "" {
			n.t.Errorf("got no node, want %s", tenants)
		}
		return
	}
	n.prev = next.Tenants
	var got []string
	for _, s := range next.Tenants {
		bang := ""
		if s.Broken != nil {
			bang = "!"
		}
		var hosts []string
		for _, site := range s.Sites {
			hosts = append(hosts, site.Hosts...)
		}
		got = append(got, bang+s.Name+" "+s.Mode.String()+" "+strings.Join(hosts, ","))
	}
	if g := strings.Join(got, "; "); g != tenants {
		n.t.Errorf("got tenants %s\nwant %s", g, tenants)
	}
	if _, errs := tenant.Build(next.Tenants, nil, nil); len(errs) > 0 {
		n.t.Errorf("the specs do not build: %v", errs)
	}
}

const kept = "(its last good configuration stays in force)"

func TestReloadKeepsTheLastGenerationOfABadTenant(t *testing.T) {
	n := newNode(t)
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.write("t/2.toml", tenantText(2, "block", "b.example"))
	n.load("t1 block a.example; t2 block b.example")
	// one is bad, the other changes
	n.write("t/1.toml", tenantText(1, "blok", "c.example"))
	n.write("t/2.toml", tenantText(2, "off", "d.example"))
	n.load("t1 block a.example; t2 off d.example", `t/1.toml:4: tenant "t1": mode: unknown mode "blok"`)
	// and stays so until it is mended
	n.load("t1 block a.example; t2 off d.example", kept)
	n.write("t/1.toml", tenantText(1, "off", "c.example"))
	n.load("t1 off c.example; t2 off d.example")
	// even when its ID is bad, it is known by file and name
	n.write("t/1.toml", strings.Replace(tenantText(1, "block", "x.example"), "id = \"0", "id = \"", 1))
	n.load("t1 off c.example; t2 off d.example", kept)
	// syntax: the tenants of the file stay
	n.write("t/1.toml", "[[tenant")
	n.load("t2 off d.example; t1 off c.example", "t/1.toml:1: ")
	// removed is removed
	n.remove("t/1.toml")
	n.load("t2 off d.example")
}

func TestStartWithABadTenant(t *testing.T) {
	n := newNode(t)
	n.write("t/1.toml", tenantText(1, "blok", "a.example"))
	n.write("t/2.toml", tenantText(2, "block", "b.example"))
	n.write("t/3.toml", "[[tenant")
	n.load("!t1 monitoring a.example; t2 block b.example", "t/1.toml:4: ", "t/3.toml:1: ")
	if n.prev[0].Broken == nil || !strings.Contains(n.prev[0].Broken.Error(), "t/1.toml:4") {
		t.Errorf("broken by %v", n.prev[0].Broken)
	}
}

func TestReloadOfABadNodeChangesNothing(t *testing.T) {
	n := newNode(t)
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.load("t1 block a.example")
	n.write("node.toml", "version = 2\ninclude = [\"t/*.toml\"]\n[[listener]]\naddress = \":8080\"\n")
	n.load("", "node.toml:1: version 2 is not known")
	n.write("node.toml", "version = \n")
	n.load("", "node.toml:1: ")
	// an emptied folder is a mistake, not an order
	n = newNode(t)
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.load("t1 block a.example")
	n.remove("t/1.toml")
	n.load("", "matches no file")
}

func TestReloadRejectsTheNewcomerOfAConflict(t *testing.T) {
	n := newNode(t)
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.write("t/2.toml", tenantText(2, "block", "b.example"))
	n.load("t1 block a.example; t2 block b.example")
	// the newcomer keeps what it had, though its file name is the first
	n.write("t/1.toml", tenantText(1, "off", "b.example"))
	n.load("t1 block a.example; t2 block b.example",
		`t/1.toml:6: tenant "t1": host "b.example" is claimed by tenant "t2" (`+n.dir+`/t/2.toml:6) too `+kept)
	// a tenant that is new altogether is broken
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.write("t/0.toml", tenantText(3, "block", "x.example", "b.example"))
	n.load("!t3 block x.example,b.example; t1 block a.example; t2 block b.example", `t/0.toml:6: tenant "t3": host "b.example" is claimed`)
	n.remove("t/0.toml")
	// a host may move from one to the other in one step
	n.write("t/1.toml", tenantText(1, "block", "b.example"))
	n.write("t/2.toml", tenantText(2, "block", "a.example"))
	n.load("t1 block b.example; t2 block a.example")
	// a tenant goes back to its last generation: who wanted its host is a
	// newcomer now
	n.write("t/1.toml", tenantText(1, "off", "a.example"))
	n.write("t/2.toml", tenantText(2, "off", "c.example", "d.example"))
	n.write("t/3.toml", tenantText(3, "block", "d.example"))
	n.load("t1 off a.example; t2 off c.example,d.example; !t3 block d.example", `t/3.toml:6: tenant "t3": host "d.example"`)
	n.remove("t/3.toml")
	n.write("t/1.toml", tenantText(1, "block", "c.example")) // t2's
	n.write("t/4.toml", tenantText(4, "block", "a.example")) // what t1 lets go, and keeps
	n.load("t1 off a.example; t2 off c.example,d.example; !t4 block a.example",
		`t/1.toml:6: tenant "t1": host "c.example"`, `t/4.toml:6: tenant "t4": host "a.example"`)
}

// A caller's prev may contradict itself: settling ends all the same.
func TestReloadEndsWithAContradictoryPast(t *testing.T) {
	n := newNode(t)
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.write("t/2.toml", tenantText(2, "block", "b.example"))
	n.load("t1 block a.example; t2 block b.example")
	n.prev[1].Sites[0].Hosts[0] = "a.example"
	n.write("t/2.toml", tenantText(2, "off", "a.example"))
	n.load("!t1 block a.example; t2 off a.example", `host "a.example" is claimed`, `host "a.example" is claimed`)
}

func TestStartRejectsTheLaterFile(t *testing.T) {
	n := newNode(t)
	n.write("t/2.toml", tenantText(2, "block", "a.example", "b.example"))
	n.write("t/1.toml", tenantText(1, "block", "a.example"))
	n.write("t/3.toml", tenantText(3, "block", "b.example"))
	// what the rejected one claims besides is free
	n.load("t1 block a.example; !t2 block a.example,b.example; t3 block b.example", `t/2.toml:6: tenant "t2": host "a.example" is claimed`)
}

func TestReloadKeepsTheOwnerOfAnID(t *testing.T) {
	n := newNode(t)
	n.write("t/2.toml", tenantText(2, "block", "a.example"))
	n.load("t2 block a.example")
	n.write("t/1.toml", strings.Replace(tenantText(2, "block", "b.example"), "t2", "copy", 1))
	n.load("!copy block b.example; t2 block a.example", `t/1.toml:1: tenant "copy": id 00000000-0000-0000-0000-000000000002 is claimed by tenant "t2"`)
	if n.prev[0].ID != (tenant.ID{}) {
		t.Errorf("the copy has ID %s", n.prev[0].ID)
	}
}

// Several files of one folder, each matched twice, and a folder that the
// pattern matches.
func TestIncludesAreSortedAndReadOnce(t *testing.T) {
	n := newNode(t)
	n.write("node.toml", "version = 1\ninclude = [\"t/b.toml\", \"t/*.toml\", \"*.toml\"]\n[[listener]]\naddress = \":8080\"\n"+tenantText(1, "off", "n.example"))
	n.write("t/b.toml", tenantText(3, "off", "b.example"))
	n.write("t/a.toml", tenantText(2, "off", "a.example"))
	n.write("t/folder.toml/x", "")
	n.load("t1 off n.example; t2 off a.example; t3 off b.example")
}
