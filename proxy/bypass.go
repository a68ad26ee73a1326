package proxy

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.uber.org/zap"

	"weir/detect"
	"weir/tenant"
)

// bypass is what the kill switch says: a file named bypass in the state
// folder, read every second, which needs neither cloud nor reload. An empty
// file switches all inspection off. Otherwise each line names what is
// switched off: "tenant UUID", or "rule ID", built in or of a tenant; "#"
// begins a comment. It is immutable.
type bypass struct {
	all     bool
	tenants map[tenant.ID]bool
	rules   map[string]bool
	text    []byte // of the file
}

// maxBypass bounds the file, in bytes.
const maxBypass = 1 << 20

// parseBypass reads the file. A line that cannot be understood is named by
// err and switches nothing off; the others hold.
func parseBypass(b []byte) (p *bypass, err error) {
	p = &bypass{tenants: map[tenant.ID]bool{}, rules: map[string]bool{}, text: b}
	if len(bytes.TrimSpace(b)) == 0 {
		p.all = true
		return p, nil
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	for n := 1; lines.Scan(); n++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(text)
		if len(fields) == 0 {
			continue
		}
		if e := p.add(fields); e != nil {
			err = errors.Join(err, fmt.Errorf("line %d: %w", n, e))
		}
	}
	return p, errors.Join(err, lines.Err())
}

func (p *bypass) add(fields []string) error {
	if len(fields) != 2 {
		return fmt.Errorf("%q, want \"tenant UUID\" or \"rule ID\"", strings.Join(fields, " "))
	}
	switch fields[0] {
	case "tenant":
		id, err := tenant.ParseID([]byte(fields[1]))
		if err != nil {
			return err
		}
		p.tenants[id] = true
	case "rule":
		p.rules[fields[1]] = true
	default:
		return fmt.Errorf("%q, want \"tenant\" or \"rule\"", fields[0])
	}
	return nil
}

// covers reports whether t is not inspected. A nil bypass covers nothing.
func (p *bypass) covers(t *tenant.Tenant) bool {
	return p != nil && (p.all || p.tenants[t.ID])
}

// strip takes the matches of rules that are switched off out of v and
// returns how many there were.
func (p *bypass) strip(v *detect.Verdict) int {
	if p == nil || len(p.rules) == 0 {
		return 0
	}
	kept := v.Matches[:0]
	for i := range v.Matches {
		if !p.rules[v.Matches[i].Rule] {
			kept = append(kept, v.Matches[i])
		}
	}
	n := len(v.Matches) - len(kept)
	v.Matches = kept
	return n
}

// checkBypass looks whether the kill switch has changed. What cannot be read
// changes nothing.
func (s *Server) checkBypass() {
	name := filepath.Join(s.snapshot.Load().cfg.State, "bypass")
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if s.bypass.Swap(nil) != nil {
			s.log.Warn("kill switch is off: everything is inspected")
		}
		return
	}
	if err != nil || info.Size() > maxBypass {
		return
	}
	text, err := os.ReadFile(name)
	if old := s.bypass.Load(); err != nil || old != nil && bytes.Equal(text, old.text) {
		return
	}
	p, err := parseBypass(text)
	s.bypass.Store(p)
	s.log.Warn("kill switch changed", zap.Bool("all", p.all), zap.Int("tenants", len(p.tenants)), zap.Int("rules", len(p.rules)), zap.Error(err))
}
