package detect

import (
	"strings"
	"testing"
)

var sqlSeeds = []string{
	"7' or 4=4 -- ", "12 and 5=5", "3 union select login,pw from members", "x'); drop table orders;-- ",
	"9;waitfor delay '0:0:9'-- ", "1 and (select count(*) from members)>0", "-3' union all select null,version(),null-- ",
	"5 or sleep(7)", "a' or 'b'='b", "1) or (2=2", "0 order by 9-- ", "1' and extractvalue(1,concat(0x7e,user()))-- ",
	"1;exec master..xp_dirtree 'x'", "1 procedure analyse(extractvalue(1,2),1)", "1 into outfile '/x/y'",
	"4 or 9=9 limit 1-- ", "4 or 3 between 1 and 5", "6 and case when 2=2 then 1 else 0 end=1",
	"1' and ascii(substring((select pw from members),1,1))>64-- ", "8 having 3=3-- ",
}

// sqlChanges keep the meaning of a query for at least one server.
var sqlChanges = []struct {
	name string
	f    func(string) string
}{
	{"none", func(s string) string { return s }},
	{"upper", strings.ToUpper},
	{"mixed", mixCase},
	{"tab", replacer(" ", "\t")},
	{"newline", replacer(" ", "\r\n")},
	{"form feed", replacer(" ", "\f")},
	{"no-break", replacer(" ", "\u00a0")},
	{"comment", replacer(" ", "/**/")},
	{"text in comment", replacer(" ", "/*a'\"--*/")},
	{"spaces", replacer(" ", "    ")},
	{"double quote", replacer("'", `"`)},
	{"hash", replacer("-- ", "#")},
	{"dash", replacer("-- ", "-- -")},
	{"pipes", replacer(" or ", " || ")},
	{"ampersands", ampersands},
	{"like", replacer("=", " like ")},
	{"not equal", replacer("=", "<>")},
	{"null-safe", replacer("=", "<=>")},
	{"versioned", replacer("union", "/*!50000union*/")},
	{"versioned select", replacer("select", "/*!select*/")},
	{"distinct", replacer("union select", "union distinct select")},
	{"hex", replacer("=2", "=0x2")},
	{"group", replacer(" 5=5", " (5)=(5)")},
	{"sleep", replacer("or sleep(7)", "or benchmark(9999999,md5(1))")},
	{"pg sleep", replacer("or sleep(7)", "or pg_sleep(7)")},
	{"error function", replacer("extractvalue(", "updatexml(2,")},
	{"text before", func(s string) string { return "blue shoes" + strings.TrimLeft(s, "0123456789-axb") }},
}

func replacer(old, new string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, new) }
}

// ampersands leaves the and of between alone.
func ampersands(s string) string {
	if strings.Contains(strings.ToLower(s), "between") {
		return s
	}
	return strings.ReplaceAll(s, " and ", " && ")
}

func mixCase(s string) string {
	b := []byte(s)
	for i := range b {
		if i%2 == 0 && b[i] >= 'a' && b[i] <= 'z' {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// TestSQLVariants: changes that keep the meaning keep the verdict, alone and
// in pairs.
func TestSQLVariants(t *testing.T) {
	for _, seed := range sqlSeeds {
		for _, a := range sqlChanges {
			for _, b := range sqlChanges {
				if a.name == "text before" || b.name == "text before" && !strings.Contains(seed, "'") {
					continue // text parts a number from its operator
				}
				if in := b.f(a.f(seed)); sqliScore(in) < thresholds[Balanced] {
					t.Errorf("%s + %s: %q has score %d", a.name, b.name, in, sqliScore(in))
				}
			}
		}
	}
}
