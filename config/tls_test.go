package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// writePair writes a self-signed certificate and its key.
func (n *node) writePair(name string) {
	n.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		n.t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"a.example"}, NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		n.t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		n.t.Fatal(err)
	}
	n.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	n.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func TestCertificates(t *testing.T) {
	n := newNode(t)
	n.writePair("t/a")
	n.writePair("t/b")
	f := func(site, want string) {
		t.Helper()
		n.write("t/1.toml", tenantText(1, "block", "a.example")+site)
		node, ps := Load(filepath.Join(n.dir, "node.toml"), nil)
		if want != "" {
			if len(ps) != 1 || !strings.Contains(ps[0].Error(), "t/1.toml:8: tenant \"t1\": "+want) {
				t.Errorf("%s: got %v, want %s", site, ps, want)
			}
			return
		}
		if len(ps) > 0 {
			t.Fatalf("%s: %v", site, ps)
		}
		if tls := node.Tenants[0].Sites[0].TLS; tls.Cert != n.dir+"/t/a.pem" || tls.Key != n.dir+"/t/a.key" {
			t.Errorf("%s: got %+v", site, tls)
		}
	}
	// relative to the file that names them
	f(`tls = { cert = "a.pem", key = "a.key" }`, "")
	f(`tls = { cert = "a.pem", key = "b.key" }`, "tls: private key does not match public key")
	f(`tls = { cert = "a.key", key = "a.key" }`, "tls: failed to find")
	f(`tls = { cert = "c.pem", key = "a.key" }`, `tls: cannot read "`+n.dir+`/t/c.pem": no such file`)
	f(`tls = { cert = "a.pem" }`, "tls needs both cert and key")
	f(`upstream_tls = { ca = "a.pem" }`, "upstream_tls: no upstream is https")

	n.write("t/1.toml", strings.Replace(tenantText(1, "block", "a.example"), "http:", "https:", 1)+`upstream_tls = { ca = "a.pem", server_name = "app" }`)
	node, ps := Load(filepath.Join(n.dir, "node.toml"), nil)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if u := node.Tenants[0].Sites[0].Upstreams[0]; u.CAFile != n.dir+"/t/a.pem" || u.ServerName != "app" {
		t.Errorf("got %+v", u)
	}
	n.write("t/1.toml", strings.Replace(tenantText(1, "block", "a.example"), "http:", "https:", 1)+`upstream_tls = { ca = "a.key" }`)
	if _, ps := Load(filepath.Join(n.dir, "node.toml"), nil); len(ps) != 1 || !strings.Contains(ps.Error(), `ca: "`+n.dir+`/t/a.key" holds no PEM certificate`) {
		t.Errorf("got %v", ps)
	}
}
