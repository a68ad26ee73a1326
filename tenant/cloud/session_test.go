package cloud

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"weir/tenant/account"
)

func TestSession(t *testing.T) {
	h := newHouse(t)
	var in struct {
		Token     string
		ExpiresAt time.Time `json:"expires_at"`
		User      struct{ Email, Role, Tenant string }
	}
	body := map[string]string{"email": " Root@Partner.example", "password": password}
	r := h.call("POST", "/session", "", body, 200, &in)
	if len(in.Token) != 43 || in.User.Email != "root@partner.example" || in.User.Role != "global_admin" || in.User.Tenant != h.technical.String() || time.Until(in.ExpiresAt) < time.Hour {
		t.Errorf("signed in as %+v", in)
	}
	c, err := http.ParseSetCookie(r.header.Get("Set-Cookie"))
	if err != nil || c.Name != cookieName || c.Value != in.Token || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" {
		t.Errorf("cookie %v, %v", c, err)
	}
	var me struct {
		Account struct {
			Name  string
			Brand struct{ Name, Support string }
		}
		Tenants []struct{ Name, Kind string }
	}
	h.call("GET", "/me", in.Token, nil, 200, &me)
	if me.Account.Brand.Support != "help@partner.example" || len(me.Tenants) != 3 || me.Tenants[0].Kind != "technical" || me.Tenants[1].Name != "one" {
		t.Errorf("me is %+v", me)
	}
	h.call("DELETE", "/session", in.Token, nil, 204, nil)
	h.call("GET", "/me", in.Token, nil, 401, nil)
}

func TestSessionFailure(t *testing.T) {
	h := newHouse(t)
	h.user(h.one, "jo@one.example", account.Viewer)
	f := func(email, password string) reply {
		t.Helper()
		return h.call("POST", "/session", "", map[string]string{"email": email, "password": password}, 401, nil)
	}
	want := f("jo@one.example", "a wrong long password").String()
	for _, got := range []reply{f("nobody@one.example", password), f("no address", password), f("", "")} {
		if got.String() != want {
			t.Errorf("a failure tells itself apart: %v, want %v", got, want)
		}
	}
	// the tenant's deactivation ends sessions and sign-ins, and nothing is lost
	session := h.session("jo@one.example")
	h.call("GET", h.path(h.one, ""), session, nil, 200, nil)
	root := h.session("root@partner.example")
	h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": false}, 400, nil)
	h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": false, "confirm_name": "two"}, 400, nil)
	h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": false, "confirm_name": "one"}, 200, nil)
	h.call("GET", h.path(h.one, ""), session, nil, 401, nil)
	if f("jo@one.example", password).String() != want {
		t.Error("a deactivated tenant's user is told so")
	}
	h.call("PATCH", h.path(h.one, ""), root, map[string]any{"active": true}, 200, nil)
	h.call("POST", "/session", "", map[string]string{"email": "jo@one.example", "password": password}, 200, nil)
	// a tenant that is looked at while deactivated is there for global users
	h.call("PATCH", h.path(h.technical, ""), root, map[string]any{"active": false, "confirm_name": "Partner"}, 409, nil)
}

func TestSignInIsLimited(t *testing.T) {
	h := newHouse(t)
	f := func(email, password string) reply {
		t.Helper()
		return h.do("POST", h.api+"/api/v1/session", "", map[string]string{"email": email, "password": password})
	}
	// successes do not count
	for range 2 * int(perEmail.burst) {
		if r := f("root@partner.example", password); r.status != 200 {
			t.Fatalf("sign-in is %v", r)
		}
	}
	var r reply
	for range int(perEmail.burst) + 1 {
		r = f("root@partner.example", "a wrong long password")
	}
	if r.status != 429 || r.header.Get("Retry-After") == "" {
		t.Errorf("the %d. wrong password is %v", int(perEmail.burst)+1, r)
	}
	// neither the right password nor another spelling helps now
	if r = f("ROOT@partner.example ", password); r.status != 429 {
		t.Errorf("after the limit: %v", r)
	}
	// many addresses from one place
	for n := range int(perAddress.burst) {
		r = f(fmt.Sprintf("u%d@partner.example", n), "a wrong long password")
	}
	if r.status != 429 {
		t.Errorf("guessing addresses is %v", r)
	}
}

func TestLimiter(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	r := rate{burst: 2, refill: time.Minute}
	f := func(key string, want time.Duration) {
		t.Helper()
		if got := l.take(key, r); got != want {
			t.Errorf("take(%q) = %v, want %v", key, got, want)
		}
	}
	f("a", 0)
	f("a", 0)
	f("a", time.Minute)
	f("b", 0)
	now = now.Add(45 * time.Second)
	f("a", 15*time.Second)
	now = now.Add(15 * time.Second)
	f("a", 0)
	l.giveBack("a", r)
	f("a", 0)
	// full once more after a day, and not fuller
	now = now.Add(24 * time.Hour)
	f("a", 0)
	f("a", 0)
	f("a", time.Minute)
	// a flood of keys pushes out nothing at once and stays bounded
	for n := range 5 * maxBuckets {
		l.take(fmt.Sprint(n), r)
		if n%1000 == 0 {
			l.take("a", r)
			f("b", 0)
			l.giveBack("b", r)
		}
	}
	if len(l.young)+len(l.old) > 2*maxBuckets {
		t.Errorf("%d buckets", len(l.young)+len(l.old))
	}
}

func TestAddressKey(t *testing.T) {
	f := func(remote, want string) {
		t.Helper()
		if got := addressKey(&http.Request{RemoteAddr: remote}); got != want {
			t.Errorf("addressKey(%q) = %q, want %q", remote, got, want)
		}
	}
	f("192.0.2.1:1234", "a:192.0.2.1")
	f("[::ffff:192.0.2.1]:1234", "a:192.0.2.1")
	f("[2001:db8:1:2:3:4:5:6]:1234", "a:2001:db8:1:2::/64")
	f("[fe80::1%eth0]:1", "a:fe80::/64")
	f("", "a:")
}

// A page elsewhere must not act with a visitor's cookie.
func TestCrossOrigin(t *testing.T) {
	h := newHouse(t)
	session := h.session("root@partner.example")
	f := func(headers map[string]string, want int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), "PUT", h.api+"/api/v1"+h.path(h.one, "/mode"), strings.NewReader(`{"mode":"off"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: cookieName, Value: session})
		for k, v := range headers {
			req.Header.Set(k, v)
		}
		res, err := h.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%v is answered %d, want %d", headers, res.StatusCode, want)
		}
	}
	f(nil, 200) // no browser
	f(map[string]string{"Origin": h.api}, 200)
	f(map[string]string{"Sec-Fetch-Site": "same-origin"}, 200)
	f(map[string]string{"Sec-Fetch-Site": "cross-site"}, 403)
	f(map[string]string{"Sec-Fetch-Site": "same-site"}, 403)
	f(map[string]string{"Origin": "http://evil.example"}, 403)
}
