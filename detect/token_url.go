package detect

import "unicode/utf8"

// The URL tokeniser: what lenient clients, from browsers (WHATWG URL) to curl
// and the URL functions of scripting languages, would take for scheme,
// userinfo and host. Where they differ it takes the reading that leads to the
// other host. It has opinions about bytes, none about intentions.

const (
	maxHost      = 253 // bytes of a folded host name (RFC 1035)
	maxSlashes   = 16  // slashes and what passes for them before a host
	maxURLScheme = 16  // bytes of a scheme
	maxURL       = 2048
)

// urlMark is a set of oddities of a URL's spelling.
type urlMark uint16

const (
	urlControl   urlMark = 1 << iota // a tab, line end or NUL within scheme, slashes or host
	urlBackslash                     // a backslash stands for a slash, or inside the authority
	urlEncoded                       // percent-encoding before the path
	urlWide                          // characters that clients fold to ASCII
	urlAtTail                        // "?@" or "#@": the host ends before, or after, as one reads it
	urlText                          // a blank follows: text, no URL
	urlBadPort                       // a port that is no number of five digits
)

// urlShape is a URL reference taken apart. Slices are views of the value.
type urlShape struct {
	scheme  []byte // as written, without ':'; nil when there is none
	class   uint8  // of the scheme in urlSchemes, without blanks inside
	slashes int    // between the scheme, or the start, and the host
	user    []byte // userinfo, nil when there is no '@'
	host    []byte // as written, brackets included
	port    []byte // as written, nil when there is none
	rest    []byte // path, query and fragment
	marks   urlMark

	fold [maxHost + 1]byte // the host in lower case, folded to ASCII
	n    int
}

// name returns the folded host, valid as long as u.
func (u *urlShape) name() []byte { return u.fold[:u.n] }

// read takes b apart. It reports false when b does not start as a URL or a
// reference to another host.
func (u *urlShape) read(b []byte) bool {
	if !startsURL(b) {
		return false
	}
	*u = urlShape{}
	i := u.skipLead(b)
	i = u.readScheme(b, i)
	i = u.readSlashes(b, i)
	if u.scheme == nil && u.slashes == 0 && u.marks&urlWide == 0 {
		return false
	}
	u.readAuthority(b, i)
	return u.n > 0
}

// startsURL is the cheap test: b begins, behind blanks, with a slash or its
// like, or with letters and a colon.
func startsURL(b []byte) bool {
	i := 0
	for i < len(b) && b[i] <= ' ' {
		i++
	}
	if i == len(b) {
		return false
	}
	if c := b[i]; c == '/' || c == '\\' || c >= 0x80 {
		return true
	}
	for n := i; n < len(b) && n <= i+maxURLScheme; n++ {
		switch c := b[n]; {
		case c == ':':
			return n > i+1
		case isAlnum(c) || c == '+' || c == '-' || c == '.' || n > i && (c == '\t' || c == '\n' || c == '\r'):
		default:
			return false
		}
	}
	return false
}

// skipLead steps over what clients trim.
func (u *urlShape) skipLead(b []byte) int {
	i := 0
	for i < len(b) && b[i] <= ' ' {
		if b[i] != ' ' {
			u.marks |= urlControl
		}
		i++
	}
	return i
}

// readScheme reads letters up to a colon; without one it returns i.
func (u *urlShape) readScheme(b []byte, i int) int {
	if !isAlpha(b[i]) {
		return i
	}
	marks := urlMark(0) // blanks in front mean nothing when a scheme follows
	var word [maxURLScheme + 1]byte
	w := 0
	for n := i; n < len(b) && n <= i+maxURLScheme; n++ {
		switch c := b[n]; {
		case c == ':':
			u.scheme, u.marks = b[i:n], marks
			u.class = urlSchemes.lookup(word[:w])
			return n + 1
		case c < ' ':
			marks |= urlControl
		default:
			word[w] = c
			w++
		}
	}
	return i
}

// readSlashes reads everything that stands for a slash.
func (u *urlShape) readSlashes(b []byte, i int) int {
	for i < len(b) && u.slashes < maxSlashes {
		switch c := b[i]; {
		case c == '/':
			u.slashes++
			i++
		case c == '\\':
			u.slashes++
			u.marks |= urlBackslash
			i++
		case c == '\t' || c == '\n' || c == '\r' || c == 0:
			u.marks |= urlControl
			i++
		case c == '%':
			v, w, _ := percentByte(b, i)
			if w == 0 || v != '/' && v != '\\' && v >= ' ' {
				return i
			}
			u.marks |= urlEncoded
			if v >= ' ' {
				u.slashes++
			}
			i += w
		case c >= 0x80:
			r, w := utf8.DecodeRune(b[i:])
			if !slashLike(r) {
				return i
			}
			u.marks |= urlWide
			u.slashes++
			i += w
		default:
			return i
		}
	}
	return i
}

// slashLike reports whether some client or framework reads r as a slash: by
// compatibility folding, or by keeping the low byte only.
func slashLike(r rune) bool {
	switch r {
	case 0x2044, 0x2215, 0x2216, 0x29f5, 0x29f8, 0x29f9, 0xff0f, 0xff3c, 0x3031, 0x3033, 0x3035, 0x309d, 0x30fc, 0xff70, 0x2571:
		return true
	}
	return false
}

