package proxy

import (
	"runtime/debug"
	"sync/atomic"

	"go.uber.org/zap"
)

// nodeLog writes what the operator should know. Lines that a client or an
// upstream can cause are limited to a few a second; the counters have them
// all.
type nodeLog struct {
	*zap.Logger
	clock  *clock
	second atomic.Int64
	lines  atomic.Int64
	held   atomic.Uint64 // lines not written
}

// maxLines bounds the throttled lines of a second.
const maxLines = 5

// allows reports whether one more throttled line may be written now.
func (l *nodeLog) allows() bool {
	now := l.clock.seconds()
	if l.second.Swap(now) != now {
		l.lines.Store(0)
	}
	if l.lines.Add(1) <= maxLines {
		return true
	}
	l.held.Add(1)
	return false
}

// panicked tells of a recovered panic, with its stack.
func (l *nodeLog) panicked(where, tenant string, p any) {
	if l.allows() {
		l.Error("recovered from a panic", zap.String("in", where), zap.String("tenant", tenant),
			zap.Any("panic", p), zap.ByteString("stack", debug.Stack()))
	}
}

// upstream tells of an upstream that failed.
func (l *nodeLog) upstream(tenant, address string, status int, err error) {
	if l.allows() {
		l.Warn("upstream failed", zap.String("tenant", tenant), zap.String("upstream", address),
			zap.Int("status", status), zap.Error(err), zap.Uint64("lines_held", l.held.Load()))
	}
}

// upstreamName tells of a name that cannot be resolved; its last good
// addresses hold.
func (l *nodeLog) upstreamName(address string, err error) {
	if l.allows() {
		l.Warn("cannot resolve upstream again", zap.String("upstream", address), zap.Error(err))
	}
}

// upstreamDown tells of an upstream that is left alone from now on.
func (l *nodeLog) upstreamDown(address string, err error) {
	if l.allows() {
		l.Warn("upstream is down", zap.String("upstream", address), zap.Error(err))
	}
}

// upstreamUp tells of an upstream that is used again.
func (l *nodeLog) upstreamUp(address string) {
	if l.allows() {
		l.Info("upstream is up", zap.String("upstream", address))
	}
}

// Printf implements fasthttp.Logger: what fasthttp says about connections is
// for debugging only.
func (l *nodeLog) Printf(format string, args ...any) {
	if l.allows() {
		l.Sugar().Debugf(format, args...)
	}
}
