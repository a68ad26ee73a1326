package wire

import "testing"

func BenchmarkAppendJSON(b *testing.B) {
	h, buf := full(), make([]byte, 0, 4096)
	h.Request = make([]byte, 700)
	b.SetBytes(int64(len(h.AppendJSON(nil))))
	b.ReportAllocs()
	for b.Loop() {
		buf = h.AppendJSON(buf[:0])
	}
}

func BenchmarkDecodeHit(b *testing.B) {
	h := full()
	h.Request = make([]byte, 700)
	line := h.AppendJSON(nil)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeHit(line); err != nil {
			b.Fatal(err)
		}
	}
}
