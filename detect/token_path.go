package detect

// The path tokeniser: what a lenient server would read as a path, whatever
// spelling of dots and separators is left after decoding. It has opinions
// about bytes, none about intentions.
//
// A unit is one character of the path. Spellings of '.', '/' and '\' that no
// client writes by itself (overlong UTF-8, percent signs that encode nothing,
// 0x2f, division slashes) are units too, and count as odd.

// maxPercents bounds the nested %25 that are followed.
const maxPercents = 8

// The classes of a unit beside plain ASCII, which stands for itself in lower
// case.
const (
	unitSep  = '/'
	unitDot  = '.'
	unitHigh = 0x80 // a letter outside ASCII
	unitOdd  = 0xff // bytes that mean nothing, read as a separator by some
)

// pathUnit is one character: c stands for w bytes; enc is 0 when written
// plainly, 1 when percent-encoded once, 2 when written oddly.
type pathUnit struct {
	c   byte
	enc uint8
	w   int
}

// readUnit reads the unit at b[i], i < len(b); w is at least 1 and i+w at
// most len(b).
func readUnit(b []byte, i int) pathUnit {
	switch c := b[i]; {
	case c == '%':
		return readPercent(b, i)
	case c == '/' || c == '\\':
		return pathUnit{unitSep, 0, 1}
	case c == '0' && i+3 < len(b) && b[i+1]|0x20 == 'x':
		return readHexUnit(b, i)
	case c >= 0x80:
		return readHigh(b, i, c, 1, 0)
	case c < 0x20 || c == 0x7f:
		return pathUnit{unitOdd, 2, 1}
	default:
		return pathUnit{lowerByte(c), 0, 1}
	}
}

// readHexUnit reads 0x2e, 0x2f and 0x5c; another 0x.. is text.
func readHexUnit(b []byte, i int) pathUnit {
	v, ok := hexPair(b, i+2)
	if c := asciiUnit(v); ok && (c == unitDot || c == unitSep) {
		return pathUnit{c, 2, 4}
	}
	return pathUnit{'0', 0, 1}
}

// readPercent reads %XX, %25..XX, %uXXXX, %%XX and invalid forms at b[i].
func readPercent(b []byte, i int) pathUnit {
	if i+1 < len(b) && b[i+1]|0x20 == 'u' {
		if r, ok := hexQuad(b, i+2); ok {
			return pathUnit{runeUnit(r), 2, 6}
		}
	}
	v, w, levels := percentByte(b, i)
	if w == 0 {
		return invalidPercent(b, i)
	}
	enc := uint8(1)
	if levels > 1 {
		enc = 2
	}
	if v >= 0x80 {
		return readHigh(b, i, v, w, enc)
	}
	return pathUnit{asciiUnit(v), enc, w}
}

// percentByte reads %XX at b[i], with the percent sign itself encoded any
// number of times; w is 0 when there is none.
func percentByte(b []byte, i int) (v byte, w, levels int) {
	j := i + 1
	for levels = 1; levels < maxPercents && j+1 < len(b) && b[j] == '2' && b[j+1] == '5'; levels++ {
		if _, ok := hexPair(b, j+2); !ok {
			break
		}
		j += 2
	}
	v, ok := hexPair(b, j)
	if !ok {
		return 0, 0, 0
	}
	return v, j + 2 - i, levels
}

// invalidPercent reads a percent sign that encodes nothing together with
// what looks like its digits: %qf, and the %%35 of a digit encoded alone.
func invalidPercent(b []byte, i int) pathUnit {
	if i+3 < len(b) && b[i+1] == '%' {
		if v, ok := hexPair(b, i+2); ok && isHex(v) {
			return pathUnit{unitOdd, 2, 4}
		}
		return pathUnit{unitOdd, 2, 1}
	}
	if i+2 < len(b) && isAlnum(b[i+1]) && isAlnum(b[i+2]) {
		return pathUnit{unitOdd, 2, 3}
	}
	return pathUnit{'%', 0, 1}
}

