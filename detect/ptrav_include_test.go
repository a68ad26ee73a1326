package detect

import "testing"

func TestJudgeIncluded(t *testing.T) {
	f := func(name, v string, want bool) {
		t.Helper()
		fd := judgeField(judgeOf(PTrav), name, v)
		if got := fd.score >= thresholds[Balanced]; got != want {
			t.Errorf("%s=%s: score %d by %q", name, v, fd.score, fd.rule)
		}
	}
	f("docroot", "http://files.example/x", true)
	f("BaseDir", "ftp://files.example/", true)
	f("include", "https://files.example/a.php", true)
	f("tpl", "http://files.example/a.txt?x=1", true)
	f("q", "https://files.example/a.php%00", true)
	f("q", "https://files.example/a.php\x00", true)
	// Links, files that are no scripts, names of one's own.
	f("url", "https://files.example/a.php", false)
	f("q", "https://files.example/a.txt", false)
	f("file", "https://cdn.example/photo.jpg", false)
	f("theme", "https://shop.example/", false)
	f("docroot", "/srv/app", false)
	f("include", "author,comments", false)
	f("q", "http://www.shop.example\x00", false)
}
