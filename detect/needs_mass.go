package detect

// needsMass: a word that means something to a binder, in a name or as a value.
func needsMass(v *value, t *traits) bool {
	return t.marks&wordBound != 0 && (v.kind == kindName || v.kind == kindParam)
}
