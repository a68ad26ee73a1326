//go:build goexperiment.simd && amd64

package detect

import "simd/archsimd"

// minScan is the length from which scanning 32 bytes at once pays
// (BenchmarkScan).
const minScan = 96

// scan returns the classes of bytes in b.
func scan(b []byte) features {
	if len(b) < minScan || !hasAVX2 {
		return scanPortable(b)
	}
	return scanWide(b)
}

// Classes as products: a byte is in one when the bit of the class is set for
// its low and for its high four bits. A vector holds eight classes, scanTables
// says which.
type scanTable struct {
	low, high [32]uint8
	class     [8]features
}

// scanTables hold every class but fHigh, which is the top bit of a byte.
var scanTables = makeScanTables()

// scanVectors is how many vectors hold all products.
const scanVectors = 5

// makeScanTables takes products apart greedily: all bytes of a class with the
// same high half are one, and those with the same low halves share it.
func makeScanTables() (t [scanVectors]scanTable) {
	n := 0
	for class := features(1); class <= fUnder; class <<= 1 {
		if class == fHigh {
			continue
		}
		halves := map[uint16]uint16{} // low halves to the high ones that have them
		for high := range 8 {
			low := uint16(0)
			for l := range 16 {
				if byteFeature[high<<4|l] == class {
					low |= 1 << l
				}
			}
			if low != 0 {
				halves[low] |= 1 << high
			}
		}
		for low, high := range halves {
			if n == 8*scanVectors {
				panic("BUG: too many products of byte classes")
			}
			v, bit := &t[n/8], uint8(1)<<(n%8)
			for i := range 16 {
				if low>>i&1 != 0 {
					v.low[i] |= bit
					v.low[i+16] |= bit
				}
				if high>>i&1 != 0 {
					v.high[i] |= bit
					v.high[i+16] |= bit
				}
			}
			v.class[n%8] = class
			n++
		}
	}
	return t
}

// scanWide is scan of 32 bytes or more. Bytes above 0x7f have no high half in
// the tables.
func scanWide(b []byte) (f features) {
	var seen [scanVectors]archsimd.Uint8x32
	var top archsimd.Uint8x32
	nibble := archsimd.BroadcastUint8x32(15)
	for i := 0; ; i += 32 {
		if i+32 > len(b) {
			if i == len(b) {
				break
			}
			i = len(b) - 32 // the last bytes, some of them again
		}
		x := archsimd.LoadUint8x32((*[32]uint8)(b[i:]))
		top = top.Or(x)
		low := x.And(nibble).AsInt8x32()
		high := x.AsUint16x16().ShiftAllRight(4).AsUint8x32().And(nibble).AsInt8x32()
		for k := range seen {
			t := &scanTables[k]
			p := archsimd.LoadUint8x32(&t.low).PermuteOrZeroGrouped(low).
				And(archsimd.LoadUint8x32(&t.high).PermuteOrZeroGrouped(high))
			seen[k] = seen[k].Or(p)
		}
	}
	var out [32]uint8
	for k := range seen {
		seen[k].Store(&out)
		bits := uint8(0)
		for _, c := range out {
			bits |= c
		}
		for i, class := range scanTables[k].class {
			if bits>>i&1 != 0 {
				f |= class
			}
		}
	}
	if top.AsInt8x32().Less(archsimd.BroadcastInt8x32(0)).ToBits() != 0 {
		f |= fHigh
	}
	return f
}
