package proxy

import "bytes"

// methods lists what applications use (RFC 9110, 5789, 4918, 3253, 3744,
// 5323, 4791, 6352 and the QUERY draft). Names are compared byte by byte: a
// method is case-sensitive.
var methods = [][]string{
	3:  {"GET", "PUT"},
	4:  {"POST", "HEAD", "COPY", "MOVE", "LOCK", "BIND", "LINK"},
	5:  {"PATCH", "QUERY", "MKCOL", "LABEL", "MERGE", "PURGE"},
	6:  {"DELETE", "REPORT", "SEARCH", "UNLOCK", "UPDATE", "REBIND", "UNBIND", "UNLINK", "NOTIFY"},
	7:  {"OPTIONS", "CHECKIN"},
	8:  {"PROPFIND", "CHECKOUT"},
	9:  {"PROPPATCH", "MKREDIRECTREF"},
	10: {"MKCALENDAR", "MKACTIVITY", "UNCHECKOUT", "ORDERPATCH"},
	11: {"MKWORKSPACE"},
	15: {"VERSION-CONTROL", "BASELINE-CONTROL"},
}

// refusedMethods mean something to proxies and servers themselves.
var refusedMethods = []string{"TRACE", "TRACK", "CONNECT", "DEBUG", "PRI"}

func checkMethod(m []byte) Refusal {
	if len(m) < len(methods) {
		for _, known := range methods[len(m)] {
			if string(m) == known {
				return Accepted
			}
		}
	}
	for _, known := range refusedMethods {
		if string(m) == known {
			return MethodRefused
		}
	}
	return MethodUnknown
}

// parseTarget accepts origin form and "*" for OPTIONS; absolute form only
// when it names the very host of the Host field, and as its origin form.
// Bytes of 0x80 and above are let through, because browsers send them: they
// are inspected and forwarded as they are.
func (h *head) parseTarget() Refusal {
	t := h.target
	if len(t) == 1 && t[0] == '*' {
		if string(h.method) != "OPTIONS" {
			return BadTarget
		}
		return Accepted
	}
	if len(t) > 0 && t[0] != '/' {
		var ok bool
		if t, ok = cutAuthority(t, h.host); !ok {
			return BadTarget
		}
		h.target = t
	}
	for _, c := range t {
		if c <= ' ' || c == 0x7f || c == '#' {
			return BadTarget
		}
	}
	if len(t) == 0 {
		return BadTarget
	}
	return Accepted
}

var slash = []byte("/")

// cutAuthority returns the origin form of an absolute target whose authority
// is host, byte for byte but for case.
func cutAuthority(t, host []byte) ([]byte, bool) {
	switch {
	case len(t) > 7 && bytes.EqualFold(t[:7], []byte("http://")):
		t = t[7:]
	case len(t) > 8 && bytes.EqualFold(t[:8], []byte("https://")):
		t = t[8:]
	default:
		return nil, false
	}
	end := bytes.IndexAny(t, "/?")
	if end < 0 {
		end = len(t)
	}
	if !bytes.EqualFold(t[:end], host) {
		return nil, false
	}
	t = t[end:]
	if len(t) == 0 {
		return slash, true
	}
	return t, t[0] == '/'
}
