package proxy

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"weir/tenant"
)

// lookupTime bounds one lookup of a name.
const lookupTime = 5 * time.Second

// addresses are where an upstream's host:port leads. A name is resolved at
// its first use and then in the background; while that fails the last good
// addresses hold. It is safe for concurrent use.
type addresses struct {
	host, port string
	refresh    time.Duration
	lookup     func(ctx context.Context, host string) ([]netip.Addr, error)
	list       atomic.Pointer[[]string] // host:port of each address; nil: never resolved
	good       atomic.Uint32            // index in list of the one that took the last connection

	mu      sync.Mutex // held during a lookup
	checked time.Time  // when the last one ended
}

// newAddresses fails for what is no host:port.
func newAddresses(u *tenant.Upstream) (*addresses, error) {
	host, port, err := net.SplitHostPort(u.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot use upstream %s: %w", u.Address, err)
	}
	a := &addresses{host: host, port: port, refresh: u.DNSRefresh, lookup: lookupIP}
	if a.refresh <= 0 {
		a.refresh = tenant.DefaultDNSRefresh
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		a.set([]netip.Addr{ip})
		a.refresh = 0
	}
	return a, nil
}

func lookupIP(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// all returns the addresses, resolving the name when it never was.
func (a *addresses) all(ctx context.Context) ([]string, error) {
	if list := a.list.Load(); list != nil {
		return *list, nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if list := a.list.Load(); list != nil {
		return *list, nil
	}
	if err := a.resolve(ctx); err != nil {
		return nil, err
	}
	return *a.list.Load(), nil
}

// due reports whether the name should be resolved again.
func (a *addresses) due(now time.Time) bool {
	if a.refresh == 0 || a.list.Load() == nil || !a.mu.TryLock() {
		return false
	}
	defer a.mu.Unlock()
	return now.Sub(a.checked) >= a.refresh
}

// again resolves the name; on an error the addresses stay.
func (a *addresses) again(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.resolve(ctx)
}

func (a *addresses) resolve(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	ips, err := a.lookup(ctx, a.host)
	a.checked = time.Now()
	if err == nil && len(ips) == 0 {
		err = fmt.Errorf("name %q has no address", a.host)
	}
	if err != nil {
		return err
	}
	a.set(ips)
	return nil
}

// set keeps the list as it is when only its order changed.
func (a *addresses) set(ips []netip.Addr) {
	list := make([]string, 0, len(ips))
	for _, ip := range ips {
		list = append(list, net.JoinHostPort(ip.Unmap().String(), a.port))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	if old := a.list.Load(); old == nil || !slices.Equal(*old, list) {
		a.list.Store(&list)
	}
}

// has reports whether address is still one of them.
func (a *addresses) has(address string) bool {
	list := a.list.Load()
	return list != nil && slices.Contains(*list, address)
}

// dial connects to the address that was good last, else to the others in
// turn, all within the deadline of ctx. It returns which it was.
func (a *addresses) dial(ctx context.Context) (c *net.TCPConn, address string, err error) {
	list, err := a.all(ctx)
	if err != nil {
		return nil, "", err
	}
	first := int(a.good.Load())
	for i := range list {
		at := (first + i) % len(list)
		if c, err = dialOne(ctx, list[at], len(list)-i); err == nil {
			a.good.Store(uint32(at))
			return c, list[at], nil
		}
	}
	return nil, "", err
}

// dialOne gives one of left attempts its share of the time that is left.
func dialOne(ctx context.Context, address string, left int) (*net.TCPConn, error) {
	if end, ok := ctx.Deadline(); ok && left > 1 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Until(end)/time.Duration(left))
		defer cancel()
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return c.(*net.TCPConn), nil
}
