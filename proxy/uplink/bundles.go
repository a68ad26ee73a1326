package uplink

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"weir/tenant"
	"weir/tenant/wire"
)

// bundles keeps the last bundle in force of each tenant in a folder, a file
// each, and the last states the cloud gave, so that a node can start without
// its cloud.
type bundles struct{ dir string }

const (
	bundleSuffix = ".json"
	statesFile   = "states" // beside the bundles; no UUID, so no tenant's
	maxBundle    = 64 << 20 // bytes
)

// load returns what can be read; err names what cannot.
func (d bundles) load() (map[tenant.ID]wire.Bundle, error) {
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return nil, fmt.Errorf("cannot make bundle folder: %w", err)
	}
	entries, err := os.ReadDir(d.dir)
	if err != nil {
		return nil, fmt.Errorf("cannot list bundles: %w", err)
	}
	all, bad := map[tenant.ID]wire.Bundle{}, []error(nil)
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), bundleSuffix)
		id, err := tenant.ParseID(name)
		if !ok || err != nil {
			continue
		}
		b, err := d.read(id)
		if err != nil {
			bad = append(bad, err)
			continue
		}
		all[id] = b
	}
	return all, errors.Join(bad...)
}

func (d bundles) read(id tenant.ID) (b wire.Bundle, err error) {
	name := d.name(id)
	raw, err := os.ReadFile(name)
	if err != nil {
		return b, fmt.Errorf("cannot read bundle: %w", err)
	}
	if err := json.Unmarshal(raw, &b); err != nil {
		return b, fmt.Errorf("cannot read bundle %q: %w", name, err)
	}
	if b.Tenant != id || b.Version <= 0 {
		return b, fmt.Errorf("cannot use bundle %q: it is version %d of tenant %s", name, b.Version, b.Tenant)
	}
	return b, nil
}

func (d bundles) save(b wire.Bundle) error {
	raw, err := json.Marshal(b)
	if err != nil {
		return fmt.Errorf("cannot encode bundle: %w", err)
	}
	if err := writeAtomic(d.name(b.Tenant), raw); err != nil {
		return fmt.Errorf("cannot save bundle: %w", err)
	}
	return nil
}

func (d bundles) name(id tenant.ID) string { return filepath.Join(d.dir, id.String()+bundleSuffix) }

func (d bundles) loadStates() map[tenant.ID]wire.TenantState {
	states := map[tenant.ID]wire.TenantState{}
	raw, err := os.ReadFile(filepath.Join(d.dir, statesFile))
	if err != nil || json.Unmarshal(raw, &states) != nil {
		return map[tenant.ID]wire.TenantState{} // the cloud will say it again
	}
	return states
}

func (d bundles) saveStates(states map[tenant.ID]wire.TenantState) error {
	raw, err := json.Marshal(states)
	if err != nil {
		return fmt.Errorf("cannot encode tenant states: %w", err)
	}
	if err := writeAtomic(filepath.Join(d.dir, statesFile), raw); err != nil {
		return fmt.Errorf("cannot save tenant states: %w", err)
	}
	return nil
}
