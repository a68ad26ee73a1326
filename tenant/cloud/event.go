package cloud

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"weir/tenant/account"
	"weir/tenant/store"
	"weir/tenant/wire"
)

// hitBody is a hit as the API shows it.
type hitBody struct {
	wire.Hit
	AttackID   string `json:"attack_id"`
	ReceivedAt int64  `json:"received_at" doc:"Unix milliseconds, the cloud's clock"`
}

func bodyOfHit(h store.Hit) hitBody {
	return hitBody{Hit: h.Hit, AttackID: h.AttackID, ReceivedAt: h.Received}
}

// attackBody is an attack as the API shows it.
type attackBody struct {
	ID        string `json:"id"`
	Class     string `json:"class"`
	Point     string `json:"point"`
	Host      string `json:"host"`
	Path      string `json:"path"`
	FirstTime int64  `json:"first_time" doc:"Unix milliseconds"`
	LastTime  int64  `json:"last_time" doc:"Unix milliseconds"`
	Hits      int64  `json:"hits"`
	Blocked   int64  `json:"blocked"`
	Status    string `json:"status" enum:"blocked,partly_blocked,monitored"`
	Clients   int64  `json:"clients" doc:"distinct client addresses"`
	TopClient string `json:"top_client"`
}

func bodyOfAttack(a store.Attack) attackBody {
	return attackBody{ID: a.ID, Class: a.Class, Point: a.Point, Host: a.Host, Path: a.Path, FirstTime: a.First, LastTime: a.Last,
		Hits: a.Hits, Blocked: a.Blocked, Status: a.Status(), Clients: a.Clients, TopClient: a.TopClient}
}

// Span is a time range in a query.
type Span struct {
	Since string `query:"since" doc:"RFC 3339 or Unix milliseconds, inclusive"`
	Until string `query:"until" doc:"RFC 3339 or Unix milliseconds, exclusive"`
}

func (sp *Span) parse() (since, until int64, err error) {
	if since, err = parseTime("since", sp.Since); err == nil {
		until, err = parseTime("until", sp.Until)
	}
	return since, until, err
}

func parseTime(field, s string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ms, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return 0, &store.InputError{Field: field, Problem: "is neither RFC 3339 nor Unix milliseconds"}
	}
	return t.UnixMilli(), nil
}

// Paging is a part of a list.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50"`
	Cursor string `query:"cursor" doc:"next of the page before"`
}

// HitsInput is the query of a list of hits.
type HitsInput struct {
	TenantPath
	Paging
	Span
	Class     string `query:"class"`
	Incident  string `query:"incident"`
	RequestID string `query:"request_id"`
	Host      string `query:"host"`
	Client    string `query:"client"`
	Blocked   string `query:"blocked" enum:"true,false"`
}

func (in *HitsInput) query() (q store.HitQuery, err error) {
	q = store.HitQuery{Class: in.Class, Incident: in.Incident, RequestID: in.RequestID, Host: in.Host, Client: in.Client, Limit: in.Limit, Cursor: in.Cursor}
	if in.Blocked != "" {
		b := in.Blocked == "true"
		q.Blocked = &b
	}
	q.Since, q.Until, err = in.parse()
	return q, err
}

type attackHitsInput struct {
	HitsInput
	Attack string `path:"attack"`
}

type hitsOutput struct {
	Body struct {
		Hits  []hitBody `json:"hits" nullable:"false"`
		Total int64     `json:"total"`
		Next  string    `json:"next" doc:"cursor of the next page, empty on the last"`
	}
}

type hitInput struct {
	TenantPath
	Hit string `path:"hit" doc:"hit ID or incident ID"`
}

type hitOutput struct{ Body hitBody }

type attacksInput struct {
	TenantPath
	Paging
	Span
	Class  string `query:"class"`
	Host   string `query:"host"`
	Status string `query:"status" enum:"blocked,partly_blocked,monitored"`
}

type attacksOutput struct {
	Body struct {
		Attacks []attackBody `json:"attacks" nullable:"false"`
		Total   int64        `json:"total"`
		Next    string       `json:"next" doc:"cursor of the next page, empty on the last"`
	}
}

type attackInput struct {
	TenantPath
	Attack string `path:"attack"`
}

type attackOutput struct{ Body attackBody }

func (s *Server) eventRoutes(api huma.API) {
	get := func(id, path, summary string) huma.Operation {
		return huma.Operation{OperationID: id, Method: http.MethodGet, Path: "/api/v1/tenants/{tenant}" + path, Summary: summary}
	}
	handle(s, api, get("list-hits", "/hits", "Hits, newest first"), account.ReadEvents,
		func(ctx context.Context, v *visit, in *HitsInput) (*hitsOutput, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			return listHits(ctx, v, q)
		})
	handle(s, api, get("get-hit", "/hits/{hit}", "A hit"), account.ReadEvents,
		func(ctx context.Context, v *visit, in *hitInput) (*hitOutput, error) {
			h, err := v.t.Hit(ctx, in.Hit)
			return &hitOutput{bodyOfHit(h)}, err
		})
	handle(s, api, get("list-attacks", "/attacks", "Attacks, the one with the newest hit first"), account.ReadEvents, listAttacks)
	handle(s, api, get("get-attack", "/attacks/{attack}", "An attack"), account.ReadEvents,
		func(ctx context.Context, v *visit, in *attackInput) (*attackOutput, error) {
			a, err := v.t.Attack(ctx, in.Attack)
			return &attackOutput{bodyOfAttack(a)}, err
		})
	handle(s, api, get("list-attack-hits", "/attacks/{attack}/hits", "Hits of an attack, newest first"), account.ReadEvents,
		func(ctx context.Context, v *visit, in *attackHitsInput) (*hitsOutput, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			if _, err := v.t.Attack(ctx, in.Attack); err != nil {
				return nil, err
			}
			q.Attack = in.Attack
			return listHits(ctx, v, q)
		})
}

func listHits(ctx context.Context, v *visit, q store.HitQuery) (*hitsOutput, error) {
	page, err := v.t.Hits(ctx, q)
	if err != nil {
		return nil, err
	}
	out := &hitsOutput{}
	out.Body.Hits = make([]hitBody, len(page.Items))
	for i, h := range page.Items {
		out.Body.Hits[i] = bodyOfHit(h)
	}
	out.Body.Total, out.Body.Next = page.Total, page.Next
	return out, nil
}

func listAttacks(ctx context.Context, v *visit, in *attacksInput) (*attacksOutput, error) {
	since, until, err := in.parse()
	if err != nil {
		return nil, err
	}
	page, err := v.t.Attacks(ctx, store.AttackQuery{Class: in.Class, Host: in.Host, Status: in.Status, Since: since, Until: until, Limit: in.Limit, Cursor: in.Cursor})
	if err != nil {
		return nil, err
	}
	out := &attacksOutput{}
	out.Body.Attacks = make([]attackBody, len(page.Items))
	for i, a := range page.Items {
		out.Body.Attacks[i] = bodyOfAttack(a)
	}
	out.Body.Total, out.Body.Next = page.Total, page.Next
	return out, nil
}
