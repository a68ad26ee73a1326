package config

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// maxToken bounds a secret, in bytes.
const maxToken = 4096

// ReadToken reads a secret that stands alone in a file, white space around
// it cut. A file that group or others can read is refused with the command
// that mends it, as is one that is empty or holds more than one line.
func ReadToken(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("cannot read token file %q: %w", file, cause(err))
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("cannot read token file %q: %w", file, cause(err))
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("token file %q is no regular file", file)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("token file %q can be read by others, run: chmod 600 %s", file, shellQuote(file))
	}
	b, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", fmt.Errorf("cannot read token file %q: %w", file, cause(err))
	}
	token := strings.TrimSpace(string(b))
	if token == "" || len(b) > maxToken || strings.ContainsAny(token, " \t\r\n\x00") {
		return "", fmt.Errorf("token file %q must hold one token and nothing else", file)
	}
	return token, nil
}

// shellQuote quotes what a shell would read otherwise.
func shellQuote(s string) string {
	for _, c := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@,", c) {
			return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
		}
	}
	return s
}
