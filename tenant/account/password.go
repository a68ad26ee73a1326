package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Bounds of a password, in bytes. There are no composition rules: NIST SP
// 800-63B section 3.1.1.2 advises against them.
const (
	MinPassword = 12
	MaxPassword = 1024
)

// Params are argon2id's costs (RFC 9106).
type Params struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultParams are the OWASP cheat sheet's: 19 MiB, two passes, one lane.
var DefaultParams = Params{MemoryKiB: 19 << 10, Passes: 2, Threads: 1}

const (
	saltLen = 16
	keyLen  = 32
	// maxMemoryKiB refuses a stored hash that would exhaust the machine.
	maxMemoryKiB = 1 << 20
)

// Passwords makes and checks hashes. At most one computation per core runs
// at a time, so that a flood of sign-ins cannot exhaust the memory.
type Passwords struct {
	params Params
	dummy  string
	slots  chan struct{}
}

// NewPasswords returns a hasher with the given costs.
func NewPasswords(p Params) *Passwords {
	h := &Passwords{params: p, slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
	h.dummy = h.Hash(rand.Text())
	return h
}

// Hash returns the PHC string of password with a fresh salt:
// $argon2id$v=19$m=19456,t=2,p=1$salt$key.
func (h *Passwords) Hash(password string) string {
	salt := make([]byte, saltLen)
	rand.Read(salt)
	key := h.key(password, salt, h.params)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.params.MemoryKiB, h.params.Passes, h.params.Threads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// Verify reports whether phc was made from password, and whether it should
// be made anew because its costs are not today's. An empty or unreadable phc
// is false after the same work as a wrong password.
func (h *Passwords) Verify(phc, password string) (ok, rehash bool) {
	p, salt, want, err := parsePHC(phc)
	if err != nil {
		p, salt, want, _ = parsePHC(h.dummy)
		h.key(password, salt, p)
		return false, false
	}
	ok = subtle.ConstantTimeCompare(h.key(password, salt, p), want) == 1
	return ok, ok && p != h.params
}

func (h *Passwords) key(password string, salt []byte, p Params) []byte {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, p.Passes, p.MemoryKiB, p.Threads, keyLen)
}

var errPHC = errors.New("not an argon2id PHC string")

func parsePHC(s string) (p Params, salt, key []byte, err error) {
	f := strings.Split(s, "$")
	if len(f) != 6 || f[0] != "" || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return p, nil, nil, errPHC
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.MemoryKiB, &p.Passes, &p.Threads); err != nil {
		return p, nil, nil, errPHC
	}
	if p.Passes == 0 || p.Threads == 0 || p.MemoryKiB == 0 || p.MemoryKiB > maxMemoryKiB {
		return p, nil, nil, errPHC
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	key, err2 := base64.RawStdEncoding.DecodeString(f[5])
	if err1 != nil || err2 != nil || len(salt) < 8 || len(key) != keyLen {
		return p, nil, nil, errPHC
	}
	return p, salt, key, nil
}

// CheckPassword says what is wrong with a new password of the user email.
func CheckPassword(password, email string) error {
	switch {
	case len(password) < MinPassword:
		return fmt.Errorf("the password is too short: use at least %d characters", MinPassword)
	case len(password) > MaxPassword:
		return fmt.Errorf("the password is too long: use at most %d bytes", MaxPassword)
	case strings.EqualFold(password, email):
		return errors.New("the password is the mail address: use another")
	case strings.Count(password, password[:1]) == len(password):
		return errors.New("the password is one character repeated: use another")
	}
	return nil
}

// GeneratePassword returns a password of 130 random bits, easy to type.
func GeneratePassword() string {
	t := strings.ToLower(rand.Text())
	return t[:6] + "-" + t[6:13] + "-" + t[13:19] + "-" + t[19:]
}
