package detect

func judgeTemplate(v *value) finding { return finding{} }
