package uplink

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"weir/config"
	"weir/tenant/wire"
)

// client calls the cloud's node-facing listener.
type client struct {
	base  string // without a slash at the end
	http  *http.Client
	token func() (string, error)

	mu    sync.Mutex
	state CloudState
	last  time.Time // of the last answer that was 200
	held  string    // the last token that could be read
}

// CloudState is how the node gets on with its cloud.
type CloudState string

// The states.
const (
	CloudNone         CloudState = "none"         // no [cloud]
	CloudConnecting   CloudState = "connecting"   // no call has ended yet
	CloudConnected    CloudState = "connected"    // the last call succeeded
	CloudUnreachable  CloudState = "unreachable"  // no answer, or an error of the cloud's
	CloudUnauthorized CloudState = "unauthorized" // 401 or 403: the token is not valid (any more), or cannot be read
)

// callTimeout bounds a call that is no long poll, from dial to last byte.
const callTimeout = 30 * time.Second

// newClient checks what the configuration says; it connects to nobody.
func newClient(c *config.Cloud, read func(file string) (string, error)) (*client, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, fmt.Errorf("bad cloud URL: %w", err)
	}
	if err := checkURL(u, c.Insecure); err != nil {
		return nil, err
	}
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		if conf.RootCAs, err = readCA(c.CAFile); err != nil {
			return nil, err
		}
	}
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 3 * time.Second, KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:     conf,
		TLSHandshakeTimeout: 5 * time.Second,
		TLSNextProto:        map[string]func(string, *tls.Conn) http.RoundTripper{}, // HTTP/1.1 only
		MaxIdleConns:        4,
		MaxIdleConnsPerHost: 4,
		IdleConnTimeout:     time.Minute,
	}
	return &client{
		base: strings.TrimSuffix(u.String(), "/"),
		http: &http.Client{
			Transport: t,
			// The token goes to the configured host and nowhere else.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		token: func() (string, error) { return read(c.TokenFile) },
		state: CloudConnecting,
	}, nil
}

func checkURL(u *url.URL, insecure bool) error {
	switch {
	case u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Errorf("bad cloud URL %q: want https://host:port", u.Redacted())
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return fmt.Errorf("bad cloud URL %q: want no user, query or fragment", u.Redacted())
	case u.Scheme == "http" && !insecure && !isLoopback(u.Hostname()):
		return fmt.Errorf("bad cloud URL %q: http sends the token in clear; use https, or set insecure", u.Redacted())
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

func readCA(file string) (*x509.CertPool, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read ca_file: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, fmt.Errorf("bad ca_file %q: no certificate in PEM", file)
	}
	return pool, nil
}

// statusError is an answer other than 200.
type statusError struct {
	code  int
	after time.Duration // Retry-After
	text  string        // the start of the body
}

func (e *statusError) Error() string {
	if e.text == "" {
		return fmt.Sprintf("cloud answers %d", e.code)
	}
	return fmt.Sprintf("cloud answers %d: %s", e.code, e.text)
}

// errToken says that no token could be read.
var errToken = errors.New("cannot read node token")

// post sends body and returns the answer's, of at most limit bytes. The
// token is read for each call: a new one counts without a restart.
func (c *client) post(ctx context.Context, path string, header http.Header, body []byte, limit int64) ([]byte, error) {
	b, err := c.try(ctx, path, header, body, limit)
	c.learn(err)
	return b, err
}

func (c *client) try(ctx context.Context, path string, header http.Header, body []byte, limit int64) ([]byte, error) {
	token, err := c.readToken()
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("X-Weir-Wire", strconv.Itoa(wire.Version))
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 256)) // for the operator; may be cut
		return nil, &statusError{resp.StatusCode, retryAfter(resp.Header, time.Now()), strings.TrimSpace(strings.ToValidUTF8(string(text), "?"))}
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("answer is longer than %d bytes", limit)
	}
	return b, err
}

// readToken falls back on the last good token while the file is replaced.
func (c *client) readToken() (string, error) {
	token, err := c.token()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil && token != "" {
		c.held = token
	}
	switch {
	case c.held != "":
		return c.held, nil
	case err == nil:
		return "", fmt.Errorf("%w: it is empty", errToken)
	}
	return "", fmt.Errorf("%w: %w", errToken, err)
}

// learn takes the state from how a call ended.
func (c *client) learn(err error) {
	var s *statusError
	state := CloudUnreachable
	switch {
	case errors.Is(err, context.Canceled):
		return // we hung up
	case err == nil:
		state = CloudConnected
	case errors.Is(err, errToken), errors.As(err, &s) && (s.code == http.StatusUnauthorized || s.code == http.StatusForbidden):
		state = CloudUnauthorized
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = state
	if err == nil {
		c.last = time.Now()
	}
}

func (c *client) status() (CloudState, time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state, c.last
}
