package tenant

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Upstream is where a site's requests go. Upstreams of one tenant that are
// equal share connections and health.
type Upstream struct {
	Scheme     string // http, https, h2c
	Address    string // host:port
	CAFile     string // https: "" means the system's roots
	ServerName string // https: "" means the upstream's host
	Pool       Pool
	Health     Health
	DNSRefresh time.Duration // how often a name is resolved again; 0: DefaultDNSRefresh
}

// DefaultDNSRefresh is how often a name is resolved when nothing is said.
const DefaultDNSRefresh = 30 * time.Second

// MaxWeight bounds an upstream's weight.
const MaxWeight = 100

// Pool bounds the connections to an upstream. Zero values are OrDefault's.
type Pool struct {
	Connections int           // open at once
	Wait        time.Duration // for one of them to become free, before 503
}

// OrDefault fills in zero values.
func (p Pool) OrDefault() Pool {
	p.Connections = cmp.Or(p.Connections, 1024)
	p.Wait = cmp.Or(p.Wait, 100*time.Millisecond)
	return p
}

// Health says when an upstream is left alone. Zero values are
// OrDefault's.
type Health struct {
	Path     string        // asked by the active check; "": there is none
	Interval time.Duration // between active checks
	Timeout  time.Duration // of one active check
	Fails    int           // in a row, of requests or checks, before the upstream is left alone
	Passes   int           // of active checks in a row before it is used again
	Down     time.Duration // how long it is left alone where there is no active check
}

// OrDefault fills in zero values.
func (h Health) OrDefault() Health {
	h.Interval = cmp.Or(h.Interval, 5*time.Second)
	h.Timeout = cmp.Or(h.Timeout, 2*time.Second)
	h.Fails = cmp.Or(h.Fails, 3)
	h.Passes = cmp.Or(h.Passes, 2)
	h.Down = cmp.Or(h.Down, 10*time.Second)
	return h
}

// Balance says how a site's requests are spread over its upstreams.
type Balance uint8

// The choices; least_loaded is the default.
const (
	BalanceLeastLoaded Balance = iota // fewest requests in flight for its weight, in turn where equal
	BalanceClientHash                 // by the client's address
)

var balanceNames = [...]string{"least_loaded", "client_hash"}

// String returns the name that TOML uses.
func (b Balance) String() string { return balanceNames[b] }

// UnmarshalText accepts least_loaded and client_hash.
func (b *Balance) UnmarshalText(text []byte) error {
	i := slices.Index(balanceNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown choice %q, want least_loaded or client_hash", text)
	}
	*b = Balance(i)
	return nil
}
