package tenant

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"weir/detect"
)

// Condition says which requests a rule is for.
type Condition = detect.Condition

// RateRule limits how often the requests of one key may come.
type RateRule struct {
	ID   string
	When detect.Condition
	Key  RateKey
	// Rate requests in Per are the steady speed.
	Rate int
	Per  time.Duration
	// Burst requests may come at once; the first Delay of them pass at once,
	// the others are held back to the steady speed. 0 counts as 1.
	Burst, Delay int
	Status       int // of the answer to what comes beyond the burst
}

// RateKey is what tells apart whom a rule limits. A request without it is
// not limited.
type RateKey struct {
	From KeySource
	Name string // of the header field, cookie or parameter
}

// KeySource is where a key is found.
type KeySource uint8

// The sources.
const (
	KeyAddress KeySource = iota // the client's address
	KeyHeader
	KeyCookie
	KeyQuery
	numKeySources
)

var keySourceNames = [numKeySources]string{"remote_addr", "header", "cookie", "query"}

// String returns the form that TOML and API use: "remote_addr", "header x".
func (k RateKey) String() string {
	return strings.TrimSuffix(keySourceNames[k.From]+" "+k.Name, " ")
}

// UnmarshalText accepts the form of String.
func (k *RateKey) UnmarshalText(b []byte) error {
	word, name, _ := strings.Cut(string(b), " ")
	for i, n := range keySourceNames {
		if n == word && (name == "") == (KeySource(i) == KeyAddress) {
			*k = RateKey{KeySource(i), name}
			return nil
		}
	}
	return fmt.Errorf("unknown key %q, want remote_addr, \"header NAME\", \"cookie NAME\" or \"query NAME\"", b)
}

// Bounds of rate rules.
const (
	maxRate      = 1000
	maxRateKey   = 8000    // bytes; longer keys are cut, which can only join them
	maxRateKeys  = 1 << 14 // keys that one rule of a tenant remembers
	rateShards   = 16
	maxRateRules = 64
	maxRateWait  = 30 * time.Second // longer, and a request is refused
)

// Check reports what of the rule is out of bounds.
func (r *RateRule) Check() error {
	switch {
	case r.Rate < 1 || r.Rate > maxRate:
		return fmt.Errorf("rate %d is not between 1 and %d", r.Rate, maxRate)
	case r.Per != time.Second && r.Per != time.Minute:
		return errors.New("a rate is per second or per minute")
	case r.Burst < 0 || r.Burst > maxRate:
		return fmt.Errorf("burst %d is not between 0 and %d", r.Burst, maxRate)
	case r.Delay < 0 || r.Delay > r.Burst:
		return fmt.Errorf("delay %d is not between 0 and the burst, %d", r.Delay, r.Burst)
	case r.Status < 400 || r.Status > 599:
		return fmt.Errorf("status %d is not between 400 and 599", r.Status)
	}
	_, err := detect.NewMatcher(r.When)
	return err
}

// rateLimit is a rule at work for one tenant.
type rateLimit struct {
	rule    RateRule
	when    *detect.Matcher
	buckets *buckets
}

// Limited is what a rate rule says of a request: it waits, or it is refused.
// The zero Limited lets it pass.
type Limited struct {
	Rule   string
	Wait   time.Duration
	Refuse bool
	Status int
	Retry  time.Duration // when there is room again, for what is refused
}

