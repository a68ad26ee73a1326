package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"reflect"
	"slices"
	"strings"
)

// cloudFile is cloud.toml. All file names in it are relative to its folder.
type cloudFile struct {
	// version is 1.
	Version *int `toml:"version"`
	// secret_key_file holds the key under which the store keeps secrets;
	// nobody else may read it. It stands before the first table.
	SecretKeyFile string       `toml:"secret_key_file"`
	Console       consoleTable `toml:"console"`
	Ingest        endpoint     `toml:"ingest"`
	Store         storeTable   `toml:"store"`
	SMTP          *smtpTable   `toml:"smtp"`
	Log           logTable     `toml:"log"`
	At            *place
}

// endpoint is [ingest].
type endpoint struct {
	// address is host:port; an empty host means all.
	Address *string  `toml:"address"`
	TLS     *keyPair `toml:"tls"`
	At      *place
}

// consoleTable is [console].
type consoleTable struct {
	endpoint
	// public_url is where browsers reach the console, without a path;
	// cookies are Secure when it is https.
	PublicURL string `toml:"public_url"`
	// session_idle ends a session that nobody uses.
	SessionIdle *duration `toml:"session_idle"`
	// session_absolute ends every session.
	SessionAbsolute *duration `toml:"session_absolute"`
}

// storeTable is [store].
type storeTable struct {
	// url is sqlite:///folder or postgres://user@host/database.
	URL *string `toml:"url"`
	At  *place
}

// smtpTable is [smtp].
type smtpTable struct {
	// address is host:port of the mail server.
	Address string `toml:"address"`
	// security is starttls (default), tls or none.
	Security *string `toml:"security"`
	// username, with the password alone in password_file, which nobody else
	// may read; left out, no authentication.
	Username     string `toml:"username"`
	PasswordFile string `toml:"password_file"`
	// from is the sender's mail address.
	From string `toml:"from"`
	At   *place
}

// LoadCloud reads cloud.toml. The result is nil when there is any problem.
func LoadCloud(file string) (*CloudServer, Problems) {
	doc, p := readDocument(file)
	if p != nil {
		p.Fatal = true
		return nil, Problems{p}
	}
	return loadCloud(doc)
}

func loadCloud(doc document) (*CloudServer, Problems) {
	s := &scope{file: doc.file, fatal: true}
	var f cloudFile
	s.decode(doc.table, doc.at, "the top level", reflect.ValueOf(&f).Elem())
	s.version(f.Version, f.At)
	c := cloudDefaults()
	c.File, c.SecretKeyFile, c.Log = s.file, s.path(f.SecretKeyFile), s.log(f.Log)
	if f.SecretKeyFile != "" {
		_, err := ReadToken(c.SecretKeyFile)
		s.check(f.At, "secret_key_file", err)
	}
	s.console(c, &f.Console)
	s.endpoint(&c.Ingest, &f.Ingest)
	if c.Console.Address == c.Ingest.Address && !strings.HasSuffix(c.Console.Address, ":0") {
		s.report(f.Ingest.At.orRoot(f.At).at("address"), "address", "address %q belongs to [console]", c.Ingest.Address)
	}
	if f.Store.URL != nil {
		c.StoreURL = *f.Store.URL
		s.check(f.Store.At, "url", checkStore(c.StoreURL))
	}
	c.SMTP = s.smtp(f.SMTP)
	s.found.sort()
	if len(s.found) > 0 {
		return nil, s.found
	}
	return c, nil
}

// orRoot is p, or the file's place when the table is not there.
func (p *place) orRoot(root *place) *place {
	if p == nil {
		return root
	}
	return p
}

func (s *scope) endpoint(dst *Endpoint, e *endpoint) {
	if e.Address != nil {
		dst.Address = *e.Address
		s.check(e.At, "address", listenAddress(dst.Address))
	}
	dst.TLS = s.keyPair(e.TLS)
}

func (s *scope) console(c *CloudServer, t *consoleTable) {
	s.endpoint(&c.Console, &t.endpoint)
	if t.PublicURL != "" {
		u, err := httpURL(t.PublicURL)
		if err == nil && u.Path != "" && u.Path != "/" {
			err = fmt.Errorf("public_url %q has a path: the console stands at the root of its host", t.PublicURL)
		}
		s.check(t.At, "public_url", err)
		c.PublicURL = strings.TrimSuffix(t.PublicURL, "/")
	}
	if t.SessionIdle != nil {
		c.Session.Idle = t.SessionIdle.value()
	}
	if t.SessionAbsolute != nil {
		c.Session.Absolute = t.SessionAbsolute.value()
	}
	if c.Session.Idle > c.Session.Absolute {
		s.check(t.At, "session_idle", fmt.Errorf("session_idle %s is longer than session_absolute %s", c.Session.Idle, c.Session.Absolute))
	}
}

func checkStore(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
	case u.Scheme == "sqlite" && u.Host == "" && strings.HasPrefix(u.Path, "/") && u.RawQuery == "":
		return nil
	case (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host != "" && len(u.Path) > 1:
		return nil
	}
	return fmt.Errorf("bad store %q, want sqlite:///folder or postgres://user@host/database", hidePassword(text))
}

// hidePassword keeps a password in a bad URL out of logs.
func hidePassword(text string) string {
	if u, err := url.Parse(text); err == nil {
		return u.Redacted()
	}
	scheme, _, _ := strings.Cut(text, ":")
	return scheme + ":..."
}

var smtpSecurity = [...]string{"starttls", "tls", "none"}

func (s *scope) smtp(t *smtpTable) *SMTP {
	if t == nil {
		return nil
	}
	m := &SMTP{Address: t.Address, Security: smtpSecurity[0], Username: t.Username, PasswordFile: s.path(t.PasswordFile), From: t.From}
	if host, _, err := net.SplitHostPort(t.Address); err != nil || host == "" {
		s.check(t.At, "address", fmt.Errorf("bad address %q, want host:port of the mail server", t.Address))
	} else {
		s.check(t.At, "address", listenAddress(t.Address))
	}
	if t.Security != nil {
		m.Security = *t.Security
		if !slices.Contains(smtpSecurity[:], m.Security) {
			s.check(t.At, "security", fmt.Errorf("unknown security %q, want starttls, tls or none", m.Security))
		}
	}
	if a, err := mail.ParseAddress(t.From); err != nil || a.Name != "" {
		s.check(t.At, "from", fmt.Errorf("bad from %q, want a mail address", t.From))
	}
	if (t.Username == "") != (t.PasswordFile == "") {
		s.report(t.At, "username", "username and password_file go together")
	} else if t.PasswordFile != "" {
		_, err := ReadToken(m.PasswordFile)
		s.check(t.At, "password_file", err)
	}
	return m
}
