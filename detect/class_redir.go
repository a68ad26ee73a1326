package detect

import "bytes"

// Open redirects.
//
// Rules: pages pass the address of another site to one another all day, so an
// address alone is nothing. What counts is a value that is a URL as a whole
// and is spelled so that a check and a browser read different hosts in it:
// slashes that are missing, too many, backslashes or encoded; blanks inside;
// another host's name in front of '@'; look-alikes of dots and slashes; a
// path that begins as a host.
//
// Guarantee, at balanced. Caught:
//
//	/\evil.example
//	https:evil.example/login
//	//shop.example@evil.example/
//
// Not an attack:
//
//	next=https://other.example/start?x=1
//	//cdn.example.net/lib/app.js
//	https:\/\/shop.example\/basket
func maybeRedir(f features, n int) bool {
	return n > 4 && f&(fSlash|fBack|fHigh|fColon|fPercent) != 0 && f&(fDot|fHigh|fPercent) != 0
}

func judgeRedir(v *value, s *Scratch) finding {
	if !maybeRedir(v.f, len(v.b)) || len(v.b) > maxURL || v.kind != kindParam && v.kind != kindHeader && v.kind != kindPath {
		return finding{}
	}
	if plainLink(v.b) {
		return finding{}
	}
	var u urlShape
	if !u.read(v.b) || u.prose() {
		return finding{}
	}
	if u.scheme == nil && u.slashes < 2 && u.marks&^(urlBadPort|urlAtTail) == 0 && !u.nested() {
		return finding{} // a path, whatever signs its names hold
	}
	f := finding{end: len(v.b), rule: "redir/host", why: "is a URL spelled so that a check and a browser read different hosts"}
	switch {
	case v.kind == kindPath:
		f.score = u.pathScore()
	case u.scheme == nil:
		f.score = u.relativeScore(s)
	case u.class == schemeWeb:
		f.score = u.absoluteScore()
	}
	return f
}

// plainLink reports whether b is what nearly all URLs are: http or https, two
// slashes, a host of plain bytes, and a path that does not begin with what
// climbs are made of. Fast path.
func plainLink(b []byte) bool {
	if len(b) < 10 || !hasPrefix(b, "http") {
		return false
	}
	i := 4
	if b[i] == 's' {
		i++
	}
	if !hasPrefix(b[i:], "://") {
		return false
	}
	i += 3
	from := i
	for i < len(b) && byteFeature[b[i]]&(fAlpha|fDigit|fDot|fMinus) != 0 {
		i++
	}
	return i > from && i+1 < len(b) && b[i] == '/' && isAlnum(b[i+1])
}

// nested reports whether the "host" is itself the scheme of a URL.
func (u *urlShape) nested() bool {
	return u.port != nil && len(u.port) == 0 && urlSchemes.lookup(u.host) == schemeWeb && len(u.rest) > 1 && u.rest[0] == '/'
}

// hostLike reports whether the host is a name with a top-level domain, and
// not the name of a file, or an address.
func (u *urlShape) hostLike() bool {
	h := u.name()
	if readAddress(h).reach != reachNone {
		return true
	}
	dot := bytes.LastIndexByte(h, '.')
	if dot < 1 || len(h)-dot < 3 || !isAlnum(h[0]) && h[0] < 0x80 || h[dot-1] == '.' {
		return false
	}
	for _, c := range h {
		if !isAlnum(c) && c != '.' && c != '-' && c != '_' && c < 0x80 {
			return false
		}
	}
	for _, c := range h[dot+1:] {
		if isDigit(c) || c == '_' {
			return false
		}
	}
	return !pageFile(h) && scriptPages.lookup(h[dot+1:]) == 0
}

// scriptPages are endings of pages, and files, that no domain has.
var scriptPages = newWordTable([]wordGroup{{1, []string{
	"php", "asp", "aspx", "jsp", "jspx", "cgi", "xml", "txt", "exe", "dll", "log", "csv", "doc", "docx", "xls", "xlsx",
	"yml", "yaml", "toml", "ini", "conf", "cfg", "java", "class", "bak", "sql", "gz", "tar",
}}})

// absoluteScore weighs a URL of the web with its scheme.
func (u *urlShape) absoluteScore() int {
	switch {
	case u.marks&urlAtTail != 0 && u.user == nil, u.marks&urlEncoded != 0 && bytes.IndexAny(u.name(), "/\\#?@:") > 0:
		return 65
	case u.slashes == 0 && u.nested():
		return 62
	case !u.hostLike():
		return 0
	case u.escapedSlashes():
		return 0
	case u.marks&(urlWide|urlEncoded|urlControl|urlBackslash) != 0:
		return 65
	case u.slashes == 0 && u.user != nil && u.foreignUser():
		return 65
	case u.slashes == 0:
		return 62
	case u.slashes == 1, climbsOnly(u.rest):
		return 56
	case u.slashes > 2 && bytes.Count(u.rest, []byte{'/'}) < 2:
		return 60
	case u.user != nil && u.foreignUser():
		return 58
	}
	return 0
}

