package tenant

import (
	"bytes"
	"errors"
	"net/netip"
	"unsafe"
)

// Bounds of a host, in bytes (RFC 1035 section 2.3.4).
const (
	MaxHost  = 253
	maxLabel = 63
)

// Why CanonicalHost refuses a host.
var (
	ErrHostEmpty   = errors.New("host is empty")
	ErrHostLong    = errors.New("host or a label of it is too long")
	ErrHostByte    = errors.New("host holds a byte other than a-z, 0-9, '-', '_' and '.'")
	ErrHostLabel   = errors.New("host has a label that is empty or begins or ends with '-'")
	ErrHostPort    = errors.New("host has a port that is not 1 to 65535")
	ErrHostAddress = errors.New("host is a malformed IP address")
)

// CanonicalHost appends the one form of a Host field under which tenants are
// looked up to dst: lower case, without port and without one trailing dot,
// IPv6 addresses in brackets and in the form of RFC 5952. Whatever two
// parsers could read in two ways is refused: user information, percent
// signs, bytes beyond ASCII, empty labels, a port out of range, a last label
// of digits that makes no IPv4 address. Letters, digits, '-' and '_' are
// taken, IDN only as xn--. It allocates nothing but what dst lacks; on error
// it returns dst.
func CanonicalHost(dst, field []byte) ([]byte, error) {
	if len(field) == 0 {
		return dst, ErrHostEmpty
	}
	if field[0] == '[' {
		return appendIPv6Host(dst, field)
	}
	name := field
	if i := bytes.IndexByte(field, ':'); i >= 0 {
		if !validPort(field[i+1:]) {
			return dst, ErrHostPort
		}
		name = field[:i]
	}
	if n := len(name); n > 0 && name[n-1] == '.' {
		name = name[:n-1]
	}
	return appendName(dst, name)
}

func appendName(dst, name []byte) ([]byte, error) {
	if len(name) == 0 {
		return dst, ErrHostEmpty
	}
	if len(name) > MaxHost {
		return dst, ErrHostLong
	}
	out, start := dst, 0
	for i, c := range name {
		if c == '.' {
			if err := checkLabel(name[start:i]); err != nil {
				return dst, err
			}
			start = i + 1
		} else if c = hostBytes[c]; c == 0 {
			return dst, ErrHostByte
		}
		out = append(out, c)
	}
	if err := checkLabel(name[start:]); err != nil {
		return dst, err
	}
	if isNumber(name[start:]) && !isIPv4(name) {
		return dst, ErrHostAddress
	}
	return out, nil
}

func checkLabel(l []byte) error {
	if len(l) > maxLabel {
		return ErrHostLong
	}
	if len(l) == 0 || l[0] == '-' || l[len(l)-1] == '-' {
		return ErrHostLabel
	}
	return nil
}

// isNumber reports whether resolvers may take a last label for a part of an
// IPv4 address: digits, or 0x and hex digits.
func isNumber(l []byte) bool {
	digits := l
	hex := len(l) >= 2 && l[0] == '0' && l[1]|0x20 == 'x'
	if hex {
		digits = l[2:]
	}
	for _, c := range digits {
		if _, ok := hexDigit(c); !ok || !hex && c > '9' {
			return false
		}
	}
	return true
}

func isIPv4(name []byte) bool {
	a, err := netip.ParseAddr(view(name))
	return err == nil && a.Is4()
}

func appendIPv6Host(dst, field []byte) ([]byte, error) {
	end := bytes.IndexByte(field, ']')
	if end < 0 || bytes.IndexByte(field, '%') >= 0 {
		return dst, ErrHostAddress
	}
	if rest := field[end+1:]; len(rest) > 0 && (rest[0] != ':' || !validPort(rest[1:])) {
		return dst, ErrHostPort
	}
	a, err := netip.ParseAddr(view(field[1:end]))
	if err != nil || !a.Is6() {
		return dst, ErrHostAddress
	}
	return append(a.AppendTo(append(dst, '[')), ']'), nil
}

func validPort(p []byte) bool {
	if len(p) == 0 || len(p) > 5 || p[0] == '0' {
		return false
	}
	n := 0
	for _, c := range p {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}

// view is b as a string without a copy: only for callees that keep nothing.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// hostBytes maps the bytes of a label to lower case; zero is refused.
var hostBytes = func() (t [256]byte) {
	for c := '0'; c <= '9'; c++ {
		t[c] = byte(c)
	}
	for c := 'a'; c <= 'z'; c++ {
		t[c], t[c-0x20] = byte(c), byte(c)
	}
	t['-'], t['_'] = '-', '_'
	return t
}()
