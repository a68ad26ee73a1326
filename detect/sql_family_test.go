package detect

import "testing"

// TestSQLFamilies: contexts and dialects in which a value changes its query,
// and beside each what only looks like it.
func TestSQLFamilies(t *testing.T) {
	caught := func(in string) {
		t.Helper()
		if got := sqliScore(in); got < thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}
	passes := func(in string) {
		t.Helper()
		if got := sqliScore(in); got >= thresholds[Balanced] {
			t.Errorf("%q: score %d", in, got)
		}
	}

	// Lists of the query: columns, assignments, rows.
	caught("k', level='top' WHERE id=7-- ")
	caught("4, level=9 where id=7--")
	caught("k',level='top")
	caught("4,5),(6,7)--")
	caught("4) on duplicate key update pw='k'--")
	caught("pw from members--")
	caught("count(*) from members")
	caught("pw from information_schema.tables")
	passes("2,3),(4,5)")
	passes("a from b")
	passes("pages 3, 4 and 5 from the book -- read them")
	passes("name = 'Anna', age = 5")

	// Rows, escapes of ODBC, character sets, suffixes, numbers without exponent.
	caught("4 or (5,6)=(5,6)")
	caught("4 or {d '2020-02-03'}=4")
	caught("4 or {fn now()}>4")
	caught("4 or _latin1'k'='k'")
	caught("4Dunion select 5")
	caught("4 union select 5.e.pw from members")
	caught("4 or 5 member of ('[5]')")
	caught("k' and doc @> '{\"k\":4}")
	caught("k' div@a=4 or '4")
	passes("{d is for dog}")
	passes("3D union of sets")

	// Statements.
	caught("4; grant all on *.* to 'k'@'%'")
	caught("4; pragma case_sensitive_like=1")
	caught("4; shutdown with nowait")
	passes("grants; all on time to the office")

	passes("create function k(text)\nreturns text\nas 'k' language c;\n\ncreate function m(text)\nreturns text\nas 'm' language c;\n\ngrant select on k to public;\n\n-- and so on, on lines of their own\n")
	caught("4;\ndrop table members")

	// Unions.
	caught("4 union table members")
	caught("4 union select 5 from limit 6")
	caught("4 union select from information_schema.tables where 5=5")
	caught("-4 union")
	caught("4#k\nunion")
	passes("4' union select")
	passes("the union")
	passes("4 and the union")

	// Functions around a character; expressions joined to the string.
	caught("4+ascii(substring(pw,1,1))")
	caught("k'+convert(int,@@version)+'k")
	caught("k' and find_in_set(4,5)--")
	caught("k' compute sum(id)--")
	caught("if(substr(user(),1,1)='k',id,pw)")
	caught("@@version")
	passes("4+left(5)")
	passes("@@k81f0a77be3c92d4c")
	passes("=IF(LEN(A1)>5,\"k\",\"m\")")

	// Identifiers in brackets and quotes, comparisons of any form, NUL as end.
	caught("4; drop table [members]")
	caught("4'; update \"members\" set level='k'-- ")
	caught("(case when (4)=(4) then id else pw end)")
	caught("4-if('k' like 'k',4,5)")
	caught("k'/**/or/**/{d/**/'2020-02-03'}=4-- ")
	caught("root';%00")
	caught("4\u00a0union\u00a0select\u00a0@@version")
	passes("[link](https://w.example/a) or [b](c)")
	passes("log10(100) = 2, ln(e) = 1")
	passes("case \"$#\" in\n0)\n\techo 'usage: k [-n]' 1>&2\n")
	passes("call me (maybe) and execute the plan")

	passes("\"regexp\"")
	passes("and tan(pi) is a very small value:")

	// Lone operands.
	caught("' or 4")
	caught("4 or 4")
	caught("4 or !0")
	caught("4 or 5 group by concat(version())")
	caught("'/'")
	passes("5' or 6")
	passes("4 or 5")
	passes("'*'")
	passes("'-'")
}
