package detect

func maybeRCE(f features, n int) bool { return false }

func judgeRCE(v *value, s *Scratch) finding { return finding{} }
