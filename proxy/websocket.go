package proxy

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/valyala/fasthttp"

	"weir/detect"
)

// The opening handshake of WebSocket (RFC 6455 4), for sites that allow it.
// Both sides of it are checked here, because after it the node is a pipe: if
// client and upstream did not agree on what follows, one of them would read
// frames as requests. For other sites, and for other protocols, the request
// goes on without its Upgrade.

// websocketVersion is the only one there is.
const websocketVersion = "13"

// errHandshake says that an upstream's 101 is no answer to the handshake.
var errHandshake = errors.New("malformed answer to a WebSocket handshake")

// checkUpgrade looks at a request that asks for another protocol.
func (s *Server) checkUpgrade(x *exchange) Refusal {
	if !x.head.upgrade || x.stream != nil || !x.place.Site.WebSocket || !hasToken(x.head.value(fieldUpgrade), "websocket") {
		return Accepted
	}
	key, keys := x.head.named("sec-websocket-key")
	version, versions := x.head.named("sec-websocket-version")
	switch {
	case string(x.head.method) != "GET" || x.head.http10 || x.head.chunked || x.head.length > 0:
		return BadUpgrade
	case !x.head.lists("upgrade") || keys != 1 || !isKey(key):
		return BadUpgrade
	case versions != 1 || string(version) != websocketVersion:
		return UpgradeVersion
	case s.tunnels.count(x.place.Tenant.ID) >= maxTunnels:
		return TooManyTunnels
	}
	x.upgrade = true
	return Accepted
}

// named returns the first value of a field and how many lines it has.
func (h *head) named(lower string) (value []byte, lines int) {
	return named(h.headers, lower)
}

func named(headers []detect.Header, lower string) (value []byte, lines int) {
	for i := range headers {
		if foldIs(headers[i].Name, lower) {
			if lines++; lines == 1 {
				value = headers[i].Value
			}
		}
	}
	return value, lines
}

// lists reports whether Connection lists an option.
func (h *head) lists(lower string) bool {
	for i, f := range h.fields {
		if f == fieldConnection && hasToken(h.headers[i].Value, lower) {
			return true
		}
	}
	return false
}

// isKey reports whether b is 16 bytes in base64.
func isKey(b []byte) bool {
	var raw [18]byte
	if len(b) != 24 {
		return false
	}
	n, err := base64.StdEncoding.Strict().Decode(raw[:], b)
	return err == nil && n == 16
}

// appendAccept appends the answer to a key (RFC 6455 4.2.2).
func appendAccept(dst, key []byte) []byte {
	sum := sha1.Sum(append(bytes.Clone(key), "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"...))
	return base64.StdEncoding.AppendEncode(dst, sum[:])
}

// checkAccepted checks the upstream's 101 against what the client asked for
// (RFC 6455 4.1).
func (x *exchange) checkAccepted() error {
	r := &x.reply
	upgrade, upgrades := named(r.headers, "upgrade")
	accept, accepts := named(r.headers, "sec-websocket-accept")
	key, _ := x.head.named("sec-websocket-key")
	if upgrades != 1 || !foldIs(upgrade, "websocket") || !r.lists("upgrade") {
		return fmt.Errorf("%w: no upgrade", errHandshake)
	}
	if accepts != 1 || !bytes.Equal(accept, appendAccept(nil, key)) {
		return fmt.Errorf("%w: wrong Sec-WebSocket-Accept", errHandshake)
	}
	if protocol, n := named(r.headers, "sec-websocket-protocol"); n > 1 || n == 1 && !x.offers("sec-websocket-protocol", protocol) {
		return fmt.Errorf("%w: a protocol that nobody asked for", errHandshake)
	}
	for i := range r.headers {
		if foldIs(r.headers[i].Name, "sec-websocket-extensions") && !x.offersAll(r.headers[i].Value) {
			return fmt.Errorf("%w: an extension that nobody asked for", errHandshake)
		}
	}
	return nil
}

func (r *reply) lists(lower string) bool {
	for i, f := range r.fields {
		if f == fieldConnection && hasToken(r.headers[i].Value, lower) {
			return true
		}
	}
	return false
}

// offersAll reports whether the client offered every extension of a list.
func (x *exchange) offersAll(list []byte) bool {
	for len(list) > 0 {
		var item []byte
		item, list, _ = bytes.Cut(list, comma)
		name, _, _ := bytes.Cut(item, semicolon)
		if name = trimOWS(name); len(name) > 0 && !x.offers("sec-websocket-extensions", name) {
			return false
		}
	}
	return true
}

var semicolon = []byte{';'}

// offers reports whether a list of the client's has an item, whatever the
// item's parameters.
func (x *exchange) offers(field string, item []byte) bool {
	for i := range x.head.headers {
		if !foldIs(x.head.headers[i].Name, field) {
			continue
		}
		for list := x.head.headers[i].Value; len(list) > 0; {
			var offer []byte
			offer, list, _ = bytes.Cut(list, comma)
			offer, _, _ = bytes.Cut(offer, semicolon)
			if bytes.Equal(trimOWS(offer), item) {
				return true
			}
		}
	}
	return false
}

// openTunnel answers the handshake as the upstream did and leaves both
// connections to a tunnel. After an error conn is still the caller's.
func (s *Server) openTunnel(x *exchange, up *upstream, conn *upConn) error {
	if err := x.checkAccepted(); err != nil {
		return err
	}
	x.answer = time.Now()
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	t := newTunnel(s, x, conn)
	s.tunnels.add(t)
	up.freeSlot() // the pool is for requests
	t.head = x.appendAccepted(nil)
	x.ctx.SetStatusCode(fasthttp.StatusSwitchingProtocols)
	x.ctx.HijackSetNoResponse(true)
	x.ctx.Hijack(t.serve)
	return nil
}

// appendAccepted writes the head of the answer.
func (x *exchange) appendAccepted(b []byte) []byte {
	b = append(b, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"...)
	for i, f := range x.reply.fields {
		e := &x.reply.headers[i]
		if f < fieldHost && f != fieldRequestID && !isOwnReply(e.Name) {
			b = appendField(b, e.Name, e.Value)
		}
	}
	b = appendField(b, []byte("X-Request-ID"), x.requestID)
	return append(b, "\r\n"...)
}
