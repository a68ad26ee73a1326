package proxy

// Refusal says why a request was not served. Refused requests are answered
// with a fixed page and Connection: close, counted by reason and never logged
// one by one: anybody can cause them.
type Refusal uint8

// The refusals; Accepted is none. The comment names the rule.
const (
	Accepted       Refusal = iota
	BadRequest             // the reader could not make sense of the message
	BadLine                // a header line that does not end in CRLF, or a folded one (RFC 9112 2.2, 5.2)
	BadName                // a field name that is no token, or space before the colon (RFC 9112 5.1)
	BadFraming             // TE with CL, TE other than chunked, a name that is one of these to an application
	BadHost                // missing, repeated or malformed Host (RFC 9112 3.2)
	BadTarget              // neither origin form nor an absolute form of the same host (RFC 9112 3.2)
	BadForwarded           // a trusted peer's tenant header is no UUID
	AmbiguousPath          // tenants share the host by path and servers read this path differently
	BadBody                // broken chunks or an early end
	TrailerRefused         // Trailer announces fields that would escape inspection
	MethodRefused          // TRACE, CONNECT and the like
	MethodUnknown          // no method that applications use
	TooManyHeaders         // more than maxHeaders lines
	HeadTooLarge           // more than max_header_bytes
	BodyTooLarge           // beyond max_body_bytes, or beyond inspection where that is refused
	BadExpect              // an expectation other than 100-continue
	BadVersion             // neither HTTP/1.0 nor HTTP/1.1
	BadUpgrade             // a WebSocket handshake that is none (RFC 6455 4.2.1)
	UpgradeVersion         // of another version
	TooManyTunnels         // the tenant has maxTunnels open
	TooSlow                // header or body did not arrive in time
	UnknownHost            // no tenant has the host
	WrongName              // the TLS handshake named another tenant's host
	TenantBroken           // the tenant's configuration cannot be used
	PolicyMissing          // the cloud has given none yet, and the tenant fails closed
	TenantOff              // deactivated, and to be refused then
	NoMemory               // the budget of buffered bytes is used up
	numRefusals
)

var refusals = [numRefusals]struct {
	name   string
	status int
}{
	Accepted:       {"accepted", 200},
	BadRequest:     {"bad_request", 400},
	BadLine:        {"bad_line", 400},
	BadName:        {"bad_name", 400},
	BadFraming:     {"bad_framing", 400},
	BadHost:        {"bad_host", 400},
	BadTarget:      {"bad_target", 400},
	BadForwarded:   {"bad_tenant_header", 400},
	AmbiguousPath:  {"ambiguous_path", 400},
	BadBody:        {"bad_body", 400},
	TrailerRefused: {"trailer", 400},
	MethodRefused:  {"method_refused", 405},
	MethodUnknown:  {"method_unknown", 501},
	TooManyHeaders: {"too_many_headers", 431},
	HeadTooLarge:   {"head_too_large", 431},
	BodyTooLarge:   {"body_too_large", 413},
	BadExpect:      {"bad_expect", 417},
	BadVersion:     {"bad_version", 505},
	BadUpgrade:     {"bad_upgrade", 400},
	UpgradeVersion: {"websocket_version", 426},
	TooManyTunnels: {"too_many_tunnels", 503},
	TooSlow:        {"too_slow", 408},
	UnknownHost:    {"unknown_host", 421},
	WrongName:      {"wrong_server_name", 421},
	TenantBroken:   {"tenant_broken", 503},
	PolicyMissing:  {"policy_missing", 503},
	TenantOff:      {"tenant_deactivated", 503},
	NoMemory:       {"no_memory", 503},
}

// String returns the name that metrics use.
func (r Refusal) String() string { return refusals[r].name }

// Status returns the HTTP status of the answer.
func (r Refusal) Status() int { return refusals[r].status }
