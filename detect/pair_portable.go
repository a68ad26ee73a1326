//go:build !goexperiment.simd || !amd64

package detect

// indexPair is indexPairPortable where there is no better.
func indexPair(b []byte, x byte, next *[4]byte) int { return indexPairPortable(b, x, next) }
