package detect

// Server-side includes.
//
// Rules: a directive counts when it is one that servers know, with an
// attribute that this directive takes; without, the server would ignore it.
// Elements of Edge Side Includes count alike: no page of a browser has them.
// A page that is posted as a whole may hold includes of its own, and so may a
// text about them.
//
// Guarantee, at balanced. Caught:
//
//	<!--#exec cgi="/cgi-bin/report" -->
//	guest<!-- #INCLUDE file = "conf/site.inc" -->
//	<esi:include src="http://h.example/fragment"/>
//
// Not an attack:
//
//	<!--#region options--> ... <!--#endregion-->
//	<!-- #1 echo of the first verse = refrain -->
//	<section:include part="a"/>
func maybeSSI(f features, n int) bool {
	return n > 8 && f&(fLess|fAlpha) == fLess|fAlpha && (f&(fAt|fMinus) == fAt|fMinus || f&fColon != 0)
}

// maxCandidates bounds the structures of one class that are weighed against
// the text around them in one value: behind so many, text outweighs any other.
const maxCandidates = 32

func judgeSSI(v *value, s *Scratch) finding {
	var best finding
	for i, n := 0, 0; n < maxCandidates; {
		d, ok := nextDirective(v.b, i)
		if !ok {
			break
		}
		i = d.start + 1
		score := directiveScore(&d)
		if score == 0 {
			continue
		}
		n++
		f := finding{score: score - textDoubt(v, d.start), start: d.start, end: d.end, rule: "ssi/directive",
			why: "is a directive that a server executes while it delivers the page"}
		if d.esi {
			f.rule, f.why = "ssi/edge", "is an element that a cache in front of the site executes"
		}
		best = stronger(best, f)
	}
	return best
}

// Directives by the attributes they take.
const (
	ssiNone uint8 = iota
	ssiExec
	ssiFile
	ssiVar
	ssiConfig
	ssiBare // takes none
	ssiExpr
)

var ssiDirectives = newWordTable([]wordGroup{
	{ssiExec, []string{"exec"}},
	{ssiFile, []string{"include", "fsize", "flastmod"}},
	{ssiVar, []string{"echo", "set"}},
	{ssiConfig, []string{"config"}},
	{ssiBare, []string{"printenv"}},
	{ssiExpr, []string{"if", "elif"}},
})

var ssiAttributes = newWordTable([]wordGroup{
	{ssiExec, []string{"cmd", "cgi"}},
	{ssiFile, []string{"file", "virtual"}},
	{ssiVar, []string{"var", "encoding", "decoding"}},
	{ssiConfig, []string{"errmsg", "sizefmt", "timefmt", "echomsg"}},
	{ssiExpr, []string{"expr"}},
})

var esiElements = newWordTable([]wordGroup{
	{1, []string{"esi", "include", "inline", "vars", "try", "attempt", "except", "choose", "when", "otherwise", "remove", "assign", "eval", "function", "foreach", "debug"}},
})

// directiveScore weighs the directive itself; 0 when no server knows it.
func directiveScore(d *directive) int {
	if d.esi {
		return 70 * int(esiElements.lookup(d.name))
	}
	takes := ssiDirectives.lookup(d.name)
	switch {
	case takes == ssiNone:
		return 0
	case takes == ssiBare:
		return 82
	case takes != ssiAttributes.lookup(d.attr):
		return 0
	case takes == ssiExec:
		return 90
	}
	return 82
}

// textDoubt is what running text or a document before v.b[at] takes from a
// score.
func textDoubt(v *value, at int) int {
	x := newShellContext(v)
	return x.textDoubt(x.wordsBefore(at), certain)
}
