package proxy

import (
	"bytes"
	"strconv"
	"time"

	"weir/tenant"
)

// tryLimit counts the request with the tenant's rate limits: it goes on, at
// once or after a while, or it is answered here.
func (s *Server) tryLimit(x *exchange) bool {
	t := x.place.Tenant
	if !t.HasRates() {
		return false
	}
	l := t.Limit(&x.req, x.start.Sub(s.started).Nanoseconds(), x.rateKey)
	switch {
	case l.Refuse:
		t.Counters.RateRefused.Add(1)
		x.ctx.Response.Header.Set("Retry-After", strconv.FormatInt(int64((l.Retry+time.Second-1)/time.Second), 10))
		if !s.tenantPage(x, tenant.PageRateLimit, l.Status) {
			s.page(x, l.Status, limitedText)
		}
		x.ctx.SetConnectionClose()
		return true
	case l.Wait > 0:
		t.Counters.RateDelayed.Add(1)
		time.Sleep(l.Wait)
	}
	return false
}

var limitedText = pageText{"Too many requests", "This site takes no more requests of this kind for the moment. Try again later."}

// rateKey finds what a rate rule is keyed by. The result is valid until the
// next call.
func (x *exchange) rateKey(k tenant.RateKey) ([]byte, bool) {
	switch k.From {
	case tenant.KeyHeader:
		for i := range x.head.headers {
			if h := &x.head.headers[i]; len(h.Name) == len(k.Name) && bytes.EqualFold(h.Name, []byte(k.Name)) {
				return h.Value, true
			}
		}
		return nil, false
	case tenant.KeyCookie:
		return x.cookie(k.Name)
	case tenant.KeyQuery:
		_, query, _ := bytes.Cut(x.head.target, []byte("?"))
		return valueIn(query, "&", k.Name)
	}
	x.rate, _ = x.client.AppendText(x.rate[:0])
	return x.rate, true
}

func (x *exchange) cookie(name string) ([]byte, bool) {
	for i := range x.head.headers {
		if h := &x.head.headers[i]; bytes.EqualFold(h.Name, []byte("Cookie")) {
			if v, ok := valueIn(h.Value, ";", name); ok {
				return v, true
			}
		}
	}
	return nil, false
}

// valueIn returns the value of name in a list name=value, as it was sent.
func valueIn(list []byte, separator, name string) ([]byte, bool) {
	for len(list) > 0 {
		var item []byte
		item, list, _ = bytes.Cut(list, []byte(separator))
		if k, v, ok := bytes.Cut(bytes.TrimLeft(item, " "), []byte("=")); ok && string(k) == name {
			return v, true
		}
	}
	return nil, false
}
