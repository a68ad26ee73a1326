package detect

import "bytes"

// Server-side request forgery.
//
// Rules: a value that is a URL as a whole, and leads where only the server
// gets: to itself, into its network, to the metadata of its cloud; by a
// scheme that speaks to any port; or to a host whose spelling hides which one
// it is. A URL inside text is talk, however private its host. Developers and
// intranets have plain private URLs everywhere, so these count by their port
// and by the field: where a browser is or returns to may be anywhere.
//
// Guarantee, at balanced. Caught:
//
//	http://169.254.169.254/any/thing
//	http://0x7f.1:6379/
//	gopher://h.example:25/_HELO
//
// Not an attack:
//
//	redirect_uri=http://127.0.0.1:51234/callback
//	run the server, then open http://localhost/ in a browser
//	{"ips":["10.0.0.4","192.168.7.20"]}
func maybeSSRF(f features, n int) bool {
	return n > 5 && f&(fColon|fSlash|fBack) != 0 && f&(fDigit|fAlpha|fHigh) != 0 || n == len(metadataAddress) && f == fDigit|fDot
}

// metadataAddress is where most clouds answer what they know of a machine,
// its credentials included.
const metadataAddress = "169.254.169.254"

// judgeSSRF looks at values that start as URLs, and at bare hosts with a
// path.
func judgeSSRF(v *value, s *Scratch) finding {
	if !maybeSSRF(v.f, len(v.b)) || len(v.b) > maxURL || !targetKind(v.kind) {
		return finding{}
	}
	if !startsURL(v.b) {
		if v.kind == kindParam && string(v.b) == metadataAddress {
			return finding{score: 52, end: len(v.b), rule: "ssrf/address", why: "is the URL of a place that only the server reaches"}
		}
		return judgeBareHost(v, s)
	}
	var u urlShape
	if !u.read(v.b) || u.prose() {
		return finding{}
	}
	f := finding{end: len(v.b), rule: "ssrf/address", why: "is the URL of a place that only the server reaches"}
	if u.scheme == nil && v.kind == kindPath || u.scheme != nil && u.class == 0 && u.slashes != 2 {
		return finding{}
	}
	a := readAddress(u.name())
	f.score = u.addressScore(a, v, s)
	if a.reach == reachNone {
		f.score = u.nameScore(v, s)
	}
	if u.wrapped() && f.score < 62 {
		f.score, f.rule, f.why = 62, "ssrf/scheme", "wraps a URL into a scheme that only programs open"
	}
	if u.class == schemeRaw && u.slashes > 0 && f.score < 70 {
		f.score, f.rule, f.why = 70, "ssrf/scheme", "names a scheme by which a server speaks to any port"
	}
	if u.class == schemeOther && u.slashes > 1 && f.score < 60 && bytes.IndexAny(u.rest, "\r\n") >= 0 {
		f.score, f.rule, f.why = 60, "ssrf/scheme", "names a scheme by which a server speaks to any port"
	}
	return f
}

// wrapped reports whether the scheme is one of Java's that take another URL.
func (u *urlShape) wrapped() bool {
	return (equalFold(u.scheme, "jar") || equalFold(u.scheme, "url")) && len(u.port) == 0 && u.port != nil &&
		urlSchemes.lookup(u.host) != 0 && hasPrefix(u.rest, "/")
}

// targetKind reports whether a value of that kind may be a target.
func targetKind(k kind) bool {
	return k == kindParam || k == kindHeader || k == kindPath || k == kindFileName
}

// prose reports whether text goes on behind the URL.
func (u *urlShape) prose() bool {
	if u.marks&urlText != 0 {
		return true
	}
	blanks := 0
	for _, c := range u.rest {
		if c == ' ' || c == '\n' {
			if blanks++; blanks > 2 {
				return true
			}
		}
	}
	return false
}

// addressScore weighs a host that is a number.
func (u *urlShape) addressScore(a hostAddress, v *value, s *Scratch) int {
	hidden := a.odd || u.marks&(urlWide|urlEncoded|urlControl) != 0
	switch {
	case a.reach == reachNone:
		return 0
	case a.reach == reachLink:
		return 85
	case hidden && u.scheme != nil:
		return 75
	case a.reach == reachPublic:
		return 0
	case hidden && a.reach != reachReserved:
		return 60
	case u.scheme == nil:
		return 25
	case a.other:
		return 58
	case a.six && a.reach == reachReserved:
		return 55
	}
	return u.plainScore(v, s)
}

