package detect

import "bytes"

// What the extension of a file says about asking for it.

// sourceFile reports whether a server would run or read a file rather than
// hand it out: programs, configuration and data.
func sourceFile(path []byte) bool {
	switch string(extension(path)) {
	case "py", "rb", "pl", "yml", "yaml", "ini", "conf", "cfg", "cnf", "sql", "db", "sqlite", "sqlite3", "bak", "inc", "key", "pem", "properties":
		return true
	}
	return configName(path)
}

// configName reports whether a program is one that holds the settings of a
// site or sets it up.
func configName(path []byte) bool {
	name := path[bytes.LastIndexByte(path, '/')+1:]
	ext := extension(name)
	switch string(ext) {
	case "php", "inc", "asp", "aspx", "jsp", "py", "cgi":
	default:
		return false
	}
	name = name[:len(name)-len(ext)-1]
	for _, s := range [...]string{"config", "settings", "database", "db", "install", "setup", "local", "secrets", "connect"} {
		if hasPrefix(name, s) || hasSuffixFold(name, s) {
			return true
		}
	}
	return false
}

// scriptFile reports whether a file is a program of a server or of Windows.
func scriptFile(ext []byte) bool {
	switch string(ext) {
	case "php", "phtml", "php3", "php5", "asp", "aspx", "ashx", "jsp", "jspx", "cgi", "pl", "py", "rb", "inc", "cfm", "exe", "dll", "hta", "vbs", "ps1", "bat", "cmd", "scr":
		return true
	}
	return false
}

// backupName reports whether a name is that of a program with the ending of
// a copy: index.php.bak, config.php~.
func backupName(path []byte) bool {
	name := path[bytes.LastIndexByte(path, '/')+1:]
	if n := len(name); n > 1 && name[n-1] == '~' {
		return scriptFile(extension(name[:n-1])) && extension(name[:n-1])[0] != 'e'
	}
	ext := extension(name)
	switch string(ext) {
	case "bak", "old", "orig", "save", "swp", "swo", "copy", "backup":
	default:
		return false
	}
	return scriptFile(extension(name[:len(name)-len(ext)-1])) || hasSuffixFold(name[:len(name)-len(ext)-1], ".config")
}

// remoteShare reports whether a UNC path names a script, or its server over
// WebDAV: \\host\share\x.php, \\host@80\x.
func remoteShare(path []byte, p *pathShape) bool {
	host := path
	if i := bytes.IndexByte(path, '\\'); i > 0 {
		host = path[:i]
	}
	return bytes.IndexByte(host, '@') > 0 || bytes.IndexByte(host, '.') > 0 && scriptFile(extension(trimSlash(p.path())))
}
