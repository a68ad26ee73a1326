//go:build !goexperiment.simd || !amd64

package detect

// scan returns the classes of bytes in b.
func scan(b []byte) features { return scanPortable(b) }
