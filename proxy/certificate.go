package proxy

import (
	"crypto/tls"
	"fmt"
	"strings"

	"weir/config"
	"weir/tenant"
)

// certificates finds the certificate for a server name. It is immutable.
type certificates struct {
	exact    map[string]*tls.Certificate // canonical host
	wildcard map[string]*tls.Certificate // ".example.com" for *.example.com
	pairs    map[tenant.KeyPair]*tls.Certificate
}

// loadCertificates reads the key pairs of all listeners and sites: at each
// reload anew, because certificates are renewed in place. A pair that cannot be
// read is named; what prev has of it stays in use, else its hosts get the
// listener's own certificate.
func loadCertificates(cfg *config.Node, t *tenant.Table, prev *certificates) (*certificates, []error) {
	c := &certificates{map[string]*tls.Certificate{}, map[string]*tls.Certificate{}, map[tenant.KeyPair]*tls.Certificate{}}
	var errs []error
	for i := range cfg.Listeners {
		l := &cfg.Listeners[i]
		if l.TLS == nil {
			continue
		}
		if err := c.load(*l.TLS, prev); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: listener %s: cannot load certificate: %w", cfg.File, l.Line, l.Address, err))
		}
	}
	for _, site := range t.Sites {
		if site.TLS == nil || site.Tenant.Broken != nil {
			continue
		}
		if err := c.load(*site.TLS, prev); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: tenant %q: cannot load certificate: %w",
				site.Tenant.File, site.Line, site.Tenant.Name, err))
		}
		if pair := c.pairs[*site.TLS]; pair != nil {
			for _, h := range site.Hosts {
				c.add(h, pair)
			}
		}
	}
	return c, errs
}

// load reads a pair that was not read before; on an error prev's stays.
func (c *certificates) load(k tenant.KeyPair, prev *certificates) error {
	if c.pairs[k] != nil {
		return nil
	}
	p, err := tls.LoadX509KeyPair(k.Cert, k.Key)
	if err != nil {
		c.pairs[k] = prev.pair(k)
		return err
	}
	c.pairs[k] = &p
	return nil
}

func (c *certificates) pair(k tenant.KeyPair) *tls.Certificate {
	if c == nil {
		return nil
	}
	return c.pairs[k]
}

func (c *certificates) add(host string, pair *tls.Certificate) {
	m, k := c.exact, host
	if tail, ok := strings.CutPrefix(host, "*"); ok {
		m, k = c.wildcard, tail
	}
	if m[k] == nil {
		m[k] = pair
	}
}

// find returns the certificate for a server name in lower case, nil when no
// site has one.
func (c *certificates) find(name string) *tls.Certificate {
	if p := c.exact[name]; p != nil {
		return p
	}
	for i := strings.IndexByte(name, '.'); i >= 0; {
		if p := c.wildcard[name[i:]]; p != nil {
			return p
		}
		j := strings.IndexByte(name[i+1:], '.')
		if j < 0 {
			break
		}
		i += 1 + j
	}
	return nil
}

// permits reports whether a connection made for the server name sni, in lower
// case, may carry this request: for the same name; or for one that the same
// certificate is for, unless the name in the handshake is another tenant's.
func (s *snapshot) permits(sni string, x *exchange) bool {
	if sni == "" || sni == string(x.head.site) {
		return true
	}
	if s.certificates.find(sni) != s.certificates.find(string(x.head.site)) {
		return false
	}
	p, ok := s.table.Lookup([]byte(sni), tenant.ID{}, false, x.path)
	return !ok || p.Tenant == x.place.Tenant
}
