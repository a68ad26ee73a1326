package tenant

import (
	"strings"
	"testing"
)

func TestBlockPage(t *testing.T) {
	var p BlockPage
	for _, err := range []error{
		p.SetHTML(`<p title="{{.Brand}}">{{.Brand}} <a href="/help?i={{.Incident}}">{{.Incident}}</a></p>`),
		p.SetJSON(`{"incident": {{.Incident}}, "brand": {{.Brand}}, "status": {{.Status}}}`),
		p.SetRedirect(`https://acme.example/blocked?i={{.Incident}}&b={{.Brand}}`),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	d := &PageData{Incident: "A&B", Brand: `<b>"Sons"`, Status: 403}
	f := func(got []byte, err error, want string) {
		t.Helper()
		if err != nil || string(got) != want {
			t.Errorf("got %s, %v, want %s", got, err, want)
		}
	}
	b, err := p.HTML(d)
	f(b, err, `<p title="&lt;b&gt;&#34;Sons&#34;">&lt;b&gt;&#34;Sons&#34; <a href="/help?i=A%26B">A&amp;B</a></p>`)
	b, err = p.JSON(d)
	f(b, err, `{"incident": "A\u0026B", "brand": "\u003cb\u003e\"Sons\"", "status": 403}`)
	to, err := p.Redirect(d)
	f([]byte(to), err, `https://acme.example/blocked?i=A%26B&b=%3Cb%3E%22Sons%22`)
}

func TestBlockPageFailure(t *testing.T) {
	var p BlockPage
	f := func(err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	f(p.SetHTML("a\n{{.Incident"), ":2:")
	f(p.SetHTML("{{.Secret}}"), "Secret")
	f(p.SetHTML("<a href={{.Brand"), "html")
	f(p.SetJSON(`{"i": "{{.Incident}}"}`), "JSON")
	f(p.SetJSON(`{"i": {{.Other}}}`), "Other")
	f(p.SetRedirect("javascript:alert(1)"), "neither")
	f(p.SetRedirect("acme.example"), "neither")
	f(p.SetRedirect("https://h/{{.X}}"), "X")
}

// The site's page before the tenant's, the last before the first.
func TestSitePage(t *testing.T) {
	all, attack, limit, site := &BlockPage{}, &BlockPage{For: []PageReason{PageAttack}}, &BlockPage{For: []PageReason{PageRateLimit}}, &BlockPage{For: []PageReason{PageAttack}}
	s := &Site{Tenant: &Tenant{Spec: Spec{Pages: []*BlockPage{all, attack, limit}}}}
	f := func(r PageReason, want *BlockPage) {
		t.Helper()
		if s.Page(r) != want {
			t.Errorf("%s: another page", r)
		}
	}
	f(PageAttack, attack)
	f(PageDenied, all)
	f(PageRateLimit, limit)
	s.Pages = []*BlockPage{site}
	f(PageAttack, site)
	f(PageDenied, all)
	s.Tenant.Pages, s.Pages = nil, nil
	f(PageDenied, nil)
}
