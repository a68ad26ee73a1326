package detect

// Addresses in every notation that inet_aton and its kin take: one to four
// numbers, decimal, octal or hexadecimal, and the forms of IPv6 (RFC 4291)
// that carry an IPv4 address.

// hostAddress is a host that is a number.
type hostAddress struct {
	reach uint8
	odd   bool // written as nobody writes it who does not want to hide it
	six   bool
	other bool // of the host itself, but not the address that everybody uses
}

// How far an address reaches.
const (
	reachNone     uint8 = iota // not an address
	reachPublic                // anybody's
	reachReserved              // multicast, benchmarks, not yet given out
	reachPrivate               // inside a network (RFC 1918, 4193, 6598)
	reachLoopback              // the host itself
	reachLink                  // the link, where clouds keep their metadata
)

// readAddress reads a folded host.
func readAddress(h []byte) hostAddress {
	if len(h) == 0 {
		return hostAddress{}
	}
	if h[0] == '[' {
		return readIPv6(h[1 : len(h)-1])
	}
	v, odd, ok := readIPv4(h)
	if !ok {
		return hostAddress{}
	}
	return hostAddress{reach: reach4(v), odd: odd, other: v>>24 == 127 && v != 127<<24|1 && v != 127<<24|1<<8|1}
}

// readIPv4 reads one to four numbers. Numbers that are too large wrap, as
// they do where nobody checks.
func readIPv4(h []byte) (v uint32, odd, ok bool) {
	parts := 0
	for i := 0; i <= len(h); parts++ {
		n, w, plain := readNumber(h[i:])
		if w == 0 || parts == 4 {
			return 0, false, false
		}
		i += w
		last := i == len(h)
		if !last && h[i] != '.' {
			return 0, false, false
		}
		i++
		switch {
		case !last || parts == 3:
			odd = odd || !plain || n > 255
			v = v<<8 | uint32(n&255)
		default:
			odd = true
			shift := 8 * (4 - parts)
			v = uint32(uint64(v)<<shift) | uint32(n)&uint32(1<<shift-1)
		}
		if last {
			return v, odd, true
		}
	}
	return 0, false, false
}

// readNumber reads a number as C does; plain is false for octal, hexadecimal
// and padded ones. w is 0 when there is none.
func readNumber(b []byte) (n uint64, w int, plain bool) {
	base, i := uint64(10), 0
	plain = true
	if len(b) > 1 && b[0] == '0' && isAlnum(b[1]) {
		base, plain, i = 8, false, 1
		switch b[1] {
		case 'x':
			base, i = 16, 2
		case 'o':
			i = 2
		}
	}
	from := i
	for ; i < len(b) && b[i] != '.'; i++ {
		d := hexVal[b[i]]
		if d < 0 || uint64(d) >= base && base != 8 || d > 9 && base != 16 {
			return 0, 0, false
		}
		n = (n*base + uint64(d)) & (1<<40 - 1)
	}
	if i == from {
		return 0, 0, false
	}
	return n, i, plain
}

func reach4(v uint32) uint8 {
	switch a, b := v>>24, v>>16&255; {
	case a == 127 || a == 0:
		return reachLoopback
	case v>>16 == 169<<8|254, v == 100<<24|100<<16|100<<8|200, v == 192<<24|192:
		return reachLink
	case a == 10, a == 192 && b == 168, a == 172 && b&0xf0 == 16, a == 100 && b&0xc0 == 64:
		return reachPrivate
	case a >= 224, a == 198 && b&0xfe == 18, v>>8 == 192<<16:
		return reachReserved
	}
	return reachPublic
}

// readIPv6 reads what stands between brackets.
func readIPv6(h []byte) hostAddress {
	var g [8]uint16
	gap, n := -1, 0
	mixed := false
	for i := 0; i < len(h); {
		switch {
		case h[i] == '%': // a zone
			i = len(h)
			continue
		case h[i] == ':' && i+1 < len(h) && h[i+1] == ':':
			if gap >= 0 {
				return hostAddress{}
			}
			gap = n
			i += 2
			continue
		case h[i] == ':' && n > 0:
			i++
			continue
		}
		end := i
		dots := false
		for end < len(h) && h[end] != ':' && h[end] != '%' {
			dots = dots || h[end] == '.'
			end++
		}
		if dots {
			v, _, ok := readIPv4(h[i:end])
			if !ok || n > 6 {
				return hostAddress{}
			}
			g[n], g[n+1] = uint16(v>>16), uint16(v)
			n += 2
			mixed = true
		} else {
			v, ok := readGroup(h[i:end])
			if !ok || n > 7 {
				return hostAddress{}
			}
			g[n] = v
			n++
		}
		i = end
	}
	if n != 8 && gap < 0 || n > 8 {
		return hostAddress{}
	}
	if gap >= 0 {
		moved := n - gap
		for k := 1; k <= moved; k++ {
			g[8-k] = g[gap+moved-k]
		}
		for k := gap; k < 8-moved; k++ {
			g[k] = 0
		}
	}
	return hostAddress{reach: reach6(&g), odd: mixed, six: true, other: g == [8]uint16{}}
}

// readGroup reads up to four hexadecimal digits.
func readGroup(b []byte) (v uint16, ok bool) {
	for _, c := range b {
		if hexVal[c] < 0 {
			return 0, false
		}
		v = v<<4 | uint16(hexVal[c])
	}
	return v, len(b) > 0 && len(b) <= 4
}

func reach6(g *[8]uint16) uint8 {
	v4 := uint32(g[6])<<16 | uint32(g[7])
	zeros := g[0]|g[1]|g[2]|g[3] == 0
	switch {
	case zeros && g[4]|g[5]|g[6] == 0 && g[7] < 2:
		return reachLoopback
	case zeros && (g[4] == 0 && (g[5] == 0xffff || g[5] == 0) || g[4] == 0xffff && g[5] == 0),
		g[0] == 0x64 && g[1] == 0xff9b:
		return max(reach4(v4), reachReserved)
	case g[0] == 0x2002:
		return reach4(uint32(g[1])<<16 | uint32(g[2]))
	case g[0]&0xffc0 == 0xfe80, g[0] == 0xfd00 && g[1] == 0xec2:
		return reachLink
	case g[0]&0xfe00 == 0xfc00:
		return reachPrivate
	case g[0]&0xe000 != 0x2000:
		return reachReserved
	}
	return reachPublic
}
