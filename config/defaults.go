package config

import (
	"cmp"
	"time"

	"weir/tenant"
)

// defaults is a node of which the files said nothing.
func defaults() (*Node, tenant.Spec) {
	limits := tenant.Limits{
		InspectBodyBytes: 1 << 20,
		MaxBodyBytes:     0,
		Beyond:           tenant.BeyondStream,
		MaxResponseBytes: 0,
	}
	timeouts := tenant.Timeouts{
		Header:    10 * time.Second,
		Connect:   3 * time.Second,
		FirstByte: 60 * time.Second,
		Idle:      60 * time.Second,
		MinRate:   256, // a client on the slowest mobile network makes a thousand

		DNSRefresh: tenant.DefaultDNSRefresh,
		TunnelIdle: time.Hour,
	}
	return &Node{
			State:    "/var/lib/weir",
			Admin:    "127.0.0.1:9180",
			Timeouts: timeouts,
			Drain:    Drain{Time: 30 * time.Second},
			Limits: Limits{
				MaxHeaderBytes: 32 << 10,
				Tenant:         limits,
				QueueBytes:     16 << 20,
				SpoolBytes:     1 << 30,
				BufferBytes:    256 << 20,
			},
			Log: Log{Level: "info"},
		}, tenant.Spec{
			Mode:          tenant.ModeMonitoring,
			Override:      tenant.OverrideOn,
			OnDeactivated: tenant.DeactivatedBypass,
			BufferBytes:   64 << 20,
			Limits:        limits,
			Timeouts:      timeouts,
		}
}

// Defaults returns what holds of a node whose files say nothing: for tools
// that judge without configuration.
func Defaults() *Node {
	n, _ := defaults()
	return n
}

// cloudDefaults is a cloud of which the file said nothing.
func cloudDefaults() *CloudServer {
	return &CloudServer{
		Console:  Endpoint{Address: ":8444"},
		Ingest:   Endpoint{Address: ":8445"},
		StoreURL: "sqlite:///var/lib/weir-cloud",
		Session:  Session{Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
		Log:      Log{Level: "info"},
	}
}

func (t *timeouts) over(base tenant.Timeouts) tenant.Timeouts {
	base.Connect = time.Duration(*cmp.Or(t.Connect, (*duration)(&base.Connect)))
	base.FirstByte = time.Duration(*cmp.Or(t.FirstByte, (*duration)(&base.FirstByte)))
	base.Idle = time.Duration(*cmp.Or(t.Idle, (*duration)(&base.Idle)))
	base.TunnelIdle = time.Duration(*cmp.Or(t.TunnelIdle, (*duration)(&base.TunnelIdle)))
	base.MinRate = int64(*cmp.Or(t.MinRate, (*size)(&base.MinRate)))
	base.DNSRefresh = time.Duration(*cmp.Or(t.DNSRefresh, (*duration)(&base.DNSRefresh)))
	return base
}

func (l *limits) over(base tenant.Limits) tenant.Limits {
	base.InspectBodyBytes = int64(*cmp.Or(l.InspectBodyBytes, (*size)(&base.InspectBodyBytes)))
	base.MaxBodyBytes = int64(*cmp.Or(l.MaxBodyBytes, (*size)(&base.MaxBodyBytes)))
	base.MaxResponseBytes = int64(*cmp.Or(l.MaxResponseBytes, (*size)(&base.MaxResponseBytes)))
	base.Beyond = *cmp.Or(l.Beyond, &base.Beyond)
	return base
}
