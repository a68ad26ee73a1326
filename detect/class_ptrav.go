package detect

import "bytes"

// Path traversal and file inclusion.
//
// Rules: a value is cut into paths; each is resolved by token_path. What
// makes an attack is that the path climbs out of where it starts, names a
// file that no site serves, or names a wrapper that reads files. Odd
// spellings of dots and separators are evidence: nobody writes them who does
// not want to pass a filter. A file that is only mentioned in longer text is
// not asked for.
//
// Guarantee, at balanced. Caught:
//
//	../../../srv/app/settings.yml
//	%c0%ae%c0%ae/%c0%ae%c0%ae/secret
//	php://filter/read=string.rot13/resource=config
//
// Not an attack:
//
//	../images/logo.png
//	the file /etc/passwd holds one line for each account, and /etc/shadow the hashes
//	versions 1.2..1.9 of lib/core...
const (
	maxPathSpan   = 4096 // bytes of one path that are read
	shortValue    = 300  // longer values are documents
	maxPathChecks = 512  // paths of one value that are resolved
)

func maybePTrav(f features, n int) bool {
	return n > 2 && (f&(fSlash|fBack|fPercent|fHigh|fCtl|fColon|fDot) != 0 ||
		f&(fAlpha|fDigit) == fAlpha|fDigit || n > maxName)
}

func judgePTrav(v *value, s *Scratch) finding {
	b := v.b
	if len(b) < 3 || plainWord(v.f, len(b), v.kind) {
		return finding{}
	}
	best := stronger(judgeWrapper(v), judgeIncluded(v, s))
	best = stronger(best, judgeFiller(v))
	if v.f&fDollar != 0 && (hasSuffixFold(b, "::$data") || hasSuffixFold(b, "::$index_allocation")) {
		best = stronger(best, finding{score: 75, end: len(b), rule: "ptrav/stream", why: "asks for the raw data stream of a file"})
	}
	if v.f&(fSlash|fBack|fPercent|fHigh|fCtl) == 0 && (v.f&fDigit == 0 || !hexSpelled(b)) {
		return stronger(stronger(best, judgeDrive(b)), judgeDotName(v))
	}
	var p pathShape
	whole := wholePath(b)
	w := pathPlace{v: v}
	w.measure()
	for i, n := 0, 0; i < len(b) && n < maxPathChecks && best.score < 85; {
		start, end, mark := nextPath(b, i, whole)
		i = end + 1
		if !mark {
			continue
		}
		n++
		span := b[start:min(end, start+maxPathSpan)]
		if plainURL(span) {
			continue
		}
		p.read(span)
		w.start, w.end = start, end
		w.whole = whole || w.bytes == end-start
		f := judgePath(&p, w)
		f.start, f.end = start, end
		best = stronger(best, f)
	}
	return best
}

// hexSpelled reports whether a separator may be written in hexadecimal:
// 0x2f, 0x5c or a bare 2f behind dots.
func hexSpelled(b []byte) bool {
	for i := 1; i < len(b); i++ {
		if b[i] == '.' && b[i-1] == '.' || b[i]|0x20 == 'x' && b[i-1] == '0' {
			return true
		}
	}
	return false
}

func stronger(a, b finding) finding {
	if b.score > a.score {
		return b
	}
	return a
}

// wholePath reports whether b as a whole is one path, spaces included: it is
// short and begins as an absolute one.
func wholePath(b []byte) bool {
	if len(b) > shortValue || len(b) < 4 {
		return false
	}
	if b[1] == ':' && (b[2] == '/' || b[2] == '\\') {
		return true
	}
	if b[0] == '.' && b[1] == '.' && (b[2] == '/' || b[2] == '\\') && bytes.IndexByte(b, ' ') > 0 {
		return bytes.Count(b, []byte{b[2]}) > 2 && bytes.IndexAny(b, "\n,") < 0
	}
	if b[0] == '/' && (b[1] == '/' || b[1] == '*') && isSpace(b[2]) {
		return false // a comment
	}
	return b[0] == '\\' && b[1] != '\\' || b[0] == '/' && bytes.IndexByte(b, ' ') > 0 && bytes.Count(b, []byte{'/'}) > 1
}

