package console

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"weir/tenant/wire"
)

// hit is what the node sent, and where the cloud put it.
type hit struct {
	wire.Hit
	AttackID   string `json:"attack_id"`
	ReceivedAt moment `json:"received_at"`
}

// When is the node's time of the hit.
func (h hit) When() time.Time { return time.UnixMilli(h.Time) }

// Chain is the point, step by step.
func (h hit) Chain() []link { return chain(h.Point) }

// Raw is the request with the payload marked.
func (h hit) Raw() []stretch { return marked(h.Request, h.Mark.From, h.Mark.To) }

// Marked reports whether the payload stands in the kept part of the request.
func (h hit) Marked() bool {
	return h.Mark.From >= 0 && h.Mark.From < h.Mark.To && h.Mark.To <= len(h.Request)
}

// Decoded is the evidence with the part that was judged marked.
func (h hit) Decoded() []stretch {
	return marked(h.Evidence.Text, h.Evidence.Start, h.Evidence.End)
}

// Verdict is the word for what became of the request.
func (h hit) Verdict() string {
	if h.Blocked {
		return "blocked"
	}
	return "monitored"
}

// DenyQuery and PatchQuery prefill the forms of the policy page.
func (h hit) DenyQuery() string {
	return withQuery("", set(url.Values{}, "prefix", h.Client, "reason", "Incident "+h.Incident)) + "#deny"
}

// PatchQuery is for a virtual patch of just this place.
func (h hit) PatchQuery() string {
	return withQuery("", set(url.Values{}, "host", h.Host, "path", h.Path, "class", h.Class,
		"comment", "Incident "+h.Incident)) + "#patches"
}

type hitView struct {
	*visit
	Hit hit
}

// hitPage shows one hit: the facts, the way to the payload, the request.
func hitPage(v *visit) error {
	h := hitView{visit: v}
	path, err := v.path("hits", v.r.PathValue("hit"))
	if err != nil {
		return err
	}
	if err := v.get(&h.Hit, path); err != nil {
		return err
	}
	v.Title, v.Section = "Hit "+h.Hit.Incident, "attacks"
	v.render(v.w, http.StatusOK, "hit", h)
	return nil
}

type incidentView struct {
	*visit
	hitList
	Incident string
	Looked   bool
}

// incidentPage finds the hits behind the ID on a block page. One hit opens
// at once; a request with several attacks shows them all.
func incidentPage(v *visit) error {
	i := incidentView{visit: v, Incident: strings.TrimSpace(v.r.URL.Query().Get("id"))}
	v.Title, v.Section = "Incident lookup", "incident"
	if i.Incident != "" {
		i.Looked = true
		ask := set(url.Values{}, "incident", i.Incident, "limit", "50")
		if err := v.get(&i.hitList, withQuery(apiPath("tenants", v.Tenant.ID, "hits"), ask)); err != nil {
			p, ok := formError(err)
			if !ok {
				return err
			}
			v.Alerts = p.messages()
		}
	}
	if len(i.Hits) == 1 {
		http.Redirect(v.w, v.r, v.Base()+"/hits/"+url.PathEscape(i.Hits[0].ID), http.StatusSeeOther)
		return nil
	}
	v.render(v.w, http.StatusOK, "incident", i)
	return nil
}