// readAuthority reads userinfo, host and port from i on.
func (u *urlShape) readAuthority(b []byte, i int) {
	end, at, back := i, -1, -1
walk:
	for ; end < len(b); end++ {
		switch c := b[end]; {
		case c == '/' || c == '?' || c == '#':
			break walk
		case c == '@':
			at = end
		case c == '\\':
			u.marks |= urlBackslash
			if back < 0 && end > i+2 {
				back = end
			}
		case c == '\t' || c == 0 && end < len(b)-1:
			u.marks |= urlControl
		case c <= ' ' && at < 0:
			u.marks |= urlText
			break walk
		}
	}
	if at < 0 && back >= 0 {
		end = back
	}
	if end+1 < len(b) && b[end] != '/' && b[end+1] == '@' {
		u.marks |= urlAtTail
	}
	host := b[i:end]
	if at >= 0 {
		u.user, host = b[i:at], b[at+1:end]
	}
	u.rest = b[end:]
	u.readHost(host)
}

// readHost parts the port from the host and folds it.
func (u *urlShape) readHost(h []byte) {
	if len(h) > 0 && h[0] == '[' {
		for i, c := range h {
			if c == ']' {
				u.host = h[:i+1]
				if i+2 < len(h) && h[i+1] == ':' {
					u.port = h[i+2:]
				}
				break
			}
		}
		u.foldHost(u.host)
		return
	}
	for i := len(h) - 1; i >= 0; i-- {
		if h[i] == ':' {
			u.port = h[i+1:]
			h = h[:i]
			break
		}
	}
	u.host = h
	u.foldHost(h)
	if len(u.port) > 5 || scan(u.port)&^fDigit != 0 {
		u.marks |= urlBadPort
	}
}

// foldHost writes the host as a resolver gets it.
func (u *urlShape) foldHost(h []byte) {
	for i := 0; i < len(h) && u.n < maxHost; {
		c := h[i]
		switch {
		case c == '%':
			v, w, _ := percentByte(h, i)
			if w == 0 || len(u.host) > 0 && u.host[0] == '[' {
				u.put('%')
				i++
				continue
			}
			if v < utf8.RuneSelf {
				u.marks |= urlEncoded
			}
			u.put(lowerByte(v))
			i += w
		case c == '\\' || c == 0 || c == '\t' || c == '\n' || c == '\r':
			i++
		case c < utf8.RuneSelf:
			u.put(lowerByte(c))
			i++
		default:
			r, w := utf8.DecodeRune(h[i:])
			u.putRune(r)
			i += w
		}
	}
	for u.n > 1 && u.fold[u.n-1] == '.' {
		u.n--
	}
}

func (u *urlShape) put(c byte) {
	if u.n < maxHost {
		u.fold[u.n] = c
		u.n++
	}
}

// putRune folds r as IDNA's compatibility mapping does; other letters become
// 0x80.
func (u *urlShape) putRune(r rune) {
	c, second := hostRune(r)
	if c != 0x80 {
		u.marks |= urlWide
	}
	if c != 0 {
		u.put(c)
	}
	if second != 0 {
		u.put(second)
	}
}

// hostRune maps a character to one or two of ASCII: 0x80 for a letter that
// has none, 0 for one that is dropped.
func hostRune(r rune) (c, second byte) {
	switch {
	case r == 0xad || r >= 0x200b && r <= 0x200d || r == 0x2060 || r == 0xfeff || r >= 0xfe00 && r <= 0xfe0f:
		return 0, 0
	case r == 0x3002 || r == 0xff61 || r == 0x2024:
		return '.', 0
	case r >= 0xff01 && r <= 0xff5e:
		return lowerByte(byte(r - 0xfee0)), 0
	case r >= 0x2460 && r <= 0x2473: // digits and numbers in circles
		return number(r-0x2460+1, 0)
	case r >= 0x2474 && r <= 0x2487: // in parentheses
		return number(r-0x2474+1, 0)
	case r >= 0x2488 && r <= 0x2490: // with a full stop
		return number(r-0x2488+1, '.')
	case r >= 0x24b6 && r <= 0x24cf:
		return 'a' + byte(r-0x24b6), 0
	case r >= 0x24d0 && r <= 0x24e9:
		return 'a' + byte(r-0x24d0), 0
	case r == 0x24ea || r == 0x24ff:
		return '0', 0
	case r >= 0x2776 && r <= 0x277f, r >= 0x2780 && r <= 0x2789:
		return number((r-0x2776)%10+1, 0)
	case r == 0xb9:
		return '1', 0
	case r == 0xb2 || r == 0xb3:
		return '2' + byte(r-0xb2), 0
	case r == 0x2070 || r >= 0x2074 && r <= 0x2079:
		return '0' + byte(r-0x2070), 0
	case r >= 0x2080 && r <= 0x2089:
		return '0' + byte(r-0x2080), 0
	case r >= 0x1d7ce && r <= 0x1d7ff:
		return '0' + byte((r-0x1d7ce)%10), 0
	case r >= 0x1d400 && r <= 0x1d6a3:
		return 'a' + byte((r-0x1d400)%26), 0
	}
	return 0x80, 0
}

// number writes n, 1 to 20, and what follows it.
func number(n rune, after byte) (c, second byte) {
	if n < 10 {
		return '0' + byte(n), after
	}
	return '0' + byte(n/10), '0' + byte(n%10)
}
