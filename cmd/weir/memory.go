package main

import (
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"go.uber.org/zap"
)

// memoryShare of the cgroup's limit is the garbage collector's goal; the
// rest is for what it does not see, in percent.
const memoryShare = 90

// limitMemory takes the memory limit from the cgroup unless GOMEMLIMIT says
// otherwise. Without a limit nothing changes.
func limitMemory(log *zap.Logger) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		b, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		if err != nil || n <= 0 || n > math.MaxInt64/2 { // "max", or version 1's "no limit"
			return
		}
		debug.SetMemoryLimit(n / 100 * memoryShare)
		log.Info("memory limit", zap.Int64("bytes", n/100*memoryShare))
		return
	}
}
