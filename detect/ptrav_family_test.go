package detect

import "testing"

// TestPathFamilies: places and spellings of files that no page serves, and
// beside each what only looks like it.
func TestPathFamilies(t *testing.T) {
	score := func(k kind, in string) int { return judgeOne(judgeOf(PTrav), k, in).score }
	caught := func(k kind, in string) {
		t.Helper()
		if got := score(k, in); got < thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}
	passes := func(k kind, in string) {
		t.Helper()
		if got := score(k, in); got >= thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}

	// Names that begin with a dot, folders of keys and of history.
	caught(kindParam, ".htaccess")
	caught(kindParam, ".env.staging")
	caught(kindPath, "/app/.env.local")
	caught(kindPath, "/shop/.git/")
	caught(kindPath, "/.svn/pristine/")
	caught(kindParam, "/.ssh/")
	passes(kindParam, ".env.example")
	passes(kindPath, "/shop.git/info/refs")
	passes(kindPath, "/.well-known/acme-challenge/k")
	passes(kindParam, ".html")

	// Copies of programs and of the system's files.
	caught(kindPath, "/shop/cart.php.bak")
	caught(kindPath, "/shop/cart.php~")
	caught(kindParam, "/etc/shadow-")
	caught(kindParam, "/srv/etc/passwd.old")
	passes(kindPath, "/notes.txt.bak")
	passes(kindPath, "/a.js~")

	// One climb to a program's settings.
	caught(kindParam, "../config/mail.yml")
	caught(kindParam, "../db.php")
	passes(kindParam, "../mail.php")
	passes(kindParam, "see ../config/mail.yml for the rest")
	passes(kindParam, "../img/k.png")

	// Shares, wrappers and scripts elsewhere.
	caught(kindParam, `\\files.example\k\a.php`)
	caught(kindParam, `\\files@80\k\a`)
	caught(kindParam, "//files.example/k.txt?")
	caught(kindParam, "jar:https://files.example/a.zip!/k")
	caught(kindParam, "url:file:///k")
	caught(kindParam, "ssh2.exec://k@files.example/id")
	passes(kindParam, `\\files\k\plan.docx`)
	passes(kindParam, `\\files.example\k\plan.docx`)
	passes(kindParam, "//cdn.example/k.js")
	passes(kindParam, "jar:file:/app.jar!/k")
	passes(kindParam, "url: https://w.example/k")

	// Sessions, settings of a site, packaged servers, matrix parameters.
	caught(kindParam, "/tmp/sess_k81f0a77")
	caught(kindParam, "/var/www/shop/settings.php")
	caught(kindParam, `d:\xampp\phpmyadmin`)
	caught(kindPath, "/.;/admin")
	caught(kindParam, "k.asp::$INDEX_ALLOCATION")
	passes(kindParam, "/tmp/upload_k81f0a77")
	passes(kindParam, "/var/www/shop/index.php")
	passes(kindPath, "/a;v=1/b")
	passes(kindParam, "xampp/readme")

	// A place that a sentence names.
	passes(kindParam, "replace w.example/k => ../../k")
	passes(kindParam, "[k]: ../../../docs/k.yml")
}

// What stands in folders of a system, but is none of its files, and signs
// that only look like separators, are no traversal where a form is given them.
func TestPTravStrays(t *testing.T) {
	j := judgeOf(PTrav)
	f := func(in string) {
		t.Helper()
		if fd := judgeOne(j, kindParam, in); fd.score >= 50 {
			t.Errorf("%q: %s %d", in, fd.rule, fd.score)
		}
	}
	f("/etc/ppp/holiday-plan.pptx")
	f("/var/spool/meadow/sunrise.mp3")
	f("/usr/ports/pictures/lighthouse.tif")
	// comments of programs
	f("// see ../../parser/grammar.txt for the grammar")
	f("/* shared with ../../scanner/tables.txt */\nvar tables [3]int")
	// signs
	f("?.;(+=!")
	f("/;.&:")
	// binary data
	f("A\x03\x01//x\x02\x00q.\x07Z\x05 ..\x0eu\x11\x04k\x06/\x00\x00h.\x01")

	caught := func(in string) {
		t.Helper()
		if fd := judgeOne(j, kindParam, in); fd.score < 50 {
			t.Errorf("%q: %s %d", in, fd.rule, fd.score)
		}
	}
	caught("/etc/ppp/chap.conf")
	caught("/var/log/billing/requests.crit")
	caught("/shop/.;/k")
	caught("../../../etc/ppp/holiday-plan.pptx")
	caught("../../secret.txt\x00.png")
}
