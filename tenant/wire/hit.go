// Package wire is what node and cloud agree on: the hit, the batch, the
// bundle, and the paths between them.
package wire

import "weir/tenant"

// Hit is one attack of one class in one request, masked: it is made in the
// request's handler and owns its memory. JSON names are the wire format, the
// API's and the hits file's.
type Hit struct {
	ID          string    `json:"id"`       // unique for ever: node, boot, sequence
	Incident    string    `json:"incident"` // printed on the block page; shared by the hits of one request
	RequestID   string    `json:"request_id"`
	Tenant      tenant.ID `json:"tenant"`
	TenantName  string    `json:"tenant_name"`
	Node        string    `json:"node"`
	Time        int64     `json:"time"` // Unix milliseconds, the node's clock
	Application int       `json:"application,omitempty"`

	Class    string   `json:"class"` // detect.Class
	Rule     string   `json:"rule"`
	Why      string   `json:"why"`
	Score    int      `json:"score"`
	Point    string   `json:"point"` // [post][json][hash user][base64]
	Evidence Evidence `json:"evidence"`
	Partial  bool     `json:"partial,omitempty"`

	Method string `json:"method"`
	Scheme string `json:"scheme"`
	Host   string `json:"host"`
	Path   string `json:"path"` // undecoded, without query, at most MaxPath bytes
	Client string `json:"client"`
	Peer   string `json:"peer,omitempty"` // when it differs from Client

	// Request is the request as received, masked and cut: what the console
	// shows. RequestCut says that bytes are missing at the end.
	Request    []byte `json:"request"` // base64 in JSON
	RequestCut bool   `json:"request_cut,omitempty"`
	// Mark is where in Request the undecoded value stands; To is 0 when it
	// is masked or cut away.
	Mark Span `json:"mark"`

	Blocked      bool   `json:"blocked"`
	BlockReason  string `json:"block_reason,omitempty"` // attack, vpatch, denylist, graylist
	Mode         string `json:"mode"`                   // final
	LocalMode    string `json:"local_mode"`
	CloudMode    string `json:"cloud_mode"`
	ModeSource   string `json:"mode_source"`
	ModeRule     string `json:"mode_rule,omitempty"` // ID of the mode rule that counted
	Status       int    `json:"status"`
	ResponseSize int64  `json:"response_size"` // -1: unknown when the hit was made
	InspectMicro int64  `json:"inspect_us"`
	UpstreamMS   int64  `json:"upstream_ms"` // until the first byte; 0 when blocked
}

// Evidence is the decoded value around the payload: Text[Start:End] is what
// was judged an attack. Masked values are replaced by '*'.
type Evidence struct {
	Text  []byte `json:"text"` // base64 in JSON: payloads are seldom UTF-8; at most MaxEvidence bytes
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// Span is a half-open byte range.
type Span struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Bounds of a hit, in bytes.
const (
	MaxEvidence = 512
	MaxPath     = 2048
	MaxRequest  = 16 << 10
)
