package detect

import "testing"

func TestCallAt(t *testing.T) {
	f := func(in, name, owner string, member, definition bool) {
		t.Helper()
		for i := range in {
			if in[i] != '(' {
				continue
			}
			c, ok := callAt([]byte(in), i)
			if !ok || string(c.name) != name || string(c.owner) != owner || c.member != member || c.definition != definition {
				t.Errorf("%q: %v name %q owner %q member %v definition %v", in, ok, c.name, c.owner, c.member, c.definition)
			}
			return
		}
		t.Errorf("%q has no parenthesis", in)
	}
	f("a = f(1)", "f", "", false, false)
	f("os.system ('x')", "system", "os", true, false)
	f("$o->run('x')", "run", "o", true, false)
	f("Kernel::exec('x')", "exec", "Kernel", true, false)
	f("function id(x)", "id", "", false, true)
}

func TestArgumentAt(t *testing.T) {
	f := func(in string, want argument, text string) {
		t.Helper()
		got, s := argumentAt([]byte(in), 0)
		if got != want || string(s) != text {
			t.Errorf("%q: %d %q, want %d %q", in, got, s, want, text)
		}
	}
	f(")", argNone, "")
	f("'ls -l')", argText, "ls -l")
	f("\"open", argText, "open")
	f("`id`)", argTick, "")
	f("$_POST['a'])", argInput, "")
	f("$a)", argVar, "")
	f("base64_decode('x'))", argCall, "")
	f("x + 1)", argOther, "")
	f("", argOther, "")
}

func TestLookup(t *testing.T) {
	f := func(in string, rule string) {
		t.Helper()
		if fd := judgeLookup(&value{b: []byte(in)}); fd.rule != rule {
			t.Errorf("%q: rule %q, want %q", in, fd.rule, rule)
		}
	}
	f("${jndi:ldap://h/a}", "rce/jndi-lookup")
	f("x${JnDi:rmi://h", "rce/jndi-lookup")
	f("${${env:NONE:-jn}${lower:D}i:dns:h}", "rce/jndi-lookup")
	f("${j${upper:n}d${::-i}:x}", "rce/jndi-lookup")
	f("${${::-a}${::-b}}", "rce/nested-lookup")
	f("${user.name:-nobody}", "")
	f("jndi:ldap is an address", "")
	f("${a}jndi:b", "")
}
