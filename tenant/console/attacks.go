package console

import (
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// pageSize is how many attacks or hits a page lists.
const pageSize = 50

// attack is a group of hits.
type attack struct {
	ID        string
	Class     string
	Point     string
	Host      string
	Path      string
	FirstTime moment `json:"first_time"`
	LastTime  moment `json:"last_time"`
	Hits      int64
	Blocked   int64
	Status    string
	Clients   int64
	TopClient string `json:"top_client"`
}

// moment is a time of the API: Unix milliseconds, RFC 3339, or null for
// never.
type moment struct{ time.Time }

// UnmarshalJSON accepts the three forms.
func (m *moment) UnmarshalJSON(b []byte) error {
	if ms, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		if m.Time = time.UnixMilli(ms); ms == 0 {
			m.Time = time.Time{}
		}
		return nil
	}
	if string(b) == `""` {
		return nil
	}
	return m.Time.UnmarshalJSON(b)
}

// periods are the times that the filter offers.
var periods = []word{{"1h", "Last hour"}, {"24h", "Last 24 hours"}, {"168h", "Last 7 days"}, {"720h", "Last 30 days"}}

// filter is the GET form of the attacks page: the URL is the state.
type filter struct{ Class, Status, Host, Period string }

func newFilter(q url.Values) filter {
	return filter{q.Get("class"), q.Get("status"), q.Get("host"), q.Get("period")}
}

// Any reports whether anything is filtered.
func (f filter) Any() bool { return f != filter{} }

// page is the filter as the console's own query.
func (f filter) page() url.Values {
	return set(url.Values{}, "class", f.Class, "status", f.Status, "host", f.Host, "period", f.Period)
}

// api is the filter as the API's query.
func (f filter) api() url.Values {
	q := set(url.Values{}, "class", f.Class, "status", f.Status, "host", f.Host)
	if d, err := time.ParseDuration(f.Period); err == nil && d > 0 {
		q.Set("since", iso(time.Now().Add(-d)))
	}
	return q
}

// set sets the pairs whose value is not empty.
func set(q url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return q
}

// list is one page of a longer list.
type list struct {
	Total int64
	Next  string // cursor of the next page; "" at the end
	First bool   // the page is the first
	More  string // URL of the next page
	Start string // URL of the first page
}

// turn sets the URLs for paging below path, keeping the filter.
func (l *list) turn(path, cursor string, keep url.Values) {
	l.First, l.Start = cursor == "", withQuery(path, keep)
	if l.Next != "" {
		l.More = withQuery(path, set(keep, "cursor", l.Next))
	}
}

// attackList and hitList are the API's answers.
type attackList struct {
	list
	Attacks []attack
}

type hitList struct {
	list
	Hits []hit
}

type attacksView struct {
	*visit
	attackList
	Filter   filter
	Classes  []word
	Statuses []word
	Periods  []word
	Mode     string
	nodeList
}

// attacksPage lists the tenant's attacks, the newest first.
func attacksPage(v *visit) error {
	q := v.r.URL.Query()
	a := attacksView{visit: v, Filter: newFilter(q), Classes: classes, Statuses: statuses, Periods: periods}
	ask := set(a.Filter.api(), "limit", strconv.Itoa(pageSize), "cursor", q.Get("cursor"))
	path, err := v.path("attacks")
	if err != nil {
		return err
	}
	status := http.StatusOK
	if err := v.get(&a.attackList, withQuery(path, ask)); err != nil {
		p, ok := formError(err)
		if !ok {
			return err
		}
		status, v.Alerts = p.Status, p.messages()
	}
	if err := a.situation(v); err != nil {
		return err
	}
	a.turn(v.Base()+"/attacks", q.Get("cursor"), a.Filter.page())
	v.Title, v.Section = "Attacks", "attacks"
	v.render(v.w, status, "attacks", a)
	return nil
}

// situation says on one line whether the tenant is protected.
func (a *attacksView) situation(v *visit) error {
	var p struct{ Mode string }
	if err := v.get(&p, apiPath("tenants", v.Tenant.ID, "policy")); err != nil {
		return err
	}
	a.Mode = p.Mode
	var err error
	a.nodeList, err = v.nodes()
	return err
}

// Alive counts the nodes heard of lately.
func (a attacksView) Alive() int {
	n := 0
	for _, x := range a.Nodes {
		if x.Active {
			n++
		}
	}
	return n
}

type attackView struct {
	*visit
	hitList
	Attack attack
}

// attackPage shows an attack with its hits.
func attackPage(v *visit) error {
	a, id, cursor := attackView{visit: v}, v.r.PathValue("attack"), v.r.URL.Query().Get("cursor")
	path, err := v.path("attacks", id)
	if err != nil {
		return err
	}
	if err := v.get(&a.Attack, path); err != nil {
		return err
	}
	ask := set(url.Values{}, "limit", strconv.Itoa(pageSize), "cursor", cursor)
	if err := v.get(&a.hitList, withQuery(path+"/hits", ask)); err != nil {
		return err
	}
	a.turn(v.Base()+"/attacks/"+url.PathEscape(id), cursor, url.Values{})
	v.Title, v.Section = className(a.Attack.Class)+" on "+a.Attack.Host, "attacks"
	v.render(v.w, http.StatusOK, "attack", a)
	return nil
}
