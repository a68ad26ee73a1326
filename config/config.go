// Package config reads the TOML files: their shape, the defaults, strict
// loading and validation. It is pure data and starts nothing.
package config

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"weir/tenant"
)

// Node is node.toml with its includes, defaults filled in.
type Node struct {
	File      string
	State     string // folder for spool, bundles, identity
	Listeners []Listener
	Admin     string // address; "" is off
	Identify  Identify
	Timeouts  tenant.Timeouts
	Drain     Drain
	Limits    Limits
	Cloud     *Cloud // nil: hits go to the hits file, or to the log
	HitsFile  string
	Log       Log
	DenyPhase DenyPhase
	// Sources are the files that the configuration was read from: names, and
	// the patterns of include. With Watch the node reads it again when they
	// change.
	Sources []string
	Watch   bool
	// Tenants is ready for tenant.Build. A tenant that cannot be used has
	// Broken set, or is its last good generation.
	Tenants []tenant.Spec
}

// DenyPhase says when a denylist counts.
type DenyPhase uint8

// The phases; first is the default.
const (
	DenyFirst           DenyPhase = iota // before inspection, in every mode but off
	DenyAfterInspection                  // after it, in safe_blocking and block only
)

var denyPhaseNames = [...]string{"first", "after_inspection"}

// UnmarshalText accepts first and after_inspection.
func (d *DenyPhase) UnmarshalText(b []byte) error {
	i := slices.Index(denyPhaseNames[:], string(b))
	if i < 0 {
		return fmt.Errorf("unknown phase %q, want first or after_inspection", b)
	}
	*d = DenyPhase(i)
	return nil
}

// Listener is an address that clients reach.
type Listener struct {
	Line          int
	Address       string // host:port, or "unix:" and a path
	Mode          uint32 // permissions of a unix socket
	TLS           *tenant.KeyPair
	HTTP2         bool       // offered by ALPN, with TLS
	H2C           bool       // HTTP/2 without TLS, by prior knowledge
	MatchSNI      bool       // the server name of the handshake binds the connection to its tenant
	ProxyProtocol bool       // from Identify.Trusted, who must send it
	ReusePort     bool       // several processes may listen
	Health        string     // path answered before Host and tenant; "" is off
	DefaultTenant *tenant.ID // serves unknown hosts
}

// Drain says how a node stops.
type Drain struct {
	Delay time.Duration // not ready any more, but still taking connections
	Time  time.Duration // bound of the wait for requests in flight, after that
}

// Identify says whose word about tenant and client counts.
type Identify struct {
	Header  string         // canonical form, "X-Tenant-Id"; "" is off
	Trusted []netip.Prefix // peers whose Header, X-Forwarded-* and Forwarded are believed
}

// Limits of the node as a whole; per-tenant limits are in tenant.Limits.
type Limits struct {
	MaxHeaderBytes int
	MaxRequests    int           // of one connection; 0: none
	Tenant         tenant.Limits // defaults of every tenant
	QueueBytes     int64         // memory of hits not yet spooled, all tenants together
	SpoolBytes     int64         // disk of hits not yet acknowledged
	BufferBytes    int64         // of bodies held at once, all tenants together
}

// Cloud is where hits go and bundles come from.
type Cloud struct {
	URL       string
	TokenFile string
	CAFile    string
	Insecure  bool // http to other hosts than loopback
}

// Log says where and what to log.
type Log struct {
	Level string // debug, info, warn, error
	File  string // "": standard error
}

// CloudServer is cloud.toml, defaults filled in.
type CloudServer struct {
	File          string
	Console       Endpoint
	PublicURL     string
	Ingest        Endpoint
	StoreURL      string // sqlite:///dir or postgres://...
	SecretKeyFile string
	Session       Session
	SMTP          *SMTP // nil: no mail is sent
	Log           Log
}

// Endpoint is an address of the cloud's.
type Endpoint struct {
	Address string
	TLS     *tenant.KeyPair
}

// Session bounds console sessions.
type Session struct {
	Idle, Absolute time.Duration
}

// SMTP is how the cloud sends mail.
type SMTP struct {
	Address      string // host:port
	Security     string // starttls, tls, none
	Username     string // "": no authentication
	PasswordFile string
	From         string
}
