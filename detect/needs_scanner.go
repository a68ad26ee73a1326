package detect

// needsScanner: a tool's name in the place where programs name themselves, or
// a path.
func needsScanner(v *value, t *traits) bool {
	return v.kind == kindUA && t.marks&wordScanner != 0 || v.kind == kindPath
}
