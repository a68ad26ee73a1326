package detect

import "bytes"

// Injection into LDAP search filters.
//
// Rules: an application puts a value behind "(attribute=". To change the
// search, the value has to close that parenthesis and go on as a filter does:
// another item, an operator, or an end that hides the rest. Without closing
// it, it can bring an item with a matching rule, or a filter behind a star.
// Parentheses of text and code close what they open.
//
// Guarantee, at balanced. Caught:
//
//	*)(mail=*))(|(mail=*
//	anna)(&)
//	carLicense:1.3.6.1.4.1.4203.1.2.1:=7
//
// Not an attack:
//
//	cn=Anna Berg,ou=people (sales),dc=mail,dc=example
//	*(draft|final).txt
//	1) (a=b) and 2) (c=d), see f(x)(y=2)
func maybeLDAPi(f features, n int) bool {
	return n > 2 && (f&fParen != 0 && f&(fEqual|fAmp|fPipe|fAt|fCtl) != 0 || n > 8 && f&(fColon|fEqual|fDot|fDigit|fAlpha) == fColon|fEqual|fDot|fDigit|fAlpha)
}

// maxLDAPTokens bounds the tokens that are read of one value.
const maxLDAPTokens = 2048

const ldapWhy = "closes the parenthesis of a search filter and goes on with a filter of its own"

func judgeLDAPi(v *value, s *Scratch) finding {
	if v.f&fParen == 0 {
		return judgeRule(v)
	}
	r := ldapReader{b: v.b}
	best := judgeRule(v)
	if f := judgeFilterProbe(v); f.score > 0 {
		return stronger(best, f)
	}
	var last ldapToken
	depth, weighed := 0, 0
	over := false // the parenthesis before closed too much, and was weighed with all behind it
	for n := 0; n < maxLDAPTokens && weighed < maxCandidates && best.score < settled; n++ {
		t := r.next()
		if t.kind == ldapEnd {
			break
		}
		switch t.kind {
		case ldapOpen:
			if depth == 0 && n < 3 && last.kind == ldapStar {
				best = stronger(best, starredFilter(v, r, last.start))
			}
			depth++
			over = false
		case ldapClose:
			if depth > 0 {
				depth--
				over = false
				break
			}
			if !over {
				weighed++
				best = stronger(best, closedFilter(v, r, t.start))
			}
			over = true
		default:
			over = false
		}
		last = t
	}
	return best
}

// judgeRule finds an item that compares by the OID of a matching rule.
func judgeRule(v *value) finding {
	i := bytes.Index(v.b, []byte(":="))
	if i < 2 || v.f&(fColon|fEqual|fDot|fDigit|fAlpha) != fColon|fEqual|fDot|fDigit|fAlpha {
		return finding{}
	}
	start := i
	for start > 0 && i-start < maxAttribute && byteFeature[v.b[start-1]]&(fAlpha|fDigit|fMinus|fDot|fColon) != 0 {
		start--
	}
	if _, rule := ldapAttribute(v.b[start:]); !rule {
		return finding{}
	}
	return finding{score: 68 - textDoubt(v, start), start: start, end: i + 2, rule: "ldapi/matching-rule",
		why: "is an item of a search filter that compares by a rule of its own"}
}

// judgeFilterProbe finds a value of nothing but the special characters of
// filters, sent to see which of them break the search.
func judgeFilterProbe(v *value) finding {
	if v.f&^(fStar|fParen|fPipe|fAmp|fQuote|fAt|fEqual|fCtl|fBack) != 0 || v.f&(fStar|fParen|fPipe|fAmp) != fStar|fParen|fPipe|fAmp || len(v.b) > 32 {
		return finding{}
	}
	return finding{score: 58, end: len(v.b), rule: "ldapi/probe", why: "consists of the special characters of search filters"}
}

// starredFilter weighs a filter that opens behind a star: r stands behind its
// parenthesis.
func starredFilter(v *value, r ldapReader, start int) finding {
	op := r.next()
	open := r.next()
	item := r.next()
	if op.kind != ldapOperator || open.kind != ldapOpen || item.kind != ldapItem && item.kind != ldapOperator {
		return finding{}
	}
	return finding{score: 68, start: start, end: item.end, rule: "ldapi/filter", why: "brings a search filter along where a value is due"}
}

