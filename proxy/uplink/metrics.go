package uplink

import (
	"fmt"
	"io"
	"maps"
	"slices"
)

// WriteMetrics writes the status in Prometheus' text exposition format.
// Errors of w are its owner's.
func (s Status) WriteMetrics(w io.Writer) {
	gauge := func(name string, v int64) { fmt.Fprintf(w, "# TYPE %s gauge\n%s %d\n", name, name, v) }
	counter := func(name string, v uint64) { fmt.Fprintf(w, "# TYPE %s counter\n%s %d\n", name, name, v) }
	gauge("weir_hits_queue_records", int64(s.Queued))
	gauge("weir_hits_queue_bytes", s.QueuedBytes)
	gauge("weir_spool_records", s.SpoolRecords)
	gauge("weir_spool_bytes", s.SpoolBytes)
	fmt.Fprintf(w, "# TYPE weir_spool_oldest_seconds gauge\nweir_spool_oldest_seconds %g\n", float64(s.OldestAgeMillis)/1000)
	counter("weir_spool_written_total", s.Spooled)
	counter("weir_spool_damaged_bytes_total", s.SpoolDamaged)
	counter("weir_spool_errors_total", s.SpoolErrors)
	counter("weir_hits_file_errors_total", s.HitsFileErrors)
	counter("weir_cloud_hits_pushed_total", s.Pushed)
	counter("weir_cloud_hits_accepted_total", s.Accepted)
	counter("weir_cloud_hits_duplicate_total", s.Duplicates)
	counter("weir_cloud_hits_refused_total", s.Refused)
	if len(s.Dropped) > 0 {
		fmt.Fprintf(w, "# TYPE weir_hits_lost_total counter\n")
	}
	for _, reason := range slices.Sorted(maps.Keys(s.Dropped)) {
		fmt.Fprintf(w, "weir_hits_lost_total{reason=%q} %d\n", reason, s.Dropped[reason])
	}
}
