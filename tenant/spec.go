package tenant

import (
	"fmt"
	"slices"
	"time"
)

// Spec is a tenant as configured: pure data, defaults filled in. Build makes
// the Table from Specs.
type Spec struct {
	ID            ID
	Name          string
	File          string // where it was configured, for messages
	Line          int
	Mode          Mode
	Override      Override
	OnDeactivated OnDeactivated
	Application   int // 0: none
	Brand         Brand
	Limits        Limits
	Timeouts      Timeouts
	WebSocket     bool
	Sensitivity   Sensitivity
	Fail          Fail
	Pages         []*BlockPage
	Rates         []RateRule  // of the node; the overlay adds to them
	Lists         []ListEntry // of the node; the overlay adds to them
	BufferBytes   int64       // of all bodies held at once; 0: only the node's bound holds
	Sites         []SiteSpec
	// Broken is set when the tenant's configuration cannot be used and no
	// earlier generation exists: its hosts answer 503.
	Broken error
}

// SiteSpec is a set of hosts, optionally below one path, with its upstreams.
type SiteSpec struct {
	Line         int      // of its hosts
	Hosts        []string // canonical; "*." prefix for one label or more
	Path         string   // normalised prefix on a segment boundary; "" takes the rest of the host
	Upstreams    []Upstream
	Weights      []int // of Upstreams; nil: all are 1
	Balance      Balance
	UpstreamHost string // "": the client's validated Host with its port
	TLS          *KeyPair
	Mode         *Mode // nil: inherited, like the pointers below
	Override     *Override
	Application  int
	Limits       Limits // resolved
	Timeouts     Timeouts
	WebSocket    bool
	Pages        []*BlockPage // before the tenant's
	Routes       []RouteSpec
}

// RouteSpec is a location of a site in nginx's syntax and precedence.
type RouteSpec struct {
	Line        int
	Path        string // "/x", "= /x", "^~ /x", "~ re", "~* re"
	Mode        *Mode
	Override    *Override
	Application int
}

// KeyPair names a certificate's files.
type KeyPair struct{ Cert, Key string }

// Brand is what clients see of the partner on a block page.
type Brand struct {
	Name    string
	Support string // mail address or URL
}

// Limits bound what a request may cost.
type Limits struct {
	InspectBodyBytes int64 // head of the body that is buffered and inspected
	MaxBodyBytes     int64 // 0: none
	Beyond           Beyond
	MaxResponseBytes int64 // 0: none; bodies beyond the buffer are streamed
}

// Beyond says what happens to a body larger than InspectBodyBytes.
type Beyond uint8

// The choices; stream is the default.
const (
	BeyondStream Beyond = iota // inspect the head, stream the rest
	BeyondReject               // 413
	BeyondBypass               // forward uninspected
)

var beyondNames = [...]string{"stream", "reject", "bypass"}

// String returns the name that TOML uses.
func (b Beyond) String() string { return beyondNames[b] }

// UnmarshalText accepts stream, reject and bypass.
func (b *Beyond) UnmarshalText(text []byte) error {
	i := slices.Index(beyondNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown choice %q, want stream, reject or bypass", text)
	}
	*b = Beyond(i)
	return nil
}

// OnDeactivated says what becomes of a deactivated tenant's requests.
type OnDeactivated uint8

// The choices; bypass is the default.
const (
	DeactivatedBypass OnDeactivated = iota // proxied without inspection
	DeactivatedReject                      // 503
)

var onDeactivatedNames = [...]string{"bypass", "reject"}

// String returns the name that TOML uses.
func (o OnDeactivated) String() string { return onDeactivatedNames[o] }

// UnmarshalText accepts bypass and reject.
func (o *OnDeactivated) UnmarshalText(text []byte) error {
	i := slices.Index(onDeactivatedNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown choice %q, want bypass or reject", text)
	}
	*o = OnDeactivated(i)
	return nil
}

// Fail says what becomes of a request that could not be judged as it should
// be.
type Fail struct {
	Panic         FailMode // the detector failed
	Overlimit     FailMode // a bound of inspection was crossed
	MissingPolicy FailMode // the cloud has not given the tenant a policy yet
}

// FailMode is whether such a request passes.
type FailMode uint8

// The modes; open is the default.
const (
	FailOpen   FailMode = iota // it passes
	FailClosed                 // it is refused where attacks are
)

var failModeNames = [...]string{"open", "closed"}

// String returns the name that TOML uses.
func (f FailMode) String() string { return failModeNames[f] }

// UnmarshalText accepts open and closed.
func (f *FailMode) UnmarshalText(text []byte) error {
	i := slices.Index(failModeNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("unknown fail mode %q, want open or closed", text)
	}
	*f = FailMode(i)
	return nil
}

// Timeouts of the contract; none caps a body, a stream or a tunnel as a whole.
type Timeouts struct {
	Header    time.Duration // request header
	Connect   time.Duration // to the upstream
	FirstByte time.Duration // of the upstream's response
	Idle      time.Duration // keep-alive, both sides
	MinRate   int64         // bytes a second both ways, averaged over 10 s; 0: none
	// DNSRefresh is how often names of upstreams are resolved again.
	DNSRefresh time.Duration

	TunnelIdle time.Duration // silence of a WebSocket, both ways together
}