// closedFilter weighs what follows the parenthesis at b[start], which closes
// more than the value opened: r stands behind it.
func closedFilter(v *value, r ldapReader, start int) finding {
	score := 0
	t := r.next()
	closes, blank := 1, t.blank
	for t.kind == ldapClose {
		closes++
		t = r.next()
		blank = blank || t.blank
	}
	end := t.end
	switch t.kind {
	case ldapNul:
		if closes > 1 || start > 0 && v.b[start-1] == '*' {
			score = 64
		}
	case ldapOperator:
		if open := r.next(); open.kind == ldapOpen {
			if item := r.next(); item.kind == ldapItem {
				score, end = itemScore(v, &item, blank)+4, item.end
			}
		}
	case ldapOpen:
		score, end = openedFilter(v, &r, blank)
	}
	if score == 0 {
		return finding{}
	}
	return finding{score: score - textDoubt(v, start), start: start, end: end, rule: "ldapi/break-out", why: ldapWhy}
}

// openedFilter weighs what follows ")(".
func openedFilter(v *value, r *ldapReader, blank bool) (score, end int) {
	t := r.next()
	for n := 0; t.kind == ldapOpen && n < 4; n++ {
		t = r.next()
	}
	switch t.kind {
	case ldapItem:
		return itemScore(v, &t, blank), t.end
	case ldapOperator:
		next := r.next()
		switch {
		case next.kind == ldapEnd && !blank:
			return 60, t.end
		case next.kind == ldapItem && ldapAttributes.lookup(next.attr) != 0:
			return 70, next.end
		case next.kind == ldapClose && t.end == next.start:
			return 72, next.end
		case next.kind == ldapOpen:
			if item := r.next(); item.kind == ldapItem || item.kind == ldapOperator || item.kind == ldapEnd && !blank {
				return 74, item.end
			}
		}
	}
	return 0, t.end
}

// itemScore weighs an item behind a break-out: attributes of directories
// count anywhere, other names only where no text is.
func itemScore(v *value, t *ldapToken, blank bool) int {
	base := t.attr
	if i := bytes.IndexByte(base, ';'); i > 0 {
		base = base[:i]
	}
	known := ldapAttributes.lookup(base) != 0 || len(base) == 1 && base[0]|0x20 == 'o'
	star := bytes.HasSuffix(bytes.TrimSpace(v.b[t.start:t.end]), []byte("*"))
	switch {
	case known && star:
		return 76
	case known && !blank:
		return 70
	case known:
		return 45
	case len(v.b) > shortValue || v.f&fLine != 0:
		return 30
	case star && !blank:
		return 66
	case blank:
		return 40
	}
	return 58
}

// ldapAttributes are attributes that directories have.
var ldapAttributes = newWordTable([]wordGroup{
	{1, []string{
		"cn", "commonname", "uid", "userid", "sn", "surname", "ou", "dc", "dn", "st", "mail", "email", "objectclass",
		"objectcategory", "samaccountname", "samaccounttype", "userprincipalname", "userpassword", "unicodepwd",
		"memberof", "member", "memberuid", "uniquemember", "givenname", "displayname", "initials", "name",
		"telephonenumber", "mobile", "homephone", "postaladdress", "postalcode", "street", "department", "company",
		"title", "description", "manager", "employeeid", "employeenumber", "employeetype", "distinguishedname",
		"uidnumber", "gidnumber", "homedirectory", "loginshell", "gecos", "useraccountcontrol", "admincount",
		"pwdlastset", "lastlogon", "logoncount", "badpwdcount", "objectguid", "objectsid", "serviceprincipalname",
		"krbprincipalname", "sambantpassword", "sambalmpassword", "sshpublickey", "password", "user", "username",
		"login", "jpegphoto", "labeleduri", "carlicense", "roomnumber", "seealso", "owner", "groupmembership",
		"entryuuid", "createtimestamp", "modifytimestamp", "creatorsname", "accountexpires", "msds-allowedtodelegateto",
		"role", "roles", "zone", "directory", "security_level", "lockouttime", "whencreated", "ms-mcs-admpwd",
	}},
})
