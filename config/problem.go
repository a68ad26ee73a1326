package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one error of the configuration.
type Problem struct {
	File   string `json:"file"`
	Line   int    `json:"line"` // 0: the file as a whole
	Key    string `json:"key,omitempty"`
	Tenant string `json:"tenant,omitempty"` // the tenant that alone is broken by it
	Fatal  bool   `json:"fatal"`            // nothing can run; at reload nothing changes
	Kept   bool   `json:"kept"`             // the tenant's last good configuration stays in force
	Msg    string `json:"message"`
}

// Error is `file:line: tenant "x": message`.
func (p *Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Tenant != "" {
		fmt.Fprintf(&b, ": tenant %q", p.Tenant)
	}
	fmt.Fprintf(&b, ": %s", p.Msg)
	if p.Kept {
		b.WriteString(" (its last good configuration stays in force)")
	}
	return b.String()
}

// Problems is what is wrong, in order of file and line. The empty Problems
// means that all is well.
type Problems []*Problem

// Fatal reports whether nothing can run: exit code 3 at start and at reload.
func (ps Problems) Fatal() bool {
	return slices.ContainsFunc(ps, func(p *Problem) bool { return p.Fatal })
}

// Error has a line for each problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sort() {
	slices.SortStableFunc(ps, func(a, b *Problem) int {
		return cmp.Or(strings.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

// nearest returns the name that a mistyped key was probably meant to be, or
// "".
func nearest(key string, names []string) string {
	best, limit := "", 1+len(key)/4
	for _, n := range names {
		if d := distance(key, n, limit); d <= limit {
			best, limit = n, d-1
		}
	}
	return best
}

// distance counts the insertions, deletions, changes and swaps of neighbours
// between a and b (Damerau, Levenshtein), at most limit + 1.
func distance(a, b string, limit int) int {
	if max(len(a), len(b))-min(len(a), len(b)) > limit {
		return limit + 1
	}
	var two, one, row []int
	for j := 0; j <= len(b); j++ {
		one = append(one, j)
	}
	for i := 1; i <= len(a); i++ {
		row = append([]int(nil), i)
		for j := 1; j <= len(b); j++ {
			d := min(one[j], row[j-1]) + 1
			if a[i-1] == b[j-1] {
				d = min(d, one[j-1])
			} else {
				d = min(d, one[j-1]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, two[j-2]+1)
			}
			row = append(row, d)
		}
		two, one = one, row
	}
	return one[len(b)]
}
