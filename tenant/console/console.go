// Package console serves the web console: pages for the people of a tenant
// and for the partner's global users.
//
// Rules of the package: a page gets everything it shows by calling the API in
// process with the visitor's own session, so no page can show what the API
// would not; pages work without scripts, load nothing from another host, and
// say nothing that tells a foreign thing from an absent one.
package console

import (
	"net/http"

	"go.uber.org/zap"
)

// Options configure the console; the zero value works.
type Options struct {
	// Log receives what visitors are not told: failures of the API and of
	// templates. nil: nothing is logged.
	Log *zap.Logger
}

// maxForm bounds a posted form, in bytes: the largest holds a few names.
const maxForm = 64 << 10

// policyHeader allows what the pages use and nothing else. Styles are one
// file of ours; there are no scripts, so none may run.
const policyHeader = "default-src 'none'; style-src 'self'; img-src 'self' data:; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// console is the handler behind New; any number of goroutines may use it.
type console struct {
	api    http.Handler
	log    *zap.Logger
	pages  pages
	assets assets
}

// New returns the pages, to be mounted at "/" beside the API. api must serve
// /api/v1/...; it is called in process, never over the network.
func New(api http.Handler, opts Options) http.Handler {
	c := &console{api: api, log: opts.Log, assets: newAssets()}
	if c.log == nil {
		c.log = zap.NewNop()
	}
	c.pages = newPages(c.assets)
	return secured(http.NewCrossOriginProtection().Handler(c.routes()))
}

func (c *console) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", c.signedIn(home))
	mux.HandleFunc("GET /sign-in", c.signInPage)
	mux.HandleFunc("POST /sign-in", c.signIn)
	mux.HandleFunc("POST /sign-out", c.signOut)
	mux.HandleFunc("GET /tenants", c.signedIn(tenantsPage))
	mux.HandleFunc("GET /t/{tenant}", c.inTenant(tenantHome))
	mux.HandleFunc("GET /t/{tenant}/attacks", c.inTenant(attacksPage))
	mux.HandleFunc("GET /t/{tenant}/attacks/{attack}", c.inTenant(attackPage))
	mux.HandleFunc("GET /t/{tenant}/hits/{hit}", c.inTenant(hitPage))
	mux.HandleFunc("GET /t/{tenant}/incident", c.inTenant(incidentPage))
	mux.HandleFunc("GET /t/{tenant}/policy", c.inTenant(policyPage))
	mux.HandleFunc("POST /t/{tenant}/policy/mode", c.inTenant(setMode))
	mux.HandleFunc("POST /t/{tenant}/policy/lists", c.inTenant(addEntry))
	mux.HandleFunc("POST /t/{tenant}/policy/lists/{list}/{entry}/remove", c.inTenant(removeEntry))
	mux.HandleFunc("POST /t/{tenant}/policy/rules", c.inTenant(addRule))
	mux.HandleFunc("POST /t/{tenant}/policy/rules/{rule}/remove", c.inTenant(removeRule))
	mux.HandleFunc("GET /t/{tenant}/nodes", c.inTenant(nodesPage))
	mux.Handle("GET /assets/{name}", c.assets)
	mux.HandleFunc("/", c.notFound)
	return mux
}

// secured sets the headers of every answer. Pages hold a tenant's data, so
// nothing may keep them; assets say otherwise for themselves. The referrer
// stays within the console, because with none at all browsers post forms
// with the origin "null".
func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policyHeader)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		next.ServeHTTP(w, r)
	})
}
