package detect

import "bytes"

// includeFields are names of parameters that hold a part of the place of a
// program: who gives them a URL has the program read from there.
var includeFields = newWordTable([]wordGroup{
	{1, []string{
		"docroot", "doc_root", "document_root", "absolute_path", "mosconfig_absolute_path", "abspath", "abs_path", "basedir", "base_dir",
		"root_path", "root_dir", "rootdir", "rootpath", "include_path", "includedir", "include_dir", "inc_dir", "incdir", "lib_path",
		"libpath", "lib_dir", "libdir", "phpbb_root_path", "server_base", "path_prefix", "classpath", "class_path", "full_path_to_db",
		"sourcedir", "source_dir", "template_path", "template_dir", "theme_path", "skin_dir", "gallery_basedir", "mainpath", "main_dir", "install_path", "install_dir",
	}},
	{2, []string{"include", "inc", "require", "file", "filename", "template", "tpl", "theme", "skin", "module", "mod", "lang", "language", "plugin", "conf", "config"}},
})

// judgeIncluded weighs the URL of another host in a field that holds a part of
// a program's place: any there, a script where a file is asked for.
func judgeIncluded(v *value, s *Scratch) finding {
	if v.kind != kindParam || len(v.b) > shortValue || v.f&fSpace != 0 || !hasPrefixFold(v.b, "http") && !hasPrefixFold(v.b, "ftp") {
		return finding{}
	}
	i := bytes.Index(v.b[:min(len(v.b), 9)], []byte("://"))
	if i < 0 {
		return finding{}
	}
	f := finding{end: len(v.b), rule: "ptrav/remote-file", why: "includes a script from another host"}
	switch includeFields.lookup(s.fieldName()) {
	case 1:
		f.score = 60
	case 2:
		path := v.b[i+3:]
		if n := bytes.IndexByte(path, '?'); n >= 0 {
			path = path[:n]
		}
		if n := bytes.IndexByte(path, '/'); n > 0 && (scriptName(path[n:]) || uploadExtensions.lookup(extension(path[n:])) == extPage) {
			f.score = 55
		}
	}
	return f
}
