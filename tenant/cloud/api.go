package cloud

import (
	"encoding/json"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.uber.org/zap"
)

// maxBody bounds the body of an API call, in bytes.
const maxBody = 64 << 10

// newAPI builds the handler of /api/.
func (s *Server) newAPI() http.Handler {
	mux := http.NewServeMux()
	api := humago.New(mux, apiConfig())
	s.sessionRoutes(api)
	s.accountRoutes(api)
	s.tenantRoutes(api)
	s.eventRoutes(api)
	s.policyRoutes(api)
	s.listRoutes(api)
	s.ruleRoutes(api)
	s.userRoutes(api)
	s.tokenRoutes(api)
	s.nodeRoutes(api)
	document := sync.OnceValues(func() ([]byte, error) { return json.Marshal(api.OpenAPI()) })
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		b, err := document()
		if err != nil {
			s.log.Error("cannot write the API's description", zap.Error(err))
			writeProblem(w, http.StatusInternalServerError, "the cloud failed; its log says why")
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Write(b)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusNotFound, "not found")
	})
	guarded := http.NewCrossOriginProtection()
	guarded.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeProblem(w, http.StatusForbidden, "a page of another origin may not call this")
	}))
	return s.headers(s.recovered(guarded.Handler(mux)))
}

func apiConfig() huma.Config {
	c := huma.DefaultConfig("Weir cloud", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // they add $schema links to every body
	c.Transformers = []huma.Transformer{dropValues}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName},
		"bearer": {Type: "http", Scheme: "bearer"},
	}
	return c
}

// dropValues takes the offending values out of validation errors: a refused
// password must not come back in an answer that somebody logs.
func dropValues(_ huma.Context, _ string, v any) (any, error) {
	if e, ok := v.(*huma.ErrorModel); ok {
		for _, d := range e.Errors {
			d.Value = nil
		}
	}
	return v, nil
}

// headers sets what every answer carries: nothing of it may be kept, framed
// or run.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// recovered turns a panic into a 500 of this request alone.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				s.log.Error("panic in a handler", zap.Any("panic", p), zap.String("path", r.URL.Path), zap.Stack("stack"))
				writeProblem(w, http.StatusInternalServerError, "the cloud failed; its log says why")
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// writeProblem answers outside of huma in the same form (RFC 9457).
func writeProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: detail})
}

func errorField(err error) zap.Field { return zap.Error(err) }
