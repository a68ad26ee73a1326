package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkLoad reads 10 000 tenants from as many files, and from one.
func BenchmarkLoad(b *testing.B) {
	const n = 10_000
	head := "version = 1\ninclude = [\"t/*.toml\"]\n[[listener]]\naddress = \":8080\"\n"
	for _, files := range []int{n, 1} {
		dir := b.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "t"), 0o755); err != nil {
			b.Fatal(err)
		}
		write := func(name, content string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				b.Fatal(err)
			}
		}
		write("node.toml", head)
		for i := range files {
			var text strings.Builder
			for j := i * n / files; j < (i+1)*n/files; j++ {
				text.WriteString(tenantText(j+1, "block", fmt.Sprintf("shop%d.example", j), fmt.Sprintf("*.shop%d.example", j)))
			}
			write(fmt.Sprintf("t/%05d.toml", i), text.String())
		}
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				node, ps := Load(filepath.Join(dir, "node.toml"), nil)
				if len(ps) > 0 || node.Live() != n {
					b.Fatal(ps)
				}
			}
		})
	}
}
