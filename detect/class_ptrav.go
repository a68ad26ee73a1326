package detect

func maybePTrav(f features, n int) bool { return false }

func judgePTrav(v *value, s *Scratch) finding { return finding{} }
