package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// Outcome is what became of one request.
type Outcome uint8

// The outcomes. Refused is the HTTP gate's word, before any inspection.
const (
	Passed Outcome = iota
	Stopped
	Refused
	Failed // no answer: a reset, a time-out
)

var outcomeNames = [...]string{"passed", "stopped", "refused", "failed"}

// String returns the name that reports use.
func (o Outcome) String() string { return outcomeNames[o] }

// Row counts the outcomes of one source, label and class.
type Row struct {
	Tier    string `json:"tier"`
	Source  string `json:"source"`
	Label   string `json:"label"`
	Class   string `json:"class"`
	N       int    `json:"n"`
	Stopped int    `json:"stopped"` // by the detector
	Refused int    `json:"refused"` // by the HTTP gate
	Failed  int    `json:"failed"`
}

// Rate is the share stopped, refusals included, in percent: TPR of attacks,
// FPR of legitimate requests.
func (r *Row) Rate() float64 {
	if r.N == 0 {
		return 0
	}
	return 100 * float64(r.Stopped+r.Refused) / float64(r.N)
}

func (r *Row) add(o Outcome) {
	r.N++
	switch o {
	case Stopped:
		r.Stopped++
	case Refused:
		r.Refused++
	case Failed:
		r.Failed++
	}
}

// Score gathers outcomes into tables. It is not safe for concurrent use.
type Score struct {
	rows map[[4]string]*Row
	pos  map[string]*Row
}

// NewScore returns an empty score.
func NewScore() *Score {
	return &Score{rows: map[[4]string]*Row{}, pos: map[string]*Row{}}
}

// Add counts the outcome of rec.
func (s *Score) Add(rec *Record, o Outcome) {
	key := [4]string{rec.Tier, rec.Label, rec.Source, rec.Class}
	row := s.rows[key]
	if row == nil {
		row = &Row{Tier: rec.Tier, Source: rec.Source, Label: rec.Label, Class: rec.Class}
		s.rows[key] = row
	}
	row.add(o)
	if rec.Attack() && rec.Tier == "core" {
		p := s.pos[rec.Pos]
		if p == nil {
			p = &Row{Class: rec.Pos, Label: rec.Label, Tier: rec.Tier}
			s.pos[rec.Pos] = p
		}
		p.add(o)
	}
}

// Rows returns a row for each tier, label, source and class, sorted.
func (s *Score) Rows() []Row {
	return s.fold(func(r *Row) Row { return *r })
}

// Sources returns a row for each tier, label and source, sorted.
func (s *Score) Sources() []Row {
	return s.fold(func(r *Row) Row { c := *r; c.Class = "all"; return c })
}

// Classes returns a row for each tier, label and class over all sources.
func (s *Score) Classes() []Row {
	return s.fold(func(r *Row) Row { c := *r; c.Source = "all"; return c })
}

// Positions returns a row for each position of the core attacks, its name in
// Class.
func (s *Score) Positions() []Row {
	var out []Row
	for _, r := range s.pos {
		out = append(out, *r)
	}
	sortRows(out)
	return out
}

func (s *Score) fold(as func(*Row) Row) []Row {
	sum := map[[4]string]*Row{}
	for _, r := range s.rows {
		c := as(r)
		key := [4]string{c.Tier, c.Label, c.Source, c.Class}
		if t := sum[key]; t != nil {
			t.N, t.Stopped, t.Refused, t.Failed = t.N+c.N, t.Stopped+c.Stopped, t.Refused+c.Refused, t.Failed+c.Failed
			continue
		}
		sum[key] = &c
	}
	out := make([]Row, 0, len(sum))
	for _, r := range sum {
		out = append(out, *r)
	}
	sortRows(out)
	return out
}

func sortRows(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int {
		return strings.Compare(a.Tier+"\x00"+a.Label+"\x00"+a.Source+"\x00"+a.Class,
			b.Tier+"\x00"+b.Label+"\x00"+b.Source+"\x00"+b.Class)
	})
}

// Macro returns the means over the core sources of TPR and FPR, in percent:
// every source counts the same.
func (s *Score) Macro() (tpr, fpr float64) {
	var sum [2]float64
	var n [2]int
	for _, r := range s.Sources() {
		if r.Tier != "core" {
			continue
		}
		i := 0
		if r.Label == "legit" {
			i = 1
		}
		sum[i] += r.Rate()
		n[i]++
	}
	return sum[0] / float64(max(n[0], 1)), sum[1] / float64(max(n[1], 1))
}

// Print writes the tables for people.
func (s *Score) Print(w io.Writer) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	table := func(title string, rows []Row) {
		fmt.Fprintf(t, "%s\n", title)
		fmt.Fprintf(t, "tier\tlabel\tsource\tclass\trequests\tstopped\trefused\tfailed\tTPR/FPR %%\t\n")
		for _, r := range rows {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%.2f\t\n",
				r.Tier, r.Label, r.Source, r.Class, r.N, r.Stopped, r.Refused, r.Failed, r.Rate())
		}
		fmt.Fprintln(t)
		t.Flush()
	}
	table("By source and class", s.Rows())
	table("By class", s.Classes())
	table("By position (core attacks)", s.Positions())
	table("By source", s.Sources())
	tpr, fpr := s.Macro()
	fmt.Fprintf(w, "Mean over the core sources: TPR %.2f %%, FPR %.2f %%\n", tpr, fpr)
}
