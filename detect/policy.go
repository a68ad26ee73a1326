package detect

import (
	"fmt"
	"sync/atomic"
)

// Sensitivity moves the score from which a finding counts.
type Sensitivity uint8

// Balanced is the default and the one that is measured.
const (
	Balanced Sensitivity = iota
	Low
	High
	numSensitivities
)

var sensitivityNames = [numSensitivities]string{"balanced", "low", "high"}

// thresholds by Sensitivity; scores are 1..100.
var thresholds = [numSensitivities]int{Balanced: 50, Low: 80, High: 30}

// String returns the name that TOML uses.
func (s Sensitivity) String() string { return sensitivityNames[s] }

// UnmarshalText accepts low, balanced and high.
func (s *Sensitivity) UnmarshalText(b []byte) error {
	for i, n := range sensitivityNames {
		if n == string(b) {
			*s = Sensitivity(i)
			return nil
		}
	}
	return fmt.Errorf("unknown sensitivity %q, want low, balanced or high", b)
}

// Options is what a policy is compiled from. The zero Options is the default
// policy.
type Options struct {
	Sensitivity [NumClasses]Sensitivity
	Rules       []Rule
	// Cache remembers long clean values; policies may share one. Nil: none.
	Cache *Cache
	// GraphQL limits GraphQL documents; its zero value does not.
	GraphQL GraphQLLimits
	// NoPrefilter judges every value by every class: for tests that prove
	// the prefilter safe.
	NoPrefilter bool
}

// Rule is a virtual patch: data of the tenant.
type Rule struct {
	ID   string
	When Condition
	// Point is a printed point without decoders, "[query][refresh]" or
	// "[query refresh]"; the rule applies to values at or below it. Empty:
	// anywhere.
	Point string
	// Class limits the rule to values in which that class was found; Any
	// makes the presence of the point enough.
	Class Class
	Any   bool
}

// Policy is compiled, immutable and shared by any number of goroutines and
// tenants.
type Policy struct {
	generation  uint64
	noPrefilter bool
	threshold   [NumClasses]int
	rules       []*rule
	cache       *Cache
	graphql     GraphQLLimits
}

var generations atomic.Uint64

// NewPolicy compiles o. Errors name the rule and the field.
func NewPolicy(o Options) (*Policy, error) {
	p := &Policy{generation: generations.Add(1), noPrefilter: o.NoPrefilter, cache: o.Cache, graphql: o.GraphQL}
	for c, s := range o.Sensitivity {
		p.threshold[c] = thresholds[s]
	}
	for _, r := range o.Rules {
		u, err := compileRule(r)
		if err != nil {
			return nil, err
		}
		p.rules = append(p.rules, u)
	}
	return p, nil
}
