package account

import (
	"strings"
	"testing"
)

// cheap keeps tests fast; the form is the same as with DefaultParams.
var cheap = Params{MemoryKiB: 64, Passes: 1, Threads: 1}

func TestRoleTable(t *testing.T) {
	f := func(r Role, want string) {
		t.Helper()
		letters := "EsPmutaATGR" // one for each action, in their order
		got := ""
		for a := range NumActions {
			if r.Can(a) {
				got += letters[a : a+1]
			}
		}
		if got != want {
			t.Errorf("%s may %q, want %q", r, got, want)
		}
	}
	f(Viewer, "Esa")
	f(Analyst, "EsPa")
	f(Admin, "EsPmuta")
	f(GlobalViewer, "Esa")
	f(GlobalAnalyst, "EsPa")
	f(GlobalAdmin, "EsPmutaATG")
	// a node delivers and fetches, and reads nothing
	f(Deploy, "R")
	// outside of the table nothing is allowed
	f(NumRoles, "")
	if GlobalAdmin.Can(NumActions) {
		t.Error("an unknown action is allowed")
	}
}

func TestParseRole(t *testing.T) {
	for r := range NumRoles {
		got, err := ParseRole(r.String())
		if r == Deploy {
			if err == nil {
				t.Error("a user may be deploy")
			}
			continue
		}
		if err != nil || got != r {
			t.Errorf("ParseRole(%q) = %v, %v", r, got, err)
		}
	}
	if _, err := ParseRole("root"); err == nil {
		t.Error("root is a role")
	}
}

func TestVerify(t *testing.T) {
	h := NewPasswords(cheap)
	phc := h.Hash("correct horse battery")
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Fatalf("hash %q has no PHC form", phc)
	}
	f := func(phc, password string, ok, rehash bool) {
		t.Helper()
		gotOK, gotRehash := h.Verify(phc, password)
		if gotOK != ok || gotRehash != rehash {
			t.Errorf("Verify(%q, %q) = %v, %v, want %v, %v", phc, password, gotOK, gotRehash, ok, rehash)
		}
	}
	f(phc, "correct horse battery", true, false)
	f(phc, "correct horse batterz", false, false)
	f("", "correct horse battery", false, false)
	f("$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA", "x", false, false)
	// costs that would exhaust the machine are not paid
	f("$argon2id$v=19$m=4294967295,t=1,p=1$"+strings.SplitN(phc, "$", 5)[4], "correct horse battery", false, false)
	// costs of another day: right, and to be made anew
	old := NewPasswords(Params{MemoryKiB: 32, Passes: 1, Threads: 1})
	f(old.Hash("correct horse battery"), "correct horse battery", true, true)
	f(old.Hash("correct horse battery"), "wrong", false, false)
	if h.Hash("a") == h.Hash("a") {
		t.Error("two hashes share a salt")
	}
}

func TestCheckPassword(t *testing.T) {
	f := func(password string, ok bool) {
		t.Helper()
		if err := CheckPassword(password, "jo@tenant.example"); (err == nil) != ok {
			t.Errorf("CheckPassword(%q) = %v", password, err)
		}
	}
	f("", false)
	f("elevenchars", false)
	f("twelve chars", true)
	f("aaaaaaaaaaaaaaaa", false)
	f("JO@tenant.example", false)
	f(strings.Repeat("ab", MaxPassword), false)
	f(GeneratePassword(), true)
}

func TestSecrets(t *testing.T) {
	tok := NewNodeToken()
	if len(tok) != 47 || !LooksLikeNodeToken(tok) {
		t.Errorf("node token %q has the wrong form", tok)
	}
	if LooksLikeNodeToken(NewSessionToken()) || LooksLikeNodeToken(tok[:46]) {
		t.Error("something else looks like a node token")
	}
	if DigestOf(tok) == DigestOf(NewNodeToken()) {
		t.Error("two tokens are equal")
	}
}

func TestNormalEmail(t *testing.T) {
	f := func(in, want string) {
		t.Helper()
		got, err := NormalEmail(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("NormalEmail(%q) = %q, %v, want %q", in, got, err, want)
		}
	}
	f(" Jo@Example.COM ", "jo@example.com")
	f("jo", "")
	f("jo@", "")
	f("@example.com", "")
	f("jo@a@b", "")
	f("jo smith@example.com", "")
	f("jo\x00@example.com", "")
	f(strings.Repeat("a", 250)+"@example.com", "")
}
