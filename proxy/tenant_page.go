package proxy

import (
	"bytes"
	"time"

	"github.com/valyala/fasthttp"

	"weir/tenant"
)

// pageReasons are the reasons for which tenants may have pages of their own.
var pageReasons = map[string]tenant.PageReason{
	reasonAttack: tenant.PageAttack, reasonPatch: tenant.PageAttack, reasonGray: tenant.PageAttack, reasonDenied: tenant.PageDenied,
}

// tenantPage answers with the page of the site or tenant in the form that
// the client likes best of those it has. It reports false when there is none,
// or when it fails: then the node's own is shown. A gRPC client is better
// served by that one, too.
func (s *Server) tenantPage(x *exchange, reason tenant.PageReason, status int) bool {
	p := x.place.Site.Page(reason)
	if p == nil || x.grpc() {
		return false
	}
	if p.Status != 0 {
		status = p.Status
	}
	d := &tenant.PageData{Incident: x.incident, RequestID: string(x.requestID), Time: x.start.UTC().Format(time.RFC3339),
		Client: x.client.String(), Host: string(x.head.site), Brand: x.place.Tenant.Brand.Name, Support: x.place.Tenant.Brand.Support, Status: status}
	body, contentType, ok := s.renderTenant(x, p, d)
	if !ok {
		return false
	}
	h := &x.ctx.Response.Header
	if p.Redirects() {
		h.Set("Location", string(body))
		body = nil
		if status = fasthttp.StatusFound; p.Status != 0 {
			status = p.Status
		}
	}
	h.SetStatusCode(status)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Request-ID", d.RequestID)
	h.SetContentType(contentType)
	x.ctx.Response.SetBody(body)
	return true
}

func (s *Server) renderTenant(x *exchange, p *tenant.BlockPage, d *tenant.PageData) (body []byte, contentType string, ok bool) {
	var err error
	switch want := preferred(x.head.value(fieldAccept)); {
	case p.Redirects():
		var to string
		to, err = p.Redirect(d)
		body, contentType = []byte(to), "text/plain; charset=utf-8"
	case p.HasJSON() && (want == formJSON || !p.HasHTML()):
		body, err = p.JSON(d)
		contentType = "application/json"
	case p.HasHTML() && want != formJSON:
		body, err = p.HTML(d)
		contentType = "text/html; charset=utf-8"
	default:
		return nil, "", false
	}
	if err != nil {
		s.metrics.badPages.Add(1)
	}
	return body, contentType, err == nil
}

// grpc reports whether the request is a gRPC call, which HTTP/1.1 cannot
// carry.
func (x *exchange) grpc() bool {
	return x.stream != nil && bytes.HasPrefix(x.head.value(fieldContentType), []byte("application/grpc"))
}

// grpcPage answers a gRPC call in its own way: a response of trailers alone,
// by which the client learns status and message (gRPC over HTTP/2).
func (s *Server) grpcPage(x *exchange, status int, text string) {
	h := &x.ctx.Response.Header
	h.SetStatusCode(fasthttp.StatusOK)
	h.SetContentType("application/grpc")
	h.Set("Grpc-Status", grpcStatus(status))
	if x.incident != "" {
		text += " Incident " + x.incident + "."
	}
	h.Set("Grpc-Message", text)
}

// grpcStatus is the code of google.rpc.Code for an HTTP status.
func grpcStatus(status int) string {
	switch status {
	case fasthttp.StatusForbidden:
		return "7" // PERMISSION_DENIED
	case fasthttp.StatusTooManyRequests, fasthttp.StatusRequestEntityTooLarge:
		return "8" // RESOURCE_EXHAUSTED
	case fasthttp.StatusBadRequest:
		return "3" // INVALID_ARGUMENT
	case fasthttp.StatusGatewayTimeout, fasthttp.StatusRequestTimeout:
		return "4" // DEADLINE_EXCEEDED
	case fasthttp.StatusNotImplemented, fasthttp.StatusMethodNotAllowed:
		return "12" // UNIMPLEMENTED
	}
	return "14" // UNAVAILABLE
}
