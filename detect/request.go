// Package detect finds attacks in HTTP requests. It is a pure library: it
// knows no server, keeps no state between requests but bounded caches, logs
// nothing and starts no goroutine.
//
// The walk is Views -> Decode -> Prefilter -> Judge; Policy.Inspect is its
// only entry.
package detect

// Request is what Inspect looks at: views into memory that the caller owns
// and must keep unchanged until the Verdict was used.
type Request struct {
	Method []byte
	// Target is the request target in origin form, byte for byte as it will
	// be sent upstream: path, then '?' and query if there is one.
	Target []byte
	// Host is the canonical host (lower case, no port). Informative: rules
	// may be conditioned on it.
	Host []byte
	// Path is the path decoded and normalised, as routes match it; rules are
	// conditioned on it. Nil: the target's as it is.
	Path []byte
	// Application is the number that the node gave the request, 0 for none;
	// rules may be conditioned on it.
	Application int
	// Headers holds every field line in order of arrival, Host included,
	// names in any case, values without surrounding white space.
	Headers []Header
	// Body is the message body after transfer decoding and before content
	// decoding: all of it, or its head when BodyPartial is set.
	Body        []byte
	BodyPartial bool
}

// Header is one field line.
type Header struct {
	Name, Value []byte
}