// foreignUser reports whether the userinfo reads as a host or hides the host
// behind it; accounts of code hosts have dots too.
func (u *urlShape) foreignUser() bool {
	if bytes.Contains(u.rest, []byte(".git")) || bytes.HasPrefix(u.name(), []byte("git")) {
		return false
	}
	return bytes.IndexAny(u.user, "\\/%<>[ #?") >= 0 || scan(u.user)&(fAlpha|fDigit|fHigh|fUnder) == 0 && len(u.user) > 0 || bytes.IndexByte(u.user, '.') > 0 && bytes.IndexByte(u.user, ':') < 0
}

// escapedSlashes reports whether the backslashes are those with which JSON
// escapes slashes.
func (u *urlShape) escapedSlashes() bool {
	if u.marks != urlBackslash || u.slashes != 4 {
		return false
	}
	return len(u.rest) < 2 && u.scheme != nil || len(u.rest) > 1 && u.rest[0] == '\\' && u.rest[1] == '/'
}

// relativeScore weighs what begins with slashes or their like.
func (u *urlShape) relativeScore(s *Scratch) int {
	switch {
	case u.nested() && u.marks&urlControl != 0: // a length byte in front of a URL
		return 0
	case u.nested() && u.slashes > 1:
		return 62
	case u.nested():
		return 55
	case u.user != nil && u.slashes > 1 && urlSchemes.lookup(u.host) == schemeWeb && len(u.port) == 0:
		return 65
	case !u.hostLike(), u.escapedSlashes():
		return 0
	case u.marks == urlBackslash && u.share():
		return 0
	case u.marks&(urlWide|urlEncoded|urlControl|urlBackslash) != 0:
		return 62
	case u.slashes == 3 && len(u.rest) == 0 && u.threeWords():
		return 45
	case u.slashes > 2:
		return 60
	case u.user != nil && u.foreignUser():
		return 62
	case u.user != nil && len(u.rest) < 2, len(u.rest) < 2 && readAddress(u.name()).reach != reachNone && bytes.Count(u.host, []byte{'.'}) == 3:
		return 55
	case climbsOnly(u.rest), string(u.rest) == "//":
		return 58
	case len(u.rest) < 2:
		if s.field() == fieldPage && !s.inCookie() {
			return 60
		}
		return 40
	}
	return 0
}

// threeWords reports whether the host is three words that end in none of the
// top-level domains of nearly all hosts: ///word.word.word names a place on
// earth.
func (u *urlShape) threeWords() bool {
	h := u.name()
	dot := bytes.LastIndexByte(h, '.')
	return bytes.Count(h, []byte{'.'}) == 2 && !hasPrefix(h, "www.") && scan(h)&^(fAlpha|fDot|fHigh) == 0 && topDomains.lookup(h[dot+1:]) == 0
}

var topDomains = newWordTable([]wordGroup{{1, []string{
	"com", "net", "org", "edu", "gov", "info", "biz", "io", "co", "me", "tv", "cc", "ai", "app", "dev", "xyz", "top", "site",
	"online", "shop", "club", "live", "pro", "fun", "cloud", "tech", "tld", "example", "test", "invalid", "de", "uk", "fr", "it",
	"es", "nl", "pl", "ru", "ua", "cn", "jp", "kr", "in", "br", "us", "ca", "au", "eu", "ch", "at", "se", "no", "fi", "dk", "cz",
	"tr", "ir", "za", "mx", "ar", "sh", "ly", "to", "ws", "su", "pw", "tk", "ml", "ga", "cf", "gq",
}}})

// share reports whether \\host\... names a share of a file server.
func (u *urlShape) share() bool {
	return u.slashes == 2 && len(u.rest) > 1 && u.rest[0] == '\\'
}

// pathScore weighs the path of a request that a server would send back as a
// place on another host.
func (u *urlShape) pathScore() int {
	if u.scheme != nil || !u.hostLike() {
		return 0
	}
	if u.marks&(urlWide|urlEncoded|urlControl|urlBackslash) != 0 && len(u.rest) < 64 && u.slashes > 1 || u.slashes > 1 && climbsOnly(u.rest) {
		return 60
	}
	return 0
}

// climbsOnly reports whether a path is nothing but slashes and a "..".
func climbsOnly(path []byte) bool {
	dots, other := 0, 0
	for i := 0; i < len(path) && i < 32; {
		c, w := path[i], 1
		if c == '%' {
			if v, n, _ := percentByte(path, i); n > 0 {
				c, w = v, n
			}
		}
		switch c {
		case '.':
			dots++
		case '/', '\\':
		default:
			other++
		}
		i += w
	}
	return dots == 2 && other == 0
}
