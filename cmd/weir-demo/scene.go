package main

import (
	"fmt"
	"os"
	"path/filepath"

	"weir/tenant/wire"
)

// The sample account: a partner with two clients, and a third that keeps
// production and staging apart.
const (
	accountName = "Northgate Security"
	adminEmail  = "admin@northgate.example"
)

var brand = wire.Brand{Name: accountName, Support: "support@northgate.example"}

// place is one sample tenant: a company, or one environment of one.
type place struct {
	Name    string // of the tenant, and of its host below localhost
	ID      string
	Company string
	About   string // what its sample app is
	Mode    string // local mode on the node
	Email   string // its user, an admin of the tenant
	app     string // URL of the sample app
}

func newPlaces() []*place {
	return []*place{
		{Name: "acme", ID: "11111111-1111-1111-1111-111111111111", Company: "Acme", About: "a web shop", Mode: "block", Email: "ann@acme.example"},
		{Name: "globex", ID: "22222222-2222-2222-2222-222222222222", Company: "Globex", About: "a booking site", Mode: "monitoring", Email: "gil@globex.example"},
		{Name: "shop-prod", ID: "33333333-3333-3333-3333-333333333333", Company: "Initech", About: "its shop, production", Mode: "block", Email: "pia@initech.example"},
		{Name: "shop-staging", ID: "44444444-4444-4444-4444-444444444444", Company: "Initech", About: "its shop, staging", Mode: "monitoring", Email: "sam@initech.example"},
	}
}

// Host is the host of the place, without a port.
func (p *place) Host() string { return p.Name + ".localhost" }

// writeNode writes what the node reads: node.toml, tenants.d and its token.
// Loopback is believed about client addresses, so that one machine can play
// many clients.
func writeNode(dir, address, admin, cloudURL, token string, places []*place) (string, error) {
	conf := fmt.Sprintf(`version = 1
include = ["tenants.d/*.toml"]
[node]
state = %q
[[listener]]
address = %q
health = "/healthz"
[admin]
address = %q
[identify]
header = "X-Tenant-ID"
trusted = ["127.0.0.0/8"]
[cloud]
url = %q
token_file = %q
[log]
level = "warn"
`, filepath.Join(dir, "state"), address, admin, cloudURL, filepath.Join(dir, "node.token"))
	file := filepath.Join(dir, "node.toml")
	files := map[string]string{file: conf, filepath.Join(dir, "node.token"): token + "\n"}
	for _, p := range places {
		files[filepath.Join(dir, "tenants.d", p.Name+".toml")] = p.toml()
	}
	if err := os.MkdirAll(filepath.Join(dir, "tenants.d"), 0o700); err != nil {
		return "", fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	for name, text := range files {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			return "", fmt.Errorf("cannot write the node's configuration: %w", err)
		}
	}
	return file, nil
}

func (p *place) toml() string {
	return fmt.Sprintf(`# %s: %s
[[tenant]]
id = %q
name = %q
mode = %q
  [[tenant.site]]
  hosts = [%q]
  upstreams = [%q]
`, p.Company, p.About, p.ID, p.Name, p.Mode, p.Host(), p.app)
}
