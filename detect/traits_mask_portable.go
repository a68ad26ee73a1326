//go:build !goexperiment.simd || !amd64

package detect

// masks is masksPortable where there is no better.
func masks(b []byte, at int) (words, signs uint64) { return masksPortable(b, at) }
