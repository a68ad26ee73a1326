package console

import (
	"errors"
	"net/http"
	"strings"
)

// signInForm is the page and what was typed, without the password.
type signInForm struct {
	shell
	Email, Next string
}

func (c *console) signInPage(w http.ResponseWriter, r *http.Request) {
	c.showSignIn(w, r, http.StatusOK, signInForm{Next: localPath(r.FormValue("next"))})
}

func (c *console) showSignIn(w http.ResponseWriter, r *http.Request, status int, f signInForm) {
	f.Title, f.Brand = "Sign in", c.brand(r)
	c.render(w, status, "signin", f)
}

// signIn passes e-mail and password to the API and its cookie to the
// browser.
func (c *console) signIn(w http.ResponseWriter, r *http.Request) {
	f := signInForm{Email: r.PostFormValue("email"), Next: localPath(r.PostFormValue("next"))}
	in := struct {
		Email    string `json:"email"`
		Password string `json:"password"`
	}{f.Email, r.PostFormValue("password")}
	a, err := c.call(r, http.MethodPost, apiPath("session"), in, nil)
	if err == nil {
		passCookies(w, a)
		http.Redirect(w, r, f.Next, http.StatusSeeOther)
		return
	}
	var p *problem
	if !errors.As(err, &p) || p.Status >= 500 {
		c.fail(w, r, err)
		return
	}
	status, text := refusal(p)
	if p.RetryAfter != "" {
		w.Header().Set("Retry-After", p.RetryAfter)
	}
	f.Alerts = []string{text}
	c.showSignIn(w, r, status, f)
}

// refusal says no more than that the pair was wrong, or that there were too
// many tries.
func refusal(p *problem) (int, string) {
	if p.Status != http.StatusTooManyRequests {
		return http.StatusUnauthorized, "The e-mail address or the password is wrong."
	}
	if p.RetryAfter != "" {
		return p.Status, "Too many tries. Please try again in " + p.RetryAfter + " seconds."
	}
	return p.Status, "Too many tries. Please try again later."
}

func (c *console) signOut(w http.ResponseWriter, r *http.Request) {
	a, err := c.call(r, http.MethodDelete, apiPath("session"), nil, nil)
	var p *problem
	if err != nil && (!errors.As(err, &p) || p.Status != http.StatusUnauthorized) {
		c.fail(w, r, err)
		return
	}
	passCookies(w, a)
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true,
		SameSite: http.SameSiteLaxMode, Secure: r.TLS != nil})
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

func passCookies(w http.ResponseWriter, a *answer) {
	for _, v := range a.header.Values("Set-Cookie") {
		w.Header().Add("Set-Cookie", v)
	}
}

// localPath returns where to go after signing in: a page of the console, or
// the home page for anything else. Browsers read "//x" and "/\x" as another
// host, and drop tabs and line ends before they look.
func localPath(next string) string {
	if !strings.HasPrefix(next, "/t/") && next != "/tenants" {
		return "/"
	}
	for i := 0; i < len(next); i++ {
		if next[i] <= ' ' || next[i] == '\\' || next[i] >= 0x7f {
			return "/"
		}
	}
	return next
}
