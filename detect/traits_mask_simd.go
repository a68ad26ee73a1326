//go:build goexperiment.simd && amd64

package detect

import "simd/archsimd"

// masks is masksPortable, 32 bytes at once where the processor can: to a
// shorter rest it does not pay (BenchmarkTraits).
func masks(b []byte, at int) (words, signs uint64) {
	n := len(b) - at
	if n < 32 || !hasAVX2 {
		return masksPortable(b, at)
	}
	words, signs = masks32(b[at:])
	if n == 32 {
		return words, signs
	}
	if n >= 64 {
		w, s := masks32(b[at+32:])
		return words | w<<32, signs | s<<32
	}
	// The rest is seen through the last 32 bytes, which overlap the first.
	w, s := masks32(b[len(b)-32:])
	return words | w<<(n-32), signs | s<<(n-32)
}

// hasAVX2 says whether the processor has the instructions used here.
var hasAVX2 = archsimd.X86.AVX2()

// masks32 is the masks of the first 32 bytes of b.
func masks32(b []byte) (words, signs uint64) {
	x := archsimd.LoadUint8x32((*[32]uint8)(b))
	letter := x.Or(archsimd.BroadcastUint8x32(0x20)).Sub(archsimd.BroadcastUint8x32('a'))
	digit := x.Sub(archsimd.BroadcastUint8x32('0'))
	w := letter.Min(archsimd.BroadcastUint8x32('z' - 'a')).Equal(letter).
		Or(digit.Min(archsimd.BroadcastUint8x32(9)).Equal(digit)).
		Or(x.Equal(archsimd.BroadcastUint8x32('_')))
	blank := x.Equal(archsimd.BroadcastUint8x32(' '))
	words = uint64(w.ToBits())
	return words, uint64(^w.Or(blank).ToBits())
}
