package console

import (
	"testing"

	"weir/detect"
)

// Every class of the detector has words, in its order, and virtual patches
// are offered exactly those that judges find.
func TestClassWords(t *testing.T) {
	if len(classes) != int(detect.NumClasses) || len(attackClasses) != int(detect.VPatch) {
		t.Fatalf("got %d classes, %d of attacks", len(classes), len(attackClasses))
	}
	for c := range detect.NumClasses {
		if w := classes[c]; w.Code != c.String() || w.Name == "" {
			t.Errorf("class %s: got %+v", c, w)
		}
	}
}