// pathBreak marks bytes that end a path inside text; pathMark marks bytes
// without which a span is not worth reading.
var pathBreak, pathMark = makePathBytes()

func makePathBytes() (brk, mark [256]bool) {
	for _, c := range []byte(" \t\r\n\v\f\"'`<>|()[]{}=&,") {
		brk[c] = true
	}
	for i := range mark {
		c := byte(i)
		mark[i] = c == '/' || c == '\\' || c == '%' || c >= 0xc0 || c < 0x20 && !brk[i]
	}
	return brk, mark
}

// nextPath finds the next span between breaks from i on; mark says that it
// may be a path.
func nextPath(b []byte, i int, whole bool) (start, end int, mark bool) {
	if whole {
		return 0, len(b), true
	}
	for i < len(b) && pathBreak[b[i]] {
		i++
	}
	start = i
	dots, hex := false, false
	for i < len(b) && !pathBreak[b[i]] {
		c := b[i]
		mark = mark || pathMark[c]
		dots = dots || c == '.' && i+1 < len(b) && b[i+1] == '.'
		hex = hex || c == '0' && i+3 < len(b) && b[i+1]|0x20 == 'x' && (b[i+2] == '2' || b[i+2] == '5')
		i++
	}
	return start, i, mark || dots || hex
}

// plainURL reports whether a span is a URL without anything that resolving
// could change: links are values of their own right.
func plainURL(span []byte) bool {
	if !hasPrefixFold(span, "http") || len(span) > 5 && span[4] != ':' && span[5] != ':' {
		return false
	}
	for i, c := range span {
		if c == '\\' || c == '%' || c >= 0x80 || c < 0x20 || c == '.' && i > 0 && span[i-1] == '.' {
			return false
		}
	}
	return true
}

// pathPlace says where in a value a path stands.
type pathPlace struct {
	v          *value
	start, end int
	whole      bool
	bytes      int // of the value that are no breaks
	controls   int // of these, control characters
	blanks     int // blanks and line ends in the head of the value
}

// measure counts what stands around any path of the value.
func (w *pathPlace) measure() {
	for i, c := range w.v.b {
		if !pathBreak[c] {
			w.bytes++
			w.controls += b2i(c < ' ')
		} else if (c == ' ' || c == '\n') && i < 2*shortValue {
			w.blanks++
		}
	}
}

// long reports whether the path stands in a document rather than in a
// parameter.
func (w pathPlace) long() bool {
	return !w.whole && len(w.v.b) > shortValue && w.start > 32
}

// minNoise is from how many control characters on a value may be binary data.
// A path that a filter is to be led past has one or two.
const minNoise = 5

// noise reports whether the value is binary data, in which bytes that look
// like separators and ends of names mean nothing.
func (w pathPlace) noise() bool {
	return w.controls >= minNoise && w.controls > w.bytes/16
}

// words reports whether the path stands in running text.
func (w pathPlace) words() bool { return w.blanks > 3 }

func judgePath(p *pathShape, w pathPlace) finding {
	level := p.sensitivity()
	best := judgeTarget(p, w, level)
	if !w.noise() {
		best = stronger(best, judgeClimb(p, w, level))
		best = stronger(best, judgeTail(p, w))
	}
	if w.long() {
		best.score /= 3
	} else if !w.whole && bytes.IndexByte(w.v.b[:w.start], '\n') >= 0 {
		best.score /= 2
	} else if !w.whole && w.words() {
		best.score /= 2
	} else if !w.whole && level == fileNone && p.odd == 0 && p.params == 0 && p.back == 0 && bytes.IndexByte(w.v.b[:w.start], ' ') >= 0 {
		best.score = best.score * 2 / 3 // a place that a word before it asks for
	}
	return best
}

const targetWhy = "names a file of the system or the server that no page serves"

