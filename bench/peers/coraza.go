package main

import (
	"bytes"
	"fmt"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"

	"weir/detect"
)

// peer is Coraza with the Core Rule Set at paranoia level 1, blocking at a
// score of 5, as both are delivered; logs and response bodies are off.
type peer struct{ waf coraza.WAF }

// newPeer loads the rules that come with their module.
func newPeer() (*peer, error) {
	waf, err := coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(coreruleset.FS).WithDirectives(`
Include @coraza.conf-recommended
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess Off
SecAuditEngine Off
Include @crs-setup.conf.example
Include @owasp_crs/*.conf
`))
	if err != nil {
		return nil, fmt.Errorf("cannot load the peer's rules: %w", err)
	}
	return &peer{waf}, nil
}

// blocks runs the phases of a request and reports whether it was refused.
func (p *peer) blocks(r *detect.Request) (bool, error) {
	tx := p.waf.NewTransaction()
	defer tx.Close()
	tx.ProcessConnection("192.0.2.7", 40000, "", 0)
	tx.ProcessURI(string(r.Target), string(r.Method), "HTTP/1.1")
	for _, h := range r.Headers {
		if bytes.EqualFold(h.Name, []byte("host")) {
			tx.SetServerName(string(h.Value))
		}
		tx.AddRequestHeader(string(h.Name), string(h.Value))
	}
	if tx.ProcessRequestHeaders() != nil {
		return true, nil
	}
	if len(r.Body) > 0 {
		if it, _, err := tx.WriteRequestBody(r.Body); err != nil || it != nil {
			return it != nil, err
		}
	}
	it, err := tx.ProcessRequestBody()
	return it != nil, err
}
