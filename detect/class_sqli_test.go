package detect

import (
	"strings"
	"testing"
)

// sqliScore is the judge's score behind its prefilter.
func sqliScore(s string) int {
	v := value{b: []byte(s), f: scan([]byte(s))}
	if !maybeSQLi(v.f, len(s)) {
		return 0
	}
	return wanted(SQLi, &v, judgeSQLi(&v, &Scratch{})).score
}

func TestJudgeSQLiCatches(t *testing.T) {
	f := func(in, rule string) {
		t.Helper()
		v := value{b: []byte(in), f: scan([]byte(in))}
		got := judgeSQLi(&v, &Scratch{})
		if !maybeSQLi(v.f, len(in)) {
			t.Errorf("%q: hidden by the prefilter", in)
		}
		if got.score < thresholds[Balanced] || got.rule != rule {
			t.Errorf("%q: score %d rule %q, want rule %q", in, got.score, got.rule, rule)
		}
		if got.start < 0 || got.end <= got.start || got.end > len(in) || got.why == "" {
			t.Errorf("%q: evidence [%d:%d) why %q", in, got.start, got.end, got.why)
		}
	}
	// a condition behind the query's string
	f("7' or 4=4 --", "sqli/condition")
	f(`x" and 'k'<>'l`, "sqli/condition")
	f("q' or exists(select 1 from members)#", "sqli/condition")
	f(`7' or '{"k":1}'::jsonb @> '{"k":1}' -- `, "sqli/condition")
	f("q' or pw notnull -- ", "sqli/condition")
	// a condition behind a number
	f("12 or 6=6", "sqli/condition")
	f("12)) and ((7=8", "sqli/condition")
	f("5 || 3 between 1 and 9", "sqli/condition")
	// a second result set
	f("3 union select pw,2", "sqli/union")
	f("-1' UNION/**/ALL/**/SELECT null,null#", "sqli/union")
	f("0 union select pw from members where id=1", "sqli/union")
	// a second statement
	f("9;drop table x", "sqli/stacked")
	f("9'; insert into members values ('a')--", "sqli/stacked")
	f("1;declare @k varchar(9);set @k='a'", "sqli/stacked")
	// subqueries and calls with side effects
	f("(select pw from members limit 1)=1 and 2", "sqli/subquery")
	f("sleep(9)", "sqli/call")
	f("1 waitfor delay '0:0:7'", "sqli/stacked")
	f("1 into outfile '/srv/x.php'", "sqli/outfile")
	// clauses and a hidden rest
	f("4 order by 11", "sqli/clause")
	f("root'--", "sqli/truncation")
	f("p' > 'k", "sqli/expression")
	// a payload behind a text
	f(strings.Repeat("Lorem ipsum dolor sit amet. ", 9)+"' or 8=8 -- ", "sqli/condition")
	f(strings.Repeat("k", 90000)+"' or 8=8 -- ", "sqli/condition")
}

func TestJudgeSQLiPasses(t *testing.T) {
	f := func(in string) {
		t.Helper()
		if got := sqliScore(in); got >= thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}
	// the phrase alone, as documented
	f("1' UNION SELECT")
	f("union select committee")
	// a break-out without structure behind it
	f("HAT 18';")
	f("x'1--")
	f("it's; and that's it")
	for _, s := range legitTexts {
		f(s)
	}
	for _, s := range legitPosts {
		f(s)
	}
}

func TestJudgeSQLiDoesNotAllocate(t *testing.T) {
	v := value{b: []byte("3') union all select pw,(select 2) from members where 1=1 -- x")}
	v.f = scan(v.b)
	s := &Scratch{}
	if n := testing.AllocsPerRun(100, func() { judgeSQLi(&v, s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
