package bench

import (
	"errors"
	"runtime"
	"sync"
)

// Judged is one record with what became of it.
type Judged struct {
	*Record
	Outcome Outcome
	Detail  string // matches, or the reason of a refusal
	Differs bool   // two ways of judging it disagree
}

// Judge gives an outcome to a record; each worker of Replay has its own.
type Judge func(*Record) Judged

// Replay walks the corpora, judges every record that keep accepts with one
// Judge a worker, and calls done for each result, one at a time, in no
// particular order. newJudge's second result is called when its worker ends.
// workers < 1 means one a processor.
func Replay(files []string, workers int, keep func(*Record) bool, newJudge func() (Judge, func()), done func(Judged)) error {
	if workers < 1 {
		workers = runtime.GOMAXPROCS(0)
	}
	jobs := make(chan *Record, 4*workers)
	results := make(chan Judged, 4*workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			judge, end := newJudge()
			defer end()
			for rec := range jobs {
				results <- judge(rec)
			}
		})
	}
	var walk error
	go func() {
		walk = EachRecord(files, func(rec *Record) error {
			if keep(rec) {
				jobs <- rec
			}
			return nil
		})
		close(jobs)
		wg.Wait()
		close(results)
	}()
	n := 0
	for r := range results {
		n++
		done(r)
	}
	if walk == nil && n == 0 {
		return errors.New("cannot replay: no request in the corpus was selected")
	}
	return walk
}
