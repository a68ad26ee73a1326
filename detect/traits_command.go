package detect

// Where a command may begin: at the start of a value, behind an operator of
// shells, behind an assignment, and below a folder of programs.

// begin looks at the word at the place of a command's name. One that is put
// together from pieces or a pattern counts as any name; behind an assignment
// or folders the name is still to come.
func (w *traitWalk) begin(i, j int, m wordMark) {
	next, before := byte(' '), byte(' ')
	if j < len(w.b) {
		next = w.b[j]
	}
	if i > 0 {
		before = w.b[i-1]
	}
	w.inside = w.inside && before != ' ' && before != '\t' // other white space is part of a name
	if !w.command && !w.inside {
		return
	}
	if w.command && !w.inside {
		w.start = i
	}
	switch {
	case (signPiece[next] || signPiece[before]) && w.pieced(w.start),
		w.slash && (signGlob[next] || signGlob[before]),
		w.named(j, next, m) && (before == '/' && programFolder(w.b[:i-1]) || before != '/' && w.command):
		w.t.marks |= wordCommand
	}
	w.assigns = w.assigns || next == '='
	w.command, w.inside = w.assigns, true
}

// named reports whether the word before w.b[j], which is next, may be the
// name of a command that has the marks m.
func (w *traitWalk) named(j int, next byte, m wordMark) bool {
	switch {
	case next == '-' || next == '.':
		return m&wordShellPart != 0
	case next == '`' && m&wordShellPart == 0:
		return true // perhaps in the middle of a name
	}
	return m&wordShell != 0 && !signInName[next]
}

// pieced reports whether the word around w.b[i], without the quotes and signs
// in it that a shell removes, may be the name of a command.
func (w *traitWalk) pieced(i int) bool {
	var name [maxWord + 1]byte
	n := 0
	for i > 0 && signPiece[w.b[i-1]] {
		i--
	}
	for ; i < len(w.b) && n < len(name); i++ {
		switch c := w.b[i]; {
		case signPiece[c]:
		case c == '/' || c == '=':
			return true
		case signGlob[c]:
			return w.slash
		case signInName[c]:
			return false
		case signClass[c] == signWord || c == '-' || c == '.':
			name[n] = c
			n++
		default:
			return commandName(name[:n])
		}
	}
	return commandName(name[:n])
}

// programEnds reports whether b begins with the extension of programs, perhaps
// in pieces: whatever stands before it is one's name.
func programEnds(b []byte) bool {
	n := 0
	for i := 0; i < len(b) && n < len("exe"); i++ {
		switch c := b[i]; {
		case c|0x20 == "exe"[n]:
			n++
		case !signPiece[c]:
			return false
		}
	}
	return n == len("exe")
}

// commandName reports whether name is one of a command.
func commandName(name []byte) bool { return shellCommands.lookup(name) != 0 }

// programFolder reports whether the path b ends in a folder of programs.
func programFolder(b []byte) bool {
	return hasSuffixFold(b, "bin") || hasSuffixFold(b, "games") || hasSuffixFold(b, "system32") || hasSuffixFold(b, "syswow64")
}