// compileRates makes the rules ready for one tenant. Rules that were there
// before keep their buckets. Errors name the rule.
func compileRates(rules []RateRule, prev []rateLimit) ([]rateLimit, error) {
	if len(rules) > maxRateRules {
		return nil, fmt.Errorf("%d rate limits, %d at most", len(rules), maxRateRules)
	}
	var out []rateLimit
	for i := range rules {
		r := &rules[i]
		if err := r.Check(); err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.ID, err)
		}
		when, err := detect.NewMatcher(r.When)
		if err != nil {
			return nil, fmt.Errorf("rule %q: %w", r.ID, err)
		}
		l := rateLimit{rule: *r, when: when, buckets: &buckets{}}
		for j := range prev {
			if prev[j].rule.ID == r.ID && prev[j].rule.Key == r.Key {
				l.buckets = prev[j].buckets
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// Limit counts a request at the time now, in nanoseconds of one clock, with
// every rule that it meets; the strictest says what becomes of it. key
// returns what a rule is keyed by, false when the request does not have it.
func (t *Tenant) Limit(r *detect.Request, now int64, key func(RateKey) ([]byte, bool)) (worst Limited) {
	for i := range t.rates {
		l := &t.rates[i]
		if !l.when.Match(r) {
			continue
		}
		k, ok := key(l.rule.Key)
		if !ok {
			continue
		}
		if got := l.count(k[:min(len(k), maxRateKey)], now); got.Refuse || !worst.Refuse && got.Wait > worst.Wait {
			worst = got
		}
	}
	return worst
}

// HasRates reports whether the tenant has any rate limit.
func (t *Tenant) HasRates() bool { return len(t.rates) > 0 }

// RateEvictions returns how many keys the tenant's rules forgot before their
// time, because there were too many.
func (t *Tenant) RateEvictions() (n uint64) {
	for i := range t.rates {
		n += t.rates[i].buckets.evicted.Load()
	}
	return n
}

// count is the generic cell rate algorithm (ITU-T I.371): a bucket is the
// time at which it will be empty again.
func (l *rateLimit) count(key []byte, now int64) Limited {
	r := &l.rule
	step := int64(r.Per) / int64(r.Rate)
	s := l.buckets.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	empty := max(s.empty[string(key)], now)
	level := int((empty - now + step - 1) / step) // requests before this one
	wait := time.Duration(empty - now - int64(max(r.Delay, 1)-1)*step)
	if level >= max(r.Burst, 1) || wait > maxRateWait {
		return Limited{Rule: r.ID, Refuse: true, Status: r.Status, Retry: time.Duration(empty - now - int64(max(r.Burst, 1)-1)*step)}
	}
	s.put(key, empty+step, now, &l.buckets.evicted)
	if level < max(r.Delay, 1) {
		return Limited{}
	}
	return Limited{Rule: r.ID, Wait: wait}
}

// buckets are the keys of a rule, in shards so that clients do not wait for
// each other. The zero value is ready.
type buckets struct {
	shards  [rateShards]rateShard
	evicted atomic.Uint64
}

type rateShard struct {
	mu    sync.Mutex
	empty map[string]int64 // by key: when its bucket is empty again
}

func (b *buckets) shard(key []byte) *rateShard {
	h := uint32(2166136261) // FNV-1a; it only spreads
	for _, c := range key {
		h = (h ^ uint32(c)) * 16777619
	}
	return &b.shards[h%rateShards]
}

// looked is how many keys of a full shard are compared to make room.
const looked = 16

// put sets the bucket of key. A full shard first forgets buckets that are
// empty, else the one of some that will be empty first.
func (s *rateShard) put(key []byte, empty, now int64, evicted *atomic.Uint64) {
	if s.empty == nil {
		s.empty = map[string]int64{}
	}
	if _, ok := s.empty[string(key)]; !ok && len(s.empty) >= maxRateKeys/rateShards {
		s.makeRoom(now, evicted)
	}
	s.empty[string(key)] = empty
}

func (s *rateShard) makeRoom(now int64, evicted *atomic.Uint64) {
	first, at, n := "", int64(math.MaxInt64), 0
	freed := false
	for k, e := range s.empty { // in random order
		if e <= now {
			delete(s.empty, k)
			freed = true
		} else if e < at {
			first, at = k, e
		}
		if n++; n == looked {
			break
		}
	}
	if !freed {
		delete(s.empty, first)
		evicted.Add(1)
	}
}
