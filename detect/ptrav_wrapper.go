package detect

import "bytes"

// Wrappers: URL schemes that a file function of PHP or Java opens, and the
// URL of a script elsewhere.

// wrappers are schemes that no link of a page carries.
var wrappers = newWordTable([]wordGroup{
	{1, []string{"php", "phar", "zip", "expect", "glob", "zlib", "compress.zlib", "compress.bzip2",
		"ogg", "ssh2", "ssh2.sftp", "ssh2.exec", "ssh2.shell", "ssh2.tunnel", "ssh2.scp", "rar", "netdoc"}},
	{5, []string{"jar"}},
	{6, []string{"url"}},
	{2, []string{"file"}},
	{3, []string{"http", "https", "ftp", "ftps"}},
	{4, []string{"data"}},
})

// judgeWrapper looks at the first scheme of the value.
func judgeWrapper(v *value) finding {
	if v.f&(fColon|fSlash) == 0 {
		return finding{}
	}
	b := v.b
	if len(b) < shortValue && b[0] == '/' && b[1] == '/' && v.kind == kindParam {
		if f := judgeRemote(b[2:]); f.score > 0 {
			f.end = len(b)
			return f
		}
	}
	i := bytes.IndexByte(b[:min(len(b), 48)], ':')
	if i < 2 || i+2 >= len(b) {
		return finding{}
	}
	start := i
	for start > 0 && (isAlnum(b[start-1]) || b[start-1] == '.') {
		start--
	}
	if start > 8 {
		return finding{}
	}
	f := wrapperScore(wrappers.lookup(b[start:i]), b[i+1:], v)
	f.start, f.end = start, min(len(b), i+64)
	return f
}

func wrapperScore(class uint8, rest []byte, v *value) finding {
	slashes := bytes.HasPrefix(rest, []byte("//"))
	switch {
	case class == 1 && slashes && len(v.b) < shortValue:
		return finding{score: 75, rule: "ptrav/wrapper", why: "names a stream wrapper that reads files or runs code"}
	case class == 5 && (hasPrefixFold(rest, "http") || hasPrefixFold(rest, "ftp") || slashes) && bytes.IndexByte(rest, '!') > 0,
		class == 6 && (hasPrefixFold(rest, "file:/") || hasPrefixFold(rest, "http") || hasPrefixFold(rest, "ftp:")) && len(v.b) < shortValue:
		return finding{score: 65, rule: "ptrav/wrapper", why: "names a stream wrapper that reads files or runs code"}
	case class == 2 && len(v.b) < shortValue && rest[0] == '/':
		return judgeFileURL(rest)
	case class == 3 && slashes && len(v.b) < shortValue:
		return judgeRemote(rest[2:])
	case class == 4 && slashes && len(v.b) < 2*shortValue:
		return finding{score: 60, rule: "ptrav/wrapper", why: "names a stream wrapper that reads files or runs code"}
	}
	return finding{}
}

// judgeFileURL weighs file:/...: error reports name local pages so, hence
// only what is no page counts.
func judgeFileURL(rest []byte) finding {
	var p pathShape
	p.read(rest)
	score := 40
	switch {
	case p.sensitivity() >= fileSystem:
		score = 80
	case bytes.Contains(rest, []byte("/..")):
		score = 65
	}
	return finding{score: score, rule: "ptrav/file-url", why: "asks for a local file by its URL"}
}

// judgeRemote weighs the URL of a script on another host: a text or script
// file whose appended extension is made a query or cut off.
func judgeRemote(u []byte) finding {
	host, path, _ := bytes.Cut(u, []byte{'/'})
	name := path
	cut, nul := false, false
	if i := bytes.IndexByte(path, '?'); i >= 0 {
		name = path[:i]
		cut = i >= len(path)-2
	} else if i := bytes.Index(path, []byte("%00")); i >= 0 {
		name, cut, nul = path[:i], true, true
	} else if i := bytes.IndexByte(path, 0); i >= 0 {
		name, cut, nul = path[:i], true, true
	}
	score := 0
	script := scriptName(name)
	switch {
	case script && cut:
		score = 65
	case nul && len(extension(name)) > 1:
		score = 60
	case script && numericHost(host) && bytes.IndexByte(path, '?') < 0:
		score = 55
	case cut:
		score = 40
	}
	return finding{score: score, rule: "ptrav/remote-file", why: "includes a script from another host"}
}

// scriptName reports whether a file is delivered as text, as a script that
// another server shall include must be.
func scriptName(name []byte) bool {
	switch string(extension(name)) {
	case "txt", "inc", "sh", "dat", "log", "pl", "ps1", "bat":
		return true
	}
	return false
}

func numericHost(host []byte) bool {
	dots := 0
	for _, c := range host {
		switch {
		case c == '.':
			dots++
		case c == ':' && dots == 3:
			return true
		case !isDigit(c):
			return false
		}
	}
	return dots == 3
}
