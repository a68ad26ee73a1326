package main

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"time"
)

// appPage is the sample application: it shows what it was sent, escaped, so
// that attacks that pass in monitoring do no harm.
var appPage = template.Must(template.New("app").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{.Company}}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><h1>{{.Company}}</h1><p>This is {{.About}}.</p>
<form action="/search"><label for="q">Search</label> <input id="q" name="q" value="{{.Query}}"> <button>Search</button></form>
{{if .Query}}<p>Nothing found for <q>{{.Query}}</q>.</p>{{end}}
<p><a href="/about">About us</a></p></body></html>
`))

// startApp serves the sample app of p on a free port.
func startApp(p *place) (*http.Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot start the sample app of %q: %w", p.Name, err)
	}
	p.app = "http://" + l.Addr().String()
	s := &http.Server{Handler: p, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.Serve(l) }() // ends with ErrServerClosed
	return s, nil
}

// ServeHTTP answers every path; the header X-App says whose app it is.
func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-App", p.Name)
	if r.URL.Path == "/echo" {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"app": p.Name, "host": r.Host, "tenant": r.Header.Get("X-Tenant-ID"),
			"request_id": r.Header.Get("X-Request-ID"), "client": r.Header.Get("X-Forwarded-For")})
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = appPage.Execute(w, map[string]string{"Company": p.Company, "About": p.About, "Query": r.URL.Query().Get("q")})
}

// stopAll ends servers, waiting for running requests as long as ctx allows.
func stopAll(ctx context.Context, servers []*http.Server) {
	for _, s := range servers {
		if s.Shutdown(ctx) != nil {
			_ = s.Close()
		}
	}
}
