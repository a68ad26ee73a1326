package proxy

import (
	"crypto/tls"
	"fmt"
	"strings"

	"weir/tenant"
)

// certificates finds the certificate for a server name. It is immutable.
type certificates struct {
	exact    map[string]*tls.Certificate // canonical host
	wildcard map[string]*tls.Certificate // ".example.com" for *.example.com
	pairs    map[tenant.KeyPair]*tls.Certificate
}

// loadCertificates reads the key pairs of all sites. A pair that cannot be
// read is named; what prev has of it stays in use, else its hosts get the
// listener's own certificate.
func loadCertificates(t *tenant.Table, prev *certificates) (*certificates, []error) {
	c := &certificates{map[string]*tls.Certificate{}, map[string]*tls.Certificate{}, map[tenant.KeyPair]*tls.Certificate{}}
	var errs []error
	for _, site := range t.Sites {
		if site.TLS == nil || site.Tenant.Broken != nil {
			continue
		}
		if c.pairs[*site.TLS] == nil {
			p, err := tls.LoadX509KeyPair(site.TLS.Cert, site.TLS.Key)
			if err == nil {
				c.pairs[*site.TLS] = &p
			} else {
				errs = append(errs, fmt.Errorf("%s:%d: tenant %q: cannot load certificate: %w",
					site.Tenant.File, site.Line, site.Tenant.Name, err))
				c.pairs[*site.TLS] = prev.pair(*site.TLS)
			}
		}
		if pair := c.pairs[*site.TLS]; pair != nil {
			for _, h := range site.Hosts {
				c.add(h, pair)
			}
		}
	}
	return c, errs
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

// covers reports whether a connection made for the server name sni may carry
// requests for host: the same name, or one that the same certificate is for.
func (c *certificates) covers(sni string, host []byte) bool {
	if strings.EqualFold(sni, string(host)) {
		return true
	}
	a := c.find(strings.ToLower(sni))
	return a == c.find(string(host))
}
