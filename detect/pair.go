package detect

import "bytes"

// indexPairPortable returns the index of the first x in b that one of next
// follows, -1 when there is none.
func indexPairPortable(b []byte, x byte, next *[4]byte) int {
	for i := 0; ; i++ {
		n := bytes.IndexByte(b[i:], x)
		if n < 0 || i+n+1 >= len(b) {
			return -1
		}
		i += n
		if c := b[i+1]; c == next[0] || c == next[1] || c == next[2] || c == next[3] {
			return i
		}
	}
}
