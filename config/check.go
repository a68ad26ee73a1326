package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"weir/tenant"
)

// path is a file name relative to the folder of the file that names it.
func (s *scope) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(s.file), name)
}

// listenAddress checks host:port; port 0 takes a free one.
func listenAddress(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("bad address %q, want host:port or :port", address)
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return fmt.Errorf("bad address %q, want a port of 0 to 65535", address)
	}
	if strings.ContainsAny(host, " /@") {
		return fmt.Errorf("bad address %q, want host:port or :port", address)
	}
	return nil
}

// keyPair checks that certificate and key are there and belong together.
func (s *scope) keyPair(k *keyPair) *tenant.KeyPair {
	if k == nil {
		return nil
	}
	if k.Cert == "" || k.Key == "" {
		s.report(k.At, "tls", "tls needs both cert and key")
		return nil
	}
	pair := &tenant.KeyPair{Cert: s.path(k.Cert), Key: s.path(k.Key)}
	if _, err := tls.LoadX509KeyPair(pair.Cert, pair.Key); err != nil {
		var pe *os.PathError
		if errors.As(err, &pe) {
			err = fmt.Errorf("cannot read %q: %w", pe.Path, pe.Err)
		}
		s.report(k.At, "tls", "tls: %s", strings.TrimPrefix(err.Error(), "tls: "))
	}
	return pair
}

// caFile checks that a file holds certificates.
func (s *scope) caFile(at *place, key, name string) string {
	if name == "" {
		return ""
	}
	file := s.path(name)
	b, err := os.ReadFile(file)
	if err != nil {
		s.report(at, key, "%s: cannot read %q: %s", key, file, cause(err))
	} else if !x509.NewCertPool().AppendCertsFromPEM(b) {
		s.report(at, key, "%s: %q holds no PEM certificate", key, file)
	}
	return file
}

// parseUpstream reads http, https and h2c URLs of a host and nothing more.
func parseUpstream(text string) (tenant.Upstream, error) {
	u, err := url.Parse(text)
	if err != nil {
		return tenant.Upstream{}, fmt.Errorf("bad upstream %q, want a URL such as \"http://127.0.0.1:8080\"", text)
	}
	port := ""
	switch u.Scheme {
	case "http", "h2c":
		port = "80"
	case "https":
		port = "443"
	default:
		return tenant.Upstream{}, fmt.Errorf("bad upstream %q, want a URL that begins with http://, https:// or h2c://", text)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery || u.Path != "" && u.Path != "/" || u.Opaque != "" {
		return tenant.Upstream{}, fmt.Errorf("bad upstream %q, want only scheme, host and port: paths pass unchanged", text)
	}
	host, err := tenant.CanonicalHost(nil, []byte(u.Host))
	if err != nil {
		return tenant.Upstream{}, fmt.Errorf("bad upstream %q: %w", text, err)
	}
	if p := u.Port(); p != "" {
		port = p
	}
	return tenant.Upstream{Scheme: u.Scheme, Address: string(host) + ":" + port}, nil
}

// parseNetwork reads a network or an address.
func parseNetwork(text string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), nil
	}
	if a, err := netip.ParseAddr(text); err == nil && a.Zone() == "" {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.Prefix{}, fmt.Errorf("bad network %q, want one such as \"10.0.0.0/8\" or \"2001:db8::1\"", text)
}

// loopback reports whether a URL's host cannot leave this machine.
func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback() || host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// httpURL checks a URL with a host, without user, query and fragment.
func httpURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("bad URL %q, want one such as \"https://cloud.example:8445\"", text)
	}
	return u, nil
}

// validSupport accepts what a block page may link to.
func validSupport(text string) bool {
	if text == "" {
		return true
	}
	if _, err := httpURL(text); err == nil {
		return true
	}
	a, err := mail.ParseAddress(text)
	return err == nil && a.Name == "" && a.Address == text
}

// fieldName reports whether name can be a field that says the tenant: a
// token (RFC 9110 section 5.6.2) without '_', which servers take for '-'.
func fieldName(name string) bool {
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
			continue
		}
		return false
	}
	switch strings.ToLower(name) {
	case "", "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade",
		"authorization", "cookie", "forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-request-id":
		return false
	}
	return true
}

var logLevels = [...]string{"debug", "info", "warn", "error"}
