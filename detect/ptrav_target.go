package detect

import "bytes"

// sensitivity looks up the path's names: the highest class of any two
// neighbouring segments, of the last segment and of the first below a root.
func (p *pathShape) sensitivity() uint8 {
	path := trimSlash(p.path())
	best := fileNone
	prev, start := -1, 0
	for start < len(path) {
		if path[start] == '/' {
			start++
			continue
		}
		start = skipDots(path, start)
		end := start
		for end < len(path) && path[end] != '/' {
			end++
		}
		name := trimName(path[start:end])
		if len(name) == 1 && end-start == 2 && path[start+1] == ':' {
			p.drive = true
			prev, start = -1, end
			continue
		}
		last := end == len(path)
		best = max(best, p.segmentClass(name, last))
		p.hidden = p.hidden || name != nil && len(name) > 2 && name[0] == '.' && hiddenFolder(name)
		if prev >= 0 {
			best = max(best, pairClass(path[prev:start+len(name)]))
			if session(path[prev:start-1], name) {
				best = max(best, fileSystem)
			}
		}
		if prev < 0 && (p.drive || p.back > 0) {
			best = max(best, p.rootClass(name, last))
		}
		if !last && (prev < 0 && (p.rooted || p.climbs > 0) || logName(path[end:])) {
			best = max(best, etcClass(name, path[end+1:]))
		}
		prev, start = start, end
	}
	return best
}

// skipDots skips the dots that a filter has left before a name.
func skipDots(path []byte, start int) int {
	i := start
	for i < len(path) && path[i] == '.' {
		i++
	}
	if i-start < 2 || i == len(path) || path[i] == '/' {
		return start
	}
	return i
}

// segmentClass looks one segment up. Names that ordinary words share count
// only where the path is forced.
func (p *pathShape) segmentClass(name []byte, last bool) uint8 {
	c := secretNames.lookup(name)
	if c == fileNone && len(name) > 2 && name[0] == '.' && dotName(name) {
		return fileDotName
	}
	if c == fileDotName || c == fileNone {
		return c
	}
	if !last {
		return fileNone
	}
	if bytes.IndexAny(name, "._") < 0 && p.climbs == 0 && p.odd == 0 {
		return fileNone
	}
	return c
}

// pairClass looks up "folder/name", and without what a copy or a variant has
// behind its name: passwd-, shadow.bak, hostname.eth0.
func pairClass(pair []byte) uint8 {
	if c := secretTails.lookup(pair); c != fileNone {
		return c
	}
	cut := len(pair)
	if c := pair[cut-1]; c == '-' || c == '~' {
		cut--
	} else if ext := extension(pair); ext != nil && !pageFile(pair) {
		cut -= len(ext) + 1
	}
	if c := secretTails.lookup(pair[:cut]); c == fileSecret && cut < len(pair) {
		return c
	}
	return fileNone
}

// hiddenFolder reports whether a folder holds the history of a site or keys.
func hiddenFolder(name []byte) bool {
	switch string(name) {
	case ".git", ".svn", ".hg", ".bzr", ".ssh", ".aws", ".kube", ".gnupg":
		return true
	}
	return false
}

// session reports whether a name is that of a stored session of PHP.
func session(folder, name []byte) bool {
	return hasPrefix(name, "sess_") && len(name) > 8 && (hasPrefix(folder, "tmp") || hasPrefix(folder, "session") || hasPrefix(folder, "php"))
}

// rootClass looks up the first folder below a drive.
func (p *pathShape) rootClass(name []byte, last bool) uint8 {
	c := serverRoots.lookup(name)
	if c == fileLog && !last && p.n < shortValue && logName(p.path()) {
		return fileSystem
	}
	if c == fileSystem && !last && (p.ended || packaged(name) && (p.depth > 2 || name[0] != 'i') || extension(p.path()) != nil) {
		return fileSystem
	}
	return fileNone
}

// packaged reports whether a folder is one that only a packaged server makes.
func packaged(name []byte) bool {
	switch string(name) {
	case "xampp", "lampp", "wamp", "wamp64", "appserv", "inetpub", "winnt":
		return true
	}
	return false
}

// etcClass weighs what stands below /etc that is not known by name.
// Content repositories (JCR) keep designs and tags of pages there.
func etcClass(name, rest []byte) uint8 {
	if string(name) != "etc" || pageFile(rest) {
		return fileNone
	}
	for _, s := range [...]string{"designs", "clientlibs", "tags", "cloudservices", "commerce",
		"packages", "dam", "workflow", "acs-commons", "mobile", "segmentation", "blueprints"} {
		if hasPrefixFold(rest, s) {
			return fileNone
		}
	}
	return fileSystem
}

func logName(path []byte) bool {
	switch string(extension(path)) {
	case "log", "ini", "conf", "cnf", "err", "asa":
		return true
	}
	return hasSuffixFold(path, "_log") || hasSuffixFold(path, "/logs")
}

// trimName cuts what is appended to a name to get past a check of its end.
func trimName(name []byte) []byte {
	if i := bytes.IndexAny(name, ";?#:"); i > 0 {
		name = name[:i]
	}
	for len(name) > 0 && (name[len(name)-1] == ' ' || name[len(name)-1] == '+') {
		name = name[:len(name)-1]
	}
	return name
}
