package uplink

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"

	"golang.org/x/sys/unix"

	"weir/tenant"
)

// IDs makes hit IDs: node, boot and sequence, so that no two hits of any
// node's life share one. The boot is the number of this start and eight
// random digits: a state folder that was copied or restored to an older copy
// cannot repeat IDs either. It may be used by any number of goroutines.
type IDs struct {
	prefix string
	seq    atomic.Uint64
}

func newIDs(node tenant.ID, boot uint64) *IDs {
	var nonce [4]byte
	rand.Read(nonce[:])
	return &IDs{prefix: fmt.Sprintf("%s-%dx%s-", hex.EncodeToString(node[:]), boot, hex.EncodeToString(nonce[:]))}
}

// Next returns an ID of at most wire.MaxID bytes of [0-9a-fx-].
func (i *IDs) Next() string {
	var b [96]byte
	return string(strconv.AppendUint(append(b[:0], i.prefix...), i.seq.Add(1), 10))
}

// identity is what the state folder knows of the node.
type identity struct {
	ID   tenant.ID `json:"id"`
	Boot uint64    `json:"boot"` // starts so far, this one included
}

const identityFile = "identity.json"

// nextIdentity reads the node's identity, makes one at the first start, and
// counts this start. A file that cannot be read is kept beside the new one.
func nextIdentity(dir string) (identity, error) {
	name := filepath.Join(dir, identityFile)
	var id identity
	b, err := os.ReadFile(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return identity{}, fmt.Errorf("cannot read identity: %w", err)
	case json.Unmarshal(b, &id) != nil || id.ID == tenant.ID{}:
		id = identity{}
		if err := os.Rename(name, name+".bad"); err != nil {
			return identity{}, fmt.Errorf("cannot put bad identity aside: %w", err)
		}
	}
	if id.ID == (tenant.ID{}) {
		id.ID = randomUUID()
	}
	id.Boot++
	b, err = json.Marshal(id)
	if err != nil {
		return identity{}, fmt.Errorf("cannot encode identity: %w", err)
	}
	// A full disk must not keep the node down: the nonce of IDs makes up for
	// a boot that was not counted.
	if err := writeAtomic(name, b); err != nil && !errors.Is(err, unix.ENOSPC) {
		return identity{}, fmt.Errorf("cannot write identity: %w", err)
	}
	return id, nil
}

// randomUUID is a version 4 UUID (RFC 9562, 5.4).
func randomUUID() (id tenant.ID) {
	rand.Read(id[:])
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// lockState makes the state folder and takes it for this process; closing
// the file gives it back, and so does the process's death.
func lockState(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make state folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock state folder: %w", err)
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		f.Close()
		return nil, fmt.Errorf("cannot lock state folder %q, another node may use it: %w", dir, err)
	}
	return f, nil
}

// writeAtomic replaces a file, mode 0600: after a crash or power loss it
// holds the old content or the new, whole.
func writeAtomic(name string, b []byte) error {
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
