package console

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// cookieName is the session's cookie, set and read by the API.
const cookieName = "weir_session"

// passed are the visitor's headers that the API decides by: who is asking
// from where. Cookies other than the session's stay outside.
var passed = [...]string{"Origin", "Sec-Fetch-Site", "User-Agent", "Accept-Language",
	"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded"}

// answer collects what the API says; it is the http.ResponseWriter of a call
// in process.
type answer struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// call asks the API on behalf of the visitor r. in is sent as JSON unless
// nil, and the answer is decoded to out unless nil. An answer that is not 2xx
// is a *problem, together with the answer itself.
func (c *console) call(r *http.Request, method, path string, in, out any) (*answer, error) {
	req, err := newCall(r.Context(), r, method, path, in)
	if err != nil {
		return nil, fmt.Errorf("cannot ask the API %s %q: %w", method, path, err)
	}
	a := &answer{header: http.Header{}}
	c.api.ServeHTTP(a, req)
	a.WriteHeader(http.StatusOK) // nothing was written: an empty success
	if a.status < 200 || a.status > 299 {
		return a, newProblem(a)
	}
	if out == nil {
		return a, nil
	}
	if err := json.Unmarshal(a.body.Bytes(), out); err != nil {
		return a, fmt.Errorf("cannot read the API's answer to %s %q: %w", method, path, err)
	}
	return a, nil
}

func newCall(ctx context.Context, r *http.Request, method, path string, in any) (*http.Request, error) {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return nil, err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://console.invalid"+path, &body)
	if err != nil {
		return nil, err
	}
	req.Host, req.RemoteAddr, req.TLS, req.RequestURI = r.Host, r.RemoteAddr, r.TLS, path
	for _, name := range passed {
		if v := r.Header.Values(name); len(v) > 0 {
			req.Header[name] = v
		}
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	if s, err := r.Cookie(cookieName); err == nil {
		req.AddCookie(&http.Cookie{Name: cookieName, Value: s.Value})
	}
	return req, nil
}

// apiPath joins segments below /api/v1, each escaped.
func apiPath(segments ...string) string {
	p := "/api/v1"
	for _, s := range segments {
		p += "/" + url.PathEscape(s)
	}
	return p
}

// withQuery appends what is set in q.
func withQuery(path string, q url.Values) string {
	if e := q.Encode(); e != "" {
		return path + "?" + e
	}
	return path
}
