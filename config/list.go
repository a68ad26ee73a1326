package config

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"weir/tenant"
)

// maxListed bounds the addresses and networks of one file.
const maxListed = 2_000_000

// list appends the entries of [[tenant.list]].
func (s *scope) list(dst []tenant.ListEntry, f *list) []tenant.ListEntry {
	e := tenant.ListEntry{Reason: f.Reason, ID: cmp.Or(f.Name, filepath.Base(s.file)+":"+strconv.Itoa(f.At.line))}
	if f.List == "" {
		s.missing(f.At, "list", "[[tenant.list]]")
	} else if err := e.List.UnmarshalText([]byte(f.List)); err != nil {
		s.report(f.At.at("list"), "list", "list: %s", err)
	}
	for _, a := range f.Applications {
		e.Applications = append(e.Applications, int(a))
	}
	if f.Expires != nil {
		e.Expires = f.Expires.Unix()
	}
	if len(f.Networks) == 0 && f.File == "" {
		s.report(f.At, "networks", "no networks in [[tenant.list]], write networks = [\"192.0.2.0/24\"] or file = \"...\"")
	}
	for i, text := range f.Networks {
		var err error
		if e.Prefix, err = parseNetwork(text); err != nil {
			s.report(f.At.at("networks", i), "networks", "networks: %s", err)
			continue
		}
		dst = append(dst, e)
	}
	if f.File == "" {
		return dst
	}
	s.lists = append(s.lists, s.path(f.File))
	dst, err := appendListFile(dst, e, s.path(f.File))
	if err != nil {
		s.report(f.At.at("file"), "file", "file: %s", err)
	}
	return dst
}

// appendListFile appends e with each network of a file. The error names the
// line.
func appendListFile(dst []tenant.ListEntry, e tenant.ListEntry, name string) ([]tenant.ListEntry, error) {
	file, err := os.Open(name)
	if err != nil {
		return dst, fmt.Errorf("cannot read %q: %w", name, cause(err))
	}
	defer file.Close()
	lines, n := bufio.NewScanner(file), 0
	for line := 1; lines.Scan(); line++ {
		text, _, _ := strings.Cut(lines.Text(), "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		if e.Prefix, err = parseNetwork(text); err != nil {
			return dst, fmt.Errorf("%s:%d: %w", name, line, err)
		}
		if n++; n > maxListed {
			return dst, fmt.Errorf("%s:%d: more than %d entries", name, line, maxListed)
		}
		dst = append(dst, e)
	}
	if err := lines.Err(); err != nil {
		return dst, fmt.Errorf("cannot read %q: %w", name, err)
	}
	return dst, nil
}
