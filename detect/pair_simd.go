//go:build goexperiment.simd && amd64

package detect

import (
	"math/bits"
	"simd/archsimd"
)

// indexPair is indexPairPortable, 32 bytes at once: in binary data x alone
// stands every 256 bytes (BenchmarkPair).
func indexPair(b []byte, x byte, next *[4]byte) int {
	i := 0
	if hasAVX2 {
		first := archsimd.BroadcastUint8x32(x)
		n0, n1 := archsimd.BroadcastUint8x32(next[0]), archsimd.BroadcastUint8x32(next[1])
		n2, n3 := archsimd.BroadcastUint8x32(next[2]), archsimd.BroadcastUint8x32(next[3])
		for ; i+33 <= len(b); i += 32 {
			m := archsimd.LoadUint8x32((*[32]uint8)(b[i:])).Equal(first)
			if m.ToBits() == 0 {
				continue
			}
			y := archsimd.LoadUint8x32((*[32]uint8)(b[i+1:]))
			follows := y.Equal(n0).Or(y.Equal(n1)).Or(y.Equal(n2)).Or(y.Equal(n3))
			if m := m.And(follows).ToBits(); m != 0 {
				return i + bits.TrailingZeros32(m)
			}
		}
	}
	if n := indexPairPortable(b[i:], x, next); n >= 0 {
		return i + n
	}
	return -1
}
