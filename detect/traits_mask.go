package detect

import "encoding/binary"

// masksPortable says which of the bytes b[at:at+64], as far as there are so
// many, belong to words and which are neither of a word nor a blank: bit i
// stands for b[at+i]. It looks at eight bytes at once.
func masksPortable(b []byte, at int) (words, signs uint64) {
	for i := 0; i < 64 && at+i < len(b); i += 8 {
		w, s := masks8(load8(b, at+i))
		words |= w << i
		signs |= s << i
	}
	if n := len(b) - at; n < 64 {
		signs &= 1<<n - 1
	}
	return words, signs
}

// load8 returns the eight bytes at b[i:], zero behind the end of b.
func load8(b []byte, i int) (x uint64) {
	switch {
	case i+8 <= len(b):
		return binary.LittleEndian.Uint64(b[i:])
	case len(b) >= 8:
		return binary.LittleEndian.Uint64(b[len(b)-8:]) >> (8 * (8 - (len(b) - i)))
	}
	for k := len(b) - 1; k >= i; k-- {
		x = x<<8 | uint64(b[k])
	}
	return x
}

// masks8 is the masks of the eight bytes of x, in the low bits. Sums of seven
// bits tell ranges by the eighth.
func masks8(x uint64) (words, signs uint64) {
	const (
		ones = 0x0101010101010101
		tops = 0x80 * ones
	)
	y := x &^ tops
	low := y | 0x20*ones
	letter := (low + (0x80-'a')*ones) &^ (low + (0x80-'z'-1)*ones)
	digit := (y + (0x80-'0')*ones) &^ (y + (0x80-'9'-1)*ones)
	under := ^(y ^ '_'*ones + 0x7f*ones)
	blank := ^(y ^ ' '*ones + 0x7f*ones)
	w := (letter | digit | under) &^ x & tops
	s := ^(w | blank&^x) & tops
	const gather = 0x0102040810204080 // the eighth bits, shifted down, into one byte
	return w >> 7 * gather >> 56, s >> 7 * gather >> 56
}
