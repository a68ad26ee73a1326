package tenant

import "bytes"

// AppendPath appends the path of target, in origin form, as routing sees it
// to dst: without query, percent-decoded once, then runs of slashes merged
// and dot segments resolved, never above the root, in the order of nginx: an
// encoded slash or dot counts like a plain one. A malformed escape stays as
// it is. The result begins with '/'. It allocates nothing but what dst lacks.
func AppendPath(dst, target []byte) []byte {
	base := len(dst)
	dst = append(dst, '/')
	p := rawPath(target)
	for i := 0; i < len(p); {
		c, n := unescape(p[i:])
		i += n
		if c == '/' {
			dst = endSegment(dst, base)
			continue
		}
		dst = append(dst, c)
	}
	return endLast(dst, base)
}

// endSegment closes the segment at the end of dst[base:] by a slash.
func endSegment(dst []byte, base int) []byte {
	n := len(dst)
	if dst[n-1] == '/' {
		return dst
	}
	dst = endLast(dst, base)
	if dst[len(dst)-1] != '/' {
		dst = append(dst, '/')
	}
	return dst
}

// endLast resolves the last segment of dst[base:] when it is dots.
func endLast(dst []byte, base int) []byte {
	slash := base + bytes.LastIndexByte(dst[base:], '/')
	switch string(dst[slash+1:]) {
	case ".":
		return dst[:slash+1]
	case "..":
		if slash == base {
			return dst[:base+1]
		}
		return dst[:base+bytes.LastIndexByte(dst[base:slash], '/')+1]
	}
	return dst
}

// rawPath cuts query and fragment.
func rawPath(target []byte) []byte {
	if i := bytes.IndexByte(target, '?'); i >= 0 {
		target = target[:i]
	}
	if i := bytes.IndexByte(target, '#'); i >= 0 {
		target = target[:i]
	}
	return target
}

// unescape returns the first byte of p and its length in p: 3 for an escape.
func unescape(p []byte) (byte, int) {
	if p[0] != '%' || len(p) < 3 {
		return p[0], 1
	}
	h, ok1 := hexDigit(p[1])
	l, ok2 := hexDigit(p[2])
	if !ok1 || !ok2 {
		return p[0], 1
	}
	return h<<4 | l, 3
}

// PathIsPlain reports whether any two servers read the path of target alike.
// On a host that several tenants share (Place.Shared) a target that is not
// plain must be refused: what this node routes to one tenant the application
// could take for another's path. Not plain are escapes of '/', '\', '%',
// '.', ';', '?', '#' and control bytes, malformed escapes, overlong UTF-8,
// backslashes, parameters in or before dot segments ("..;"), and dot
// segments that leave the root.
func PathIsPlain(target []byte) bool {
	p := rawPath(target)
	if len(p) == 0 || p[0] != '/' || len(p) != len(target) && target[len(p)] == '#' {
		return false
	}
	var prev byte
	for i := 0; i < len(p); {
		c, n := unescape(p[i:])
		if n == 3 && !plainEscape(c) || n == 1 && (c == '%' || c == '\\' || c < 0x20 || c == 0x7f) {
			return false
		}
		if overlong(prev, c) {
			return false
		}
		prev, i = c, i+n
	}
	return plainDots(p)
}

func plainEscape(c byte) bool {
	switch c {
	case '/', '\\', '%', '.', ';', '?', '#', 0x7f:
		return false
	}
	return c >= 0x20
}

// overlong reports whether prev, c begins an overlong form of UTF-8
// (RFC 3629 section 3): a byte that is never right, or a lead whose value
// fits a shorter form.
func overlong(prev, c byte) bool {
	return c == 0xc0 || c == 0xc1 || prev == 0xe0 && c >= 0x80 && c < 0xa0 || prev == 0xf0 && c >= 0x80 && c < 0x90
}

// plainDots checks the segments of an undecoded path.
func plainDots(p []byte) bool {
	depth := 0
	for len(p) > 0 {
		p = p[1:]
		end := bytes.IndexByte(p, '/')
		if end < 0 {
			end = len(p)
		}
		switch seg := p[:end]; {
		case string(seg) == "..":
			if depth--; depth < 0 {
				return false
			}
		case len(seg) > 0 && (seg[0] == '.' || seg[0] == ';') && bytes.IndexByte(seg, ';') >= 0:
			return false
		case len(seg) > 0 && string(seg) != ".":
			depth++
		}
		p = p[end:]
	}
	return true
}
