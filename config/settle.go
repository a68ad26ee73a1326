package config

import (
	"fmt"
	"slices"

	"weir/tenant"
)

// settle makes the Specs in force from those that were read and those
// before: who is wrong keeps its last generation, who claims what another
// tenant has is rejected.
func (l *loader) settle(prev []tenant.Spec) []tenant.Spec {
	last := newGeneration(prev)
	l.uniqueIDs(last)
	for i := range l.specs {
		if l.specs[i].Broken != nil {
			l.fallBack(i, last)
		}
	}
	l.keepLost(prev)
	l.fallen = make([]bool, len(l.specs))
	for l.rejectNewcomers(last) {
	}
	return l.specs
}

// generation is a set of Specs by what finds them again.
type generation struct {
	byID   map[tenant.ID]*tenant.Spec
	byName map[[2]string]*tenant.Spec // file and name, for a tenant whose ID is bad now
	holder map[claim]tenant.ID
}

func newGeneration(specs []tenant.Spec) *generation {
	g := &generation{map[tenant.ID]*tenant.Spec{}, map[[2]string]*tenant.Spec{}, map[claim]tenant.ID{}}
	for i := range specs {
		t := &specs[i]
		if t.Broken != nil {
			continue
		}
		g.byID[t.ID], g.byName[[2]string{t.File, t.Name}] = t, t
		claims(t, func(c claim, _ int) bool { g.holder[c] = t.ID; return true })
	}
	return g
}

// of returns the last generation of a tenant, or nil.
func (g *generation) of(t *tenant.Spec) *tenant.Spec {
	if t.ID != (tenant.ID{}) {
		return g.byID[t.ID]
	}
	return g.byName[[2]string{t.File, t.Name}]
}

// uniqueIDs leaves each ID to one tenant: to that of the file which had it
// before, else to the first.
func (l *loader) uniqueIDs(last *generation) {
	owner := make(map[tenant.ID]int, len(l.specs))
	for i := range l.specs {
		t := &l.specs[i]
		if t.ID == (tenant.ID{}) {
			continue
		}
		first, taken := owner[t.ID]
		if !taken {
			owner[t.ID] = i
			continue
		}
		loser, winner := t, &l.specs[first]
		if old := last.byID[t.ID]; old != nil && old.File == t.File && winner.File != t.File {
			loser, winner = winner, loser
			owner[t.ID] = i
		}
		l.reject(loser, loser.Line, "id", fmt.Sprintf("id %s is claimed by tenant %q (%s:%d) too", winner.ID, winner.Name, winner.File, winner.Line))
		loser.ID = tenant.ID{}
	}
}

// reject makes t a broken tenant.
func (l *loader) reject(t *tenant.Spec, line int, key, msg string) {
	p := &Problem{File: t.File, Line: line, Key: key, Tenant: t.Name, Msg: msg}
	l.found = append(l.found, p)
	t.Broken = p
}

// fallBack puts the last generation of a broken tenant in its place.
func (l *loader) fallBack(i int, last *generation) bool {
	old := last.of(&l.specs[i])
	unknown := l.specs[i].ID == (tenant.ID{})
	if old == nil || unknown && slices.ContainsFunc(l.specs, func(t tenant.Spec) bool { return t.ID == old.ID }) {
		return false
	}
	for _, p := range l.found {
		p.Kept = p.Kept || p.File == l.specs[i].File && (p.Tenant == l.specs[i].Name || p.Tenant == "")
	}
	l.specs[i] = *old
	return true
}

// keepLost keeps the tenants of files that cannot be read.
func (l *loader) keepLost(prev []tenant.Spec) {
	if len(l.lost) == 0 {
		return
	}
	have := map[tenant.ID]bool{}
	for i := range l.specs {
		have[l.specs[i].ID] = true
	}
	for i := range prev {
		t := &prev[i]
		if t.Broken != nil || have[t.ID] || !slices.Contains(l.lost, t.File) {
			continue
		}
		l.specs = append(l.specs, *t)
		for _, p := range l.found {
			p.Kept = p.Kept || p.File == t.File && p.Tenant == ""
		}
	}
}

// rejectNewcomers breaks every tenant that claims what another one has, and
// reports whether one of them went back to its last generation, whose claims
// then stand before all new ones.
func (l *loader) rejectNewcomers(last *generation) (again bool) {
	owner := map[claim]int{}
	for i := range l.specs {
		if t := &l.specs[i]; t.Broken == nil {
			claims(t, func(c claim, _ int) bool {
				if last.holder[c] == t.ID {
					owner[c] = i
				}
				return true
			})
		}
	}
	for i := range l.specs {
		t := &l.specs[i]
		if t.Broken != nil {
			continue
		}
		claims(t, func(c claim, line int) bool {
			first, taken := owner[c]
			if !taken {
				owner[c] = i
			} else if first != i {
				w := &l.specs[first]
				l.reject(t, line, "hosts", fmt.Sprintf("%s is claimed by tenant %q (%s:%d) too", c, w.Name, w.File, lineOf(w, c)))
				return false
			}
			return true
		})
		if t.Broken == nil {
			continue
		}
		claims(t, func(c claim, _ int) bool {
			if owner[c] == i {
				delete(owner, c)
			}
			return true
		})
		if !l.fallen[i] { // once: what prev itself claims twice would never end
			l.fallen[i] = true
			again = l.fallBack(i, last) || again
		}
	}
	return again
}

// lineOf is the line of the site that makes a claim.
func lineOf(t *tenant.Spec, want claim) (at int) {
	claims(t, func(c claim, line int) bool {
		at = line
		return c != want
	})
	return at
}
