package proxy

import (
	"weir/tenant"
)

// identify finds out whose request it is and who sent it. From here on only
// the tenant counts, never the host.
func (s *Server) identify(x *exchange) Refusal {
	x.trusted = x.snap.peers.Trusts(x.peer)
	x.chooseRequestID()
	id, believed, r := x.believedTenant()
	if r != Accepted {
		return r
	}
	if r := x.findPlace(id, believed); r != Accepted {
		return r
	}
	if x.conn.listener.matchSNI && !x.snap.permits(x.conn.sni, x) {
		return WrongName
	}
	x.findClient()
	x.viewHead()
	x.place.Mode = x.place.Tenant.Policy.Mode(x.place.Mode, &x.req)
	return Accepted
}

// believedTenant reads the tenant header, when the peer may set it. From
// others it is marked for removal.
func (x *exchange) believedTenant() (id tenant.ID, believed bool, r Refusal) {
	name := x.snap.header
	if name == "" {
		return id, false, Accepted
	}
	for i := range x.head.headers {
		h := &x.head.headers[i]
		if !foldIs(h.Name, name) {
			continue
		}
		if x.head.fields[i] < fieldHost {
			x.head.fields[i] = fieldTenantID
		}
		if !x.trusted {
			continue
		}
		if believed {
			return id, false, BadForwarded
		}
		var err error
		if id, err = tenant.ParseID(h.Value); err != nil {
			return id, false, BadForwarded
		}
		believed = true
	}
	return id, believed, Accepted
}

func (x *exchange) findPlace(id tenant.ID, believed bool) Refusal {
	x.path = tenant.AppendPath(x.path[:0], x.head.target)
	l := x.conn.listener
	var ok bool
	if x.place, ok = x.snap.table.Lookup(x.head.site, id, believed, x.path); !ok && !believed && l.DefaultTenant != nil {
		x.place, ok = x.snap.table.Default(*l.DefaultTenant, x.head.site, x.path)
	}
	switch {
	case !ok:
		return UnknownHost
	case x.place.Tenant.Broken != nil || x.place.Site == nil:
		return TenantBroken
	case x.lacksPolicy():
		return PolicyMissing
	case x.place.Tenant.Rejects():
		return TenantOff
	case x.place.Shared && !tenant.PathIsPlain(x.head.target):
		return AmbiguousPath
	}
	return Accepted
}

// lacksPolicy reports whether the tenant wants no request served before the
// cloud has given it a policy, and has none, not even from disk.
func (x *exchange) lacksPolicy() bool {
	t := x.place.Tenant
	return t.Version == 0 && t.Fail.MissingPolicy == tenant.FailClosed && x.snap.cfg.Cloud != nil
}

// findClient walks the forwarded addresses from the peer outwards.
func (x *exchange) findClient() {
	x.client, x.scheme = x.peer, x.conn.listener.scheme
	if !x.trusted {
		return
	}
	xff, fwd := x.lists[0][:0], x.lists[1][:0]
	for i, f := range x.head.fields {
		switch f {
		case fieldForwardedFor:
			xff = append(xff, x.head.headers[i].Value)
		case fieldForwarded:
			fwd = append(fwd, x.head.headers[i].Value)
		case fieldForwardedProto:
			if foldIs(x.head.headers[i].Value, "https") {
				x.scheme = "https"
			} else if foldIs(x.head.headers[i].Value, "http") {
				x.scheme = "http"
			}
		}
	}
	x.client = tenant.Client(x.peer, xff, fwd, x.snap.peers)
	clear(xff)
	clear(fwd)
	x.lists = [2][][]byte{xff, fwd}
}

// chooseRequestID takes a trusted peer's ID when it is sound, else makes one.
func (x *exchange) chooseRequestID() {
	if x.trusted {
		if id := x.head.value(fieldRequestID); isRequestID(id) {
			x.requestID = append(x.requestID[:0], id...)
			return
		}
	}
	x.requestID = appendUUIDv7(x.requestID[:0], x.start)
}

// isRequestID reports whether id is 8 to 64 of A-Z a-z 0-9 . _ -
func isRequestID(id []byte) bool {
	if len(id) < 8 || len(id) > 64 {
		return false
	}
	for _, c := range id {
		if f := foldName[c]; !(f >= 'a' && f <= 'z' || f >= '0' && f <= '9' || f == '-' || f == '.') {
			return false
		}
	}
	return true
}