// plainScore weighs a private host that is named as everybody does.
func (u *urlShape) plainScore(v *value, s *Scratch) int {
	switch {
	case u.scheme == nil:
		return 25
	case u.user != nil && bytes.IndexByte(u.user, '.') >= 0:
		return 70
	case u.class == 0, u.developer(), v.kind == kindPath, v.kind == kindHeader:
		return 40
	case s.field() == fieldPage:
		return 35
	}
	return 58
}

// servicePorts are ports of services that answer without asking who calls;
// no web server of a developer listens on them.
var servicePorts = newWordTable([]wordGroup{{1, []string{
	"11211", "6379", "2375", "2376", "9200", "9300", "10250", "10255", "2379", "2380", "8500", "27017", "5984", "3306",
	"5432", "1433", "1521", "4444", "5900", "3389", "7001", "9000", "10000", "4194", "8086", "50070", "6443",
}}})

// developer reports whether the port is one that programs of developers use.
func (u *urlShape) developer() bool {
	return len(u.port) > 3 && u.marks&urlBadPort == 0 && servicePorts.lookup(u.port) == 0
}

// nameScore weighs a host that has a name.
func (u *urlShape) nameScore(v *value, s *Scratch) int {
	h := u.name()
	switch hostClass(h) {
	case hostLocal:
		if u.scheme != nil && u.marks&(urlWide|urlEncoded|urlControl) != 0 {
			return 75
		}
		return u.plainScore(v, s)
	case hostAlias:
		return 62
	case hostMetadata:
		if bytes.IndexByte(h, '.') < 0 && u.scheme == nil {
			return 0
		}
		return 75
	case hostCarrier:
		if u.scheme != nil || carriesAddress(h) {
			return 65
		}
	case hostListener:
		return 62
	}
	switch {
	case carriesAddress(h):
		return 60
	case u.class == schemeWeb && len(u.port) > 0 && bytes.IndexByte(h, '.') < 0 && servicePorts.lookup(u.port) != 0:
		return 58
	case string(h) == "unix" && u.port != nil && bytes.Contains(u.rest, []byte(".sock")):
		return 65
	}
	return 0
}

// carriesAddress reports whether four labels in a row are a private address,
// as in names that resolve to what they carry.
func carriesAddress(h []byte) bool {
	for i := 0; i < len(h); {
		end, dots := i, 0
		for end < len(h) && (isDigit(h[end]) || h[end] == '.' && dots < 3) {
			if h[end] == '.' {
				dots++
			}
			end++
		}
		if dots == 3 && end < len(h) && h[end] == '.' {
			v, odd, ok := readIPv4(h[i:end])
			if r := reach4(v); ok && !odd && r != reachPublic {
				return true
			}
		}
		for i < len(h) && h[i] != '.' {
			i++
		}
		i++
	}
	return false
}

// judgeBareHost weighs a host without a scheme but with a path: some clients
// add the scheme themselves.
func judgeBareHost(v *value, s *Scratch) finding {
	b := v.b
	i := 0
	for i < len(b) && (byteFeature[b[i]]&(plainBytes|fDot|fMinus) != 0) {
		i++
	}
	if i < 4 || i > maxHost || i == len(b) || b[i] != '/' || v.kind != kindParam && v.kind != kindHeader || v.f&fSpace != 0 {
		return finding{}
	}
	f := finding{end: len(b), rule: "ssrf/address", why: "is the URL of a place that only the server reaches"}
	var buf [maxHost]byte
	h := buf[:i]
	for k := range h {
		h[k] = lowerByte(b[k])
	}
	switch hostClass(h) {
	case hostLocal:
		f.score = 40
		if s.field() == fieldFetch {
			f.score = 55
		}
	case hostAlias:
		f.score = 60
	case hostMetadata:
		if bytes.IndexByte(h, '.') > 0 {
			f.score = 65
		}
	case hostCarrier, hostListener:
		f.score = 55
	}
	if readAddress(h).reach == reachLink && !hasPrefix(b[i:], "/1") && !hasPrefix(b[i:], "/2") && !hasPrefix(b[i:], "/3") {
		f.score = 70
	}
	return f
}
