package wire

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"weir/detect"
	"weir/tenant"
)

// Bundle is a tenant's policy as the cloud has it: applied whole or refused
// whole. Versions grow by one with every change.
type Bundle struct {
	Tenant  tenant.ID   `json:"tenant"`
	Version int64       `json:"version"`
	Mode    tenant.Mode `json:"mode"` // general mode; "default" leaves it to the node
	Rules   []Rule      `json:"rules,omitempty"`
	Lists   []Entry     `json:"lists,omitempty"`
	Brand   Brand       `json:"brand"` // of the tenant's account; the node's own TOML wins
}

// Types of rules.
const (
	VirtualPatch = "virtual_patch" // blocks in every mode but off
	SetMode      = "mode"          // stands in for the general mode
	RateLimit    = "rate_limit"    // limits how often requests may come
)

// Rule is one rule of a tenant. The fields up to Headers say which requests
// it is for; left out, all.
type Rule struct {
	ID           string `json:"id"`
	Type         string `json:"type"`
	Comment      string `json:"comment,omitempty"`
	Method       string `json:"method,omitempty"`
	Host         string `json:"host,omitempty"`
	Path         string `json:"path,omitempty"` // a pattern, as detect.Condition has it
	Applications []int  `json:"applications,omitempty"`
	Query        []Term `json:"query,omitempty"`
	Headers      []Term `json:"headers,omitempty"`

	Point string `json:"point,omitempty"` // of a virtual patch: "[query refresh]"
	Class string `json:"class,omitempty"` // of a virtual patch: a detect.Class code, or "any"
	Rate  *Rate  `json:"rate,omitempty"`  // of a rate limit
	Mode  string `json:"mode,omitempty"`  // of a mode rule: a tenant.Mode, "default" for the node's own
}

// Rate is what a rate limit allows, as tenant.RateRule has it.
type Rate struct {
	Key    string `json:"key"`  // "remote_addr", "header x-key", ...
	Rate   int    `json:"rate"` // requests in a unit
	Unit   string `json:"unit"` // "second" or "minute"
	Burst  int    `json:"burst,omitempty"`
	Delay  int    `json:"delay,omitempty"`
	Status int    `json:"status,omitempty"` // 0: 503
}

// rule makes the tenant's rule. Errors say what of it is wrong.
func (r *Rate) rule(id string, when detect.Condition) (tenant.RateRule, error) {
	out := tenant.RateRule{ID: id, When: when, Rate: r.Rate, Burst: r.Burst, Delay: r.Delay, Status: cmp.Or(r.Status, 503)}
	switch r.Unit {
	case "second":
		out.Per = time.Second
	case "minute":
		out.Per = time.Minute
	default:
		return out, fmt.Errorf("unknown unit %q, want second or minute", r.Unit)
	}
	if err := out.Key.UnmarshalText([]byte(r.Key)); err != nil {
		return out, err
	}
	return out, out.Check()
}

// Term is a condition on a parameter of the query or a header field.
type Term struct {
	Name  string    `json:"name"`
	Op    detect.Op `json:"op"`
	Value string    `json:"value,omitempty"`
}

// When is the condition of the rule.
func (r *Rule) When() detect.Condition {
	c := detect.Condition{Method: r.Method, Host: r.Host, Path: r.Path, Applications: r.Applications}
	for _, t := range r.Query {
		c.Query = append(c.Query, detect.Term(t))
	}
	for _, t := range r.Headers {
		c.Headers = append(c.Headers, detect.Term(t))
	}
	return c
}

// AddTo puts the rule into o. Errors say what of it a node cannot use.
func (r *Rule) AddTo(o *tenant.Overlay) error {
	switch r.Type {
	case VirtualPatch:
		d := detect.Rule{ID: r.ID, When: r.When(), Point: r.Point, Any: r.Class == "any"}
		if !d.Any {
			if err := d.Class.UnmarshalText([]byte(r.Class)); err != nil {
				return err
			}
		}
		o.Rules = append(o.Rules, d)
	case SetMode:
		m := tenant.ModeRule{ID: r.ID, When: r.When()}
		if err := m.Mode.UnmarshalText([]byte(r.Mode)); err != nil {
			return err
		}
		o.Modes = append(o.Modes, m)
	case RateLimit:
		if r.Rate == nil {
			return errors.New("a rate limit without a rate")
		}
		l, err := r.Rate.rule(r.ID, r.When())
		if err != nil {
			return err
		}
		o.Rates = append(o.Rates, l)
	default:
		return fmt.Errorf("unknown type %q", r.Type)
	}
	return nil
}

// Entry is an address or network on one of the tenant's lists. Expires is
// Unix seconds, 0 for never; the node enforces it.
type Entry struct {
	ID           string       `json:"id"`
	List         tenant.List  `json:"list"`
	Prefix       netip.Prefix `json:"prefix"`
	Applications []int        `json:"applications,omitempty"` // empty: all
	Expires      int64        `json:"expires,omitempty"`
	Reason       string       `json:"reason,omitempty"`
}

// Brand is what clients see of the partner.
type Brand struct {
	Name    string `json:"name,omitempty"`
	Support string `json:"support,omitempty"`
}
