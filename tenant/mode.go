package tenant

import (
	"fmt"
	"slices"

	"weir/detect"
)

// Mode says what becomes of an attack. The order is the order of strength.
type Mode uint8

// The modes, weakest first.
const (
	ModeOff          Mode = iota // nothing analysed, nothing reported
	ModeMonitoring               // analysed and reported, not blocked
	ModeSafeBlocking             // blocked from graylisted addresses only
	ModeBlock                    // blocked
	ModeDefault                  // cloud only: "what the node says"
)

var modeNames = [...]string{"off", "monitoring", "safe_blocking", "block", "default"}

// String returns the name that TOML, API and hits use.
func (m Mode) String() string { return modeNames[m] }

// MarshalText is String.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText accepts the names of String, "default" included: whoever
// reads TOML refuses that one.
func (m *Mode) UnmarshalText(b []byte) error {
	for i, n := range modeNames {
		if n == string(b) {
			*m = Mode(i)
			return nil
		}
	}
	return fmt.Errorf("unknown mode %q, want off, monitoring, safe_blocking or block", b)
}

// Override says whether the cloud may change the mode.
type Override uint8

// The overrides; on is the default.
const (
	OverrideOn     Override = iota // the cloud's mode wins both ways
	OverrideStrict                 // the cloud may only strengthen
	OverrideOff                    // the cloud is ignored
)

var overrideNames = [...]string{"on", "strict", "off"}

// String returns the name that TOML uses.
func (o Override) String() string { return overrideNames[o] }

// UnmarshalText accepts on, strict and off.
func (o *Override) UnmarshalText(b []byte) error {
	for i, n := range overrideNames {
		if n == string(b) {
			*o = Override(i)
			return nil
		}
	}
	return fmt.Errorf("unknown allow_override %q, want on, strict or off", b)
}

// ModeSource says where an effective mode came from.
type ModeSource uint8

// The sources.
const (
	FromTenant ModeSource = iota // the tenant's own key, or [defaults]
	FromSite
	FromRoute
	FromCloud // the general mode set in the cloud
	FromState // the tenant is deactivated, or the kill switch is on
	FromRule  // a mode rule set in the cloud
)

var modeSourceNames = [...]string{"tenant", "site", "route", "cloud", "state", "rule"}

// String returns the name that hits and tools print.
func (s ModeSource) String() string { return modeSourceNames[s] }

// Effective is a resolved mode with its origin.
type Effective struct {
	Final, Local, Cloud Mode // Cloud is ModeDefault when the cloud has no say
	Source              ModeSource
	Rule                string // ID of the mode rule that stood in for the general mode; "": none

	from     ModeSource // of Local
	override Override
}

// Resolve combines the local mode, its source, the override and the cloud's
// general mode (ModeDefault: none). off ignores the cloud, strict takes the
// stronger of the two, on takes the cloud's.
func Resolve(local Mode, from ModeSource, o Override, cloud Mode) Effective {
	e := Effective{Final: local, Local: local, Cloud: cloud, Source: from, from: from, override: o}
	if cloud == ModeDefault || o == OverrideOff || o == OverrideStrict && cloud <= local {
		return e
	}
	e.Final, e.Source = cloud, FromCloud
	return e
}

// ModeRule is the cloud's mode for the requests of a condition; it stands in
// for the general mode. ModeDefault leaves them to the node's own mode.
type ModeRule struct {
	ID   string
	When detect.Condition
	Mode Mode
}

// modeRule is a compiled ModeRule.
type modeRule struct {
	id   string
	when *detect.Matcher
	mode Mode
}

// compileModes orders the rules by specificity, the most specific first, of
// equal ones the newest, which stands last. Errors name the rule.
func compileModes(rules []ModeRule) ([]modeRule, error) {
	var out []modeRule
	for i := len(rules) - 1; i >= 0; i-- {
		r := &rules[i]
		when, err := detect.NewMatcher(r.When)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.ID, err)
		}
		if r.Mode > ModeDefault {
			return nil, fmt.Errorf("rule %q: no mode", r.ID)
		}
		out = append(out, modeRule{r.ID, when, r.Mode})
	}
	slices.SortStableFunc(out, func(a, b modeRule) int { return b.when.Compare(a.when) })
	return out, nil
}

// Mode returns e with the most specific mode rule that r meets in the place
// of the general mode. A deactivated tenant stays off.
func (p *Policy) Mode(e Effective, r *detect.Request) Effective {
	if e.Source == FromState {
		return e
	}
	for i := range p.modes {
		m := &p.modes[i]
		if !m.when.Match(r) {
			continue
		}
		e = Resolve(e.Local, e.from, e.override, m.mode)
		if e.Rule = m.id; e.Source == FromCloud {
			e.Source = FromRule
		}
		return e
	}
	return e
}
