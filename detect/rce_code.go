package detect

func judgeCode(v *value) finding { return finding{} }
