package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"weir/tenant"
)

// duration is "30s", "1m30s" or whole seconds as an integer; more than 0, at
// most a day.
type duration time.Duration

func (duration) fromInteger() {}

func (d *duration) UnmarshalText(b []byte) error {
	v, err := time.ParseDuration(string(b))
	if n, intErr := strconv.ParseInt(string(b), 10, 32); intErr == nil {
		v, err = time.Duration(n)*time.Second, nil
	}
	if err != nil {
		return fmt.Errorf("bad duration %q, want one such as \"30s\"", b)
	}
	if v <= 0 || v > 24*time.Hour {
		return fmt.Errorf("bad duration %q, want more than 0 and at most 24h", b)
	}
	*d = duration(v)
	return nil
}

// size is bytes: an integer, or a string with B, KiB, MiB, GiB, TiB (1024)
// or KB, MB, GB, TB (1000).
type size int64

func (size) fromInteger() {}

var sizeUnits = [...]struct {
	suffix string
	bytes  int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

func (s *size) UnmarshalText(b []byte) error {
	digits, unit := string(b), int64(1)
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(digits, u.suffix); ok {
			digits, unit = strings.TrimRight(rest, " "), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return fmt.Errorf("bad size %q, want bytes or one such as \"1MiB\"", b)
	}
	*s = size(n * unit)
	return nil
}

// localMode is a mode that a file may name.
type localMode tenant.Mode

func (m *localMode) UnmarshalText(b []byte) error {
	if err := (*tenant.Mode)(m).UnmarshalText(b); err != nil {
		return err
	}
	if tenant.Mode(*m) == tenant.ModeDefault {
		return errors.New(`unknown mode "default", want off, monitoring, safe_blocking or block`)
	}
	return nil
}

// application is a positive number.
type application int

func (application) fromInteger() {}

func (a *application) UnmarshalText(b []byte) error {
	n, err := strconv.ParseInt(string(b), 10, 32)
	if err != nil || n <= 0 {
		return fmt.Errorf("bad application %s, want 1 to %d; leave the key out for none", b, math.MaxInt32)
	}
	*a = application(n)
	return nil
}