// readHigh reads a character that begins with the byte v >= 0x80, which
// stands in w bytes at b[i]. Overlong forms give what a decoder without
// checks would make of them (RFC 3629 section 10).
func readHigh(b []byte, i int, v byte, w int, enc uint8) pathUnit {
	switch {
	case v == 0xc0 || v == 0xc1:
		return readOverlong(b, i, v, w, 1)
	case v == 0xe0 && nextByte(b, i+w) < 0xa0:
		return readOverlong(b, i, v, w, 2)
	case v == 0xf0 && nextByte(b, i+w) < 0x90:
		return readOverlong(b, i, v, w, 3)
	case v >= 0xf8 && v < 0xfc:
		return readOverlong(b, i, v, w, 4)
	case v == 0xfc || v == 0xfd:
		return readOverlong(b, i, v, w, 5)
	case v == 0xef || v == 0xe2:
		return readWide(b, i, v, w, enc)
	}
	return pathUnit{unitHigh, 0, w}
}

// readOverlong reads up to n continuations after a lead that is too long for
// its character.
func readOverlong(b []byte, i int, lead byte, w, n int) pathUnit {
	r := uint32(0)
	if n == 1 {
		r = uint32(lead & 3)
	}
	j := i + w
	for k := 0; k < n; k++ {
		v, w := anyByte(b, j)
		if w == 0 || v < 0x80 && k < n-1 {
			return pathUnit{unitOdd, 2, max(j-i, 1)}
		}
		j += w
		if c := asciiUnit(v); v < 0x80 && (c == unitDot || c == unitSep) {
			return pathUnit{c, 2, j - i}
		}
		r = r<<6 | uint32(v&0x3f)
	}
	if c := asciiUnit(byte(r & 0x7f)); r < 0x80 && (c == unitDot || c == unitSep) {
		return pathUnit{c, 2, j - i}
	}
	return pathUnit{unitOdd, 2, j - i}
}

// readWide reads the three-byte characters that best-fit tables map to a dot
// or a slash.
func readWide(b []byte, i int, v byte, w int, enc uint8) pathUnit {
	v1, w1 := anyByte(b, i+w)
	v2, w2 := anyByte(b, i+w+w1)
	if w1 == 0 || w2 == 0 || v1&0xc0 != 0x80 || v2&0xc0 != 0x80 {
		return pathUnit{unitHigh, 0, w}
	}
	r := uint32(v&0xf)<<12 | uint32(v1&0x3f)<<6 | uint32(v2&0x3f)
	c := runeUnit(r)
	if c == unitHigh {
		enc = 0
	} else {
		enc = 2
	}
	return pathUnit{c, enc, w + w1 + w2}
}

// runeUnit maps a code point as Windows best-fit tables do.
func runeUnit(r uint32) byte {
	switch r {
	case '.', 0xff0e, 0x2024, 0xfe52:
		return unitDot
	case '/', '\\', 0x2044, 0x2215, 0x2216, 0x29f5, 0x29f8, 0x29f9, 0xff0f, 0xff3c, 0xfe68, 0xefc8, 0xf025:
		return unitSep
	}
	switch {
	case r < 0x80:
		return asciiUnit(byte(r))
	case r >= 0xff01 && r <= 0xff5e:
		return lowerByte(byte(r - 0xfee0))
	case r >= 0xe000 && r < 0xf900 && r&0xfff != 0:
		return unitOdd
	}
	return unitHigh
}

func asciiUnit(v byte) byte {
	switch {
	case v == '/' || v == '\\':
		return unitSep
	case v < 0x20 || v == 0x7f:
		return unitOdd
	}
	return lowerByte(v)
}

// anyByte reads a byte at b[i], plain or percent-encoded; w is 0 at the end.
func anyByte(b []byte, i int) (v byte, w int) {
	if i >= len(b) {
		return 0, 0
	}
	if b[i] != '%' {
		return b[i], 1
	}
	v, w, _ = percentByte(b, i)
	if w == 0 {
		u := invalidPercent(b, i)
		return 0x80, u.w
	}
	return v, w
}

func nextByte(b []byte, i int) byte {
	v, w := anyByte(b, i)
	if w == 0 {
		return 0xff
	}
	return v
}

func hexPair(b []byte, i int) (byte, bool) {
	if i+1 >= len(b) || hexVal[b[i]] < 0 || hexVal[b[i+1]] < 0 {
		return 0, false
	}
	return byte(hexVal[b[i]])<<4 | byte(hexVal[b[i+1]]), true
}

func hexQuad(b []byte, i int) (uint32, bool) {
	hi, ok := hexPair(b, i)
	lo, ok2 := hexPair(b, i+2)
	return uint32(hi)<<8 | uint32(lo), ok && ok2
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
