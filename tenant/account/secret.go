package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

// nodePrefix marks node tokens, for people and for secret scanners.
const nodePrefix = "wnt_"

// secretLen is the number of random bytes in a token: 43 base64url characters.
const secretLen = 32

// Digest is the SHA-256 of a secret, all that is ever stored of it. The
// secrets are uniformly random, so a fast hash is enough, and finding one by
// its digest tells nothing through timing.
type Digest [sha256.Size]byte

// NewNodeToken returns a node token, "wnt_" and 43 base64url characters.
func NewNodeToken() string { return nodePrefix + newSecret() }

// NewSessionToken returns 43 base64url characters.
func NewSessionToken() string { return newSecret() }

// DigestOf returns the digest of a secret.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// LooksLikeNodeToken reports whether s has the form of a node token.
func LooksLikeNodeToken(s string) bool {
	rest, ok := strings.CutPrefix(s, nodePrefix)
	return ok && len(rest) == base64.RawURLEncoding.EncodedLen(secretLen)
}

// NewID returns a public identifier of 128 random bits with a prefix that
// tells the kind of thing: "usr_1f0c...".
func NewID(kind string) string {
	var b [16]byte
	rand.Read(b[:])
	return kind + "_" + hex.EncodeToString(b[:])
}

func newSecret() string {
	var b [secretLen]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// maxEmail is the longest mail address in bytes (RFC 5321 section 4.5.3.1.3).
const maxEmail = 254

// NormalEmail returns the form under which an address is stored and found:
// lower case, without surrounding white space.
func NormalEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || domain == "" || len(s) > maxEmail || strings.ContainsAny(s, " \t\r\n<>\",;:\\()[]") || strings.Contains(domain, "@") {
		return "", errors.New("not a mail address, want name@domain")
	}
	for _, c := range s {
		if c < 0x20 || c == 0x7f {
			return "", errors.New("not a mail address: it holds a control character")
		}
	}
	return s, nil
}
