package config

import (
	"cmp"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"weir/tenant"
)

// rateLimit makes the rule of [[tenant.rate_limit]].
func (s *scope) rateLimit(f *rateLimit) tenant.RateRule {
	r := tenant.RateRule{ID: cmp.Or(f.Name, filepath.Base(s.file)+":"+strconv.Itoa(f.At.line)), Status: 503,
		When: tenant.Condition{Path: f.Path, Method: strings.ToUpper(f.Method)}}
	if f.Host != "" {
		host, err := tenant.CanonicalPattern(f.Host)
		s.check(f.At, "host", err)
		r.When.Host = host
	}
	if f.Key != nil {
		r.Key = *f.Key
	}
	r.Burst, r.Delay, r.Status = *cmp.Or(f.Burst, &r.Burst), *cmp.Or(f.Delay, &r.Delay), *cmp.Or(f.Status, &r.Status)
	before := len(s.found)
	s.rate(f, &r)
	if len(s.found) == before {
		if err := r.Check(); err != nil {
			s.report(f.At, "rate_limit", "rate_limit: %s", err)
		}
	}
	return r
}

// rate reads "5/second" or "300/minute".
func (s *scope) rate(f *rateLimit, r *tenant.RateRule) {
	if f.Rate == "" {
		s.missing(f.At, "rate", "[[tenant.rate_limit]]")
		return
	}
	number, unit, _ := strings.Cut(f.Rate, "/")
	n, err := strconv.Atoi(number)
	r.Rate = n
	switch {
	case err == nil && unit == "second":
		r.Per = time.Second
	case err == nil && unit == "minute":
		r.Per = time.Minute
	default:
		s.report(f.At.at("rate"), "rate", "rate: bad rate %q, want one such as \"5/second\" or \"300/minute\"", f.Rate)
	}
}
