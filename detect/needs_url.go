package detect

import "bytes"

// needsSSRF: a URL, or a host that is known by its name or a number; a path
// of a request has a scheme to be a target.
func needsSSRF(v *value, t *traits) bool {
	b := v.b
	if startsURL(b) {
		return v.kind != kindPath || !slashFirst(b)
	}
	i := bytes.IndexByte(b[:min(len(b), maxHost+1)], '/')
	if i < 0 {
		return string(b) == metadataAddress
	}
	return isDigit(b[0]) || bytes.IndexByte(b[:i], '.') >= 0 || hostNames.lookup(b[:i]) != 0
}

// needsRedir: a URL, and no plain one; behind a single slash stands a path,
// unless something in it is spelled oddly.
func needsRedir(v *value, t *traits) bool {
	if !startsURL(v.b) || plainLink(v.b) {
		return false
	}
	if slashFirst(v.b) && len(v.b) > 1 && isAlnum(v.b[1]) {
		return v.f&(fHigh|fPercent|fBack|fCtl|fSpace) != 0 || t.pairs&pairScheme != 0
	}
	return true
}

// slashFirst reports whether b begins with a slash.
func slashFirst(b []byte) bool { return len(b) > 0 && b[0] == '/' }
