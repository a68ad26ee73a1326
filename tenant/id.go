// Package tenant is the domain root: who a tenant is, how a request finds
// it, and what applies to it there.
package tenant

import (
	"encoding/hex"
	"fmt"
)

// ID is a tenant's UUID: any 8-4-4-4-12 hex digits, of no required version.
type ID [16]byte

// ParseID accepts 8-4-4-4-12 hex digits in either case, nothing else.
func ParseID[T string | []byte](s T) (id ID, err error) {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return ID{}, fmt.Errorf("bad UUID %q: want 8-4-4-4-12 hex digits", s)
	}
	j := 0
	for i := 0; i < 36; i++ {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		d, ok := hexDigit(s[i])
		if !ok {
			return ID{}, fmt.Errorf("bad UUID %q: want 8-4-4-4-12 hex digits", s)
		}
		id[j/2] = id[j/2]<<4 | d
		j++
	}
	return id, nil
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

// AppendText appends the lower-case form.
func (id ID) AppendText(dst []byte) ([]byte, error) {
	var b [36]byte
	hex.Encode(b[:8], id[:4])
	hex.Encode(b[9:13], id[4:6])
	hex.Encode(b[14:18], id[6:8])
	hex.Encode(b[19:23], id[8:10])
	hex.Encode(b[24:], id[10:])
	b[8], b[13], b[18], b[23] = '-', '-', '-', '-'
	return append(dst, b[:]...), nil
}

// String returns the lower-case form.
func (id ID) String() string {
	b, _ := id.AppendText(nil)
	return string(b)
}

// MarshalText is String.
func (id ID) MarshalText() ([]byte, error) { return id.AppendText(nil) }

// UnmarshalText is ParseID.
func (id *ID) UnmarshalText(b []byte) (err error) {
	*id, err = ParseID(b)
	return err
}
