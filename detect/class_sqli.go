package detect

func maybeSQLi(f features, n int) bool { return false }

func judgeSQLi(v *value, s *Scratch) finding { return finding{} }
