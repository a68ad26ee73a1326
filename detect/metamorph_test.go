package detect

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// rewrite is a way of writing a value differently that keeps what it does. It
// reports false for a value that it would make harmless, or leave as it is.
type rewrite struct {
	name string
	of   string // prefix of the names of the seeds that it is for
	f    func(v string) (string, bool)
}

// swapped makes a change of replacing all of old.
func swapped(name, of, old, new string) rewrite {
	return rewrite{name, of, func(v string) (string, bool) {
		return strings.ReplaceAll(v, old, new), strings.Contains(v, old)
	}}
}

// rewrites by language. Those of SQL and HTML that stand in the tests of the
// judges, alone and in pairs, are not all repeated here.
var rewrites = []rewrite{
	// SQL: keywords have no case, any white space and any comment parts words.
	{"upper", "sqli/", func(v string) (string, bool) { return strings.ToUpper(v), !strings.ContainsAny(v, "@") }},
	{"mixed", "sqli/", func(v string) (string, bool) { return mixCase(v), true }},
	swapped("comment", "sqli/", " ", "/**/"),
	swapped("tab", "sqli/", " ", "\t"),
	swapped("line", "sqli/", " ", "\n"),
	swapped("wide", "sqli/", " ", "   "),
	swapped("vertical tab", "sqli/", " ", "\v"),
	swapped("hash", "sqli/", "-- ", "#"),
	swapped("hex", "sqli/condition", "=2", "=0x2"),
	swapped("like", "sqli/condition", "=", " like "),
	swapped("null-safe", "sqli/condition", "=", "<=>"),
	swapped("pipes", "sqli/condition", " or ", " || "),
	swapped("ampersands", "sqli/time", " and ", " && "),
	swapped("executed", "sqli/union", "union", "/*!50000union*/"),
	swapped("distinct", "sqli/union", "union select", "union distinct select"),
	swapped("semicolon", "sqli/stacked", "; ", ";"),
	// HTML: names have no case, "/" and line ends part attributes, quotes and
	// end tags are optional, references stand in any attribute.
	{"upper", "xss/tag", func(v string) (string, bool) { return upperTags(v), true }},
	{"upper", "xss/break-out", func(v string) (string, bool) { return upperTags(v), true }},
	swapped("slash", "xss/tag", "<svg on", "<svg/on"), // behind a bare value it would belong to that
	swapped("slash", "xss/tag", "<q on", "<q/k/on"),
	swapped("line", "xss/tag", " on", "\non"),
	swapped("form feed", "xss/tag", " on", "\fon"),
	swapped("equals", "xss/tag", "=go", " = go"),
	swapped("single", "xss/tag", `"`, "'"),
	swapped("tab in scheme", "xss/tag", "javascript:", "java\tscript:"),
	swapped("reference in scheme", "xss/tag", "javascript:", "&#106;avascript&colon;"),
	swapped("template", "xss/tag", "go(1)", "go`1`"),
	swapped("member", "xss/tag", "go(1)", "top['go'](1)"),
	swapped("eval", "xss/tag", "go(1)", "eval('go(1)')"),
	{"no end", "xss/tag", func(v string) (string, bool) {
		i := strings.Index(v, "</")
		return v[:max(i, 0)], i > 0 && !strings.HasPrefix(v, "<script")
	}},
	{"text before", "xss/tag", func(v string) (string, bool) { return "Lovely lamp! " + v, true }},
	{"text around", "xss/tag", func(v string) (string, bool) { return "See " + v + " and more", true }},
	// Shells: words may be quoted in pieces, blanks come from variables.
	swapped("IFS", "rce/shell", " ", "${IFS}"),
	swapped("tab", "rce/shell", " ", "\t"),
	swapped("quotes", "rce/shell", "cat", "c''at"),
	swapped("double quotes", "rce/shell", "curl", `cu""rl`),
	swapped("backslash", "rce/shell", "whoami", `who\ami`),
	swapped("nothing", "rce/shell", "uname", "un$@ame"),
	swapped("located", "rce/shell", "cat ", "/bin/cat "),
	swapped("pipe", "rce/shell", "; ", " | "),
	swapped("and", "rce/shell", "; ", " && "),
	swapped("line end", "rce/shell", "; ", "\n"),
	swapped("or", "rce/shell", " && ", " || "),
	swapped("backticks", "rce/substitution", "$(cat /etc/group)", "`cat /etc/group`"),
	swapped("blanks", "rce/substitution", "$(", "$( "),
	{"upper", "rce/windows", func(v string) (string, bool) { return strings.ToUpper(v), true }},
	swapped("caret", "rce/windows", "net ", "n^et "),
	swapped("both", "rce/windows", "& ", "&& "),
	// PHP: names of functions have no case; blanks and comments may stand
	// before the arguments.
	swapped("upper", "rce/php", "system(", "SYSTEM("),
	swapped("blank", "rce/php", "system(", "system ("),
	swapped("comment", "rce/php", "system(", "system/**/("),
	swapped("short tag", "rce/php", "<?php system", "<?= system"),
	swapped("double", "rce/code", "'", `"`),
	swapped("upper", "rce/lookup", "jndi", "JNDI"),
	swapped("part", "rce/lookup", "${jndi", "${j${lower:n}di"),
	swapped("default", "rce/lookup", "ldap", "${x:-l}dap"),
	// Paths: separators of both systems, empty and "." segments, more climbs
	// than there are folders.
	swapped("backslash", "ptrav/climb", "/", `\`),
	swapped("dot segments", "ptrav/climb", "../", ".././"),
	swapped("double slash", "ptrav/climb", "../", "..//"),
	swapped("encoded dots", "ptrav/climb", "../", "%2e%2e/"),
	swapped("encoded slash", "ptrav/climb", "../", "..%2f"),
	swapped("overlong", "ptrav/climb", "../", "..%c0%af"),
	{"deeper", "ptrav/climb", func(v string) (string, bool) { return "../../" + v, strings.HasPrefix(v, "../") }},
	{"prefix", "ptrav/climb", func(v string) (string, bool) { return "img/" + v, strings.HasPrefix(v, "../../../..") }},
	{"cut", "ptrav/climb", func(v string) (string, bool) { return v + "%00.png", true }},
	{"dot segment", "ptrav/file", func(v string) (string, bool) {
		return strings.Replace(v, "/etc/", "/./etc/", 1), strings.HasPrefix(v, "/etc/")
	}},
	{"double slash", "ptrav/file", func(v string) (string, bool) {
		return strings.Replace(v, "/etc/", "/etc//", 1), strings.HasPrefix(v, "/etc/")
	}},
	// Filters, paths and templates: blanks between tokens, other attributes,
	// numbers and quotes.
	swapped("another attribute", "ldapi/", "uid", "mail"),
	swapped("blank", "ldapi/", ")(", ") ("),
	swapped("double", "xpath/", "'", `"`),
	swapped("axis", "xpath/", "//user", "/descendant::user"),
	swapped("blanks", "ssti/", "{{", "{{ "),
	swapped("other numbers", "ssti/", "6*9", "13*37"),
	swapped("sum", "ssti/", "6*9", "6+9"),
	swapped("trim", "ssti/", "{{", "{{- "),
	swapped("upper", "ssi/", "exec cmd", "EXEC CMD"),
	swapped("blanks", "ssi/", "=", " = "),
	swapped("other field", "crlf/header", "Set-Cookie: sid", "X-Accel-Redirect: sid"),
	swapped("lower", "crlf/header", "Set-Cookie", "set-cookie"),
	swapped("line end", "crlf/header", "%0d%0a", "%0a"),
	swapped("upper", "mail_injection/", "Bcc", "BCC"),
	swapped("other port", "ssrf/", ":8080", ":6379"),
	swapped("octal", "ssrf/", "0x7f000001", "0177.0.0.1"),
	swapped("short", "ssrf/", "0x7f000001", "127.1"),
	swapped("user", "ssrf/", "http://169", "http://k@169"),
	{"upper", "ptrav/wrapper", func(v string) (string, bool) {
		i := strings.Index(v, "://")
		return strings.ToUpper(v[:i]) + v[i:], true
	}},
}

// upperTags writes the names of elements and attributes in capitals: what
// script and URLs hold has a case.
func upperTags(v string) string {
	for _, w := range []string{"script", "svg", "img", "iframe", "body", "onload", "onerror", "onfocus", "details", "ontoggle", "style"} {
		v = strings.ReplaceAll(v, "<"+w, "<"+strings.ToUpper(w))
		v = strings.ReplaceAll(v, "</"+w, "</"+strings.ToUpper(w))
		v = strings.ReplaceAll(v, " "+w+"=", " "+strings.ToUpper(w)+"=")
	}
	return v
}

// encodings write a value in a way that applications undo.
var encodings = []rewrite{
	{"percent", "", func(v string) (string, bool) { return allPercent(v), true }},
	{"percent twice", "", func(v string) (string, bool) { return allPercent(allPercent(v)), len(v) < 60 }},
	{"unicode percent", "", func(v string) (string, bool) { return everySign(v, "%%u%04x", ""), true }},
	{"decimal references", "", func(v string) (string, bool) { return everySign(v, "&#%d;", ""), true }},
	{"hexadecimal references", "", func(v string) (string, bool) { return everySign(v, "&#x%x;", ""), true }},
	{"padded references", "", func(v string) (string, bool) { return everySign(v, "&#%07d;", ""), true }},
	{"named references", "", func(v string) (string, bool) {
		out := namedEscape.Replace(v)
		return out, out != v && !strings.Contains(v, "&")
	}},
	{"hexadecimal escapes", "", func(v string) (string, bool) { return everySign(v, `\x%02x`, `\`), !strings.Contains(v, `\`) }},
	{"unicode escapes", "", func(v string) (string, bool) { return everySign(v, `\u%04x`, `\`), !strings.Contains(v, `\`) }},
	{"base64", "", func(v string) (string, bool) {
		return base64.StdEncoding.EncodeToString([]byte(v)), len(v) >= minBase64
	}},
	{"base64url", "", func(v string) (string, bool) {
		return base64.RawURLEncoding.EncodeToString([]byte(v)), len(v) >= minBase64
	}},
	{"base64 of percent", "", func(v string) (string, bool) { return base64.StdEncoding.EncodeToString([]byte(allPercent(v))), true }},
	{"gzip in base64", "", func(v string) (string, bool) { return base64.StdEncoding.EncodeToString([]byte(zip(v))), true }},
	{"JSON", "", func(v string) (string, bool) { return `{"k":[` + quoteJSON(v) + `]}`, true }},
}

var namedEscape = strings.NewReplacer("<", "&lt;", ">", "&gt;", `"`, "&quot;", "(", "&lpar;", ")", "&rpar;", ":", "&colon;", "=", "&equals;")

// everySign writes each ASCII byte that is no letter, digit or one of keep by
// format.
func everySign(v, format, keep string) string {
	var b strings.Builder
	for _, c := range []byte(v) {
		if isAlnum(c) || c >= 0x80 || strings.IndexByte(keep, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// metamorph is the test in progress.
type metamorph struct {
	t       *testing.T
	p, off  *Policy // off: without prefilters and shortcuts
	s, s2   *Scratch
	turn    int // chooses positions for what is not tried in all
	tried   int
	escaped map[string][]string // by seed and writing: positions
	order   []string
}

// TestMetamorphic: no change that keeps what an attack does changes the
// verdict. Each seed is put into every position, plain and in every encoding;
// each change of it into some positions, plain and in some encodings, in turn.
func TestMetamorphic(t *testing.T) {
	m := metamorph{t: t, p: mustPolicy(t, Options{}), off: mustPolicy(t, Options{NoPrefilter: true}), s: &Scratch{}, s2: &Scratch{}, escaped: map[string][]string{}}
	for _, sd := range readSeeds(t, "attack", "attack") {
		var class Class
		if err := class.UnmarshalText([]byte(sd.class)); err != nil {
			t.Fatalf("%s: %v", sd.name, err)
		}
		m.seed(&sd, class)
	}
	for _, k := range m.order {
		m.t.Errorf("%s escapes in %s", k, strings.Join(m.escaped[k], " "))
	}
	t.Logf("%d requests", m.tried)
}

func (m *metamorph) seed(sd *seed, class Class) {
	m.everywhere(sd, class, "as it is", sd.text, 1)
	for i := range encodings {
		e := &encodings[i]
		if v, ok := e.f(sd.text); ok {
			m.everywhere(sd, class, e.name, v, 2)
		}
	}
	for i := range rewrites {
		c := &rewrites[i]
		if !strings.HasPrefix(sd.name, c.of) {
			continue
		}
		v, ok := c.f(sd.text)
		if !ok || v == sd.text {
			continue
		}
		m.everywhere(sd, class, c.name, v, 3)
		for k := range 3 {
			e := &encodings[(m.turn+k*5)%len(encodings)]
			if w, ok := e.f(v); ok {
				m.everywhere(sd, class, c.name+" + "+e.name, w, 9)
			}
		}
	}
}

// everywhere puts v into every step-th position.
func (m *metamorph) everywhere(sd *seed, class Class, how, v string, step int) {
	m.turn++
	for i := m.turn % step; i < len(positions); i += step {
		pos := &positions[i]
		if !sd.in(pos, v) || keptOut(class, how, pos) {
			continue
		}
		m.tried++
		r := pos.put(v)
		got := m.p.Inspect(r, 1, m.s)
		if m.tried%8 == 0 {
			if on, off := summary(got), summary(m.off.Inspect(r, 1, m.s2)); on != off {
				m.t.Errorf("%s, %s in %s: got %s, without prefilters %s", sd.name, how, pos.name, on, off)
			}
		}
		if !finds(got, class) {
			k := fmt.Sprintf("%s %q, %s: %.120q", sd.name, sd.text, how, v)
			if !slices.Contains(m.order, k) {
				m.order = append(m.order, k)
			}
			m.escaped[k] = append(m.escaped[k], pos.name)
		}
	}
}

// keptOut says which attacks are none in a position.
func keptOut(class Class, how string, pos *position) bool {
	switch pos.name {
	case "query_name", "form_name", "json_key", "multipart_name":
		// no application decodes the base64 of a name or takes a name for a
		// file; what binds names sees no document in one
		return strings.Contains(how, "base64") || how == "JSON" && class != SQLi && class != XSS || class == PTrav && pos.name == "multipart_name"
	case "forwarded":
		return strings.Contains(how, "base64") // a list of addresses
	case "user_agent":
		return class == Scanner && how == "JSON" // another agent
	}
	return false
}

// finds reports whether v holds class.
func finds(v *Verdict, class Class) bool {
	for i := range v.Matches {
		if v.Matches[i].Class == class {
			return true
		}
	}
	return false
}

// TestPrefilterAgrees: with and without prefilters and shortcuts the verdicts
// on all values and requests of testdata are the same, to the offsets.
func TestPrefilterAgrees(t *testing.T) {
	on, off := mustPolicy(t, Options{}), mustPolicy(t, Options{NoPrefilter: true})
	s, s2 := &Scratch{}, &Scratch{}
	f := func(name string, r *Request) {
		t.Helper()
		want := summary(off.Inspect(r, 1, s2))
		if got := summary(on.Inspect(r, 1, s)); got != want {
			t.Errorf("%s: got %s, without prefilters %s", name, got, want)
		}
	}
	turn := 0
	for _, sd := range slices.Concat(readSeeds(t, "benign", "pass"), readSeeds(t, "attack", "attack")) {
		for i := range positions {
			pos := &positions[i]
			if turn++; turn%5 == 0 && sd.in(pos, sd.text) && len(sd.text) < 4096 {
				f(sd.name+" in "+pos.name, pos.put(sd.text))
			}
		}
	}
	for _, dir := range []string{"attack", "benign"} {
		for _, r := range readRequests(t, dir) {
			f(r.name, r.Request)
			r.Body = bytes.ToUpper(r.Body)
			f(r.name+" in capitals", r.Request)
		}
	}
}
