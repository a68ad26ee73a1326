package detect

import (
	"strings"
	"testing"
)

func BenchmarkJudgeSQLi(b *testing.B) {
	for _, c := range [...]struct{ name, in string }{
		{"prose", "We would like to order two of these lamps and a long table."},
		{"apostrophe", "It's the one that we'd like to order, and don't send it late"},
		{"token", "c2Vzc2lvbi10b2tlbi0wMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMA=="},
		{"agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"},
		{"attack", "3') union all select pw,2 from members where 1=1 -- x"},
		{"text", strings.Repeat("It's a long text, and it goes on (for a while). ", 100)},
	} {
		b.Run(c.name, func(b *testing.B) {
			v := value{b: []byte(c.in), f: scan([]byte(c.in))}
			s := &Scratch{}
			b.SetBytes(int64(len(c.in)))
			b.ReportAllocs()
			for b.Loop() {
				judgeSQLi(&v, s)
			}
		})
	}
}