// judgeTarget weighs the file that is named.
func judgeTarget(p *pathShape, w pathPlace, level uint8) finding {
	const rule, why = "ptrav/file", targetWhy
	forced := p.climbs > 0 || p.dots > 0 || p.odd > 0 || p.here > 2 || p.params > 0
	anchored := p.rooted || p.drive || p.back > 0 || p.nul >= 0
	score := 0
	switch {
	case level == fileNone && !p.hidden, !forced && programFile(p.path()):
	case level == fileDotName:
		score = 80
	case level == fileSecret && (forced || anchored || p.encoded > 0):
		score = 85
	case level == fileSecret && p.depth > 1:
		score = 65
	case level == fileSystem && forced:
		score = 80
	case level == fileSystem && anchored && (p.drive || p.back > 0 || p.nul >= 0 || !strayFile(p.path())):
		score = 60
	case p.hidden && (w.v.kind == kindPath || w.whole && p.rooted && p.ended):
		score = 60
	case level == fileLog && forced:
		score = 65
	case level == fileLog && anchored && w.whole && configName(p.target()):
		score = 55
	case level == fileLog && anchored && w.whole && logName(p.target()):
		score = 55
	}
	return finding{score: score, rule: rule, why: why}
}

// judgeClimb weighs how far the path leaves its start.
func judgeClimb(p *pathShape, w pathPlace, level uint8) finding {
	const rule, why = "ptrav/climb", "climbs out of the folder in which the path starts"
	const oddRule, oddWhy = "ptrav/encoded-climb", "climbs with dots or separators spelled to pass a filter"
	climbs := p.climbs + p.params
	switch {
	case p.params > 0:
		return finding{score: 75, rule: oddRule, why: oddWhy}
	case climbs > 0 && p.odd > 0:
		return finding{score: 75, rule: oddRule, why: oddWhy}
	case p.dots > 1, p.dots > 0 && (climbs > 0 || p.rooted && (p.back > 0 || p.depth < 2)):
		return finding{score: 65, rule: oddRule, why: oddWhy}
	case p.here > 3:
		return finding{score: 55, rule: oddRule, why: oddWhy}
	case climbs == 0:
		return finding{}
	}
	return finding{score: climbScore(p, w), rule: rule, why: why}
}

// climbScore weighs plain climbs. Pages name their own parts with one or two
// of them; a target below a web root does not need more.
func climbScore(p *pathShape, w pathPlace) int {
	switch {
	case p.rooted && p.lowest > 0:
		return 65
	case w.v.kind == kindFileName:
		return 70
	case w.v.kind == kindPath: // browsers resolve climbs before they ask
		return 60
	case p.lowest > 2:
		return 70
	case p.climbs > 2 && w.v.kind != kindPath:
		return 55
	case p.lowest == 2 && !pageFile(p.path()):
		return 60
	case p.back > 0 && !pageFile(p.path()):
		return 55
	case p.lowest > 0 && w.whole && w.v.kind == kindParam && sourceFile(p.target()):
		return 55
	case p.lowest > 0 && p.encoded > 0:
		return 45
	}
	return 25
}

// pageFile reports whether the path ends in something that pages are made of.
func pageFile(path []byte) bool {
	switch string(extension(path)) {
	case "png", "jpg", "jpeg", "gif", "svg", "webp", "ico", "css", "js", "mjs", "ts", "tsx", "jsx",
		"vue", "map", "woff", "woff2", "ttf", "eot", "mp3", "mp4", "webm", "pdf", "html", "htm",
		"json", "md", "go", "scss", "less", "avif", "wasm":
		return true
	}
	return false
}

// strayFile reports whether the path ends in a name whose ending no program
// that lives in the folders of a system gives its files: documents, pictures,
// sound, archives and their like. Such a path is one that a form was given.
func strayFile(path []byte) bool {
	ext := extension(path)
	if len(ext) < 2 || secretNames.lookup(path[bytes.LastIndexByte(path, '/')+1:]) != fileNone {
		return false
	}
	for i, c := range ext {
		if !isAlnum(c) || i == 0 && isDigit(c) {
			return false
		}
	}
	return systemEndings.lookup(ext) == 0
}

