package config

import "weir/tenant"

// Load reads node.toml and what it includes. prev is the Specs in force: nil
// at start, Node.Tenants of the last Load at reload. Node is nil when a
// problem is fatal.
func Load(file string, prev []tenant.Spec) (*Node, Problems) { return nil, nil }

// Live counts the tenants that can be served.
func (n *Node) Live() int { return 0 }

// LoadCloud reads cloud.toml. The result is nil when there is any problem.
func LoadCloud(file string) (*CloudServer, Problems) { return nil, nil }

// ReadToken reads a secret from a file that nobody else can read.
func ReadToken(file string) (string, error) { return "", nil }
