package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"weir/bench"
	"weir/detect"
)

// replay is the command's flags and what it gathers.
type replay struct {
	misses, falsePositives string
	nodes                  []string
	sources, tiers         []string
	workers                int
	verify                 bool
	output                 *output

	score     *bench.Score
	missed    *list
	flagged   *list
	found     bool           // an attack
	differing int            // node and in-process disagree, or prefilters and none
	plain     *detect.Policy // without prefilters
}

func newReplay() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "replay FILE...",
		Short: "Judge a corpus of labelled requests and print what was stopped",
		Long: "Judges every request of the corpora (JSON lines, also .zst and .gz) under the default policy,\n" +
			"in this process and on all cores; with --node through running nodes in block mode instead,\n" +
			"comparing each verdict with this process's. Exits 10 when an attack was found.",
		Args: cobra.MinimumNArgs(1),
	}
	r := &replay{score: bench.NewScore()}
	r.output = outputFlag(cmd, "human")
	f := cmd.Flags()
	f.StringVar(&r.misses, "misses", "", "write the attacks that passed to this file")
	f.StringVar(&r.falsePositives, "false-positives", "", "write the legitimate requests that were stopped to this file")
	f.StringArrayVar(&r.nodes, "node", nil, "host:port of a node to send the requests to; several share them by ID")
	f.StringSliceVar(&r.sources, "source", nil, "only these sources")
	f.StringSliceVar(&r.tiers, "tier", nil, "only these tiers")
	f.BoolVar(&r.verify, "verify", false, "judge each request again without prefilters and shortcuts, and compare")
	f.IntVar(&r.workers, "workers", 0, "parallel workers (default: one a processor)")
	cmd.RunE = func(cmd *cobra.Command, files []string) error { return r.run(cmd.OutOrStdout(), files) }
	return cmd
}

func (r *replay) run(w io.Writer, files []string) (err error) {
	if r.missed, err = newList(r.misses); err != nil {
		return failed(exitFailure, err)
	}
	if r.flagged, err = newList(r.falsePositives); err != nil {
		return failed(exitFailure, err)
	}
	policy, err := detect.NewPolicy(detect.Options{})
	if err != nil {
		return failed(exitFailure, err)
	}
	if r.plain, err = detect.NewPolicy(detect.Options{NoPrefilter: true}); err != nil {
		return failed(exitFailure, err)
	}
	judge := func() (bench.Judge, func()) { return r.judge(policy) }
	bar := newBar()
	err = bench.Replay(files, r.workers, r.keep, judge, func(j bench.Judged) {
		r.add(j)
		bar.Increment()
	})
	bar.end()
	if err := errors.Join(err, r.missed.close(), r.flagged.close()); err != nil {
		return failed(exitFailure, err)
	}
	if err := r.print(w); err != nil {
		return failed(exitFailure, err)
	}
	if r.differing > 0 {
		return failed(exitFailure, fmt.Errorf("verdicts differ on %d requests", r.differing))
	}
	if r.found {
		return failed(exitAttack, nil)
	}
	return nil
}

func (r *replay) keep(rec *bench.Record) bool {
	return (len(r.sources) == 0 || slices.Contains(r.sources, rec.Source)) &&
		(len(r.tiers) == 0 || slices.Contains(r.tiers, rec.Tier))
}

// judge makes a worker's judge: in process, or over the wire beside it.
func (r *replay) judge(policy *detect.Policy) (bench.Judge, func()) {
	local := newLocalJudge(policy)
	if r.verify {
		local = verified(policy, r.plain)
	}
	if len(r.nodes) == 0 {
		return local, func() {}
	}
	return nodeJudge(r.nodes, local)
}

// maxDiffering bounds the differences that are printed.
const maxDiffering = 20

func (r *replay) add(j bench.Judged) {
	r.score.Add(j.Record, j.Outcome)
	r.found = r.found || j.Outcome == bench.Stopped
	if j.Differs {
		if r.differing++; r.differing <= maxDiffering {
			fmt.Fprintf(os.Stderr, "%s %s/%s: %s\n", j.ID, j.Source, j.Class, j.Detail)
		}
	}
	switch passed := j.Outcome == bench.Passed; {
	case j.Attack() && passed:
		r.missed.add(j)
	case !j.Attack() && !passed:
		r.flagged.add(j)
	}
}

func (r *replay) print(w io.Writer) error {
	if *r.output == "human" {
		r.score.Print(w)
		return nil
	}
	tpr, fpr := r.score.Macro()
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{
		"rows": r.score.Rows(), "classes": r.score.Classes(), "sources": r.score.Sources(),
		"positions": r.score.Positions(), "macro": map[string]float64{"tpr": tpr, "fpr": fpr},
		"differing": r.differing,
	})
}

// list is a readable file of requests; the nil list takes everything and
// writes nothing.
type list struct {
	f *os.File
	w *bufio.Writer
}

func newList(name string) (*list, error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, fmt.Errorf("cannot write list: %w", err)
	}
	return &list{f, bufio.NewWriter(f)}, nil
}

// listed bounds how much of a request a list shows, in bytes.
const listed = 4 << 10

func (l *list) add(j bench.Judged) {
	if l == nil {
		return
	}
	fmt.Fprintf(l.w, "=== %s %s/%s at %s: %s %s\n", j.ID, j.Source, j.Class, j.Pos, j.Outcome, j.Detail)
	if j.Payload != "" {
		fmt.Fprintf(l.w, "payload: %q\n", j.Payload)
	}
	fmt.Fprintf(l.w, "%q\n", j.Raw[:min(len(j.Raw), listed)])
}

func (l *list) close() error {
	if l == nil {
		return nil
	}
	if err := l.w.Flush(); err != nil {
		return fmt.Errorf("cannot write list: %w", err)
	}
	return l.f.Close()
}

// bar shows progress on a terminal and nothing elsewhere.
type bar struct {
	p *mpb.Progress
	b *mpb.Bar
}

func newBar() *bar {
	if !isatty.IsTerminal(os.Stderr.Fd()) {
		return &bar{}
	}
	p := mpb.New(mpb.WithOutput(os.Stderr))
	b := p.New(0, mpb.SpinnerStyle(), mpb.AppendDecorators(
		decor.CurrentNoUnit("%d requests "), decor.AverageSpeed(0, "%.0f/s "), decor.Elapsed(decor.ET_STYLE_GO)))
	return &bar{p, b}
}

// Increment counts one more request.
func (b *bar) Increment() {
	if b.b != nil {
		b.b.Increment()
	}
}

func (b *bar) end() {
	if b.b != nil {
		b.b.SetTotal(-1, true)
		b.p.Wait()
	}
}
