package console

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Text and its ground keep 4.5 to 1 in both themes (WCAG 2.2, 1.4.3), and
// the edges of controls 3 to 1 (1.4.11).
func TestContrast(t *testing.T) {
	css, err := assetFiles.ReadFile("assets/weir.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, _ := strings.Cut(string(css), "prefers-color-scheme: dark")
	for name, block := range map[string]string{"light": light, "dark": dark} {
		c := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(block, -1) {
			c[m[1]] = luminance(t, m[2])
		}
		f := func(fore, back string, least float64) {
			t.Helper()
			a, ok1 := c[fore]
			b, ok2 := c[back]
			if !ok1 || !ok2 {
				t.Fatalf("%s: no colour %q or %q", name, fore, back)
			}
			if r := (math.Max(a, b) + 0.05) / (math.Min(a, b) + 0.05); r < least {
				t.Errorf("%s: %s on %s is %.2f to 1", name, fore, back, r)
			}
		}
		for _, back := range []string{"page", "panel", "sunk"} {
			for _, fore := range []string{"text", "quiet", "link", "blocked", "partly", "monitored", "failed", "idle", "esc"} {
				f(fore, back, 4.5)
			}
			f("edge", back, 3)
		}
		f("on-button", "button", 4.5)
		f("on-mark", "mark", 4.5)
		f("on-banner", "banner", 4.5)
		f("link", "banner", 3)
		f("on-good", "good", 4.5)
		f("on-bad", "bad", 4.5)
	}
}

// luminance is relative luminance as WCAG 2.2 defines it.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	l := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		v := float64(n) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		l += weight * v
	}
	return l
}
