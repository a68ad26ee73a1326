package main

import (
	"fmt"
	"os"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"weir/config"
)

// logFile is where the log goes; it can be reopened after a rename.
type logFile struct {
	mu   sync.Mutex
	name string // "": standard error
	f    *os.File
}

// newLog makes a JSON logger of cfg's level.
func newLog(cfg config.Log) (*zap.Logger, *logFile, error) {
	l := &logFile{name: cfg.File, f: os.Stderr}
	if err := l.reopen(); err != nil {
		return nil, nil, err
	}
	level, err := zapcore.ParseLevel(cfg.Level)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read log level: %w", err)
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), l, level)), l, nil
}

// Write implements io.Writer.
func (l *logFile) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.f.Write(b)
}

// Sync implements zapcore.WriteSyncer; standard error needs none.
func (l *logFile) Sync() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.name == "" {
		return nil
	}
	return l.f.Sync()
}

// reopen goes on in a new file of the same name.
func (l *logFile) reopen() error {
	if l.name == "" {
		return nil
	}
	f, err := os.OpenFile(l.name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("cannot open log: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f != os.Stderr {
		l.f.Close()
	}
	l.f = f
	return nil
}
