package proxy

import (
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"weir/tenant"
)

// nodeMetrics counts what belongs to no tenant. Tenants count for themselves
// (tenant.Counters); everything is written at scrape time, so that a series
// ends with its tenant.
type nodeMetrics struct {
	set        *metrics.Set
	inspection *metrics.PrometheusHistogram
	refused    [numRefusals]atomic.Uint64
	panics     atomic.Uint64
	badPages   atomic.Uint64 // pages of tenants that failed to render
	stripped   atomic.Uint64 // matches of rules that the kill switch names

	acceptErrors atomic.Uint64 // no room for another connection
	handshakes   atomic.Uint64 // that failed: TLS, PROXY protocol
	floods       atomic.Uint64 // HTTP/2 connections closed for what they sent
	violations   atomic.Uint64 // of HTTP/2, counted by the frame reader

	reloads    atomic.Uint64
	reloadOK   atomic.Bool
	reloadTime atomic.Int64 // of the last success, Unix seconds
}

// inspectionBuckets are upper bounds in seconds.
var inspectionBuckets = []float64{1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 5e-2, 1e-1, 1}

func newMetrics() *nodeMetrics {
	m := &nodeMetrics{set: metrics.NewSet()}
	m.inspection = m.set.NewPrometheusHistogramExt("weir_inspection_duration_seconds", inspectionBuckets)
	m.reloaded(time.Now(), true)
	return m
}

func (m *nodeMetrics) reloaded(now time.Time, whole bool) {
	m.reloads.Add(1)
	m.reloadOK.Store(whole)
	m.reloadTime.Store(now.Unix())
}

func (m *nodeMetrics) reloadFailed(*clock) {
	m.reloads.Add(1)
	m.reloadOK.Store(false)
}

// tenantSeries are the counters of a tenant.
var tenantSeries = []struct {
	name  string
	value func(*tenant.Counters) *atomic.Uint64
}{
	{"weir_requests_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Requests }},
	{"weir_uninspected_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Uninspected }},
	{"weir_attacks_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Attacks }},
	{"weir_blocked_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Blocked }},
	{"weir_denied_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Denied }},
	{"weir_rate_delayed_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.RateDelayed }},
	{"weir_rate_refused_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.RateRefused }},
	{"weir_failed_closed_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.FailClosed }},
	{"weir_allowlisted_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Allowed }},
	{"weir_partial_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Partial }},
	{"weir_hits_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Hits }},
	{"weir_hits_dropped_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.HitsDropped }},
	{"weir_hits_refused_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.HitsRefused }},
	{"weir_upstream_errors_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Upstream }},
	{"weir_fail_open_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.FailOpen }},
	{"weir_websockets_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.Tunnels }},
	{"weir_websocket_received_bytes_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.TunnelIn }},
	{"weir_websocket_sent_bytes_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.TunnelOut }},
	{"weir_body_received_bytes_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.BytesIn }},
	{"weir_body_sent_bytes_total", func(c *tenant.Counters) *atomic.Uint64 { return &c.BytesOut }},
}

// writeMetrics writes everything in Prometheus' exposition format.
func (s *Server) writeMetrics(w io.Writer) {
	snap := s.snapshot.Load()
	fmt.Fprintf(w, "weir_build_info{version=%q,goversion=%q} 1\n", s.deps.Version, runtime.Version())
	for _, series := range tenantSeries {
		for _, t := range snap.table.Tenants {
			name := fmt.Sprintf("%s{tenant=%s,tenant_id=%q}", series.name, strconv.Quote(t.Name), t.ID)
			metrics.WriteCounterUint64(w, name, series.value(t.Counters).Load())
		}
	}
	for _, t := range snap.table.Tenants {
		name := fmt.Sprintf("weir_config_generation{tenant=%s,tenant_id=%q}", strconv.Quote(t.Name), t.ID)
		metrics.WriteGaugeUint64(w, name, uint64(t.Version))
	}
	for _, t := range snap.table.Tenants {
		name := fmt.Sprintf("weir_websockets_open{tenant=%s,tenant_id=%q}", strconv.Quote(t.Name), t.ID)
		metrics.WriteGaugeUint64(w, name, uint64(s.tunnels.count(t.ID)))
	}
	metrics.WriteGaugeUint64(w, "weir_client_connections", uint64(s.conns.count()))
	for _, t := range snap.table.Tenants {
		name := fmt.Sprintf("weir_tenant_buffered_bytes{tenant=%s,tenant_id=%q}", strconv.Quote(t.Name), t.ID)
		metrics.WriteGaugeUint64(w, name, uint64(max(t.Counters.Buffered.Load(), 0)))
	}
	s.writeNodeMetrics(w)
	for _, up := range snap.sortedPools() {
		labels := fmt.Sprintf("{tenant_id=%q,upstream=%q}", up.tenant, up.Scheme+"://"+up.Address)
		metrics.WriteCounterUint64(w, "weir_upstream_requests_total"+labels, up.requests.Load())
		metrics.WriteCounterUint64(w, "weir_upstream_failures_total"+labels, up.errors.Load())
		metrics.WriteGaugeUint64(w, "weir_upstream_up"+labels, oneIf(up.health.up()))
		metrics.WriteGaugeUint64(w, "weir_upstream_connections"+labels, uint64(max(up.active.Load(), 0)))
	}
	if s.deps.WriteMetrics != nil {
		s.deps.WriteMetrics(w)
	}
	metrics.WriteProcessMetrics(w)
}

func (s *Server) writeNodeMetrics(w io.Writer) {
	m := s.metrics
	for r := Accepted + 1; r < numRefusals; r++ {
		metrics.WriteCounterUint64(w, fmt.Sprintf("weir_refused_total{reason=%q}", r), m.refused[r].Load())
	}
	metrics.WriteCounterUint64(w, "weir_panics_total", m.panics.Load())
	metrics.WriteCounterUint64(w, "weir_failed_pages_total", m.badPages.Load())
	metrics.WriteCounterUint64(w, "weir_bypassed_matches_total", m.stripped.Load())
	metrics.WriteCounterUint64(w, "weir_accept_errors_total", m.acceptErrors.Load())
	metrics.WriteCounterUint64(w, "weir_handshake_errors_total", m.handshakes.Load())
	metrics.WriteCounterUint64(w, "weir_http2_floods_total", m.floods.Load())
	metrics.WriteCounterUint64(w, "weir_http2_errors_total", m.violations.Load())
	metrics.WriteCounterUint64(w, "weir_config_reloads_total", m.reloads.Load())
	metrics.WriteGaugeUint64(w, "weir_config_last_reload_successful", oneIf(m.reloadOK.Load()))
	metrics.WriteGaugeUint64(w, "weir_config_last_reload_success_timestamp_seconds", uint64(m.reloadTime.Load()))
	metrics.WriteGaugeUint64(w, "weir_bypass", oneIf(s.bypass.Load() != nil))
	metrics.WriteGaugeUint64(w, "weir_buffered_bytes", uint64(max(s.buffered.Load(), 0)))
	metrics.WriteCounterUint64(w, "weir_log_lines_held_total", s.log.held.Load())
	m.set.WritePrometheus(w)
}

func oneIf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
