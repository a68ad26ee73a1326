package uplink

import (
	"sync"
	"time"

	"go.uber.org/zap"
)

// trouble logs what goes wrong when it starts and when it ends, not every
// time in between, and remembers the latest.
type trouble struct {
	log *zap.Logger

	mu   sync.Mutex
	now  map[string]string // by what
	last string
	at   time.Time
}

// note says how an attempt at something went.
func (t *trouble) note(what string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if err == nil {
		if t.now[what] != "" {
			delete(t.now, what)
			t.log.Info("works again", zap.String("what", what))
		}
		return
	}
	if t.now == nil {
		t.now = map[string]string{}
	}
	if t.now[what] == "" {
		t.log.Error("does not work, will be tried again", zap.String("what", what), zap.Error(err))
	}
	t.now[what] = err.Error()
	t.last, t.at = what+": "+err.Error(), time.Now()
}

func (t *trouble) lastError() (string, time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last, t.at
}