// programFile reports whether the path ends in a program or a part of one:
// error reports name these.
func programFile(path []byte) bool {
	switch string(extension(path)) {
	case "dll", "exe", "sys", "mui", "ttf", "ocx", "so", "dylib", "jar", "ttc":
		return true
	}
	return false
}

// extension returns what stands after the last dot of the last segment.
func extension(path []byte) []byte {
	i := bytes.LastIndexByte(path, '.')
	if i < 0 || bytes.IndexByte(path[i:], '/') >= 0 {
		return nil
	}
	return path[i+1:]
}

// judgeTail weighs what is appended to a name to cut off its end.
func judgeTail(p *pathShape, w pathPlace) finding {
	path := w.v.b[w.start:w.end]
	switch {
	case p.nul >= 0 && p.n > 2 && !bytes.Contains(path, []byte("://")) && bytes.IndexByte(path, '?') < 0 && !hasPrefixFold(path, "http") && (extension(p.target()) != nil || p.depth > 1 && p.rooted):
		return finding{score: 65, rule: "ptrav/nul", why: "ends a file name with a NUL byte"}
	case w.whole && len(path) > 4 && path[0] == '\\' && path[1] == '\\' && bytes.Contains(path, []byte("$\\")):
		return finding{score: 75, rule: "ptrav/share", why: "names an administrative share"}
	case w.whole && len(path) > 6 && path[0] == '\\' && path[1] == '\\' && remoteShare(path[2:], p):
		return finding{score: 60, rule: "ptrav/share", why: "includes a script from a share of another host"}
	case w.whole && (w.v.kind == kindPath || w.v.kind == kindParam) && backupName(p.target()):
		return finding{score: 58, rule: "ptrav/source", why: "asks for the copy of a program, which a server hands out as text"}
	}
	return finding{}
}

func trimSlash(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == '/' {
		b = b[:len(b)-1]
	}
	return b
}

func hasSuffixFold(b []byte, s string) bool {
	return len(b) >= len(s) && equalFold(b[len(b)-len(s):], s)
}

// maxName is the longest file name of common file systems (NAME_MAX).
const maxName = 255

// judgeFiller finds a name that is made of one repeated letter and is too
// long for any file system: it pushes the end of a path out of a buffer.
func judgeFiller(v *value) finding {
	b := v.b
	if len(b) <= maxName || v.kind == kindFile || v.kind == kindText {
		return finding{}
	}
	c := b[1]
	if !isAlpha(c) || b[2] != c || b[3] != c {
		return finding{}
	}
	n := 1
	for n < len(b) && b[n] == c {
		n++
	}
	if n <= maxName {
		return finding{}
	}
	return finding{score: 55, end: n, rule: "ptrav/filler",
		why: "a name of one repeated letter that no file system can hold"}
}

// judgeDrive finds a drive letter whose separators a filter has removed.
func judgeDrive(b []byte) finding {
	if len(b) < 8 || len(b) > 64 || b[1] != ':' || !isAlpha(b[0]) {
		return finding{}
	}
	for _, name := range [...]string{"boot.ini", "win.ini", "global.asa", "system32"} {
		if hasSuffixFold(b, name) {
			return finding{score: 65, end: len(b), rule: "ptrav/file",
				why: "names a file of the system or the server that no page serves"}
		}
	}
	return finding{}
}

// judgeDotName weighs a bare name that begins with a dot: .htaccess, .env.
func judgeDotName(v *value) finding {
	b := trimName(v.b)
	if len(b) < 3 || len(b) > maxWord || b[0] != '.' || v.kind == kindName || !dotName(b) {
		return finding{}
	}
	return finding{score: 60, end: len(b), rule: "ptrav/file", why: targetWhy}
}

// dotName reports whether a name is one of those that no page serves, or
// the environment of a deployment: .env, .env.local, but not .env.example.
func dotName(name []byte) bool {
	if secretNames.lookup(name) == fileDotName {
		return true
	}
	if !hasPrefix(name, ".env.") {
		return false
	}
	switch string(name[5:]) {
	case "example", "sample", "template", "dist", "defaults", "schema":
		return false
	}
	return len(name) > 6
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
