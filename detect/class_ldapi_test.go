package detect

import (
	"strings"
	"testing"
)

func TestLDAPiCaught(t *testing.T) {
	f := func(s string) { t.Helper(); wantCaught(t, LDAPi, kindParam, s) }
	// The three of the class file.
	f("*)(mail=*))(|(mail=*")
	f("anna)(&)")
	f("carLicense:1.3.6.1.4.1.4203.1.2.1:=7")
	// Break-outs with each operator and comparison.
	f("anna)(|")
	f("anna)(!(cn=bob)")
	f("x)(sn>=a")
	f("x)(sn~=anna)")
	f("x)(gidNumber<=99")
	f("*))(&(objectClass=person")
	f("x)&(cn=anna)")
	f("x)|(ou=*)")
	f("x)!(sn=*")
	f("*)(&(&")
	f("x*x)(nick=*)")
	f("x)(nick=anna)")
	f("*))\x00")
	f("x))))\x00")
	f("anna)(cn;lang-de=*)")
	f("a)b(c))(uid=*")
	f("anna*)((|userPassword=*)")
	// Filters behind a star, probes.
	f("*(|(cn=*))")
	f("*(&(uid=a)(sn=b))")
	f("*()|&'")
	f("(|&*)")
	// In names and headers.
	wantCaught(t, LDAPi, kindName, "user)(uid=*")
	wantCaught(t, LDAPi, kindHeader, "x)(|(cn=*))")
}

func TestLDAPiClean(t *testing.T) {
	f := func(s string) {
		t.Helper()
		for _, k := range []kind{kindParam, kindName, kindHeader, kindUA} {
			wantClean(t, LDAPi, k, s)
		}
	}
	// The three of the class file.
	f("cn=Anna Berg,ou=people (sales),dc=mail,dc=example")
	f("*(draft|final).txt")
	f("1) (a=b) and 2) (c=d), see f(x)(y=2)")
	// Filters that close what they open, as administrators configure them.
	f("(&(objectClass=person)(uid={0}))")
	f("(uid=anna)")
	f("(cn=*)")
	// Signs, smileys, keys in a row.
	f("!@#$%^&*()")
	f("(*_*)")
	f(":) (x=5) ;)")
	f("a) b=c")
	f("a) (cn=x)")
	f("*)")
	f("))")
	f("x)(y")
	// Code, formulae, patterns.
	f("if (!(a && b)) (c = d);")
	f("(a|b)*(c|d)")
	f("x = (a == b) ? (c) : (d)")
	f("})(window, a = b);")
	f("y:=f(x); z:=1.5")
	f("time 10:30:45 is a:=b at 1.2.3")
	f("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)")
	f(strings.Repeat("A filter may be closed too early, and then the search goes wrong. ", 6) + "Try *)(uid=*))(|(uid=* to see it.")
}

func TestLDAPiVariants(t *testing.T) {
	wantVariants(t, LDAPi, kindParam, []string{"*)(uid=*))(|(uid=*", "anna)(&(cn=a", "x)|(cn=*", "*(|(mail=*))", "a)(objectClass=*"}, []change{
		{"upper", strings.ToUpper}, {"mixed", mixCase}, {"blanks", replacer("(", "( ")}, {"line end", replacer("=", "=\n")},
		{"and", replacer("|", "&")}, {"not", replacer("(|", "(!")}, {"more", func(s string) string { return s + ")(sn=x" }},
		{"substring", replacer("=*", "=a*")}, {"name before", func(s string) string {
			if strings.HasPrefix(s, "*(") {
				return s
			}
			return "bob" + s
		}},
		{"nul", func(s string) string { return s + "\x00" }}, {"option", replacer("cn=", "cn;lang-en=")},
	})
}

func FuzzLDAP(f *testing.F) {
	tokenSeeds(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r := ldapReader{b: b}
		for at := 0; ; {
			tok := r.next()
			if tok.kind == ldapEnd {
				if tok.start != len(b) {
					t.Fatalf("%q: ends at %d", b, tok.start)
				}
				break
			}
			if tok.start < at || tok.end <= tok.start || tok.end > len(b) || (tok.attr != nil) != (tok.kind == ldapItem) {
				t.Fatalf("%q: token %+v behind %d", b, tok, at)
			}
			at = tok.end
		}
	})
}
