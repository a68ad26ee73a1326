package detect

func judgeObject(v *value) finding { return finding{} }
