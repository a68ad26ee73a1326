package tenant

// routes is a site's compiled locations.
type routes struct{}

// denylist is a compiled set of DenyEntry.
type denylist struct{}
