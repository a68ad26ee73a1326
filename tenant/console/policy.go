package console

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"weir/tenant/wire"
)

// lifetimes are how long a deny entry may be set to live, in seconds.
var lifetimes = []word{
	{"3600", "1 hour"}, {"86400", "1 day"}, {"604800", "7 days"}, {"2592000", "30 days"}, {"", "For ever"},
}

// done says what a form did, by the code in the URL: a URL cannot make the
// page say anything else.
var done = []word{
	{"mode", "The general mode was changed. Nodes apply it within seconds."},
	{"entry-added", "The entry was added. Nodes apply it within seconds."},
	{"entry-removed", "The entry was removed. Nodes apply it within seconds."},
	{"rule-added", "The rule was added. Nodes apply it within seconds."},
	{"rule-removed", "The rule was removed. Nodes apply it within seconds."},
}

// entry is an entry of a list as shown.
type entry struct{ wire.Entry }

// Until is when the entry ends; zero for never.
func (e entry) Until() time.Time {
	if e.Expires == 0 {
		return time.Time{}
	}
	return time.Unix(e.Expires, 0)
}

type policyView struct {
	*visit
	Policy struct {
		Version int64
		Mode    string
		Rules   []wire.Rule
		Lists   []entry
	}
	Form      url.Values // what the forms show: typed before, or prefilled by a link
	Modes     []word
	Classes   []word
	Lifetimes []word
	Kinds     []word // of lists
}

func policyPage(v *visit) error {
	v.Done = doneText(v.r.URL.Query().Get("done"))
	return v.showPolicy(http.StatusOK, v.r.URL.Query())
}

func doneText(code string) string {
	for _, w := range done {
		if w.Code == code {
			return w.Name
		}
	}
	return ""
}

func (v *visit) showPolicy(status int, form url.Values) error {
	p := policyView{visit: v, Form: form, Modes: modes, Classes: attackClasses, Lifetimes: lifetimes, Kinds: listKinds}
	if err := v.get(&p.Policy, apiPath("tenants", v.Tenant.ID, "policy")); err != nil {
		return err
	}
	v.Title, v.Section = "Policy", "policy"
	v.render(v.w, status, "policy", p)
	return nil
}

// change sends a form's change to the API. A refusal that the visitor can
// mend shows the page again with what he typed.
func (v *visit) change(method string, in any, code string, segments ...string) error {
	path, err := v.path(segments...)
	if err != nil {
		return err
	}
	if _, err := v.call(v.r, method, path, in, nil); err != nil {
		p, ok := formError(err)
		if !ok {
			return err
		}
		v.Alerts = p.messages()
		return v.showPolicy(p.Status, v.r.PostForm)
	}
	http.Redirect(v.w, v.r, v.Base()+"/policy?done="+code, http.StatusSeeOther)
	return nil
}

func setMode(v *visit) error {
	in := map[string]string{"mode": v.r.PostFormValue("mode")}
	return v.change(http.MethodPut, in, "mode", "mode")
}

func addEntry(v *visit) error {
	in := map[string]any{"prefix": v.r.PostFormValue("prefix"), "reason": v.r.PostFormValue("reason")}
	if text := v.r.PostFormValue("applications"); text != "" {
		in["applications"] = numbers(text)
	}
	if ttl, err := strconv.ParseInt(v.r.PostFormValue("ttl"), 10, 64); err == nil && ttl > 0 {
		in["ttl_seconds"] = ttl
	}
	return v.change(http.MethodPost, in, "entry-added", "lists", v.r.PostFormValue("list"))
}

func removeEntry(v *visit) error {
	return v.change(http.MethodDelete, nil, "entry-removed", "lists", v.r.PathValue("list"), v.r.PathValue("entry"))
}

// numbers reads "21, 22"; what is no number stays text, which the API
// refuses by the field's name.
func numbers(text string) (list []any) {
	for _, f := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		if n, err := strconv.Atoi(f); err == nil {
			list = append(list, n)
		} else {
			list = append(list, f)
		}
	}
	return list
}

func addRule(v *visit) error {
	in := map[string]string{"type": "virtual_patch"}
	keys := []string{"comment", "method", "host", "path", "point", "class"}
	if mode, ok := strings.CutPrefix(v.r.PostFormValue("type"), "mode:"); ok {
		in["type"], in["mode"] = "mode", mode
		keys = keys[:4]
	}
	for _, k := range keys {
		in[k] = v.r.PostFormValue(k)
	}
	return v.change(http.MethodPost, in, "rule-added", "rules")
}

func removeRule(v *visit) error {
	return v.change(http.MethodDelete, nil, "rule-removed", "rules", v.r.PathValue("rule"))
}
